"""The writers of refund checks, and what they refuse."""

from datetime import date

import pytest
from django.db import transaction
from django.db.utils import IntegrityError

from cases.types.refund import services
from cases.types.refund.models import Return
from cases.types.refund.unclaimed import CheckRefused
from cases.types.refund.vocabulary import CheckStatus, Way
from tests.factories.people import PersonFactory
from tests.factories.refunds import AT, RefundCheckFactory, ResearchFactory, ReturnFactory

pytestmark = pytest.mark.django_db


def test_a_check_moves_with_its_history_and_in_its_order():
    check, by = RefundCheckFactory(status="issued"), PersonFactory()

    moved = services.move_check(
        check=check, to=CheckStatus.OUTSTANDING, on=AT.date(), by=by, reason="Mailed"
    )

    assert (moved.status, moved.version, moved.history.count()) == ("outstanding", 2, 2)
    with pytest.raises(CheckRefused):
        services.move_check(
            check=check, to=CheckStatus.REMITTED, on=AT.date(), by=by, reason="Sent"
        )


def test_the_day_of_the_letter_is_kept():
    check = RefundCheckFactory(status="stale")

    moved = services.move_check(
        check=check,
        to=CheckStatus.CONTACTED,
        on=date(2026, 3, 1),
        by=PersonFactory(),
        reason="Letter",
    )

    assert moved.contacted_on == date(2026, 3, 1)


def test_the_database_lets_no_money_out_without_a_request():
    with pytest.raises(IntegrityError, match="return_money_out_is_approved"), transaction.atomic():
        ReturnFactory(research=ResearchFactory(), way=Way.PATIENT_REFUND)
    assert not Return.objects.exists()

import psycopg
import pytest
from django.conf import settings
from django.utils import timezone

from cases.detection.models import Detected, Outcome
from cases.intake.detecting import cases_of, catch_up
from tests.factories.cases import CaseFactory
from tests.factories.inbox import ChangeFactory


@pytest.mark.django_db(transaction=True)
def test_a_transaction_that_still_runs_keeps_detection_pending():
    with psycopg.connect(settings.DATABASE_URL) as other:
        other.execute("SELECT pg_current_xact_id()")
        ChangeFactory()
        assert not catch_up(at=timezone.now(), patience=0.3)

    assert catch_up(at=timezone.now(), patience=5)
    assert catch_up(at=timezone.now(), patience=0), "there is nothing left"


@pytest.mark.django_db
def test_cases_are_counted_once_and_by_run():
    one, other = CaseFactory(), CaseFactory()
    for case, outcome, run in (
        (one, Outcome.OPENED, "run-1"),
        (one, Outcome.UPDATED, "run-1"),
        (other, Outcome.UPDATED, "run-1"),
        (other, Outcome.REOPENED, "run-1"),
        (other, Outcome.CLOSED, "run-1"),
        (other, Outcome.OPENED, "run-2"),
    ):
        Detected.objects.create(case=case, outcome=outcome, correlation_id=run)

    counts = cases_of({"run-1"})
    assert (counts.opened, counts.updated, counts.closed) == (1, 1, 1)
    assert cases_of(set()).opened == 0

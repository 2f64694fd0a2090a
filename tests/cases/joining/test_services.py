"""Writing down what is given; nothing of it is ever changed."""

import pytest
from django.db import DatabaseError, transaction

from cases.joining.models import Allotment
from cases.joining.services import give
from cases.joining.shares import REST, Share
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db


def test_what_is_given_stands_for_good():
    giver, keeper = CaseFactory(), CaseFactory()
    shares = {Share(giver.claim_id, REST), Share(giver.claim_id, "line|a|1")}
    holder = f"denial:{keeper.claim_id}"

    made = give(shares=shares, giver=giver, giver_version=2, holder=holder, holder_version=3)

    assert {Share(each.claim_id, each.item) for each in made} == shares
    assert {each.holder_claim_id for each in made} == {keeper.claim_id}
    for write in (
        lambda: Allotment.objects.update(holder="denial:9"),
        lambda: Allotment.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            write()

"""Batches: valid without arguments."""

from decimal import Decimal

import factory

from cases.bulk.models import Batch, BatchRow, BulkVerb
from tests.factories.base import Made
from tests.factories.cases import CaseFactory
from tests.factories.people import PersonFactory


class BatchFactory(Made):
    """One case is to be put back."""

    class Meta:
        model = Batch

    verb = BulkVerb.RELEASE
    reason = "For a test"
    query = "/queues/all/?view=open"
    by = factory.SubFactory(PersonFactory)
    cases = 1
    amount = Decimal("100.00")


class BatchRowFactory(Made):
    """Nothing became of it yet."""

    class Meta:
        model = BatchRow

    batch = factory.SubFactory(BatchFactory)
    case = factory.SubFactory(CaseFactory)
    seen_version = 1

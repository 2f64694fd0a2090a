"""A service joins its caller's transaction without a savepoint, and is one by itself."""

import pytest
from django.db import transaction

from billing_portal.kernel.pure.errors import DomainError
from billing_portal.kernel.transactions import joining
from cases.work.models import Lease
from tests.factories.cases import LeaseFactory

pytestmark = pytest.mark.django_db


@joining
def end(lease, *, refuses=False):
    """Write, then refuse if that is asked."""
    Lease.objects.filter(pk=lease.pk).delete()
    if refuses:
        raise DomainError("It does not end.")


def test_inside_a_transaction_a_service_makes_no_savepoint(django_assert_num_queries):
    lease = LeaseFactory()

    with transaction.atomic(), django_assert_num_queries(1):
        end(lease)

    assert not Lease.objects.exists()


def test_by_itself_a_service_that_refuses_leaves_nothing():
    lease = LeaseFactory()

    with pytest.raises(DomainError):
        end(lease, refuses=True)

    assert Lease.objects.get() == lease


def test_a_refusal_undoes_all_of_its_callers_transaction():
    leases = [LeaseFactory(), LeaseFactory()]

    @joining
    def end_both():
        end(leases[0])
        end(leases[1], refuses=True)

    with pytest.raises(DomainError):
        end_both()

    assert Lease.objects.count() == 2


def test_whoever_goes_on_after_a_refusal_keeps_a_savepoint():
    refusing, other = LeaseFactory(), LeaseFactory()

    with transaction.atomic():
        with pytest.raises(DomainError), transaction.atomic():
            end(refusing, refuses=True)
        end(other)

    assert Lease.objects.get() == refusing


def test_whoever_goes_on_without_one_can_do_nothing_more():
    lease = LeaseFactory()

    with transaction.atomic():
        with pytest.raises(DomainError):
            end(lease, refuses=True)
        with pytest.raises(transaction.TransactionManagementError):
            end(lease)

    assert Lease.objects.get() == lease

from datetime import timedelta

import pytest

from cases.work.lifecycle import Verb
from cases.work.models import Case, Lease
from cases.work.services import lease_length, move, release_leases, renew_lease
from tests.factories.cases import OPENED, LeaseFactory
from tests.factories.people import PersonFactory

NOW = OPENED + timedelta(hours=1)


@pytest.fixture(autouse=True)
def _held(request):
    """A case that its worker took."""
    if "worker" in request.fixturenames:
        case, worker = request.getfixturevalue("case"), request.getfixturevalue("worker")
        move(case=case, verb=Verb.CLAIM, by=worker, reason="Taken.", at=NOW, seen_version=1)


def test_a_lease_is_renewed_by_its_holder_only(case, worker):
    before = Lease.objects.get(case=case).until

    assert renew_lease(case=case, by=worker)
    assert not renew_lease(case=case, by=PersonFactory())
    assert Lease.objects.get(case=case).until > before


def test_a_lease_that_ended_takes_nothing_with_it(case, worker):
    Lease.objects.filter(case=case).update(until=OPENED)

    assert not renew_lease(case=case, by=worker)
    assert release_leases() == 1
    assert Case.objects.get(pk=case.pk).owner == worker


def test_a_living_lease_is_left_alone(db):
    LeaseFactory(until=NOW + timedelta(days=3650))

    assert release_leases() == 0


def test_a_lease_outlasts_an_idle_session(settings):
    settings.SESSION_IDLE_MINUTES = 45

    assert lease_length() > timedelta(minutes=45)

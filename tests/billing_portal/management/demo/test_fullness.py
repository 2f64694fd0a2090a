"""The demo as visitors get it: every screen has something true to show."""

from datetime import timedelta

import pytest

from billing_portal.accounts.models import User
from billing_portal.management.demo.claims import Size
from billing_portal.management.demo.loading import load
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
AHEAD = (1, 2, 3)  # Saturday, Sunday, Monday


@pytest.fixture(scope="module")
def full(cluster, django_db_setup, django_db_blocker):
    """The usual demo."""
    with django_db_blocker.unblock():
        cluster.renew()
        yield load(size=Size.M, now=NOW, tell=lambda _words: None)
        cluster.renew()


def open_cases(username):
    return Case.objects.visible_to(User.objects.get(username=username)).open()


@pytest.mark.parametrize("username", ["maya", "daniel", "tomas"])
def test_specialists_see_a_days_work_and_have_some_in_hand(full, username):
    seen = open_cases(username)

    assert 18 <= seen.count() <= 60
    assert seen.claimable().count() >= 5
    assert seen.filter(owner__username=username).count() >= 3


def test_leads_see_a_backlog_of_every_state(full):
    seen = open_cases("priya")

    assert {
        CaseStatus.NEW, CaseStatus.TRIAGED, CaseStatus.ASSIGNED, CaseStatus.IN_WORK,
        CaseStatus.PENDING_INFO, CaseStatus.PENDING_PAYER, CaseStatus.DEFERRED,
    } <= set(seen.values_list("status", flat=True))  # fmt: skip
    assert seen.values("queue").distinct().count() >= 10


def test_some_are_late_some_are_due_soon_and_most_have_time(full):
    seen = open_cases("priya")
    late = seen.filter(resolve_due_at__lt=NOW).count()

    assert 0.1 < late / seen.count() < 0.4
    assert seen.filter(resolve_due_at__gte=NOW, resolve_due_at__lt=NOW + timedelta(days=1)).exists()


def test_triage_has_some_of_an_unknown_code_and_an_outside_partner_something_to_read(full):
    assert Case.objects.open().filter(queue__key="triage").count() >= 3
    assert open_cases("sofia").exists()


def test_cases_ended_in_many_ways(full):
    ended = Case.objects.exclude(disposition=None)

    assert ended.values("disposition").distinct().count() >= 6


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("days", AHEAD)
def test_it_loads_after_a_weekend_and_in_it(cluster, days):
    cluster.renew()

    assert load(size=Size.S, now=NOW + timedelta(days=days), tell=lambda _words: None).cases > 25

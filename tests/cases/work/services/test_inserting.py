from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection, connections

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from cases.work.details import DetailsRefused
from cases.work.models import Case
from cases.work.services import NewCase, insert_many
from tests.factories.cases import OPENED, QueueFactory
from tests.factories.findings import finding


def new(found=None, queue=None):
    return NewCase(found or finding(), (queue or QueueFactory()).pk, OPENED, OPENED)


def insert(*cases):
    return insert_many(new=cases, by=system_actor("detection"), at=OPENED)


def test_cases_are_made_with_their_history_and_event(db):
    first, second = new(), new(finding(amount=Decimal("0.10")))

    ids = insert(first, second)

    assert set(ids) == {first.finding.key, second.finding.key}
    case = Case.objects.get(pk=ids[second.finding.key])
    assert (case.amount_at_risk, case.version, case.opened_at) == (Decimal("0.10"), 1, OPENED)
    assert case.claim_id == second.finding.claim_id
    assert case.details == second.finding.details.as_json()
    assert case.history.get().history_change_reason == second.finding.reason
    event = AuditEvent.objects.get(chain=f"case:{case.pk}")
    assert (event.verb, event.correlation_id) == ("case.opened", "c0")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_what_is_there_is_not_made_again(db):
    once = new()
    insert(once)

    assert insert(once, new()).keys() != {once.finding.key}
    assert Case.objects.filter(key=once.finding.key).count() == 1


def test_details_of_another_type_are_refused_and_nothing_is_made(db):
    with pytest.raises(DetailsRefused):
        insert(new(), new(replace(finding(), case_type="remittance_exception")))

    assert not Case.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_makers_of_the_same_case_at_once_make_it_once():
    wanted = [new() for _ in range(5)]
    system_actor("detection")

    def make(number):
        try:
            return insert(*wanted[number % 5 :], *wanted[: number % 5])
        finally:
            connections.close_all()

    with ThreadPoolExecutor(max_workers=5) as pool:
        made = list(pool.map(make, range(5)))

    assert sum(len(each) for each in made) == 5
    assert Case.objects.count() == 5
    assert AuditEvent.objects.filter(verb="case.opened").count() == 5

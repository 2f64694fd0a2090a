"""Looking changes nothing: every address is asked for by everybody, and every table is as it was.

Whatever a crawler, a mail scanner or a prefetching browser opens, whoever is signed in there, no
business row differs afterwards. What is written is that somebody looked.
"""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from billing_portal.access.grants import grant
from billing_portal.kernel.days import house_day
from cases.actions import approving, publishing
from cases.approvals.saying import Verdict
from cases.approvals.vocabulary import Act
from cases.editions.models import Edition
from cases.work.models import Case, Queue
from integrations.canonical.models import Facility
from tests.architecture.test_urls import ADDRESSES
from tests.cases.admin.test_every_page import REGISTERED, a_row, pages
from tests.checksums import changed, checksums
from tests.factories.appeals import LetterFactory, RecourseFactory
from tests.factories.approvals import ask_for
from tests.factories.approvers import approvers
from tests.factories.base import REASON
from tests.factories.bulk import BatchFactory
from tests.factories.cases import AttachmentFactory
from tests.factories.effects import FiscalPeriodFactory, LedgerFactory
from tests.factories.inbox import MessageFactory
from tests.factories.jobs import JobFactory
from tests.factories.outbox import OutboxMessageFactory
from tests.factories.projects import ProjectFactory
from tests.factories.quality import QaSampleFactory
from tests.factories.refunds import credit
from tests.factories.sharing import NotificationFactory
from tests.factories.views import SavedViewFactory
from tests.house import House
from tests.pages import Reader

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

LOOKED = {
    "audit_chain_head",  # that a case or a request was opened, listed or searched is on record
    "audit_event",
    "cases_presence",  # who is at a case right now
    "django_session",  # a session's last use
}
"""What may differ after a look, and why."""
SOMETHING = str(uuid.UUID(int=7))
NAMES = {
    "queues": "test-auth",
    "rules": "routing",
    "payers": "test-payer",
    "drafts": "comment",
    "ways": "write_off",
    "waiting": "period_closed",
    "quarantine": "truncated",
}
ROLES = {
    "a lead who may approve": ("team_lead", "queue_supervisor", "rc_director"),
    "who asked": ("denial_specialist",),
    "a controller": ("controller",),
    "an integration engineer": ("integration_engineer",),
    "an auditor": ("auditor",),
}


@pytest.fixture
def house(db, settings) -> House:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    cache.clear()
    return House.built()


@pytest.fixture
def rows(house) -> dict[str, list[str]]:
    """Something at every kind of address, by the word before its key."""
    approvals, cases = money(house)
    person = house.person("denial_specialist")
    found = {
        "approvals": approvals,
        "cases": cases,
        "money": cases,
        "appeals": [LetterFactory(appeal__case=house.case()).appeal],
        "ways": [RecourseFactory(case=cases[0])],
        "attachments": [AttachmentFactory(case=cases[0])],
        "projects": [ProjectFactory()],
        "editions": [routing_draft(house)],
        "views": [SavedViewFactory()],
        "bulk": [BatchFactory()],
        "jobs": [JobFactory()],
        "export": [JobFactory()],
        "reviews": [QaSampleFactory(case=house.case())],
        "inbox": [NotificationFactory(user=person)],
        "notifications": [NotificationFactory(user=person)],
        "messages": [MessageFactory()],
        "outbox": [OutboxMessageFactory()],
        "claims": [house.claim()],
        "remittances": [house.remittance()],
    }
    return {name: [str(each.public_id) for each in held] for name, held in found.items()}


def routing_draft(house: House) -> Edition:
    """A change of the routing rules that somebody began."""
    steward = house.person("rules_steward")
    return publishing.draft(book="routing", by=steward, at=timezone.now())


def money(house: House) -> tuple[list, list]:
    """One request that waits and one that was granted and carried out, with their cases."""
    today = house_day(timezone.now())
    LedgerFactory()
    FiscalPeriodFactory(entity=house.north, starts_on=today - timedelta(9), ends_on=today)
    cases = [house.case(amount_at_risk="480.00") for _ in range(2)]
    somebody = approvers(cases[0])
    who = {"by": somebody("denial_specialist"), "reason": "Uneconomic", "at": timezone.now()}
    asked = [approving.request(case=each, ask=ask_for(), seen_version=1, **who) for each in cases]
    verdict = Verdict(Act.APPROVE, "", asked[1].version, asked[1].digest)
    lead = somebody("team_lead")
    approving.decide(approval=asked[1], verdict=verdict, by=lead, at=timezone.now())
    return asked, [*cases, credit()]


def everywhere(house: House, *roles: str) -> Reader:
    """Somebody who sees every queue and every site."""
    for role in roles:
        group = Group.objects.get(name=role)
        for queue in Queue.objects.order_by("pk"):
            for codename in ("view_queue", "work_queue", "lead_queue"):
                grant(group=group, codename=codename, on=queue, by=house.builder, reason=REASON)
        for site in Facility.objects.order_by("pk"):
            grant(group=group, codename="view_facility", on=site, by=house.builder, reason=REASON)
    return Reader.of(house.person(*roles))


def addresses(rows: dict[str, list[str]]) -> Iterator[str]:
    """Every address of the house, with what is there in the place of each key."""
    for address in ADDRESSES:
        if address.startswith("/admin/"):
            continue
        parts = address.strip("/").split("/")
        word = next((each for each in reversed(parts) if each in rows), "")
        for key in rows.get(word, [""]):
            named = address.replace(SOMETHING, key) if key else address
            if address.startswith("/api/v1/") and key:
                named = named.replace("/1/", f"/{key}/")
            yield with_names(named)
    for key in rows["approvals"]:
        yield f"/approvals/{key}/?act=approve&seen_version=1&reason=Fine"
        yield f"/approvals/{key}/approve/?seen_version=1&reason=Fine&acting_for=1"
    yield from (
        "/search/?q=TS",
        "/approvals/?view=team",
        "/inbox/?all=1",
        "/queues/all/?q=TS-000001",
    )


def with_names(address: str) -> str:
    """Names of things that are there, instead of one that is nowhere."""
    for word, name in NAMES.items():
        address = address.replace(f"/{word}/billing/", f"/{word}/{name}/")
    return address


def of_set_up(house: House) -> list[str]:
    """Every page of every table in Set-up."""
    return [address for model in REGISTERED for address in pages(model, a_row(model, house))]


def crawled(client: Client, found: list[str]) -> dict[int, int]:
    """Ask for all of it, twice, as GET and HEAD; how often each status was answered."""
    statuses: dict[int, int] = {}
    for address in found:
        for look in (client.get, client.head):
            cache.clear()  # throttles count per process
            status = look(address).status_code
            assert status < 500, address
            statuses[status] = statuses.get(status, 0) + 1
    return statuses


@pytest.mark.parametrize("who", list(ROLES))
def test_looking_everywhere_changes_nothing(house, rows, who, django_capture_on_commit_callbacks):
    client, found = everywhere(house, *ROLES[who]), sorted(set(addresses(rows)))
    before = checksums()

    with django_capture_on_commit_callbacks() as later:
        statuses = crawled(client, found)

    assert changed(before, checksums()) <= LOOKED
    assert later == []
    assert statuses[200] > 80


def test_a_superuser_who_opens_all_of_set_up_changes_nothing(house, rows):
    found = of_set_up(house)
    client = Reader.of(house.person("denial_specialist", is_staff=True, is_superuser=True))
    before = checksums()

    statuses = crawled(client, found)

    assert changed(before, checksums()) <= LOOKED
    assert statuses[200] > 400


def test_a_stranger_who_looks_changes_nothing(house, rows):
    before = checksums()

    crawled(Client(), sorted(set(addresses(rows))))

    assert changed(before, checksums()) <= LOOKED


def test_a_change_would_be_noticed(house, rows):
    before = checksums()
    case = Case.objects.order_by("pk").first()

    everywhere(house, "team_lead").post(f"/cases/{case.public_id}/watch/")

    assert changed(before, checksums()) - LOOKED

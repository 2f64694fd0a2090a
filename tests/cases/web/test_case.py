"""The workspace of a case: why it is here, what happened, the patient on demand."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.actions import working
from cases.work.models import Lease
from tests.factories.cases import RoutingDecisionFactory, RoutingRuleFactory
from tests.factories.integrations import (
    AdjustmentFactory,
    RemittedClaimFactory,
    ServiceLineFactory,
)
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    return house.case()


@pytest.fixture
def address(case):
    return reverse("cases:case", args=[case.public_id])


def test_it_says_what_the_payer_did_and_which_rule_sent_it(reader, case, address):
    rule = RoutingRuleFactory(name="Missing authorization", queue=case.queue, version=3)
    RoutingDecisionFactory(
        case=case, rule=rule, rule_version=3, queue=case.queue, facts={"category": "AUTH"}
    )

    page = text_of(reader.get(address))

    assert "Lakeside Test Health denied $400.00 of $500.00" in page
    assert "It is the first denial of this claim. It can be appealed." in page
    assert "Routing rule “Missing authorization” sent it to Test authorization." in page
    assert "rule version 3" in page
    assert "category AUTH" in page


def test_the_patient_is_masked_and_no_title_names_anybody(reader, address):
    page = reader.get(address).content.decode()

    assert "D•••, J•••" in page
    assert "Doe" not in page
    assert "MEMBER123456" not in page


def test_revealing_needs_a_purpose_shows_the_name_and_is_on_record(reader, case):
    address = reverse("cases:reveal", args=[case.public_id])

    refused = reader.post(address, {})
    shown = reader.post(address, {"purpose": "call"})

    assert refused.status_code == 422
    assert "Doe" not in refused.content.decode()
    assert "Jane Doe" in shown.content.decode()
    assert shown["Refresh"].startswith("600;")
    (event,) = AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="case.patient_revealed")
    assert "Doe" not in event.body + event.reason


def test_the_next_look_is_masked_again(reader, case, address):
    reader.post(reverse("cases:reveal", args=[case.public_id]), {"purpose": "call"})

    assert "Doe" not in reader.get(address).content.decode()


def test_a_role_without_it_is_offered_no_reveal_and_refused_one(house, case, address):
    reader = Reader.of(house.person("auditor"))

    offered = "/reveal/" in reader.get(address).content.decode()
    sent = reader.post(reverse("cases:reveal", args=[case.public_id]), {"purpose": "call"})

    assert not offered
    assert sent.status_code == 409
    assert "Doe" not in sent.content.decode()


def test_the_story_tells_each_step_with_its_actor_and_reason(reader, specialist, case, address):
    at = timezone.now()
    working.claim(case=case, by=specialist, at=at, seen_version=1)
    working.comment(case=case, by=specialist, text="Called the payer.")
    working.wait(
        case=case,
        by=specialist,
        waiting_for=working.Waiting.PAYER,
        reason="Letter sent.",
        at=at,
        seen_version=2,
    )

    page = text_of(reader.get(address))

    for told in ("Called the payer.", "Letter sent.", "Sam Specialist", "Waiting for payer"):
        assert told in page


def test_who_looked_is_told_apart(reader, case, address):
    reader.get(address)

    assert "Opened the case" not in text_of(reader.get(address))
    assert "Opened the case" in text_of(reader.get(address, {"show": "access"}))


def test_the_lines_tie_out_and_every_code_has_words(reader, case, address):
    decided = RemittedClaimFactory(claim=case.claim, charge=Decimal(500), paid=Decimal(100))
    ServiceLineFactory(
        remitted_claim=decided, ordinal=1, charge=Decimal(500), paid=Decimal(100), procedure="99284"
    )
    AdjustmentFactory(
        remitted_claim=decided,
        line_ordinal=1,
        ordinal=1,
        group="CO",
        carc="197",
        amount=Decimal(400),
    )

    page = text_of(reader.get(address, {"tab": "lines"}))

    assert "CO-197" in page
    assert "99284" in page
    assert "ties out: billed − adjusted = paid" in page
    assert "$400.00" in page


def test_lines_that_do_not_tie_out_say_by_how_much(reader, case, address):
    decided = RemittedClaimFactory(claim=case.claim, charge=Decimal(500), paid=Decimal(100))
    ServiceLineFactory(remitted_claim=decided, ordinal=1, charge=Decimal(500), paid=Decimal(100))

    page = text_of(reader.get(address, {"tab": "lines"}))

    assert "does not tie out by $400.00" in page


def test_related_shows_the_claims_other_cases_and_nothing_foreign(house, reader, case, address):
    sibling = house.case(claim=case.claim)
    foreign = house.canaries()[0]

    page = text_of(reader.get(address, {"tab": "related"}))

    assert sibling.reference in page
    assert foreign.reference not in page


def test_somebody_elses_hold_is_shown(house, reader, case, address):
    other = house.person("denial_specialist", full_name="Cora Colleague")
    Lease.objects.create(case=case, holder=other, until=timezone.now() + timedelta(minutes=5))

    assert "Cora Colleague has it open" in text_of(reader.get(address))


@pytest.mark.parametrize("notes", [1, 25])
def test_a_long_story_costs_no_more_queries(
    reader, specialist, case, address, notes, django_assert_max_num_queries
):
    for number in range(notes):
        working.comment(case=case, by=specialist, text=f"Note {number}")
    reader.get(address)

    with django_assert_max_num_queries(39):
        reader.get(address)


def test_opening_is_on_record(reader, specialist, case, address):
    reader.get(address)

    (event,) = AuditEvent.objects.filter(chain=f"case:{case.pk}", verb="case.viewed")
    assert event.actor == specialist
    assert json.loads(event.body) == {}

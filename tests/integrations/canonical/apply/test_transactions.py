"""What one transaction leaves in the records, whatever came before it."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from billing_portal.audit.models import AuditEvent
from integrations.canonical.apply.transactions import Application, Context
from integrations.canonical.models import (
    Adjustment,
    Claim,
    Coverage,
    Patient,
    Provider,
    ProviderAdjustment,
    Remittance,
    RemittanceReading,
    RemittedClaim,
    Reversal,
    ServiceLine,
)
from integrations.connectors.x12_835 import CONNECTOR
from integrations.feed.models import Change
from integrations.inbox.models import MessageStatus, PartStatus
from integrations.ports.protocols import ClaimRead, TransactionClosed, TransactionOpened
from tests.factories.cases import OPENED
from tests.generators.remit import Clp, Remit, denied, interchange, paid
from tests.integrations.canonical.apply.state import check_deferred, state

pytestmark = pytest.mark.django_db

APRIL = date(2026, 4, 10)


@pytest.fixture(autouse=True)
def _checked_as_at_commit(db):
    yield
    check_deferred()


def test_everything_a_remittance_says_is_kept(door):
    claim = replace(denied("A1"), provider="1999999984", member="M77")
    door.takes(Remit("T1", [claim, paid("A2")], plb=[("WO", "A9", "-5.00")]))

    remittance = Remittance.objects.get()
    assert (remittance.trace_number, remittance.amount) == ("T1", Decimal("85.00"))
    one = Claim.objects.get(patient_control_number="A1")
    assert (one.charge, one.payer.key, one.facility.key) == (100, "P0001", "unassigned")
    assert one.patient.member_id == one.coverage.member_id == "M77"
    assert one.provider.identifier == "1999999984"
    assert list(Adjustment.objects.order_by("pk").values_list("group", "carc", "amount")) == [
        ("CO", "197", Decimal("100.00")),
        ("CO", "45", Decimal("20.00")),
    ]
    assert ServiceLine.objects.filter(procedure="99213").count() == 2
    assert ProviderAdjustment.objects.get().reference == "A9"
    reading = RemittanceReading.objects.get()
    assert (reading.claim_count, reading.paid_total) == (2, Decimal("80.00"))
    assert reading.is_balanced
    assert reading.is_complete


def test_every_tracked_row_says_who_and_why(door):
    door.takes(Remit("T1", [replace(denied("A1"), provider="1999999984")]))

    for model in (Claim, Patient, Coverage, Provider):
        told = model.history.get()
        assert (told.history_type, told.history_user.username) == ("+", "system:ingest")
        assert told.history_change_reason == "835 remittance T1 from test-clearinghouse"
    assert Claim.history.get().public_id == Claim.objects.get().public_id


def test_the_feed_and_the_audit_say_it_once(door):
    message = door.takes(Remit("T1", [denied("A1"), paid("A2")]))
    door.takes(Remit("T1", [denied("A1"), paid("A2")]))

    told = Change.objects.order_by("pk").values_list("record", "correlation_id")
    assert sorted(told) == [
        ("remittance", message.correlation_id),
        ("remitted_claim", message.correlation_id),
        ("remitted_claim", message.correlation_id),
    ]
    verbs = AuditEvent.objects.filter(chain="source:test-clearinghouse").order_by("seq")
    assert list(verbs.values_list("verb", flat=True)) == [
        "message.received",
        "transaction.applied",
        "message.applied",
        "message.received",
        "transaction.duplicate",
        "message.applied",
    ]
    assert "DOE" not in "".join(verbs.values_list("body", flat=True))


@pytest.mark.parametrize("kind", ["again", "twice in one file", "reordered"])
def test_the_same_content_changes_nothing_and_says_so(door, kind):
    remit = Remit("T1", [denied("A1"), paid("A2")])
    door.takes(remit)
    before, changes = state(), Change.objects.count()

    remits = {
        "again": [remit],
        "twice in one file": [remit, remit],
        "reordered": [replace(remit, claims=remit.claims[::-1])],
    }[kind]
    message = door.takes(*remits)

    assert state() == before
    assert Change.objects.count() == changes
    assert {part.status for part in message.parts.all()} == {PartStatus.DUPLICATE}
    assert message.totals["duplicates"] == message.totals["claims"] == 2 * len(remits)


def test_equal_members_of_one_remittance_are_all_kept(door):
    door.takes(Remit("T1", [denied("A1"), denied("A1"), denied("A1")]))

    assert sorted(RemittedClaim.objects.values_list("ordinal", flat=True)) == [1, 2, 3]
    assert Claim.objects.count() == 1


def test_the_same_key_with_other_content_is_an_incident_and_nothing_is_merged(door):
    door.takes(Remit("T1", [denied("A1"), paid("A2")]))
    before = state()

    message = door.takes(Remit("T1", [denied("A3"), paid("A2")]))

    assert state() == before
    assert message.status == MessageStatus.INCIDENT
    part = message.parts.get()
    assert (part.status, part.totals["claims"]) == (PartStatus.INCIDENT, 0)
    assert part.remittance == Remittance.objects.get()
    [waiting] = message.quarantined.all()
    assert waiting.reason_code == "remittance_incident"
    assert "1 of its claims" in waiting.reason
    assert AuditEvent.objects.filter(verb="transaction.incident").exists()


def test_a_whole_file_completes_a_truncated_one(door):
    whole = interchange(Remit("T1", [paid("A1"), paid("A2"), denied("A3")]))
    cut = whole[: whole.index(b"CLP*A3")]
    first = door.takes_bytes(cut)
    assert first.status == MessageStatus.PARTLY
    assert not RemittanceReading.objects.get().is_complete

    second = door.takes_bytes(whole)

    assert second.totals["duplicates"] == RemittedClaim.objects.count() - 1
    assert set(Claim.objects.values_list("patient_control_number", flat=True)) == {
        "A1",
        "A2",
        "A3",
    }
    newest = RemittanceReading.objects.order_by("-pk").first()
    assert (newest.is_complete, newest.is_balanced) == (True, True)
    assert Remittance.objects.count() == 1


def test_a_truncated_copy_of_what_is_held_is_no_contradiction(door):
    whole = interchange(Remit("T1", [paid("A1"), paid("A2"), denied("A3")]))
    door.takes_bytes(whole)
    before = state()

    message = door.takes_bytes(whole[: whole.index(b"CLP*A3")])

    assert state() == before
    assert message.parts.get().status == PartStatus.DUPLICATE
    assert message.status == MessageStatus.PARTLY, "its tail waits for a person all the same"


def test_a_whole_that_lacks_what_is_held_in_part_is_an_incident(door):
    whole = interchange(Remit("T1", [paid("A1"), paid("A2")]))
    door.takes_bytes(whole[: whole.index(b"LX*1~CLP*A2") + 20])
    before = state()

    message = door.takes(Remit("T1", [paid("A8"), paid("A2")]))

    assert message.parts.get().status == PartStatus.INCIDENT
    assert state() == before


def test_an_older_fact_is_kept_and_changes_no_claim(door):
    new = Remit("T2", [replace(paid("A1", charge="120.00"), icn="NEW")], paid_on=APRIL)
    old = Remit("T1", [replace(denied("A1"), icn="OLD")])
    door.takes(new)
    door.takes(old)

    claim = Claim.objects.get()
    assert (claim.payer_control_number, claim.charge) == ("NEW", Decimal("120.00"))
    assert RemittedClaim.objects.filter(claim=claim).count() == 2
    assert claim.history.count() == 1


def test_a_newer_fact_changes_the_claim_with_history(door):
    door.takes(Remit("T1", [replace(denied("A1"), icn="OLD")]))
    door.takes(Remit("T2", [replace(paid("A1"), icn="NEW")], paid_on=APRIL))

    claim = Claim.objects.get()
    assert claim.payer_control_number == "NEW"
    assert list(claim.history.order_by("history_id").values_list("history_type", flat=True)) == [
        "+",
        "~",
    ]


@pytest.mark.parametrize("is_late", [False, True])
def test_a_reversal_is_linked_whenever_what_it_takes_back_arrives(door, is_late):
    payment = Remit("T1", [paid("A1")])
    correction = Remit(
        "T2", [paid("A1").reversed(), replace(denied("A1"), icn="ICN9")], paid_on=APRIL
    )
    for remit in (correction, payment) if is_late else (payment, correction):
        door.takes(remit)

    link = Reversal.objects.get()
    assert link.reversal.status_code == "22"
    assert link.reversed_claim.remittance.trace_number == "T1"
    claim = Claim.objects.get()
    assert (claim.charge, claim.payer_control_number) == (Decimal("100.00"), "ICN9")
    told = set(Change.objects.filter(record="remitted_claim").values_list("record_id", flat=True))
    assert told == set(RemittedClaim.objects.values_list("pk", flat=True))


def test_a_late_payment_that_is_meant_takes_the_link_over(door):
    reversal = Remit("T9", [paid("A1").reversed()], paid_on=APRIL)
    door.takes(Remit("T1", [paid("A1")]))
    door.takes(reversal)
    door.takes(Remit("T2", [paid("A1")], paid_on=date(2026, 3, 1)))

    link = Reversal.objects.get()
    assert link.reversed_claim.remittance.trace_number == "T2"


def test_the_currency_is_the_messages_or_else_the_sources(door):
    door.takes(Remit("T1", [paid("A1")]), Remit("T2", [paid("A2")], currency="CAD"))

    assert dict(Remittance.objects.values_list("trace_number", "currency")) == {
        "T1": "USD",
        "T2": "CAD",
    }
    assert Claim.objects.get(patient_control_number="A2").currency == "CAD"


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (Clp("B" * 201), "longer than 200"),
        (Clp("B1", icn="I" * 201), "longer than 200"),
        (Clp("B1", name="N" * 201), "longer than 200"),
        (Clp("B1", cuts=[("ZZ", "45", "10.00")]), "group"),
    ],
)
def test_a_claim_that_cannot_be_kept_costs_no_other(door, bad, why):
    message = door.takes(Remit("T1", [paid("A1"), bad, denied("A2")]))

    assert Claim.objects.count() == 2
    assert message.totals["claims"] == 2
    [waiting] = message.quarantined.all()
    assert why in waiting.reason
    assert waiting.claim == bad.number[:200]
    assert not RemittanceReading.objects.get().is_complete


def test_what_the_database_alone_refuses_is_found_and_costs_no_other(door):
    """No reader lets such a quantity through; the savepoints of the stage find it all the same."""
    claims = [paid(f"A{n}") for n in range(20)]
    events = list(CONNECTOR.read([interchange(Remit("T1", claims))]))
    header = next(e.header for e in events if isinstance(e, TransactionOpened))
    application = Application(header, Context(door.source, "test", door.by, received_at=OPENED))
    for event in events:
        if isinstance(event, ClaimRead):
            fact = event.claim
            if fact.patient_control_number in {"A7", "A13"}:
                fact = fact._replace(filing_indicator="nul\0")
            application.add(fact)
    closed = next(e for e in events if isinstance(e, TransactionClosed))
    applied = application.close(closed)

    assert {refused.fact.patient_control_number for refused in applied.refused} == {"A7", "A13"}
    assert (applied.claims, Claim.objects.count()) == (18, 18)


def test_a_header_that_cannot_be_kept_sets_the_transaction_aside(door):
    message = door.takes(Remit("T" * 201, [paid("A1")]), Remit("T2", [paid("A2")]))

    assert Claim.objects.get().patient_control_number == "A2"
    assert [part.status for part in message.parts.order_by("ordinal")] == [
        PartStatus.REFUSED,
        PartStatus.APPLIED,
    ]
    assert message.quarantined.get().reason_code == "transaction_refused"
    assert message.totals["claims"] == 1


def test_a_thousand_claims_cost_as_many_statements_as_two(door, django_assert_max_num_queries):
    door.takes(Remit("T0", [paid("Z1")]))
    with django_assert_max_num_queries(80) as few:
        door.takes(Remit("T1", [denied("A1"), denied("A2")]))
    with django_assert_max_num_queries(len(few) + 2):
        door.takes(Remit("T2", [denied(f"B{n}") for n in range(1_000)]))

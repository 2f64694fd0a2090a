from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from billing_portal.audit.models import AuditEvent
from cases.actions.opening import Effect, effect_of, open_many
from cases.notices.models import Notice
from cases.types.remittance_exception.details import RemittanceDetails
from cases.work.details import DetailsRefused
from cases.work.findings import Alarm
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.models import Case, Queue
from cases.work.services import move
from integrations.canonical.models import Facility
from tests.factories.cases import OPENED, denial_details
from tests.factories.findings import finding
from tests.factories.integrations import ClaimFactory, PayerFactory
from tests.factories.people import granted

pytestmark = pytest.mark.django_db
LATER = OPENED + timedelta(days=3)


def opened(found=None, **fields):
    found = found or finding(**fields)
    open_many(findings=[found], at=OPENED)
    return Case.objects.get(key=found.key)


def effects(*findings, at=LATER):
    written = open_many(findings=findings, at=at)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return [each.effect for each in written]


def worker_of(case):
    return granted(queues=[case.queue], facilities=[case.facility])


def test_a_new_finding_is_a_case_in_its_queue_with_trace_history_and_due_times():
    case = opened()

    assert case.reference.startswith("DN-")
    assert len(case.reference) == 9
    assert case.queue.key == "authorization"
    assert (case.status, case.version, case.opened_at) == (CaseStatus.NEW, 1, OPENED)
    # Monday 2 March 2026, nine in Chicago: one and five business days
    assert case.first_touch_due_at.isoformat() == "2026-03-03T23:00:00+00:00"
    assert case.resolve_due_at.isoformat() == "2026-03-09T22:00:00+00:00"
    [trace] = case.routing_decisions.all()
    assert trace.rule.key == "mapped-authorization"
    assert trace.rule_version == 1
    assert trace.facts["carc"] == "197"
    [version] = case.history.all()
    assert version.history_change_reason == "Denied: CO-197"
    assert version.history_user.username == "system:detection"
    assert AuditEvent.objects.get(chain=f"case:{case.pk}").verb == "case.opened"


def test_references_are_numbered_and_named_by_type():
    first, second = opened(), opened()

    assert int(second.reference[3:]) > int(first.reference[3:])


def test_the_same_finding_again_changes_nothing():
    found = finding()
    case = opened(found)

    assert effects(found) == []
    assert Case.objects.get(pk=case.pk).version == 1


def test_changed_facts_update_an_open_case():
    found = finding()
    case = opened(found)

    changed = replace(found, amount=Decimal("60.00"), reason="The payer paid a part")
    assert effects(changed) == [Effect.UPDATED]

    case.refresh_from_db()
    assert (case.amount_at_risk, case.version, case.status) == (60, 2, CaseStatus.NEW)
    assert case.history.order_by("-history_id").first().history_change_reason == changed.reason


def test_an_untouched_case_whose_facts_lead_elsewhere_is_routed_again():
    found = finding()
    case = opened(found)

    elsewhere = replace(found, category="CODING", facts={"mapped_queue": "coding"})
    assert effects(elsewhere) == [Effect.UPDATED]

    case.refresh_from_db()
    assert case.queue.key == "coding"
    assert case.routing_decisions.count() == 2


def test_a_case_in_somebodys_hands_stays_there():
    found = finding()
    case = opened(found)
    worker = worker_of(case)
    move(case=case, verb=Verb.CLAIM, by=worker, reason="Mine", at=OPENED, seen_version=1)

    effects(replace(found, category="CODING", facts={"mapped_queue": "coding"}))

    case.refresh_from_db()
    assert (case.queue.key, case.owner, case.category) == ("authorization", worker, "CODING")


def move_away(case):
    """A person sends a case to another queue."""
    queue = Queue.objects.get(key="denials-technical")
    by = worker_of(case)
    move(
        case=case, verb=Verb.TRANSFER, by=by, reason="Not ours", at=OPENED, seen_version=1,
        queue_id=queue.pk, first_touch_due_at=LATER, resolve_due_at=LATER,
    )  # fmt: skip


def test_a_case_that_a_person_moved_is_not_moved_back_by_the_rules():
    found = finding()
    case = opened(found)
    move_away(case)

    assert effects(replace(found, category="CODING", facts={"mapped_queue": "coding"})) == [
        Effect.UPDATED
    ]

    case.refresh_from_db()
    assert (case.queue.key, case.category) == ("denials-technical", "CODING")


def test_a_case_that_a_person_moved_is_closed_when_its_facts_settle_it():
    found = finding()
    case = opened(found)
    move_away(case)

    paid = replace(found, disposition=Disposition.PAID_ON_REPROCESS, reason="Paid")
    assert effects(paid) == [Effect.CLOSED]

    case.refresh_from_db()
    assert (case.status, case.queue.key) == (CaseStatus.CLOSED, "denials-technical")


def test_a_settled_case_whose_facts_lead_elsewhere_is_closed_where_it_is():
    found = finding()
    case = opened(found)

    paid = replace(
        found, category="CODING", facts={"mapped_queue": "coding"}, reason="Paid",
        disposition=Disposition.PAID_ON_REPROCESS,
    )  # fmt: skip
    assert effects(paid) == [Effect.CLOSED]

    case.refresh_from_db()
    assert (case.status, case.queue.key) == (CaseStatus.CLOSED, "authorization")


def test_what_the_facts_settle_is_closed():
    found = finding()
    case = opened(found)

    paid = replace(found, disposition=Disposition.PAID_ON_REPROCESS, reason="Paid")
    assert effects(paid) == [Effect.CLOSED]
    assert effects(paid) == []

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, "paid_on_reprocess")
    assert (case.closed_at, case.resolved_at) == (LATER, LATER)


def test_what_was_denied_and_paid_before_anybody_saw_it_is_opened_and_closed():
    paid = finding(disposition=Disposition.PAID_ON_REPROCESS)

    assert effects(paid) == [Effect.OPENED, Effect.CLOSED]
    assert Case.objects.get(key=paid.key).status == CaseStatus.CLOSED


def test_a_denial_anew_opens_the_same_case_in_its_next_cycle():
    found = finding()
    case = opened(found)
    effects(replace(found, disposition=Disposition.PAID_ON_REPROCESS))

    again = finding(found_claim(case), cycle=2, details=replace(denial_details(), decision="other"))
    assert effects(again) == [Effect.REOPENED]

    case.refresh_from_db()
    assert (case.status, case.cycle, case.version) == (CaseStatus.REOPENED, 2, 3)
    assert case.disposition is case.closed_at is case.first_touched_at is None
    assert case.resolve_due_at > LATER


def test_what_a_person_resolved_stays_so_until_the_payer_decides_anew():
    found = finding()
    case = opened(found)
    resolve(case)

    assert effects(found) == []
    assert effects(replace(found, amount=Decimal(1))) == []
    assert effects(
        finding(found_claim(case), details=replace(denial_details(), decision="other"))
    ) == [Effect.REOPENED]


def test_a_persons_disposition_outlives_the_payment_that_follows():
    found = finding()
    case = opened(found)
    resolve(case)

    paid = replace(found, disposition=Disposition.PAID_ON_REPROCESS)
    assert effects(paid) == [Effect.CLOSED]
    assert effects(paid) == []

    case.refresh_from_db()
    assert (case.status, case.disposition) == (CaseStatus.CLOSED, "corrected_claim_paid")


def resolve(case):
    move(
        case=case,
        verb=Verb.RESOLVE,
        by=worker_of(case),
        reason="Corrected",
        at=OPENED,
        seen_version=1,
        disposition=Disposition.CORRECTED_CLAIM_PAID,
    )


def found_claim(case):
    return case.claim


@pytest.mark.parametrize("status", [CaseStatus.MERGED, CaseStatus.VOIDED])
@pytest.mark.parametrize("disposition", [None, Disposition.PAID_ON_REPROCESS])
def test_a_case_that_is_no_more_is_left_alone_and_holds_nobody_up(status, disposition):
    gone = Case(status=status, details={}, amount_at_risk=Decimal(0))

    assert effect_of(gone, finding(disposition=disposition)) is None


def test_an_unknown_code_goes_to_triage_and_is_told_once():
    alarm = Alarm("unknown_code", "carc:999", "Adjustment code 999 is not in the code map.")
    first, second = (finding(category="UNKNOWN", alarms=(alarm,)) for _ in range(2))

    assert opened(first).queue.key == opened(second).queue.key == "triage"

    [notice] = Notice.objects.filter(kind="unknown_code")
    assert (notice.key, notice.queue.key) == ("carc:999", "triage")


def test_an_unknown_payer_goes_to_triage_and_is_told_once():
    payer = PayerFactory(is_confirmed=False)

    for _ in range(2):
        assert opened(finding(ClaimFactory(payer=payer))).queue.key == "triage"

    assert Notice.objects.filter(kind="unknown_payer").count() == 1


def test_an_unknown_facility_goes_to_triage_until_the_crosswalk_knows_it():
    unassigned = Facility.objects.get(key="unassigned")
    found = finding(ClaimFactory(facility=unassigned))
    case = opened(found)

    assert case.queue.key == "triage"

    effects(replace(found, facility_id=ClaimFactory().facility_id))

    case.refresh_from_db()
    assert case.queue.key == "authorization"


def test_a_remittance_exception_goes_to_the_posters_even_from_an_unknown_payer():
    payer = PayerFactory(is_confirmed=False)
    found = finding(ClaimFactory(payer=payer), case_type="remittance_exception")
    found = replace(found, details=REMITTANCE, claim_id=None)

    case = opened(found)

    assert case.queue.key == "remittance-exceptions"
    assert case.reference.startswith("RX-")
    # the same day, and two business days
    assert case.first_touch_due_at.isoformat() == "2026-03-02T23:00:00+00:00"


REMITTANCE = RemittanceDetails(
    reading="d",
    trace="T",
    paid_on=None,
    payment=Decimal(1),
    claims_paid=Decimal(2),
    provider_adjustments=Decimal(0),
    difference=Decimal(-1),
    claim_count=1,
    quarantined_count=0,
    is_balanced=False,
    is_complete=True,
)


def test_a_resolved_remittance_exception_stays_so_until_another_reading():
    found = replace(finding(case_type="remittance_exception"), details=REMITTANCE, decision="d")
    case = opened(found)
    person = worker_of(case)
    for verb, changes in (
        (Verb.CLAIM, {}),
        (Verb.RESOLVE, {"disposition": Disposition.EXPLAINED}),
    ):
        case = move(
            case=case,
            verb=verb,
            by=person,
            reason="r",
            at=OPENED,
            seen_version=case.version,
            **changes,
        )

    assert effects(found) == []
    again = replace(found, details=replace(REMITTANCE, reading="e"), decision="e")
    assert effects(again) == [Effect.REOPENED]


def test_details_that_do_not_fit_are_refused_and_nothing_is_opened():
    good, bad = finding(), finding()

    with pytest.raises(DetailsRefused):
        open_many(findings=[good, replace(bad, details=REMITTANCE)], at=OPENED)

    assert not Case.objects.exists()


@pytest.mark.parametrize("number", [1, 20])
def test_opening_costs_the_same_queries_for_any_number_of_findings(number):
    open_many(findings=[finding()], at=OPENED)  # makes the actor
    findings = [finding() for _ in range(number)]

    with CaptureQueriesContext(connection) as queries:
        written = open_many(findings=findings, at=OPENED)

    assert len(written) == number
    assert len(queries) <= 45


@pytest.mark.parametrize("disposition", [Disposition.WRITTEN_OFF, Disposition.REFUNDED])
def test_what_people_approved_and_the_ledger_confirmed_is_reopened_by_a_new_decision_alone(
    disposition,
):
    found = finding()
    case = opened(found)
    case.status, case.disposition = CaseStatus.CLOSED, disposition

    assert effect_of(case, found) is None
    assert effect_of(case, replace(found, decision="another")) is Effect.REOPENED

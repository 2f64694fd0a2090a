"""The approval inbox and the page of a request: what they show, who may decide, what is refused."""

import time
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from cases.actions import approving
from cases.approvals.listing import Listing
from cases.approvals.models import ApprovalAct, ApprovalRequest, Delegation
from cases.approvals.vocabulary import Act, RequestState
from tests.cases.web.test_undo import offered
from tests.factories.approvals import (
    ApprovalLimitFactory,
    ApprovalRequestFactory,
    DelegationFactory,
    PolicyVersionFactory,
    ask_for,
    policy_content,
)
from tests.factories.approvers import approvers, asked
from tests.house import CANARY
from tests.pages import Reader, hidden_fields, text_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("carried_out")]
INBOX = "/approvals/"


@pytest.fixture
def case(house):
    return house.case(amount_at_risk=Decimal("480.00"))


@pytest.fixture
def somebody(house, case):
    return approvers(case)


@pytest.fixture
def requester(somebody):
    return somebody("denial_specialist", full_name="Rita Requester")


@pytest.fixture
def lead(somebody):
    return somebody("team_lead", full_name="Lea Lead")


@pytest.fixture
def approval(case, requester, lead):
    return asked(case, requester)


@pytest.fixture
def page(lead):
    return Reader.of(lead)


def address(approval, verb=""):
    return f"{INBOX}{approval.public_id}/{verb}{'/' if verb else ''}"


def given_on(page, approval):
    """What the page of a request sends when its button is pressed."""
    return hidden_fields(page.get(address(approval)).content.decode())


def test_the_inbox_shows_what_waits_and_the_page_all_that_a_decision_needs(page, approval):
    listed = text_of(page.get(INBOX))
    shown = text_of(page.get(address(approval)))

    assert "1 waiting for you" in listed
    for words in ("Write-off", "Rita Requester", "Step 1 of 1"):
        assert words in listed
    for words in (
        "Approve $480.00",
        "duties are kept apart",
        "What posts on approval",
        "Evidence",
        "May decide: Lea Lead",
        "If rejected",
        "Earlier for this",
    ):
        assert words in shown


def test_it_is_approved_without_a_script_and_once(page, approval):
    given = given_on(page, approval)

    answers = [page.post(address(approval, "approve"), given) for _ in range(2)]

    assert [each.status_code for each in answers] == [302, 302]
    approval.refresh_from_db()
    assert approval.state == RequestState.APPROVED
    assert approval.acts.filter(act=Act.APPROVE).count() == 1
    assert "Nothing waits for you" in text_of(page.get(INBOX))
    assert "Checked now" not in text_of(page.get(address(approval, "")))


def test_a_decision_leaves_nothing_to_undo(house, page, approval):
    page.does("claim", house.case())
    assert offered(page.get(INBOX))

    page.post(address(approval, "approve"), given_on(page, approval))

    approval.refresh_from_db()
    assert approval.state == RequestState.APPROVED
    assert offered(page.get(INBOX)) is None


def test_looking_decides_nothing_however_often(page, approval):
    before = ApprovalRequest.objects.filter(pk=approval.pk).values().get()

    for verb in ("", "approve", "reject", "return", "forward", "withdraw", "answer"):
        for _ in range(3):
            page.get(address(approval, verb))
    page.get(INBOX)
    page.get("/approvals/delegations/")

    assert ApprovalRequest.objects.filter(pk=approval.pk).values().get() == before
    assert not ApprovalAct.objects.exclude(act__in=[Act.REQUEST, Act.OWN]).exists()


def test_what_was_changed_since_it_was_shown_is_not_approved(page, lead, somebody, approval):
    given = given_on(page, approval)

    stale = page.post(address(approval, "approve"), given | {"seen_version": 9})
    other = page.post(address(approval, "approve"), given | {"seen_digest": "0" * 64, "key": ""})

    assert (stale.status_code, other.status_code) == (409, 409)
    assert "Nothing was decided" in text_of(stale)
    assert "asks for something else than what you saw" in text_of(other)
    approval.refresh_from_db()
    assert approval.state == RequestState.PENDING


def test_who_asked_is_told_why_they_may_not_decide_and_who_may(requester, approval):
    page = Reader.of(requester)

    shown = text_of(page.get(address(approval)))
    answer = page.post(address(approval, "approve"), {"seen_version": 1, "seen_digest": "x"})

    assert "You made this request or decided on it already: others must decide." in shown
    assert "May decide: Lea Lead" in shown
    assert "Approve $480.00" not in shown
    assert answer.status_code == 409
    assert approval.acts.filter(act=Act.APPROVE).count() == 0


def test_rejecting_needs_a_reason_and_tells_the_requester(page, approval):
    given = hidden_fields(page.get(address(approval, "reject")).content.decode())

    silent = page.post(address(approval, "reject"), given)
    spoken = page.post(address(approval, "reject"), given | {"reason": "Appeal it first"})

    assert silent.status_code == 422
    assert "Say what the requester must change" in text_of(silent)
    assert spoken.status_code == 302
    approval.refresh_from_db()
    assert (approval.state, approval.verdict) == (RequestState.REJECTED, "Appeal it first")


def test_a_question_is_asked_and_answered(page, requester, approval):
    mine = Reader.of(requester)
    given = hidden_fields(page.get(address(approval, "return")).content.decode())
    page.post(address(approval, "return"), given | {"reason": "Which letter?"})
    assert "Returned for information" in text_of(page.get(address(approval)))

    shown = mine.get(address(approval))
    given = hidden_fields(mine.get(address(approval, "answer")).content.decode())
    mine.post(address(approval, "answer"), given | {"reason": "The one of March 3"})

    assert "Which letter?" in text_of(shown)
    approval.refresh_from_db()
    assert (approval.state, approval.cycle) == (RequestState.PENDING, 2)


def test_a_request_is_taken_back_by_who_asked(requester, approval):
    mine = Reader.of(requester)
    given = hidden_fields(mine.get(address(approval, "withdraw")).content.decode())

    answer = mine.post(address(approval, "withdraw"), given | {"reason": "Paid today"})

    assert answer.status_code == 302
    approval.refresh_from_db()
    assert approval.state == RequestState.WITHDRAWN


def test_a_colleague_is_asked_to_decide(page, somebody, approval):
    other = somebody("team_lead", full_name="Otto Other")
    given = hidden_fields(page.get(address(approval, "forward")).content.decode())

    page.post(address(approval, "forward"), given | {"to": other.pk, "reason": "Your payer"})

    approval.refresh_from_db()
    assert approval.forwarded_to == other


def test_above_the_policys_limit_one_signs_in_again_first(page, lead, case):
    policy = PolicyVersionFactory(content=policy_content(fresh_from="100.00"))
    approval = ApprovalRequestFactory(case=case, policy_version=policy)

    shown = text_of(page.get(address(approval)))
    answer = page.post(address(approval, "approve"), given_on(page, approval))

    assert "Sign in again to approve" in shown
    assert answer.url.startswith("/accounts/reauthenticate/?next=%2Fapprovals%2F")
    session = page.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(lead.pk)
    session.save()
    assert "Sign in again to approve" not in text_of(page.get(address(approval)))


def test_a_request_of_a_foreign_case_is_not_there(house, page):
    for foreign in house.canaries():
        approval = ApprovalRequestFactory(case=foreign)

        assert page.get(address(approval)).status_code == 404
        assert page.post(address(approval, "approve")).status_code == 404
    for listing in Listing.values:
        assert CANARY not in page.get(f"{INBOX}?view={listing}").content.decode()


def ticked(approval):
    return f"{approval.public_id}:{approval.version}:{approval.digest}"


def test_several_of_one_policy_are_approved_together_each_checked_again(
    house, page, lead, requester
):
    policy = PolicyVersionFactory(content=policy_content(bulk_up_to="500.00"))
    many = [
        ApprovalRequestFactory(
            case=house.case(status="pending_approval"),
            policy_version=policy,
            requested_by=requester,
        )
        for _ in range(3)
    ]
    picks = [*map(ticked, many[:2]), ticked(many[2]).replace(":1:", ":7:"), "nonsense"]

    shown = page.post("/approvals/together/", {"case": picks})
    given = {"case": picks, "reason": "Small, and checked"}
    silent = page.post("/approvals/together/approve/", {"case": picks})
    answer = page.post("/approvals/together/approve/", given, follow=True)

    assert "Approve 2 together: $800.00" in text_of(shown)
    assert "It was changed after you saw it." in text_of(shown)
    assert silent.status_code == 422
    assert "Approved: 2 of 3." in text_of(answer)
    states = [ApprovalRequest.objects.get(pk=each.pk).state for each in many]
    assert states == [RequestState.APPROVED, RequestState.APPROVED, RequestState.PENDING]


def test_a_tick_that_no_page_made_is_left_out(page, approval):
    crafted = f"{'-' * 36}:1:{approval.digest}"

    shown = page.post("/approvals/together/", {"case": [ticked(approval), crafted]})

    assert shown.status_code == 200


def test_the_rail_counts_what_the_page_lists(page, approval):
    assert "Approvals 1 " in text_of(page.get(reverse("cases:all")))


@pytest.mark.parametrize("rows", [1, 25])
def test_the_inbox_costs_the_same_queries_for_any_number(house, page, lead, rows):
    for _ in range(rows):
        ApprovalRequestFactory(case=house.case())
    page.get(INBOX)

    with CaptureQueriesContext(connection) as queries:
        answer = page.get(INBOX)

    assert len(answer.context["work"].requests) == rows
    assert len(queries) <= 12


def test_pages_follow_one_another_without_gap_or_repeat(house, page):
    made = {str(ApprovalRequestFactory(case=house.case()).public_id) for _ in range(43)}

    first = page.get(INBOX).context["work"]
    second = page.get(first.next_url).context["work"]

    assert len(first.rows) == 40
    assert second.next_url == ""
    assert {row.id for row in [*first.rows, *second.rows]} == made


def test_somebody_is_asked_to_stand_in_and_it_is_ended(page, lead, somebody, requester):
    other = somebody("team_lead", full_name="Otto Other")
    today = house_day(timezone.now()).isoformat()
    given = {"taker": other.pk, "starts_on": today, "ends_on": today, "reason": "Away"}

    refused = page.post("/approvals/delegations/", given | {"ends_on": "2020-01-01"})
    page.post("/approvals/delegations/", given)
    held = Delegation.objects.get()
    shown = text_of(page.get("/approvals/delegations/"))
    foreign = Reader.of(requester).post(f"/approvals/delegations/{held.pk}/end/")
    page.post(f"/approvals/delegations/{held.pk}/end/", {"seen_version": 1})

    assert refused.status_code == 409
    assert "Otto Other for Lea Lead" in shown
    assert foreign.status_code == 404
    held.refresh_from_db()
    assert held.revoked_at is not None


def test_a_manager_lets_somebody_stand_in_for_who_is_away(page, lead, somebody):
    other = somebody("team_lead", full_name="Otto Other")
    today = house_day(timezone.now()).isoformat()
    given = {"giver": lead.pk, "taker": other.pk, "starts_on": today, "ends_on": today}
    manager = Reader.of(somebody("rc_manager"))

    manager.post("/approvals/delegations/", given | {"reason": "Ill since yesterday"})

    held = Delegation.objects.get()
    assert (held.giver, held.taker) == (lead, other)
    assert "Otto Other for Lea Lead" in text_of(manager.get("/approvals/delegations/"))
    assert "Who is away" not in text_of(page.get("/approvals/delegations/"))
    manager.post(f"/approvals/delegations/{held.pk}/end/", {"seen_version": 1})
    held.refresh_from_db()
    assert held.revoked_at is not None


def test_nobody_stands_in_for_amounts_up_to_nothing(page, lead, somebody):
    today = house_day(timezone.now()).isoformat()
    given = {"taker": somebody("team_lead").pk, "starts_on": today, "ends_on": today}

    refused = page.post("/approvals/delegations/", given | {"reason": "Away", "max_amount": "0"})

    assert refused.status_code == 422
    assert not Delegation.objects.exists()


def test_who_stands_in_decides_in_both_names(page, lead, somebody, case, requester, approval):
    other = somebody("denial_specialist", full_name="Otto Other")
    ApprovalLimitFactory(person=other)
    today = house_day(timezone.now())
    DelegationFactory(giver=lead, taker=other, starts_on=today, ends_on=today)
    theirs = Reader.of(other)

    listed = text_of(theirs.get(f"{INBOX}?view=delegated"))
    shown = theirs.get(address(approval))
    theirs.post(address(approval, "approve"), hidden_fields(shown.content.decode()))

    assert approval.reference in listed
    assert "You decide for Lea Lead" in text_of(shown)
    act = approval.acts.get(act=Act.APPROVE)
    assert (act.person, act.for_person) == (other, lead)


def test_what_changed_since_one_looked_is_shown(page, requester, lead, approval):
    page.get(address(approval))
    given = hidden_fields(page.get(address(approval, "return")).content.decode())
    page.post(address(approval, "return"), given | {"reason": "Which letter?"})
    approving.answer(
        approval=ApprovalRequest.objects.get(pk=approval.pk),
        ask=ask_for("470.00"),
        by=requester,
        reason="Ten dollars came",
        at=timezone.now(),
        seen_version=ApprovalRequest.objects.get(pk=approval.pk).version,
    )

    shown = text_of(page.get(address(approval)))

    assert "Changed since you looked last" in shown
    assert "480.00 USD" in shown
    assert "470.00 USD" in shown
    assert AuditEvent.objects.filter(verb="approval.viewed", actor=lead).count() == 2

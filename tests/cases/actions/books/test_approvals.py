"""The approval policies as a book: new versions, what the linter says, and a replay of the past."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.contrib.auth.models import Group

from billing_portal.access.services import leave
from cases.actions.books.approvals import BOOK
from cases.approvals.models import ApprovalRequest, Policy, PolicyVersion
from cases.editions.books import BOOKS
from cases.editions.entries import Problem
from tests.factories.approvals import policy_content, step_content
from tests.factories.approvers import approvers, asked, decided
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
AT = OPENED + timedelta(days=20)


def policy(key="made-1", *steps, **content):
    return {"key": key, **policy_content(*steps, **content)}


def holding(*rows):
    return {"policies": list(rows)}


def apply(content):
    return BOOK.apply(content=content, by=PersonFactory(), reason="For a test", at=AT)


def changed(content, key, **fields):
    """The content with one policy that says something else."""
    rows = [row | fields if row["key"] == key else row for row in content["policies"]]
    return holding(*rows)


@pytest.fixture
def case(carried_out):
    return CaseFactory(amount_at_risk="480.00")


@pytest.fixture
def people(case):
    return approvers(case)


def test_the_policies_of_the_house_are_a_sound_content_and_applying_them_changes_nothing():
    content = BOOK.current()

    assert BOOKS.get("approvals") is BOOK
    assert BOOK.problems(content) == []
    assert apply(content) == 0
    assert len(BOOK.entries(content)) == Policy.objects.filter(is_active=True).count()


@pytest.mark.parametrize(
    ("row", "where"),
    [
        (policy("no slug!"), "policies[0].key"),
        (policy(label=" "), "policies[0].label"),
        (policy(matter="gift"), "policies[0].matter"),
        (policy("write-off-1", matter="void_case", from_amount="0.00"), "policies[0].matter"),
        (policy(currency="usd"), "policies[0].currency"),
        (policy(from_amount="5"), "policies[0].from_amount"),
        (policy(from_amount="0.00"), "policies[0].from_amount"),
        (policy(to_amount="0.01"), "policies[0].to_amount"),
        (policy(fresh_from="much"), "policies[0].fresh_from"),
        (policy(facts={"federal": 1}), "policies[0].facts"),
        (policy(remind_after=-1), "policies[0].remind_after"),
        (policy(steps=[]), "policies[0].steps"),
        (policy(steps=["lead"]), "policies[0].steps[0]"),
        (policy("a", step_content("cfo", mode="most")), "policies[0].steps[0].mode"),
        (policy("a", step_content("cfo", n=0)), "policies[0].steps[0].n"),
        (policy("a", step_content("cfo", "cfo")), "policies[0].steps[0]"),
        (policy("a", step_content("cfo"), step_content("cfo")), "policies[0].steps[1]"),
        (policy(extra=1), "policies[0]"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(row, where):
    assert [problem.where for problem in BOOK.problems(holding(row))] == [where]


def test_policies_of_a_matter_tell_no_more_ways_to_ask_apart_than_can_be_looked_at():
    rows = [policy(f"p{n}", facts={f"fact-{n}": "yes"}) for n in range(11)]
    other = policy("other", matter="payer_refund", facts={"federal": "yes"})

    assert BOOK.problems(holding(*rows[:10], other)) == []
    assert BOOK.problems(holding(*rows, other)) == [
        Problem(
            "policies",
            "tell 2,048 ways to ask for “Write-off” in USD apart; at most 2,000 can be checked:"
            " name fewer facts, sites or payers",
        )
    ]


def test_a_policy_changes_by_a_new_version_with_history_and_no_version_is_edited():
    held = PolicyVersion.objects.get(policy="write-off-1", number=1)
    was = held.content

    assert apply(changed(BOOK.current(), "write-off-1", to_amount="400.00")) == 1

    policy = Policy.objects.get(key="write-off-1")
    held.refresh_from_db()
    assert (str(policy.current), policy.current.content["to_amount"]) == ("write-off-1@2", "400.00")
    assert held.content == was
    assert policy.history.latest().history_change_reason == "For a test"


def test_a_policy_that_leaves_is_never_chosen_and_one_that_comes_back_goes_on_counting():
    content = BOOK.current()
    rest = [row for row in content["policies"] if row["key"] != "break-glass-1"]

    assert apply(holding(*rest)) == 1
    assert not Policy.objects.in_force("break_glass").exists()

    assert apply(changed(content, "break-glass-1", label="Compliance again")) == 1
    assert str(Policy.objects.in_force("break_glass").get().current) == "break-glass-1@2"


def test_what_waits_keeps_its_version(case, people):
    approval = asked(case, people("denial_specialist"))
    content = changed(BOOK.current(), "write-off-1", steps=[step_content("cfo")])

    apply(content)

    approval = ApprovalRequest.objects.get(pk=approval.pk)
    assert str(approval.policy_version) == "write-off-1@1"
    assert decided(approval, people("team_lead")).state == "approved"


def test_the_linter_looks_at_the_house_as_it_stands(case, people):
    lead = people("team_lead", full_name="Mia")

    assert said_of("write-off-1") == [
        "It escalates to Queue supervisor, and nobody holds that role.",
        "Step 1 (Team lead) waits for those above whenever Mia asked for it, made it or is away.",
    ]

    leave(user=lead, group=Group.objects.get(name="team_lead"), by=lead, reason="Left")
    assert said_of("write-off-1")[0] == "Step 1 (Team lead): nobody could sign 0.01 USD."


def said_of(key):
    """What the linter says of one policy in force."""
    return [each.words for each in BOOK.findings(BOOK.current(), at=AT) if each.row == key]


def test_a_policy_reads_in_words():
    row = policy("a", step_content("rc_director", "controller", mode="all"), step_content("cfo"))
    [entry] = BOOK.entries(holding(row | {"facts": {"federal": "yes"}}))

    assert entry.title == "Write-off from 0.01 USD on: Test policy"
    assert entry.says["Steps"] == "each of Revenue-cycle director, Controller → CFO"
    assert entry.says["Holds for"] == "federal: yes"


def test_decided_requests_are_tried_on_the_drafted_chains(case, people):
    people("queue_supervisor", full_name="Ana")
    people("team_lead", full_name="Mia")
    approval = asked(case, people("denial_specialist"))
    decided(approval, people("team_lead", full_name="Noor"), at=OPENED + timedelta(hours=6))
    steps = [step_content("team_lead"), step_content("queue_supervisor")]

    found = BOOK.simulate(
        content=changed(BOOK.current(), "write-off-1", steps=steps), days=30, at=AT
    )

    assert (found.cases, found.changed) == (1, 1)
    assert [(each.before, each.after) for each in found.moves] == [
        ("Team lead", "Team lead → Queue supervisor")
    ]
    figures = {each.label: (each.before, each.after) for each in found.figures}
    assert figures["Steps in all chains"] == ("1", "2")
    assert figures["Requests with extra steps"] == ("0", "1")
    assert figures["Median wait, estimated"] == ("6.0 h", "12.0 h")
    assert figures["Requests nobody could have approved"] == ("0", "0")
    assert {each.username: each.after for each in found.people}["Ana"] == Decimal("1.0")


def test_requests_that_nobody_could_have_approved_are_counted_by_policy(case, people):
    decided(asked(case, people("denial_specialist")), people("team_lead"))

    nobody = BOOK.simulate(
        content=changed(BOOK.current(), "write-off-1", steps=[step_content("cfo")]),
        days=30,
        at=AT,
    )
    uncovered = BOOK.simulate(
        content=changed(BOOK.current(), "write-off-1", to_amount="1.00"), days=30, at=AT
    )

    assert nobody.conflicts == ("Under “write-off-1” nobody could sign 1 of these requests.",)
    assert uncovered.moves[0].after == "refused: no policy"
    after = {each.label: each.after for each in uncovered.figures}
    assert after["Requests nobody could have approved"] == "1"


def test_an_empty_past_says_so():
    found = BOOK.simulate(content=BOOK.current(), days=30, at=AT)

    assert found.cases == 0
    assert found.conflicts[0] == (
        "No request was decided in this time, so nothing could be compared."
    )

from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_portal.access.actor import system_actor
from billing_portal.audit.models import AuditEvent
from cases.actions import joining, moving, undoing, working
from cases.actions.joining import JoinRefused, Seen
from cases.actions.opening import Effect
from cases.actions.rejoining import NotAsLeft
from cases.collaboration.models import CaseLink
from cases.collaboration.vocabulary import LinkKind
from cases.joining.models import Allotment
from cases.sla.models import SlaClock
from cases.types.denial.dividing import items_of
from cases.work.lifecycle import CaseStatus, Disposition, Verb
from cases.work.models import Case, Queue
from cases.work.services import ReasonMissing, StaleVersion
from cases.work.visibility import MayNotWork
from integrations.canonical.models import Claim
from integrations.feed.models import Change
from tests.factories.appeals import AppealFactory, SubmissionFactory
from tests.factories.cases import OPENED
from tests.factories.integrations import ClaimFactory
from tests.factories.joining import denied, remit, tell
from tests.factories.people import granted

NOW = OPENED + timedelta(days=3)
LATER = NOW + timedelta(hours=1)


def fresh(case):
    return Case.objects.get(pk=case.pk)


def worker_of(*cases):
    return granted(queues=Queue.objects.all(), facilities={case.facility for case in cases})


def merge(case, into, by, **fields):
    given = {"reason": "The same account", "at": NOW, "seen_version": fresh(into).version}
    cases = [Seen(case, fresh(case).version)]
    return joining.merge(**{"cases": cases, "into": into, "by": by} | given | fields)


def split(case, items, by, **fields):
    given = {"reason": "Coding’s part", "at": NOW, "seen_version": fresh(case).version}
    return joining.split(**{"case": case, "items": items, "by": by} | given | fields)


def undo(case, by):
    return undoing.undo(case=case, by=by, at=LATER, seen_version=fresh(case).version)


def keys(case):
    return [item.key for item in items_of(case.key)]


def open_money():
    return sum(Case.objects.open().values_list("amount_at_risk", flat=True), Decimal(0))


def standing(case):
    held = Case.objects.filter(pk=case.pk).values().get()
    return {name: value for name, value in held.items() if name != "version"}


@pytest.fixture
def two(db):
    """Two cases of one patient: 100 + 50, and 30."""
    first = denied("100.00", "50.00")
    claim = ClaimFactory(patient=first.claim.patient, facility=first.facility)
    return first, denied("30.00", claim=claim)


@pytest.fixture
def by(two):
    return worker_of(*two)


def test_merging_ends_one_and_lets_the_other_hold_both(two, by):
    keeper, other = two

    held = merge(other, keeper, by)

    ended = fresh(other)
    assert (ended.status, ended.disposition) == (CaseStatus.MERGED, Disposition.DUPLICATE)
    assert (ended.resolved_at, ended.amount_at_risk) == (NOW, Decimal("30.00"))
    assert (held.amount_at_risk, held.status) == (Decimal("180.00"), keeper.status)
    assert Decimal(held.details["denied_amount"]) == Decimal("180.00")
    assert [line["procedure"] for line in held.details["lines"]] == ["99281", "99282", "99281"]
    assert CaseLink.objects.get().kind == LinkKind.MERGED
    for case, verb in ((other, "case.merge"), (keeper, "case.absorb")):
        newest = case.history.order_by("-history_id").first()
        assert (newest.history_user, newest.history_change_reason) == (by, "The same account")
        assert AuditEvent.objects.filter(chain=f"case:{case.pk}", verb=verb).count() == 1
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_the_clocks_of_a_merged_case_end_neither_met_nor_missed_and_the_others_go_on(two, by):
    keeper, other = two
    merge(other, keeper, by)

    assert set(SlaClock.objects.filter(case=other).values_list("state", flat=True)) == {"cancelled"}
    assert set(SlaClock.objects.filter(case=keeper).values_list("state", flat=True)) == {"running"}


def test_the_earliest_deadline_is_kept(two, by):
    keeper, other = two
    moment = NOW + timedelta(days=2)
    moving.move(
        case=other,
        verb=Verb.UPDATE,
        by=system_actor("deadlines"),
        reason="A rule",
        at=NOW,
        seen_version=None,
        deadline_on=date(2026, 3, 9),
        deadline_at=moment,
    )

    assert merge(other, keeper, by).deadline_at == moment


def test_telling_the_facts_again_changes_nothing(two, by):
    keeper, other = two
    merge(other, keeper, by)
    part = split(keeper, keys(keeper)[:1], by)
    before = [standing(case) for case in (keeper, other, part)]

    assert tell(keeper.claim, other.claim, at=LATER) == []
    assert tell(other.claim, at=LATER) == []
    assert tell(keeper.claim, at=LATER) == []

    assert [standing(case) for case in (keeper, other, part)] == before
    assert Case.objects.count() == 3


def test_new_facts_of_a_merged_case_go_to_the_one_that_took_it_in(two, by):
    keeper, other = two
    merge(other, keeper, by)

    remit(other.claim, "80.00", on=date(2026, 4, 1), codes=["CO-50"])
    [written] = tell(other.claim, at=LATER)

    assert (written.case_id, written.effect) == (keeper.pk, Effect.UPDATED)
    assert fresh(keeper).amount_at_risk == Decimal("230.00")
    assert fresh(other).amount_at_risk == Decimal("30.00")


def test_what_is_paid_of_one_of_two_leaves_the_case_open_for_the_other(two, by):
    keeper, other = two
    merge(other, keeper, by)

    remit(keeper.claim, "0", "0", on=date(2026, 4, 1))
    tell(keeper.claim, at=LATER)
    assert (fresh(keeper).status, fresh(keeper).amount_at_risk) == (keeper.status, Decimal(30))

    remit(other.claim, "0", on=date(2026, 4, 2))
    tell(other.claim, at=LATER)
    assert fresh(keeper).disposition == Disposition.PAID_ON_REPROCESS


def test_what_is_paid_is_won_by_an_appeal_where_one_was_sent(two, by):
    first, _other = two
    part = split(first, keys(first)[:1], by)
    SubmissionFactory(appeal__case=part)

    remit(first.claim, "0", "0", on=date(2026, 4, 1))
    tell(first.claim, at=LATER)

    assert fresh(part).disposition == Disposition.APPEAL_OVERTURNED_FULL
    assert fresh(first).disposition == Disposition.PAID_ON_REPROCESS


def test_a_resolved_case_that_took_another_in_opens_only_for_a_new_decision(two, by):
    keeper, other = two
    held = merge(other, keeper, by)
    working.resolve(
        case=held,
        by=by,
        disposition=Disposition.NOT_A_DENIAL,
        reason="Seen to",
        at=NOW,
        seen_version=held.version,
    )

    assert tell(other.claim, at=LATER) == []
    remit(other.claim, "30.00", on=date(2026, 4, 1))
    [written] = tell(other.claim, at=LATER)

    assert (written.case_id, written.effect) == (keeper.pk, Effect.REOPENED)


def test_several_become_one_and_chains_hold(two, by):
    keeper, other = two
    third = denied(
        "7.00", claim=ClaimFactory(patient=keeper.claim.patient, facility=keeper.facility)
    )
    merge(other, third, by)

    merge(third, keeper, by)

    assert fresh(keeper).amount_at_risk == Decimal("187.00")
    remit(other.claim, "31.00", on=date(2026, 4, 1))
    tell(other.claim, at=LATER)
    assert fresh(keeper).amount_at_risk == Decimal("188.00")


def test_many_are_merged_by_one_act_and_undone_by_one(two, by):
    keeper, other = two
    third = denied(
        "7.00", claim=ClaimFactory(patient=keeper.claim.patient, facility=keeper.facility)
    )
    before = [standing(case) for case in (keeper, other, third)]

    merge(other, keeper, by, cases=[Seen(other, 1), Seen(third, 1)])
    assert fresh(keeper).amount_at_risk == Decimal("187.00")
    undo(keeper, by)

    assert [standing(case) for case in (keeper, other, third)] == before


@pytest.mark.parametrize("end", [0, 1])
def test_a_merge_is_undone_from_either_end_to_the_column(two, by, end):
    keeper, other = two
    before = [standing(case) for case in two]
    merge(other, keeper, by)

    undo(two[end], by)

    assert [standing(case) for case in two] == before
    assert not CaseLink.objects.exists()
    assert set(SlaClock.objects.filter(case=other).values_list("state", flat=True)) == {"running"}
    assert tell(keeper.claim, other.claim, at=LATER) == []


def test_a_merge_is_not_undone_once_one_of_them_was_worked_on(two, by):
    keeper, other = two
    held = merge(other, keeper, by)
    working.claim(case=held, by=by, at=NOW, seen_version=held.version)

    with pytest.raises(NotAsLeft):
        undo(other, by)

    assert fresh(other).status == CaseStatus.MERGED


def test_splitting_makes_a_case_of_its_own_and_both_come_to_what_was(two, by):
    case, _ = two

    part = split(case, keys(case)[1:], by)

    rest = fresh(case)
    assert (rest.amount_at_risk, part.amount_at_risk) == (Decimal("100.00"), Decimal("50.00"))
    assert [each["procedure"] for each in part.details["lines"]] == ["99282"]
    assert [each["procedure"] for each in rest.details["lines"]] == ["99281"]
    assert (part.status, part.claim_id, part.opened_at) == ("new", case.claim_id, OPENED)
    assert part.resolve_due_at == case.resolve_due_at
    assert part.first_touch_due_at > NOW
    assert CaseLink.objects.get(case=part, other=case).kind == LinkKind.SPLIT
    clocks = SlaClock.objects.filter(case=part, state="running")
    assert {clock.kind: clock.due_at for clock in clocks} == {
        "first_touch": part.first_touch_due_at,
        "resolve": part.resolve_due_at,
    }
    assert "Coding’s part" in part.history.get().history_change_reason
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_a_later_decision_is_told_to_each_part(two, by):
    case, _ = two
    part = split(case, keys(case)[1:], by)

    remit(case.claim, "0", "45.00", on=date(2026, 4, 1))
    tell(case.claim, at=LATER)

    assert fresh(case).disposition == Disposition.PAID_ON_REPROCESS
    assert (fresh(part).status, fresh(part).amount_at_risk) == ("new", Decimal("45.00"))


def test_a_denial_taken_back_closes_both_parts(two, by):
    case, _ = two
    part = split(case, keys(case)[1:], by)

    remit(case.claim, "100.00", "50.00", on=date(2026, 4, 1), sign=-1)
    tell(case.claim, at=LATER)

    assert {fresh(case).disposition, fresh(part).disposition} == {Disposition.REVERSED}


@pytest.mark.parametrize("chosen", [slice(0), slice(None)])
def test_nothing_and_everything_is_no_split(two, by, chosen):
    case, _ = two
    before = standing(case)

    with pytest.raises(JoinRefused):
        split(case, keys(case)[chosen], by)

    assert standing(case) == before
    assert not Allotment.objects.exists()


def test_what_is_not_the_cases_own_is_not_split_off(two, by):
    case, other = two
    part = split(case, keys(case)[1:], by)

    for foreign in [*keys(other), *keys(part), "nonsense"]:
        with pytest.raises(JoinRefused):
            split(case, [foreign], by)


def test_a_line_that_nothing_is_denied_of_is_no_case(db):
    case = denied("100.00", "0")

    with pytest.raises(JoinRefused, match="at risk"):
        split(case, keys(case)[1:], worker_of(case))


def test_a_split_is_undone_and_can_be_made_otherwise(two, by):
    case, _ = two
    before = standing(case)
    part = split(case, keys(case)[1:], by)

    undo(case, by)

    assert standing(case) == before
    assert fresh(part).status == CaseStatus.MERGED
    assert CaseLink.objects.filter(case=part, other=case, kind=LinkKind.MERGED).exists()
    assert tell(case.claim, at=LATER) == []
    again = split(case, keys(case)[:1], by)
    assert (again.amount_at_risk, fresh(case).amount_at_risk) == (Decimal(100), Decimal(50))


def test_a_split_is_undone_also_when_the_part_went_out_of_sight(two):
    case, _ = two
    lines = denied(
        "20.00", "10.00", codes=["CO-197", "CO-50"], claim=ClaimFactory(facility=case.facility)
    )
    worker = granted(queues=[lines.queue], facilities=[lines.facility])
    part = split(lines, keys(lines)[1:], worker)
    assert part.queue_id != lines.queue_id

    undo(lines, worker)

    assert fresh(part).status == CaseStatus.MERGED


def test_a_split_is_not_undone_once_somebody_took_the_part(two, by):
    case, _ = two
    part = split(case, keys(case)[1:], by)
    working.claim(case=part, by=by, at=NOW, seen_version=part.version)

    with pytest.raises(NotAsLeft):
        undo(case, by)


def test_a_part_merged_back_can_be_split_off_again(two, by):
    case, _ = two
    part = split(case, keys(case)[1:], by)

    held = merge(part, case, by)

    assert held.amount_at_risk == Decimal("150.00")
    assert len(keys(held)) == 2
    assert split(held, keys(held)[1:], by).amount_at_risk == Decimal("50.00")


@pytest.mark.parametrize("what", ["itself", "none", "strangers", "resolved", "appealed"])
def test_what_cannot_be_one_stays_as_it_is(two, by, what):
    keeper, other = two
    cases = {"itself": [Seen(keeper, 1)], "none": []}.get(what, [Seen(other, 1)])
    if what == "strangers":
        foreign = denied("5.00", claim=ClaimFactory(facility=keeper.facility))
        cases = [Seen(foreign, 1)]
    if what == "resolved":
        given = {"disposition": Disposition.NOT_A_DENIAL, "reason": "Seen to"}
        working.resolve(case=other, by=by, at=NOW, seen_version=1, **given)
        cases = [Seen(other, 2)]
    if what == "appealed":
        AppealFactory(case=other)
    before = standing(keeper)

    with pytest.raises(joining.DomainError):
        merge(other, keeper, by, cases=cases)

    assert standing(keeper) == before
    assert not Allotment.objects.exists()


def test_permission_versions_and_reasons_are_asked_for(two, by):
    keeper, other = two
    reader = granted(queues=Queue.objects.all(), facilities=[keeper.facility], works=False)
    with pytest.raises(MayNotWork):
        merge(other, keeper, reader)
    with pytest.raises(MayNotWork):
        split(keeper, keys(keeper)[:1], reader)
    with pytest.raises(StaleVersion):
        merge(other, keeper, by, cases=[Seen(other, 7)])
    with pytest.raises(StaleVersion):
        merge(other, keeper, by, seen_version=7)
    with pytest.raises(ReasonMissing):
        merge(other, keeper, by, reason=" ")
    with pytest.raises(StaleVersion):
        split(keeper, keys(keeper)[:1], by, seen_version=7)

    assert (fresh(keeper).version, fresh(other).version) == (1, 1)


def test_detection_is_told_to_look_again(two, by):
    keeper, other = two
    seen = Change.objects.count()

    merge(other, keeper, by)

    told = set(Change.objects.order_by("pk")[seen:].values_list("claim_id", flat=True))
    assert told == {keeper.claim_id, other.claim_id}


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def two_claims(two, by):
    return [case.claim for case in two], by


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["merge", "split", "undo", "tell"]), st.integers(0, 9), st.integers(0, 9)
    ),
    max_size=8,
)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS)
def test_whatever_is_merged_split_and_undone_the_money_in_open_cases_stays(two_claims, steps):
    claims, worker = two_claims
    with rolled_back():
        total = open_money()
        for what, one, another in steps:
            cases = list(Case.objects.open().order_by("pk"))
            first, second = cases[one % len(cases)], cases[another % len(cases)]
            try:
                if what == "merge":
                    merge(first, second, worker)
                elif what == "split":
                    names = keys(first)
                    split(first, names[: 1 + another % max(len(names), 1)], worker)
                elif what == "undo":
                    undo(first, worker)
                else:
                    assert tell(*claims, at=LATER) == []
            except joining.DomainError:
                pass
            assert open_money() == total
            assert tell(*Claim.objects.filter(pk=first.claim_id), at=LATER) == []

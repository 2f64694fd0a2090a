from datetime import date
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from cases.types.denial.fold import fold
from cases.types.denial.rules import judge
from cases.work.lifecycle import Disposition
from tests.factories.adjudications import CODES, adjudication, cut, line, reversal_of

FEBRUARY, MARCH, APRIL, MAY = (date(2026, month, 10) for month in (2, 3, 4, 5))


def folded(*adjudications):
    return fold(adjudications, lambda parts: judge(parts, CODES))


def denied(on=FEBRUARY, code="CO-197", **fields):
    return adjudication(line(cut(code)), paid_on=on, **{"trace": f"T{on}"} | fields)


def paid(on=APRIL, amount=80):
    return adjudication(line(cut("CO-45", 100 - amount)), paid_on=on, trace=f"T{on}")


def test_a_claim_never_denied_has_no_state():
    assert folded(paid()) is None
    assert folded(paid(), reversal_of(denied(), paid_on=MAY)) is None


def test_a_denial_stands():
    state = folded(denied())

    assert (state.cycle, state.is_initial, state.disposition) == (1, True, None)
    assert state.denial.amount == 100


def test_denial_reversal_payment_is_one_case_paid_on_reprocess():
    first = denied()

    state = folded(first, reversal_of(first, paid_on=APRIL, trace="T2"), paid())

    assert state.disposition is Disposition.PAID_ON_REPROCESS
    assert state.cycle == 1


def test_all_three_in_one_remittance_are_the_same():
    first = denied(trace="T")

    state = folded(
        first,
        reversal_of(first, paid_on=FEBRUARY, trace="T"),
        adjudication(line(cut("CO-45", 20)), paid_on=FEBRUARY, trace="T"),
    )

    assert state.disposition is Disposition.PAID_ON_REPROCESS


def test_a_denial_taken_back_and_not_decided_again_is_reversed():
    first = denied()

    assert folded(first, reversal_of(first, paid_on=MARCH)).disposition is Disposition.REVERSED


def test_denied_again_is_the_next_cycle_and_initial_if_the_first_was_taken_back():
    first = denied()
    again = denied(on=APRIL, code="CO-50")

    after_reversal = folded(first, reversal_of(first, paid_on=APRIL, trace="T2"), again)
    without = folded(first, again)

    assert (after_reversal.cycle, after_reversal.is_initial) == (2, True)
    assert (without.cycle, without.is_initial) == (2, False)
    assert without.denial.leading.code == "CO-50"


def test_paid_then_denied_takes_the_payment_back():
    first = paid(on=FEBRUARY)

    state = folded(first, reversal_of(first, paid_on=MARCH, trace="T3"), denied(on=MARCH))

    assert state.disposition is None
    assert state.taken_back == 80


def test_paid_denied_and_paid_again_is_settled():
    state = folded(denied(), paid(on=MARCH), denied(on=APRIL), paid(on=MAY))

    assert state.disposition is Disposition.PAID_ON_REPROCESS
    assert state.cycle == 2


def test_a_payment_taken_back_lets_the_denial_stand_again():
    payment = paid(on=MARCH)

    state = folded(denied(), payment, reversal_of(payment, paid_on=APRIL))

    assert state.disposition is None
    assert state.cycle == 1


def test_moved_to_the_patient_is_not_paid():
    state = folded(
        denied(),
        adjudication(
            line(cut("PR-1")), paid_on=MARCH, trace="T3", patient_responsibility=Decimal(100)
        ),
    )

    assert state.disposition is Disposition.PATIENT_RESPONSIBILITY


def test_a_payment_for_other_services_settles_nothing():
    late_charge = adjudication(line(procedure="71046"), paid_on=MARCH, trace="T3")

    assert folded(denied(), late_charge).disposition is None


def test_a_claim_split_in_one_remittance_is_one_decision():
    half = adjudication(line(cut("CO-197")), trace="T", payer_control_number="A")
    other = adjudication(line(procedure="71046"), trace="T", payer_control_number="B")

    state = folded(half, other)

    assert state.disposition is None
    assert len(state.decision.parts) == 2
    assert state.cycle == 1


def test_a_reversal_takes_back_the_equal_and_opposite():
    small = adjudication(line(cut("CO-197", 30), charge=Decimal(30)), trace="A", paid_on=FEBRUARY)
    large = adjudication(line(cut("CO-197", 70), charge=Decimal(70)), trace="B", paid_on=MARCH)

    state = folded(small, large, reversal_of(small, paid_on=APRIL))

    assert [each.is_void for each in state.decisions] == [True, False]
    assert state.denial.amount == 70
    assert state.is_initial


stories = st.lists(
    st.tuples(
        st.sampled_from([FEBRUARY, MARCH, APRIL, MAY, None]),
        st.sampled_from(["denied", "paid", "deductible", "unknown", "reversal"]),
        st.sampled_from(["T1", "T2"]),
    ),
    min_size=1,
    max_size=7,
)


def told(story):
    lines = {
        "denied": lambda: line(cut("CO-197")),
        "paid": lambda: line(cut("CO-45", 20)),
        "deductible": lambda: line(cut("PR-1")),
        "unknown": lambda: line(cut("CO-999", 50), cut("CO-45", 50)),
    }
    adjudications = []
    for day, what, trace in story:
        if what == "reversal":
            given = [each for each in adjudications if each.decides]
            if given:
                adjudications.append(reversal_of(given[-1], paid_on=day, trace=trace))
        else:
            adjudications.append(adjudication(lines[what](), paid_on=day, trace=trace))
    return adjudications


@given(stories, st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(story, random):
    adjudications = told(story)
    shuffled = random.sample(adjudications, len(adjudications))

    assert folded(*adjudications) == folded(*shuffled)


@given(stories)
def test_a_state_is_open_or_ended_never_both(story):
    state = folded(*told(story))

    if state is not None:
        assert state.denial.amount >= 0
        assert 1 <= state.cycle <= len(state.decisions)
        assert state.disposition is not None or not state.decision.is_void

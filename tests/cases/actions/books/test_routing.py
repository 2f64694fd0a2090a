"""The routing rules as a book; a changed threshold moves exactly the cases it should."""

from collections import Counter
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from billing_portal.kernel.models.history import shared_columns
from cases.actions.books.routing import BOOK
from cases.editions.books import BOOKS
from cases.routing.fields import subject_of
from cases.routing.models import RoutingRule
from cases.routing.services import decide_many
from cases.work.models import Case, Queue
from tests.cases.routing.test_fields import SUBJECT
from tests.factories.cases import OPENED, CaseFactory, QueueFactory, RoutingRuleFactory
from tests.factories.people import PersonFactory, granted
from tests.factories.sharing import MisroutingFactory

pytestmark = pytest.mark.django_db
AT = OPENED + timedelta(days=10)


def rule(key, condition=None, queue="triage", **fields):
    whole = {"key": key, "name": key.title(), "condition": condition or {"all": []}}
    return {**whole, "queue": queue, "is_active": True, **fields}


def amount(at_least):
    return {"field": "amount", "is": "at_least", "value": at_least}


def wheres(content):
    return [problem.where for problem in BOOK.problems(content)]


def apply(*rules):
    return BOOK.apply(
        content={"rules": list(rules)}, by=PersonFactory(), reason="For a test", at=AT
    )


def test_the_book_is_installed():
    assert BOOKS.get("routing") is BOOK


def test_the_rules_of_the_house_are_a_sound_content_and_applying_them_changes_nothing():
    content = BOOK.current()

    assert BOOK.problems(content) == []
    assert apply(*content["rules"]) == 0
    assert len(content["rules"]) == RoutingRule.objects.count() == len(BOOK.entries(content))


@pytest.mark.parametrize(
    ("content", "where"),
    [
        ({}, "content"),
        ({"rules": {}}, "rules"),
        ({"rules": [1]}, "rules[0]"),
        ({"rules": [rule("a", name="")]}, "rules[0].name"),
        ({"rules": [rule("a", name=None)]}, "rules[0].name"),
        ({"rules": [rule("a", name="\0")]}, "rules[0].name"),
        ({"rules": [rule("a", is_active=1)]}, "rules[0].is_active"),
        ({"rules": [rule("a b")]}, "rules[0].key"),
        ({"rules": [rule("a", queue="nowhere")]}, "rules[0].queue"),
        ({"rules": [rule("a", {"field": "amount"})]}, "rules[0].condition"),
        ({"rules": [rule("a"), rule("a")]}, "rules[1]"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(content, where):
    assert wheres(content) == [where]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["rules", *rule("a")]), inner, max_size=5)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(JSON)
def test_any_json_is_either_sound_or_explained(content):
    if not BOOK.problems(content):
        BOOK.entries(content)


def test_a_closed_queue_takes_no_rule():
    QueueFactory(key="shut", is_active=False)

    assert wheres({"rules": [rule("a", queue="shut")]}) == ["rules[0].queue"]


def test_what_is_applied_decides_and_keeps_its_history():
    first = rule("large", amount("50"), "coding", name="Large ones")

    apply(first, *BOOK.current()["rules"])

    made = RoutingRule.objects.get(key="large")
    [decision] = decide_many(subjects=[SUBJECT])
    assert (decision.rule_id, decision.rule_version) == (made.pk, 1)
    assert made.history.get().history_change_reason == "For a test"
    assert BOOK.current()["rules"][0] == first


def test_a_changed_rule_gets_its_next_version_and_others_keep_theirs():
    rules = BOOK.current()["rules"]
    rules[3]["queue"] = "coding"

    assert apply(*rules) == 1

    versions = dict(RoutingRule.objects.values_list("key", "version"))
    assert versions.pop(rules[3]["key"]) == 2
    assert set(versions.values()) == {1}


def test_rules_change_places():
    rules = BOOK.current()["rules"]

    apply(*reversed(rules))

    assert BOOK.current()["rules"] == rules[::-1]


def test_a_rule_that_leaves_the_book_is_never_used_and_may_come_back():
    rules = BOOK.current()["rules"]
    apply(*rules[1:])

    gone = RoutingRule.objects.get(key=rules[0]["key"])
    assert (gone.position, gone.is_active, gone.version) == (None, False, 2)
    assert BOOK.current()["rules"] == rules[1:]

    apply(*rules)
    assert BOOK.current()["rules"] == rules


def test_entries_say_when_and_where():
    [entry] = BOOK.entries({"rules": [rule("a", amount("100"), "coding")]})

    assert (entry.title, entry.says["When"]) == ("A", "amount at risk is at least 100")
    assert entry.says["Goes to"] == Queue.objects.get(key="coding").name


class TestBacktest:
    """Cases of the last thirty days, by the rules in force and by a draft."""

    @pytest.fixture(autouse=True)
    def rules(self):
        apply(rule("large", amount("1000.00"), "coding"), rule("rest", None, "cob"))

    def tried(self, *rules, days=30):
        return BOOK.simulate(content={"rules": list(rules)}, days=days, at=AT)

    def test_what_people_moved_on_is_counted_against_the_rule_that_had_sent_it(self):
        sent = {"rule": RoutingRule.objects.get(key="rest"), "rule_version": 1}
        payers = Queue.objects.get(key="coding")
        for days in (1, 2, 40):
            said_at = AT - timedelta(days=days)
            MisroutingFactory(**sent, to_queue=payers, said_at=said_at)
        MisroutingFactory(said_at=AT - timedelta(days=1))

        found = self.tried(rule("rest", None, "cob"))

        name = sent["rule"].name
        assert found.conflicts[-1] == (
            f"“{name}” sent cases that people moved on, 2 times: 2 to {payers}."
        )

    def test_a_lower_threshold_moves_just_the_cases_between(self):
        for value in ("999.99", "1000.00", "500.00", "499.99"):
            CaseFactory(amount_at_risk=Decimal(value))

        found = self.tried(rule("large", amount("500.00"), "coding"), rule("rest", None, "cob"))

        [move] = found.moves
        assert (found.cases, found.changed) == (4, 2)
        assert (move.cases, move.amount, move.currency) == (2, Decimal("1499.99"), "USD")
        assert [each.amount for each in found.exposed] == [Decimal("1499.99")]
        names = dict(Queue.objects.values_list("key", "name"))
        assert (move.before, move.after) == (names["cob"], names["coding"])
        loads = {load.queue: (load.before, load.after) for load in found.queues}
        assert loads == {names["cob"]: (3, 1), names["coding"]: (1, 3)}

    def test_currencies_are_not_added_up(self):
        CaseFactory(amount_at_risk=600, currency="USD")
        CaseFactory(amount_at_risk=700, currency="EUR")

        found = self.tried(rule("all", None, "coding"))

        assert [(each.currency, each.amount) for each in found.exposed] == [
            ("EUR", Decimal("700.00")),
            ("USD", Decimal("600.00")),
        ]

    def test_clocks_are_those_of_the_new_queue(self):
        """Opened on a Monday morning; coding has three business days, COB ten."""
        late = OPENED + timedelta(days=5)
        CaseFactory(status="resolved", disposition="not_a_denial", resolved_at=late)

        found = self.tried(rule("all", None, "coding"))

        assert (found.breached_before, found.breached_after) == (0, 1)

    def test_what_was_opened_before_or_after_the_period_is_left_out(self):
        CaseFactory(opened_at=AT - timedelta(days=2))
        CaseFactory(opened_at=AT - timedelta(days=2, seconds=1))
        CaseFactory(opened_at=AT)

        assert self.tried(days=2).cases == 1

    def test_what_no_rule_is_for_goes_to_triage(self):
        CaseFactory()

        [move] = self.tried().moves

        assert move.after == Queue.objects.get(key="triage").name

    def test_each_persons_share_follows_the_queues_they_work(self):
        granted(queues=[Queue.objects.get(key="coding")])
        granted(queues=[Queue.objects.get(key="coding"), Queue.objects.get(key="cob")])
        CaseFactory.create_batch(3)

        found = self.tried(rule("all", None, "coding"))

        assert [(share.before, share.after) for share in found.people] == [
            (Decimal("0.0"), Decimal("1.5")),
            (Decimal("3.0"), Decimal("1.5")),
        ]

    def test_samples_are_the_largest_and_the_newest(self):
        large = CaseFactory(amount_at_risk=900)
        CaseFactory(amount_at_risk=800)
        newest = CaseFactory(amount_at_risk=700)

        found = self.tried(rule("all", None, "coding"))

        assert [sample.case for sample in found.samples] == [
            str(large.public_id),
            str(newest.public_id),
        ]

    def test_rules_that_nothing_reaches_are_named(self):
        CaseFactory()

        found = self.tried(
            rule("rest", None, "cob"), rule("late", amount("1")), rule("off", is_active=False)
        )

        assert found.conflicts == ("“Late” is never reached: “Rest” takes all it matches.",)
        assert self.tried(rule("large", amount("9999")), rule("rest")).conflicts == (
            "“Large” would have decided none of these cases.",
        )

    def test_the_same_cases_and_rules_give_the_same_report(self):
        CaseFactory.create_batch(5)
        rules = [rule("all", None, "coding")]

        assert self.tried(*rules).as_json() == self.tried(*rules).as_json()


def test_the_trial_agrees_with_the_router_on_the_rules_of_the_house():
    """Each queue's load is what deciding case by case gives."""
    RoutingRuleFactory(position=1, condition=amount("150.00"))
    for index in range(40):
        CaseFactory(amount_at_risk=10 * index, category=["AUTH", "UNKNOWN"][index % 2])
    cases = Case.objects.select_related("payer", "facility")
    decided = decide_many(subjects=[subject_of(case) for case in cases.order_by("pk")])
    names = dict(Queue.objects.values_list("pk", "name"))

    found = BOOK.simulate(content=BOOK.current(), days=30, at=AT)

    assert (found.cases, found.changed) == (40, 0)
    assert {load.queue: load.after for load in found.queues} == Counter(
        names[decision.queue_id] for decision in decided
    )


MANY = """
INSERT INTO cases_case ({columns}) SELECT {values}
FROM cases_case AS c CROSS JOIN generate_series(1, 9999) AS n WHERE c.id = %s
"""
OTHERWISE = {
    "public_id": "gen_random_uuid()",
    "reference": "'MANY-' || n",
    "key": "'many:' || n",
    "amount_at_risk": "n",
}


def test_ten_thousand_cases_and_one_changed_threshold():
    """Amounts from 1 to 10,000: what is sent on is exactly what lies between the thresholds."""
    apply(rule("large", amount("7000"), "coding"), rule("rest", None, "cob"))
    with transaction.atomic(), connection.cursor() as cursor:
        case = CaseFactory(amount_at_risk=10_000)
        names = [name for name in shared_columns(Case) if name != "id"]
        values = [OTHERWISE.get(name, f"c.{name}") for name in names]
        statement = MANY.format(columns=", ".join(names), values=", ".join(values))
        cursor.execute(statement, [case.pk])

        draft = {"rules": [rule("large", amount("2500.01"), "coding"), rule("rest", None, "cob")]}
        found = BOOK.simulate(content=draft, days=30, at=AT)

        transaction.set_rollback(True)

    between = range(2501, 7000)
    [move] = found.moves
    assert (found.cases, found.changed, move.cases) == (10_000, len(between), len(between))
    assert move.amount == sum(between)
    assert [(load.before, load.after) for load in found.queues] == [
        (6_999, 6_999 - len(between)),
        (3_001, 3_001 + len(between)),
    ]

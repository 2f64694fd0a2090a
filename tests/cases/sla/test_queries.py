import pytest

from cases.sla import queries
from cases.sla.clock_rules import Ask
from cases.sla.services import Asked, plan_many, terms_for, write
from cases.sla.vocabulary import Clock, ClockEffect, PauseReason
from tests.cases.sla.services.test_clocks import LATER, opened, place_of, stands
from tests.factories.cases import TargetFactory

pytestmark = pytest.mark.django_db


def follow(case, effect, version=2, **said):
    asked = Asked(case.pk, Ask(effect, LATER, version, **said))
    write(plan_many(asked=[asked]))


def test_the_newest_clock_of_each_kind_is_the_present_one():
    [case] = opened()
    place = place_of(case)._replace(queue_id=TargetFactory(clock=Clock.RESOLVE).queue_id)
    follow(case, ClockEffect.HANDOVER, terms=terms_for(places=[place])[place])

    found = queries.present(case)

    assert [(each.kind, each.run) for each in found] == [("first_touch", 2), ("resolve", 2)]
    assert queries.clocks_of(case).count() == 4


def test_paused_says_what_cases_wait_for():
    first, second = opened(2)
    follow(first, ClockEffect.PAUSE, reason=PauseReason.INFO)

    assert queries.paused([first.pk, second.pk]) == {first.pk: PauseReason.INFO}


def test_the_timeline_tells_what_happened_to_the_clocks(django_assert_num_queries):
    [case] = opened()
    follow(case, ClockEffect.PAUSE, reason=PauseReason.PAYER)
    follow(case, ClockEffect.RESUME, version=3)

    with django_assert_num_queries(2):
        told = queries.entries(case)

    assert [(each.words, each.reason) for each in told] == [
        ("Clock started", "First touch: 2 business days; Resolve: 10 business days"),
        ("Clock paused", "Waiting for payer"),
        ("Clock goes on", ""),
    ]
    assert stands(case, Clock.FIRST_TOUCH).run == 1

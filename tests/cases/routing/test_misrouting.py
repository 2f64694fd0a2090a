from datetime import timedelta

import pytest

from cases.actions import working
from cases.routing.misrouting import misroutings_by_rule
from cases.routing.models import Misrouting
from cases.routing.vocabulary import NotOurs
from tests.factories.cases import (
    OPENED,
    CaseFactory,
    QueueFactory,
    RoutingDecisionFactory,
    RoutingRuleFactory,
)
from tests.factories.people import granted
from tests.factories.sharing import MisroutingFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("has_rule", [True, False])
def test_a_move_is_counted_against_the_rule_that_had_sent_the_case(has_rule):
    case, queue = CaseFactory(), QueueFactory()
    worker = granted(queues=[case.queue], facilities=[case.facility])
    rule = RoutingRuleFactory(queue=case.queue) if has_rule else None
    if rule:
        RoutingDecisionFactory(case=case, rule=rule, rule_version=4)

    working.transfer(
        case=case, by=worker, queue=queue, reason="Theirs", at=OPENED, seen_version=1,
        cause=NotOurs.PAYER,
    )  # fmt: skip

    said = Misrouting.objects.get()
    assert (said.from_queue, said.to_queue) == (case.queue, queue)
    assert (said.cause, said.said_by, said.said_at) == (NotOurs.PAYER, worker, OPENED)
    assert (said.rule, said.rule_version) == (rule, 4 if rule else None)


def test_they_are_counted_by_rule_cause_and_queue_since_a_day():
    rule = RoutingRuleFactory()
    sent = {"rule": rule, "rule_version": 1, "to_queue": QueueFactory()}
    MisroutingFactory.create_batch(2, **sent)
    other = MisroutingFactory(cause=NotOurs.OTHER)
    MisroutingFactory(**sent, said_at=OPENED - timedelta(days=1))

    assert misroutings_by_rule(since=OPENED) == {
        (rule.pk, "payer", sent["to_queue"].pk): 2,
        (None, "other", other.to_queue.pk): 1,
    }

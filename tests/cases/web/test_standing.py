"""Why a case comes now, as its page says it."""

from datetime import timedelta

import pytest

from cases.priority.services import count_ranks
from cases.sla.deadlines import Question, assess_many, record_many
from cases.web.standing import why_now
from cases.work.models import Case
from tests.factories.cases import OPENED, CaseFactory, DeadlineRuleFactory
from tests.factories.integrations import ClaimFactory, PayerFactory
from tests.factories.people import granted
from tests.factories.priority import SkillFactory

pytestmark = pytest.mark.django_db
NOW = OPENED + timedelta(days=1)


def asked(case, payer):
    question = Question(
        case.pk, payer.pk, "", case.facility_id, "appeal_1", {"notice": OPENED.date()}
    )
    [answer] = assess_many(questions=[question]).values()
    record_many(answers=[(case.pk, answer)], at=NOW)
    return answer


def test_a_deadline_is_shown_with_where_it_comes_from():
    payer = PayerFactory()
    DeadlineRuleFactory(payer=payer, days=90, presumed_receipt_days=5)
    days = {"deadline_on": OPENED.date(), "deadline_at": OPENED}
    case = CaseFactory(claim=ClaimFactory(payer=payer), **days)
    asked(case, payer)
    why = why_now(case, reader=granted(), now=NOW)

    assert why.deadline.startswith("First-level appeal by Jun 5")
    assert "5 days in the mail" in why.provenance
    assert "rule version 1. Contract, section 7." in why.provenance


def test_no_rule_is_said_to_be_no_rule():
    case = CaseFactory()
    asked(case, case.payer)

    assert "not configured" in why_now(case, reader=granted(), now=NOW).deadline


def test_the_score_is_shown_term_by_term_with_the_version_of_its_weights():
    case = CaseFactory()
    count_ranks(at=NOW)
    why = why_now(case, reader=granted(), now=NOW)
    shown = dict(why.terms)

    assert why.score == f"Score {Case.objects.get(pk=case.pk).rank.score}."
    assert shown["Urgency, of 45"].endswith("4.0 days left")
    assert "50 % by weights" in shown["Money, of 35 per $100,000"]
    assert shown["Weights"] == "version 1"


def test_what_it_is_to_its_reader_is_said():
    case = CaseFactory()
    reader = granted(queues=[case.queue], facilities=[case.facility])
    SkillFactory(person=reader, category="AUTH")

    assert why_now(case, reader=reader, now=NOW).me == (
        "It is free, and you may work its queue. It needs what you are skilled for."
    )

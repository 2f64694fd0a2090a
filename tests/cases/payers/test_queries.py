import pytest

from cases.payers import queries
from cases.payers.models import Topic
from cases.work.models import Case, NoteKind
from tests.factories.appeals import PayerContactFactory, PayerRuleFactory
from tests.factories.cases import CaseFactory, NoteFactory
from tests.factories.integrations import PayerFactory

pytestmark = pytest.mark.django_db


def test_contacts_and_rules_are_those_in_force():
    contact = PayerContactFactory()
    PayerContactFactory(payer=contact.payer, department="Old", is_active=False)
    rule = PayerRuleFactory(payer=contact.payer)
    PayerRuleFactory()

    assert list(queries.contacts_of(contact.payer_id)) == [contact]
    assert list(queries.rules_of(contact.payer_id)) == [rule]


def test_the_address_for_appeals_is_a_rule():
    rule = PayerRuleFactory()
    other = PayerRuleFactory(topic=Topic.FORMS)

    assert queries.appeal_address(rule.payer_id) == rule.words
    assert queries.appeal_address(other.payer_id) == ""
    assert queries.appeal_address(None) == ""


def test_calls_are_those_with_the_payer_on_the_cases_asked_about():
    case = CaseFactory()
    older = NoteFactory(case=case, kind=NoteKind.CALL)
    newer = NoteFactory(case=case, kind=NoteKind.CALL)
    NoteFactory(case=case)
    foreign = NoteFactory(kind=NoteKind.CALL)

    found = queries.calls(Case.objects.exclude(pk=foreign.case_id), payer_id=case.payer_id)

    assert list(found) == [newer, older]


@pytest.mark.parametrize("payers", [1, 25])
def test_every_payer_is_listed_with_what_is_known_in_one_query(payers, django_assert_num_queries):
    rule = PayerRuleFactory()
    PayerRuleFactory(payer=rule.payer)
    PayerContactFactory(payer=rule.payer)
    PayerContactFactory(payer=rule.payer, department="Old", is_active=False)
    PayerFactory.create_batch(payers)

    with django_assert_num_queries(1):
        found = list(queries.every())

    assert len(found) == payers + 1
    [known] = [each for each in found if each == rule.payer]
    assert (known.departments, known.asked) == (1, 2)

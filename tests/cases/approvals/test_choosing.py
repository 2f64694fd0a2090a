"""Which policy a request falls under; the house's own at every limit, a cent to either side."""

from decimal import Decimal

import pytest

from cases.approvals.choosing import NoPolicy, Question, Rule, choose
from cases.approvals.models import Policy
from cases.approvals.terms import Terms
from cases.approvals.vocabulary import Matter
from tests.factories.approvals import policy_content, step_content


def rule(number, *steps, **content):
    return Rule(number, f"p{number}", 1, Terms.from_json(policy_content(*steps, **content)))


def question(amount="100.00", matter=Matter.WRITE_OFF, **fields):
    return Question(matter, Decimal(amount), "USD", fields.pop("facility", "north"), **fields)


def test_the_most_specific_holds():
    rules = [
        rule(1),
        rule(2, payer_class="medicare"),
        rule(3, facility="north"),
        rule(4, facts={"avoidable": "yes"}),
    ]

    assert choose(rules, question(facility="south")).version_id == 1
    assert choose(rules, question(facility="south", payer_class="medicare")).version_id == 2
    assert choose(rules, question(payer_class="medicare")).version_id == 3
    assert choose(rules, question(facts={"avoidable": "yes"})).version_id == 4
    assert choose(rules, question(facts={"avoidable": "no"})).version_id == 3


def test_of_two_alike_the_stricter_holds():
    two = rule(1, step_content("team_lead"), step_content("rc_manager"))

    assert choose([two, rule(2)], question()).version_id == 1
    assert choose([rule(2), two], question()).version_id == 1


@pytest.mark.parametrize(
    "asked",
    [
        question("0.00"),
        question(matter=Matter.PATIENT_REFUND),
        Question(Matter.WRITE_OFF, Decimal(1), "EUR", "north"),
    ],
)
def test_what_no_policy_covers_is_refused(asked):
    with pytest.raises(NoPolicy):
        choose([rule(1)], asked)


LEAD, SUPERVISOR, MANAGER = "team_lead", "queue_supervisor", "rc_manager"
DIRECTOR, CONTROLLER, TREASURY, CFO = "rc_director", "controller", "treasury", "cfo"
LIMITS = [
    (Matter.WRITE_OFF, "0.01", [[LEAD]]),
    (Matter.WRITE_OFF, "499.99", [[LEAD]]),
    (Matter.WRITE_OFF, "500.00", [[SUPERVISOR]]),
    (Matter.WRITE_OFF, "1999.99", [[SUPERVISOR]]),
    (Matter.WRITE_OFF, "2000.00", [[SUPERVISOR], [MANAGER]]),
    (Matter.WRITE_OFF, "9999.99", [[SUPERVISOR], [MANAGER]]),
    (Matter.WRITE_OFF, "10000.00", [[MANAGER], [DIRECTOR, CONTROLLER]]),
    (Matter.WRITE_OFF, "21000.00", [[MANAGER], [DIRECTOR, CONTROLLER]]),
    (Matter.WRITE_OFF, "49999.99", [[MANAGER], [DIRECTOR, CONTROLLER]]),
    (Matter.WRITE_OFF, "50000.00", [[DIRECTOR], [CONTROLLER], [CFO]]),
    (Matter.SMALL_BALANCE, "9.99", [[SUPERVISOR]]),
    (Matter.PATIENT_REFUND, "249.99", [[LEAD]]),
    (Matter.PATIENT_REFUND, "250.00", [[SUPERVISOR]]),
    (Matter.PATIENT_REFUND, "999.99", [[SUPERVISOR]]),
    (Matter.PATIENT_REFUND, "1000.00", [[MANAGER]]),
    (Matter.PATIENT_REFUND, "4999.99", [[MANAGER]]),
    (Matter.PATIENT_REFUND, "5000.00", [[DIRECTOR, TREASURY]]),
    (Matter.PATIENT_REFUND, "24999.99", [[DIRECTOR, TREASURY]]),
    (Matter.PATIENT_REFUND, "25000.00", [[DIRECTOR, TREASURY], [CFO]]),
    (Matter.INVOICE_VARIANCE, "250.00", [["buyer"]]),
    (Matter.INVOICE_VARIANCE, "250.01", [[MANAGER]]),
    (Matter.INVOICE_VARIANCE, "2500.00", [[MANAGER]]),
    (Matter.INVOICE_VARIANCE, "2500.01", [[DIRECTOR, "ap_supervisor"]]),
    (Matter.VENDOR_BANK_CHANGE, "0.00", [[TREASURY, "ap_supervisor", CONTROLLER]]),
]


@pytest.mark.django_db
@pytest.mark.parametrize(("matter", "amount", "chain"), LIMITS)
def test_the_house_asks_whom_its_rules_name_to_the_cent(matter, amount, chain):
    rules = [policy.current.rule for policy in Policy.objects.in_force(matter)]

    chosen = choose(rules, question(amount, matter))

    assert [list(step.roles) for step in chosen.terms.steps] == chain


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("matter", "facts", "amount", "chain"),
    [
        (Matter.WRITE_OFF, {"avoidable": "yes"}, "0.01", [[MANAGER]]),
        (Matter.WRITE_OFF, {"avoidable": "yes"}, "500.00", [[SUPERVISOR], [MANAGER]]),
        (Matter.PAYER_REFUND, {"federal": "yes"}, "249.99", [[LEAD, "compliance_officer"]]),
        (Matter.PATIENT_REFUND, {"payee_changed": "yes"}, "249.99", [[LEAD], [TREASURY]]),
        (
            Matter.PAYER_REFUND,
            {"payee_changed": "yes", "federal": "yes"},
            "249.99",
            [[LEAD, "compliance_officer"], [TREASURY]],
        ),
    ],
)
def test_facts_ask_for_more(matter, facts, amount, chain):
    rules = [policy.current.rule for policy in Policy.objects.in_force(matter)]

    chosen = choose(rules, question(amount, matter, facts=facts))

    assert [list(step.roles) for step in chosen.terms.steps] == chain


@pytest.mark.django_db
def test_a_batch_of_small_balances_is_signed_whatever_it_comes_to():
    rules = [policy.current.rule for policy in Policy.objects.in_force(Matter.SMALL_BALANCE)]

    chosen = choose(rules, question("2500.00", Matter.SMALL_BALANCE))

    assert [list(step.roles) for step in chosen.terms.steps] == [[SUPERVISOR]]


@pytest.mark.django_db
def test_every_matter_has_a_policy_and_every_policy_its_source():
    policies = Policy.objects.select_related("current")

    assert {policy.matter for policy in policies} == set(Matter)
    assert all("Demo default" in policy.current.content["citation"] for policy in policies)

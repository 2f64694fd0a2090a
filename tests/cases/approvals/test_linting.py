"""Seeded faults in approval policies: each is found, in exactly these words."""

from decimal import Decimal
from importlib import import_module
from itertools import count, pairwise

from hypothesis import given
from hypothesis import strategies as st

from cases.approvals.choosing import Rule
from cases.approvals.linting import MOST, Fault, House, lint
from cases.approvals.terms import PERSON, ROLE, Terms
from cases.approvals.vocabulary import Matter
from cases.approvals.voices import Limit, Voice
from tests.factories.approvals import policy_content, step_content

LABELS = {
    "team_lead": "Team lead",
    "queue_supervisor": "Queue supervisor",
    "rc_manager": "Manager",
    "rc_director": "Director",
    "cfo": "CFO",
}
IDS = count(1)


def person(name, *roles, most=str(MOST), currency="USD", human="", is_active=True):
    """Somebody's own voice."""
    pk = next(IDS)
    limits = (Limit(False, None, currency, Decimal(most)),) if most else ()
    seats = frozenset({*(ROLE + role for role in roles), PERSON + name.lower()})
    return [Voice(pk, human or f"user:{pk}", name, seats, limits, is_active)]


def stands_in(taker, giver):
    """The taker's voices, with one that the giver lent."""
    own = giver[0]
    lent = Voice(own.speaker_id, own.human, own.name, own.seats, own.limits, own.is_active, True)
    return [*taker, lent]


def staffed(*people, without=()):
    """Two of every role who sign anything, and these besides."""
    twos = [
        person(f"{role} {number}", role)
        for role in LABELS
        if role not in without
        for number in (1, 2)
    ]
    return House([*twos, *people], LABELS, {"main": "Main hospital"}, {"medicare": "Medicare"})


def rule(key, *steps, **content):
    return Rule(1, key, 1, Terms.from_json(policy_content(*steps, **content)))


def bands(*ends, **content):
    """Policies of a write-off side by side: `bands("0.01", "500.00", None)` makes two."""
    return [
        rule(f"p{place}", from_amount=low, to_amount=high, **content)
        for place, (low, high) in enumerate(pairwise(ends), 1)
    ]


def found(rules, house=None):
    """What is found in policies of write-offs: (fault, policy, words)."""
    everything = lint(rules, house or staffed())
    return [
        (each.fault, each.policy, each.words)
        for each in everything
        if not (each.fault is Fault.MISSING and "each is" in each.words)
    ]


def test_bands_side_by_side_from_the_first_cent_without_end_are_clean():
    assert found(bands("0.01", "500.00", "2000.00", None)) == []


def test_seeded_1_a_gap_between_bands():
    rules = [*bands("0.01", "500.00"), rule("p2", from_amount="900.00")]

    assert found(rules) == [
        (
            Fault.GAP,
            "p1",
            "No policy covers “Write-off” from 500.00 to under 900.00 USD, between “p1” and “p2”.",
        )
    ]


def test_seeded_2_bands_that_overlap():
    rules = [*bands("0.01", "800.00"), rule("p2", from_amount="500.00")]

    assert found(rules) == [
        (
            Fault.OVERLAP,
            "p2",
            "From 500.00 to under 800.00 USD “p1” holds too: let one end where the other begins.",
        )
    ]


def test_seeded_3_a_band_that_never_ends_below_another():
    rules = [
        rule("p1", step_content("team_lead")),
        rule("p2", step_content("team_lead"), step_content("rc_manager"), from_amount="500.00"),
    ]

    assert found(rules) == [
        (Fault.OVERLAP, "p1", "It never ends, and from 500.00 USD on “p2” holds too.")
    ]


def test_seeded_4_the_lowest_band_starts_above_the_first_cent_and_the_highest_ends():
    assert found(bands("10.00", "500.00")) == [
        (
            Fault.START,
            "p1",
            "No policy covers “Write-off” from 0.01 to under 10.00 USD: it is refused.",
        ),
        (Fault.END, "p1", "No policy covers “Write-off” from 500.00 USD on: it is refused."),
    ]


def test_seeded_5_a_step_whose_people_are_all_needed_earlier():
    both = [person("Mia", "rc_manager"), person("Noor", "rc_manager")]
    steps = [
        step_content("rc_manager", mode="n_of", n=2),
        step_content(people=["mia", "noor"]),
    ]

    assert found([rule("p1", *steps)], staffed(*both, without=["rc_manager"])) == [
        (
            Fault.UNREACHABLE,
            "p1",
            (
                "Step 2 (mia-noor) is never passed: all who could sign it are needed before: Mia"
                " and Noor."
            ),
        )
    ]


def test_seeded_6_a_policy_that_stricter_ones_shadow():
    rules = [
        rule("p1"),
        rule("p2", step_content("team_lead"), step_content("rc_manager")),
    ]

    assert found(rules) == [
        (
            Fault.OVERLAP,
            "p2",
            "From 0.01 USD on “p1” holds too: let one end where the other begins.",
        ),
        (
            Fault.SHADOWED,
            "p1",
            "It is never chosen: others are stricter or more specific wherever it holds.",
        ),
    ]


def test_seeded_7_more_people_than_there_are():
    three = step_content("cfo", mode="n_of", n=3)

    assert found([rule("p1", three)]) == [
        (Fault.NOBODY, "p1", "Step 1 (cfo) asks for 3 people, 2 could sign it.")
    ]


def test_seeded_8_two_seats_of_one_human():
    """Two accounts of one employee are one human, who counts once."""
    alone = [
        person("Mia", "rc_manager", human="staff:7"),
        person("Mia K", "queue_supervisor", human="staff:7"),
    ]
    steps = step_content("rc_manager", "queue_supervisor", mode="all")
    house = staffed(*alone, without=["rc_manager", "queue_supervisor"])

    assert found([rule("p1", steps)], house) == [
        (
            Fault.NOBODY,
            "p1",
            "Step 1 (rc_manager-queue_supervisor) asks for 2 people, 1 could sign it.",
        )
    ]


def test_seeded_9_everybody_is_away():
    mia = person("Mia", "rc_manager")
    house = staffed(mia, stands_in(person("Ana", most="1.00"), mia), without=["rc_manager"])

    assert found([rule("p1", step_content("rc_manager"), from_amount="0.01")], house) == [
        (
            Fault.ONE_PERSON,
            "p1",
            (
                "Step 1 (rc_manager) waits for those above whenever Ana asked for it, made it or is"
                " away."
            ),
        )
    ]
    beyond = [*bands("0.01", "2.00"), rule("p2", step_content("rc_manager"), from_amount="2.00")]
    assert found(beyond, house)[0] == (
        Fault.NOBODY,
        "p2",
        "Step 1 (rc_manager): nobody could sign 2.00 USD; away: Mia.",
    )


def test_seeded_10_one_person_on_whom_all_depends():
    house = staffed(person("Mia", "rc_manager", most="100000.00"), without=["rc_manager"])

    assert found([rule("p1", step_content("team_lead"), step_content("rc_manager"))], house) == [
        (
            Fault.ONE_PERSON,
            "p1",
            (
                "Step 2 (rc_manager) waits for those above whenever Mia asked for it, made it or is"
                " away."
            ),
        ),
        (
            Fault.LIMIT,
            "p1",
            "Step 2 (rc_manager): Manager signs up to 100,000.00 USD, the band never ends.",
        ),
    ]


def test_seeded_11_a_limit_below_the_band_that_it_signs():
    leads = [person(name, "team_lead", most="500.00") for name in ("Mia", "Noor")]
    rules = bands("0.01", "2000.00", None)
    rules[1] = rule("p2", step_content("rc_director"), from_amount="2000.00", escalate_to="cfo")

    assert found(rules, staffed(*leads, without=["team_lead"])) == [
        (
            Fault.LIMIT,
            "p1",
            "Step 1 (team_lead): Team lead signs up to 500.00 USD, the band goes up to 1,999.99.",
        )
    ]


def test_seeded_12_escalation_to_whoever_already_waits():
    steps = [step_content("team_lead"), step_content("cfo")]

    assert found([rule("p1", *steps, escalate_to="cfo")]) == [
        (Fault.ESCALATION, "p1", "It escalates to CFO, who already waits in Step 2 (cfo).")
    ]


def test_seeded_13_stand_ins_of_stand_ins():
    mia, noor, ana = (person(name, "rc_manager") for name in ("Mia", "Noor", "Ana"))
    circle = staffed(stands_in(mia, noor), stands_in(noor, mia))
    hop = staffed(mia, stands_in(noor, mia), stands_in(ana, noor))

    assert found([rule("p1")], circle) == [
        (Fault.DELEGATION, "", "Mia and Noor let each other decide: each counts as away.")
    ]
    assert found([rule("p1")], hop) == [
        (
            Fault.DELEGATION,
            "",
            (
                "Noor decides for Mia, but lets somebody else decide, too, who does not decide for"
                " Mia."
            ),
        )
    ]


def test_seeded_14_limits_in_another_currency():
    assert found([rule("p1", currency="EUR")]) == [
        (
            Fault.CURRENCY,
            "p1",
            "Step 1 (team_lead): the limits are in USD, the policy is in EUR.",
        )
    ]


def test_seeded_15_roles_people_sites_and_payers_that_are_not_there():
    gone = person("Leo", is_active=False)
    steps = step_content("team_lead", "night_shift", people=["leo", "ghost"])
    asked = rule("p1", steps, facility="north", payer_class="gold", escalate_to="boss")

    unknown = [words for fault, _, words in found([asked], staffed(gone)) if fault is Fault.UNKNOWN]

    assert unknown == [
        "“night_shift” is no role.",
        "“boss” is no role.",
        "Leo (“leo”) is no longer active.",
        "“ghost” is nobody’s user name.",
        "“north” is no site.",
        "“gold” is no class of payers.",
    ]


def test_seeded_16_several_at_once_where_each_wants_a_sign_in_and_times_out_of_order():
    rules = [
        rule("p1", bulk_up_to="1000.00", fresh_from="1000.00", remind_after=3, escalate_after=2)
    ]

    assert found(rules) == [
        (
            Fault.BOUNDS,
            "p1",
            (
                "Up to 1,000.00 USD several are approved at once, but from 1,000.00 USD on each"
                " takes a fresh sign-in."
            ),
        ),
        (
            Fault.BOUNDS,
            "p1",
            (
                "It reminds after 3, escalates after 2 and tells managers after 4 business days:"
                " none may come before the one named before it."
            ),
        ),
    ]


def test_a_matter_without_any_policy_is_said_once():
    missing = [each for each in lint(bands("0.01", None), staffed()) if each.fault is Fault.MISSING]

    assert len(missing) == len(Matter) - 1
    assert missing[0].words == "No policy covers “Small balances”: each is refused."


def test_a_more_specific_policy_is_no_overlap_and_its_own_gap_falls_to_the_general_one():
    rules = [
        *bands("0.01", None),
        rule("federal", facts={"federal": "yes"}, from_amount="100.00", to_amount="200.00"),
        rule("at-main", facility="main", from_amount="500.00"),
    ]

    assert found(rules) == []


def test_a_gap_of_one_site_alone_says_where():
    rules = [
        rule("low", facility="main", to_amount="100.00"),
        rule("high", facility="main", from_amount="200.00"),
    ]

    gaps = [words for fault, _, words in found(rules) if fault is Fault.GAP]

    assert gaps == [
        (
            "No policy covers “Write-off” (Main hospital) from 100.00 to under 200.00 USD, between"
            " “low” and “high”."
        )
    ]


def test_two_policies_as_specific_for_different_requests_are_a_warning():
    rules = [
        *bands("0.01", None),
        rule("federal", step_content("cfo"), facts={"federal": "yes"}, escalate_to="rc_director"),
        rule("changed", facts={"payee_changed": "yes"}),
    ]

    [finding] = [each for each in lint(rules, staffed()) if each.fault is Fault.AMBIGUOUS]

    assert not finding.is_error
    assert finding.words == (
        "From 0.01 USD on “changed” is as specific; this one, the stricter, holds."
    )


def test_the_shipped_policies_have_no_error_and_warnings_that_are_true():
    """In a house with two of every role, each with the shipped limit of that role."""
    shipped = import_module("cases.migrations.0042_approval_policies")
    rules = [Rule(1, key, 1, Terms.from_json(content)) for key, content in shipped.contents()]
    people = [
        person(f"{role} {number}", role, most=most)
        for role, most in shipped.LIMITS.items()
        for number in (1, 2)
    ]

    findings = lint(rules, House(people, shipped.WORDS))

    assert [each for each in findings if each.is_error] == []
    escalating = [each for each in findings if each.fault is Fault.ESCALATION]
    assert {each.words[:41] for each in escalating} == {"It escalates to CFO, who already waits in"}
    assert {each.policy for each in escalating} == {
        key for key, content in shipped.contents() if content["steps"][-1]["roles"] == ["cfo"]
    }
    assert [each.words for each in findings if each not in escalating] == [
        "No policy covers “Small balances” from 10.00 USD on: it is refused.",
        (
            "Step 1 (Contract analyst): Contract analyst signs up to 50,000.00 USD, the band never"
            " ends."
        ),
        "Step 1 (Supervisor): Supervisor signs up to 10,000.00 USD, the band never ends.",
        "Step 1 (Two of three): AP supervisor signs up to 25,000.00 USD, the band never ends.",
    ]


@given(st.lists(st.integers(2, 10**7), min_size=2, max_size=8, unique=True), st.data())
def test_bands_side_by_side_are_clean_and_without_one_there_is_a_gap(cents, data):
    ends = ["0.01", *(f"{Decimal(cent) / 100:.2f}" for cent in sorted(cents)), None]
    rules = bands(*ends)
    assert found(rules) == []

    gone = data.draw(st.integers(1, len(rules) - 2))

    faults = [fault for fault, _, _ in found([*rules[:gone], *rules[gone + 1 :]])]
    assert faults == [Fault.GAP]

"""The approval policies and limits that come with the house: demo defaults, each with its source.

Whoever installs it sets their own; from then on they change by versions, each with its history.
"""

import json
from decimal import Decimal
from importlib import import_module

from django.db import migrations

reference = import_module("cases.migrations.0003_reference")
SOURCE = (
    "Demo default. Anchors: UW Health policy 2.31 (write-offs by rank), OVMC credit balance policy"
    " (refunds over $1,000 go to the director)."
)
LEAD, SUPERVISOR, MANAGER, DIRECTOR = "team_lead", "queue_supervisor", "rc_manager", "rc_director"
CONTROLLER, TREASURY, CFO = "controller", "treasury", "cfo"
COMPLIANCE, AP, BUYER = "compliance_officer", "ap_supervisor", "buyer"
CONTRACT = "contract_analyst"
ABOVE = {
    LEAD: SUPERVISOR,
    SUPERVISOR: MANAGER,
    MANAGER: DIRECTOR,
    DIRECTOR: CFO,
    CONTROLLER: CFO,
    TREASURY: CFO,
    CFO: CFO,
    AP: DIRECTOR,
    BUYER: AP,
    COMPLIANCE: CFO,
    CONTRACT: DIRECTOR,
}
WORDS = {
    LEAD: "Team lead",
    SUPERVISOR: "Supervisor",
    MANAGER: "Manager",
    DIRECTOR: "Director",
    CONTROLLER: "Controller",
    TREASURY: "Treasury",
    CFO: "CFO",
    COMPLIANCE: "Compliance",
    AP: "AP supervisor",
    BUYER: "Buyer or receiver",
    CONTRACT: "Contract analyst",
}
ALL, TWO_OF = "all", "n_of"
LIMITS = {
    LEAD: "500.00",
    SUPERVISOR: "10000.00",
    MANAGER: "50000.00",
    BUYER: "250.00",
    AP: "25000.00",
    CONTRACT: "50000.00",
} | dict.fromkeys([DIRECTOR, CONTROLLER, TREASURY, CFO, COMPLIANCE], "999999999999.99")

# Bands by their lower ends, each with its steps: a role; or several, of which each must approve.
WRITE_OFF = [
    ("0.01", [LEAD]),
    ("500.00", [SUPERVISOR]),
    ("2000.00", [SUPERVISOR, MANAGER]),
    ("10000.00", [MANAGER, (DIRECTOR, CONTROLLER)]),
    ("50000.00", [DIRECTOR, CONTROLLER, CFO]),
]
AVOIDABLE = [
    ("0.01", [MANAGER]),
    ("500.00", [SUPERVISOR, MANAGER]),
    ("2000.00", [MANAGER, (DIRECTOR, CONTROLLER)]),
    ("10000.00", [DIRECTOR, CONTROLLER, CFO]),
]
REFUND = [
    ("0.01", [LEAD]),
    ("250.00", [SUPERVISOR]),
    ("1000.00", [MANAGER]),
    ("5000.00", [(DIRECTOR, TREASURY)]),
    ("25000.00", [(DIRECTOR, TREASURY), CFO]),
]


def with_compliance(bands):
    """Compliance beside whoever decides first."""
    return [(start, [(*roles_of(first), COMPLIANCE), *rest]) for start, (first, *rest) in bands]


def with_treasury(bands):
    """Treasury, which calls back, before what follows, unless it is asked anyhow."""
    return [
        (start, steps if TREASURY in roles_of(steps[0]) else [*steps, TREASURY])
        for start, steps in bands
    ]


def roles_of(step):
    """The roles of a step."""
    return step if isinstance(step, tuple) else (step,)


FEDERAL, CHANGED = {"federal": "yes"}, {"payee_changed": "yes"}
POLICIES = [
    ("small_balance", "small-balance", {}, [("0.01", [SUPERVISOR]), ("10.00", None)]),
    ("write_off", "write-off", {}, WRITE_OFF),
    ("write_off", "write-off-avoidable", {"avoidable": "yes"}, AVOIDABLE),
    ("patient_refund", "patient-refund", {}, REFUND),
    ("patient_refund", "patient-refund-changed", CHANGED, with_treasury(REFUND)),
    ("payer_refund", "payer-refund", {}, REFUND),
    ("payer_refund", "payer-refund-changed", CHANGED, with_treasury(REFUND)),
    ("payer_refund", "payer-refund-federal", FEDERAL, with_compliance(REFUND)),
    (
        "payer_refund",
        "payer-refund-federal-changed",
        FEDERAL | CHANGED,
        with_treasury(with_compliance(REFUND)),
    ),
    (
        "invoice_variance",
        "invoice-variance",
        {},
        [
            ("0.01", [BUYER]),
            ("250.01", [MANAGER]),
            ("2500.01", [(DIRECTOR, AP)]),
            ("25000.01", [(DIRECTOR, CONTROLLER), CFO]),
        ],
    ),
    (
        "no_order_invoice",
        "no-order-invoice",
        {},
        [("0.01", [BUYER, AP]), ("250.01", [MANAGER, DIRECTOR]), ("25000.01", [DIRECTOR, CFO])],
    ),
    ("duplicate_release", "duplicate-release", {}, [("0.01", [AP]), ("25000.01", [CONTROLLER])]),
    (
        "contract_settlement",
        "contract-settlement",
        {},
        [("0.01", [CONTRACT, DIRECTOR, CONTROLLER])],
    ),
    (
        "manual_journal",
        "manual-journal",
        {},
        [("0.01", [TREASURY]), ("5000.00", [CONTROLLER]), ("50000.00", [CONTROLLER, CFO])],
    ),
    ("closed_period", "closed-period", {}, [("0.00", [CONTROLLER, CFO])]),
    ("abandon_deadline", "abandon-deadline", {}, [("0.00", [MANAGER]), ("2000.00", [DIRECTOR])]),
    ("void_case", "void-case", {}, [("0.00", [SUPERVISOR])]),
    ("break_glass", "break-glass", {}, [("0.00", [COMPLIANCE])]),
]


def contents():
    """Every policy as content, by key."""
    for matter, key, facts, bands in POLICIES:
        ends = [start for start, _steps in bands[1:]] + [None]
        for number, ((start, steps), end) in enumerate(zip(bands, ends, strict=True), 1):
            if steps is not None:
                yield f"{key}-{number}", content(matter, facts, start, end, map(step, steps))
    two_of = {"mode": TWO_OF, "n": 2, "roles": [TREASURY, AP, CONTROLLER]}
    yield (
        "vendor-bank-change-1",
        content(
            "vendor_bank_change",
            {},
            "0.00",
            None,
            [two_of | {"key": "two-of-three", "label": "Two of three", "people": []}],
        ),
    )


def step(named):
    """One step as content."""
    roles = roles_of(named)
    return {
        "key": "-and-".join(each.replace("_", "-") for each in roles),
        "label": " and ".join(WORDS[each] for each in roles),
        "mode": ALL if len(roles) > 1 else "any",
        "n": 1,
        "roles": list(roles),
        "people": [],
    }


def content(matter, facts, start, end, steps):
    """What a version holds."""
    chain = list(steps)
    return {
        "label": " → ".join(each["label"] for each in chain),
        "matter": matter,
        "currency": "USD",
        "from_amount": start,
        "to_amount": end,
        "facility": None,
        "payer_class": None,
        "facts": facts,
        "steps": chain,
        "remind_after": 1,
        "escalate_after": 2,
        "manager_after": 4,
        "escalate_to": ABOVE[chain[-1]["roles"][0]],
        "fresh_from": "1000.00" if matter not in {"small_balance"} else None,
        "bulk_up_to": "500.00" if matter in {"write_off", "small_balance"} else None,
        "citation": SOURCE,
    }


def seed(apps, schema_editor):
    """Each policy with its first version, the limits of roles, the system that moves cases on."""
    system = {"username": "system:approvals", "full_name": "Approvals", "kind": "system"}
    reference.seed(apps, schema_editor, "accounts.User", [system | {"password": "!"}])
    versions = apps.get_model("cases.PolicyVersion")
    rows = []
    for key, held in contents():
        schema_editor.execute(
            "INSERT INTO cases_policyversion (policy, number, matter, content, digest)"
            " SELECT %s, 1, %s, c, encode(sha256(convert_to(c::text, 'UTF8')), 'hex')"
            " FROM (SELECT %s::jsonb) AS given (c)",
            [key, held["matter"], json.dumps(held)],
        )
        version = versions.objects.get(policy=key, number=1)
        rows.append({"key": key, "matter": held["matter"], "current": version})
    reference.seed(apps, schema_editor, "cases.Policy", rows)
    reference.seed(
        apps,
        schema_editor,
        "cases.ApprovalLimit",
        [{"role": role, "max_amount": Decimal(most)} for role, most in LIMITS.items()],
    )
    schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")


class Migration(migrations.Migration):
    dependencies = [("cases", "0041_approval_guards")]

    operations = [migrations.RunPython(seed, migrations.RunPython.noop)]

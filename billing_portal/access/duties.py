"""Which roles one person never holds together (segregation of duties). Pure.

Source: the R marks of the house's segregation-of-duties matrix, a role standing for the duties it
carries. That the same person is blocked on the same item is for the approvals to see.
"""

from collections.abc import Iterable

APPROVING_MONEY = frozenset(
    {"team_lead", "queue_supervisor", "rc_manager", "rc_director", "controller", "cfo"}
)
MOVING_MONEY = frozenset({"treasury"})
APPROVING_INVOICES = frozenset({"ap_supervisor"})
SETTING_POLICY = frozenset({"rules_steward", "release_approver"})

APART: dict[str, frozenset[str]] = {
    "payment_poster": APPROVING_MONEY | MOVING_MONEY | {"user_admin"},
    "ap_clerk": MOVING_MONEY,
    "user_admin": APPROVING_MONEY | MOVING_MONEY | APPROVING_INVOICES | SETTING_POLICY,
}
READS_ONLY = "auditor"


def clashes(role: str, held: Iterable[str]) -> list[str]:
    """The roles among those held that a person cannot hold together with another one, by name."""
    others = sorted(set(held) - {role})
    return [other for other in others if are_apart(role, other)]


def are_apart(one: str, other: str) -> bool:
    """Whether two roles exclude each other; an auditor holds nothing else."""
    if READS_ONLY in {one, other}:
        return one != other
    return other in APART.get(one, frozenset()) or one in APART.get(other, frozenset())

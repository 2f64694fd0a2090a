"""What exactly is approved: one text, and its SHA-256. Pure.

The digest is in the request, in every decision on it and in what is posted for it. `standing` is
what the case was like: the amounts, the payer and the facts it was opened for. Who moves a case on
or sets it another due time changes nothing that was approved.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from decimal import Decimal
from typing import Any, Protocol

from billing_portal.kernel.pure.money import plain
from cases.approvals.vocabulary import Matter

WORDS = {
    "amount_at_risk": "Amount at risk",
    "currency": "Currency",
    "cycle": "Cycle",
    "facility": "Facility",
    "payer": "Payer",
    "code": "Reason",
    "details": "The facts of the case",
}
PARTS = {
    "Payee": "payee",
    "Accounts": "accounts",
    "Evidence": "evidence",
    "What the policy looks at": "facts",
}
BEFORE, CHANGED = "as before", "changed"


@dataclass(frozen=True, slots=True)
class Payee:
    """Who receives money: `kind` is a PayeeKind; digests are SHA-256, so that no name is kept."""

    kind: str
    identifier: str
    name_digest: str = ""
    bank_digest: str = ""


@dataclass(frozen=True, slots=True)
class Sealed:
    """All that an approval is given for; `amount` is in `currency`."""

    matter: Matter
    case: str
    case_version: int
    standing: Mapping[str, str]
    amount: Decimal
    currency: str
    payee: Payee | None
    accounts: tuple[str, ...]
    evidence: tuple[str, ...]
    policy: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that is no longer as it was sealed."""

    label: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.label}: {self.old} → {self.new}"


class Standing(Protocol):
    """What of a case is sealed."""

    amount_at_risk: Decimal
    currency: str
    cycle: int
    facility_id: int
    payer_id: int | None
    code: str
    details: Any


def canonical(sealed: Sealed) -> str:
    """The text: sorted keys, no spaces, amounts with two decimals."""
    held = asdict(sealed) | {
        "matter": Matter(sealed.matter).value,
        "amount": plain(sealed.amount),
        "standing": dict(sealed.standing),
        "accounts": sorted(sealed.accounts),
        "evidence": sorted(sealed.evidence),
        "facts": dict(sealed.facts),
    }
    return _text(held)


def unsealed(text: str) -> Sealed:
    """What a text seals: `canonical` makes the same text of it again."""
    held = json.loads(text)
    return Sealed(
        **held
        | {
            "matter": Matter(held["matter"]),
            "amount": Decimal(held["amount"]),
            "payee": Payee(**held["payee"]) if held["payee"] else None,
            "accounts": tuple(held["accounts"]),
            "evidence": tuple(held["evidence"]),
        }
    )


def resealed(text: str, standing: Mapping[str, str]) -> str:
    """The digest of what was sealed, with the case as it stands now."""
    return digest(canonical(replace(unsealed(text), standing=standing)))


def digest(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal digits; the database computes the same."""
    return hashlib.sha256(text.encode()).hexdigest()


def standing_of(case: Standing) -> dict[str, str]:
    """How a case stands, in texts that are equal only when it stands the same."""
    return {
        "amount_at_risk": plain(case.amount_at_risk),
        "currency": case.currency,
        "cycle": str(case.cycle),
        "facility": str(case.facility_id),
        "payer": str(case.payer_id or ""),
        "code": case.code,
        "details": digest(_text(case.details)),
    }


def differences(text: str, standing: Mapping[str, str]) -> list[Difference]:
    """How a case differs from what was sealed of it; nothing: the seal holds."""
    sealed = json.loads(text)["standing"]
    return [
        Difference(WORDS[name], *_shown(name, sealed.get(name, ""), standing[name]))
        for name in WORDS
        if sealed.get(name, "") != standing[name]
    ]


def changed(old: str, new: str) -> list[Difference]:
    """How what is asked for differs from what was asked for before."""
    was, now = unsealed(old), unsealed(new)
    amounts = [f"{plain(each.amount)} {each.currency}" for each in (was, now)]
    shown = [
        Difference("Amount", *amounts),
        Difference("Policy", was.policy, now.policy),
        *(
            Difference(label, BEFORE, CHANGED)
            for label, name in PARTS.items()
            if getattr(was, name) != getattr(now, name)
        ),
    ]
    return [each for each in shown if each.old != each.new] + differences(old, now.standing)


def _shown(name: str, old: str, new: str) -> tuple[str, str]:
    return ("as sealed", "changed") if name == "details" else (old or "nothing", new or "nothing")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)

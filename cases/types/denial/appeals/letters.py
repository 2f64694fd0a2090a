"""An appeal's letter as it reads on a page, and as the PDF that goes out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import Any

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.errors import DomainError
from cases.types.denial.appeals import typesetting
from cases.types.denial.appeals.merging import Block, long_date, merged, missing
from cases.types.denial.appeals.models import Appeal, Letter
from cases.types.denial.appeals.values import values_of

REFERENCE = {
    "Patient": "patient.name",
    "Born": "patient.born_on",
    "Member number": "patient.member_id",
    "Our claim number": "claim.number",
    "Your claim number": "claim.payer_number",
    "First day of service": "claim.service_from",
    "Reason of the denial": "denial.code",
}


class LetterIncomplete(DomainError):
    """The letter names something that is not known."""

    code = "letter_incomplete"


@dataclass(frozen=True, slots=True)
class Rendered:
    """A letter's exact bytes and their digest."""

    content: bytes
    sha256: str


def shown(letter: Letter, *, by: User, on: date) -> list[Block]:
    """The letter on a page, the patient masked. Raises TemplateRefused."""
    appeal = letter.appeal
    values = values_of(appeal, by=by, on=on)
    return merged(letter.body, values, currency=appeal.currency, masked=True)


def unknown(letter: Letter, *, by: User, on: date) -> list[str]:
    """What the letter names and nobody knows, by label."""
    return missing(f"{letter.subject}\n{letter.body}", values_of(letter.appeal, by=by, on=on))


def render(letter: Letter, *, by: User, on: date) -> Rendered:
    """The letter as it goes out on a day, signed by a person.

    Raises LetterIncomplete, TemplateRefused, NotSet.
    """
    appeal = letter.appeal
    values = values_of(appeal, by=by, on=on)
    lacking = missing(f"{letter.subject}\n{letter.body}", values)
    if lacking:
        message = f"The letter names what is not known: {', '.join(lacking)}. Write it in words."
        raise LetterIncomplete(message)
    content = typesetting.letter(_data(letter, appeal, values, on))
    return Rendered(content, sha256(content).hexdigest())


def _data(letter: Letter, appeal: Appeal, values: Mapping[str, Any], on: date) -> dict[str, Any]:
    currency = appeal.currency
    [title] = merged(letter.subject, values, currency=currency)
    address = str(values["payer.appeal_address"]).splitlines()
    return {
        "title": title.text,
        "sender": values["facility.name"],
        "date": long_date(on),
        "recipient": [values["payer.name"], *address],
        "reference": [
            [label, _word(values[key])] for label, key in REFERENCE.items() if values.get(key)
        ],
        "blocks": [each.as_json() for each in merged(letter.body, values, currency=currency)],
        "footer": f"{appeal.case.reference}, appeal level {appeal.level}",
    }


def _word(value: Any) -> str:
    return long_date(value) if isinstance(value, date) else str(value)

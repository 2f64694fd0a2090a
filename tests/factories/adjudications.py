"""Adjudications as the denial rules see them: valid without arguments, no rows."""

from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any

from cases.types.denial.adjudications import Adjudication, Cut, Line
from cases.types.denial.codes import CarcMeaning, CodeMap, Dated, RarcMeaning
from cases.types.denial.vocabulary import Appealable, Category

numbers = count(1)


def cut(code: str, amount: str | int = 100) -> Cut:
    """“CO-197” and an amount."""
    group, carc = code.split("-")
    return Cut(group, carc, Decimal(amount))


def line(*cuts: Cut, **fields: Any) -> Line:
    """A service line of 100.00 that pays what its adjustments leave."""
    charge = fields.pop("charge", Decimal(100))
    given = {
        "ordinal": 1,
        "procedure": "99285",
        "modifiers": "",
        "revenue_code": "0450",
        "charge": charge,
        "paid": charge - sum((each.amount for each in cuts), Decimal(0)),
        "allowed": None,
        "service_from": date(2026, 1, 2),
        "cuts": cuts,
        "remarks": (),
    }
    return Line(**given | fields)


def adjudication(*lines: Line, **fields: Any) -> Adjudication:
    """A claim processed as primary on 2 February 2026, with the sums of its lines."""
    number = next(numbers)
    given = {
        "trace": "TRACE",
        "paid_on": date(2026, 2, 2),
        "position": number,
        "digest": f"{number:08d}",
        "ordinal": 1,
        "status_code": "1",
        "charge": sum((each.charge for each in lines), Decimal(0)),
        "paid": sum((each.paid for each in lines), Decimal(0)),
        "patient_responsibility": Decimal(0),
        "payer_control_number": "ICN",
        "service_from": date(2026, 1, 2),
        "service_to": date(2026, 1, 2),
        "cuts": (),
        "remarks": (),
        "lines": lines,
    }
    return Adjudication(**given | fields)


def reversal_of(other: Adjudication, **fields: Any) -> Adjudication:
    """What takes an adjudication back: its amounts negated."""
    lines = tuple(
        line(
            *(Cut(each.group, each.carc, -each.amount) for each in of.cuts),
            procedure=of.procedure,
            charge=-of.charge,
            paid=-of.paid,
        )
        for of in other.lines
    )
    given = {"status_code": "22", "payer_control_number": other.payer_control_number}
    return adjudication(*lines, **given | fields)


ALWAYS = date(1990, 1, 1)


def carc(code: str, **fields: Any) -> tuple[str, list[Dated[CarcMeaning]]]:
    """An adjustment code that denies, since ever."""
    given = {
        "words": f"Reason {code}",
        "category": Category.AUTH,
        "is_denial": True,
        "queue": "authorization",
        "first_action": "Look",
        "appealable": Appealable.YES,
        "preventable_stage": "none",
    }
    return code, [Dated(CarcMeaning(**given | fields), ALWAYS, None)]


def rarc(code: str, **fields: Any) -> tuple[str, list[Dated[RarcMeaning]]]:
    """A remark code that says what is wrong, since ever."""
    given = {
        "words": f"Remark {code}",
        "is_alert": False,
        "category": Category.DOCUMENTATION,
        "queue": "documentation",
        "first_action": "Send",
    }
    return code, [Dated(RarcMeaning(**given | fields), ALWAYS, None)]


CODES = CodeMap(
    carcs=dict(
        [
            carc("1", category=Category.PATIENT_RESP, is_denial=False),
            carc("16", category=Category.BILLING_DATA, queue="billing"),
            carc("45", category=Category.CONTRACTUAL, is_denial=False),
            carc("50", category=Category.MED_NECESSITY, queue="clinical-appeals"),
            carc("97", category=Category.BUNDLING, queue="coding"),
            carc("197"),
            carc("204", category=Category.NON_COVERED, appealable=Appealable.NO),
            carc("253", category=Category.CONTRACTUAL, is_denial=False),
        ]
    ),
    rarcs=dict(
        [
            rarc("N29"),
            rarc("MA01", is_alert=True, category=Category.NONE),
            rarc("MA130", category=Category.BILLING_DATA, queue="claim-edits"),
        ]
    ),
)

"""How many claims of a run are denied, by the adjustment-code map."""

from collections import Counter

from cases.intake.report import DenialCounts
from cases.types.denial.codes import CodeMap
from cases.types.denial.loading import code_map
from cases.types.denial.rules import denies
from integrations.ports.totals import Shape


def count_denials(shapes: Counter[Shape]) -> DenialCounts:
    """Claims with a denial adjustment: nothing paid, or something. One query.

    A shape stands for many claims, so this costs the same for a million of them.
    """
    codes = code_map()
    denied = {shape: n for shape, n in shapes.items() if is_denied(shape, codes)}
    partial = sum(n for shape, n in denied.items() if shape.is_paid)
    return DenialCounts(whole=sum(denied.values()) - partial, partial=partial)


def is_denied(shape: Shape, codes: CodeMap) -> bool:
    """Whether any of its adjustments is a denial on its day. Pure; an unknown code is none."""
    for adjustment in shape.adjustments:
        group, _, carc = adjustment.partition("-")
        meaning = codes.carc(carc, shape.paid_on)
        if meaning is not None and denies(group, meaning):
            return True
    return False

"""Search and palette at a million cases, against ten thousand and against an empty page."""

from collections.abc import Callable
from typing import Any

from cases.work.models import Case
from tests.benchmarks.houses import SMALL, House, Visit, large, measured, served
from tests.benchmarks.queue_page import pairs, result

TARGET, EMPTY_TARGET = 2.0, 10.0
EMPTY = "/keyboard/"


def terms(house: House) -> dict[str, str]:
    """What people type, each of another shape, of a case that there is in this house."""
    with house.here():
        cases = Case.objects.visible_to(house.reader).open().select_related("claim__patient")
        case = cases.order_by("pk")[5]
        name = case.claim.patient.family_name
        return {
            "reference": case.reference,
            "claim": case.claim.patient_control_number,
            "amount": str(case.amount_at_risk),
            "code": case.code,
            "name": name,
            "misspelt": f"{name[:3]}x{name[3:]}",
            "nothing": "Zzqqx",
        }


def asking(house: House, term: str) -> Callable[[], Visit]:
    """The palette's request for a term."""
    data, headers = {"term": term, "palette": "1"}, {"HX-Request": "true"}
    return lambda: measured(house, lambda: house.client.post("/search/", data, headers=headers))


def run() -> list[dict[str, Any]]:
    """Every shape of term in both houses, and in the large one against an empty page."""
    with served() as server:
        small, big = server.house(SMALL), server.house(large())
        few, many = terms(small), terms(big)
        found = []
        for shape in many:
            asked = pairs(asking(small, few[shape]), asking(big, many[shape]))
            ratios = [late.seconds / early.seconds for early, late in asked]
            against = f"the same shape of term at {small.size:,} cases"
            found.append(result(f"search_1m_vs_10k_{shape}", ratios, TARGET, against, ""))
        for shape in ("name", "misspelt"):
            empty = pairs(
                lambda: measured(big, lambda: big.client.get(EMPTY)), asking(big, many[shape])
            )
            ratios = [full.seconds / bare.seconds for bare, full in empty]
            found.append(result(f"search_{shape}_vs_empty", ratios, EMPTY_TARGET, EMPTY, ""))
        return found

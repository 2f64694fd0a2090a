import csv

import pytest

from cases.types.denial import CASE_TYPE
from cases.types.denial.steps import BY_CODE, steps_for
from cases.types.denial.vocabulary import Category
from tests.architecture.tree import ROOT

REFERENCE = ROOT / "cases" / "types" / "denial" / "reference"


def codes():
    with (REFERENCE / "carc.csv").open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


def steps(carc="X", category=Category.AUTH, remarks=()):
    return steps_for(
        {
            "carc": carc,
            "category": str(category),
            "remarks": list(remarks),
            "first_action": "Look here first",
        }
    )


@pytest.mark.parametrize("category", list(Category))
def test_every_category_has_three_to_six_steps_each_once(category):
    keys = [step.key for step in steps(category=category)]

    assert 3 <= len(keys) <= 6
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("carc", sorted(BY_CODE))
def test_every_code_with_its_own_way_is_in_the_map_and_has_its_own_steps(carc):
    [row] = [row for row in codes() if row["code"] == carc]

    assert steps(carc, row["category"]) != steps("X", row["category"])
    assert 3 <= len(steps(carc, row["category"])) <= 6


def test_the_first_step_is_the_maps_first_action():
    assert steps()[0].words == "Look here first"


def test_an_unprocessable_claim_is_corrected_never_appealed():
    words = " ".join(step.words for step in steps("16", Category.BILLING_DATA, ["MA130"]))

    assert "Do not appeal" in words


def test_no_step_offers_a_write_off():
    offered = {step.verb for category in Category for step in steps(category=category)}

    assert offered <= {
        "", "attach", "wait_payer", "wait_info", "transfer", "resolve", "comment", "defer",
    }  # fmt: skip
    assert not {"written_off", "appeal_overturned_full"} & {str(d) for d in CASE_TYPE.dispositions}

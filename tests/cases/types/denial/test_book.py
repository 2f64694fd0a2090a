"""The code maps as a book."""

from datetime import date, timedelta

import pytest

from cases.editions.books import BOOKS
from cases.types.denial.book import BOOK
from cases.types.denial.models import AdjustmentCode, RemarkCode
from tests.factories.cases import OPENED, CaseFactory
from tests.factories.people import PersonFactory

pytestmark = pytest.mark.django_db
AT = OPENED + timedelta(days=1)


def carc(code="X1", **fields):
    return {
        "code": code,
        "words": "A test reason",
        "category": "AUTH",
        "queue": "authorization",
        "first_action": "Look",
        "valid_from": "1990-01-01",
        "valid_to": None,
        "is_denial": True,
        "appealable": "Y",
        "preventable_stage": "none",
        **fields,
    }


def apply(content):
    return BOOK.apply(content=content, by=PersonFactory(), reason="For a test", at=AT)


def changed(code, **fields):
    content = BOOK.current()
    [row] = [row for row in content["adjustments"] if row["code"] == code]
    row.update(fields)
    return content


def test_the_maps_of_the_house_are_a_sound_content_and_applying_them_changes_nothing():
    content = BOOK.current()

    assert BOOKS.get("codes") is BOOK
    assert BOOK.problems(content) == []
    assert apply(content) == 0
    count = AdjustmentCode.objects.count() + RemarkCode.objects.count()
    assert len({entry.key for entry in BOOK.entries(content)}) == count


@pytest.mark.parametrize(
    ("rows", "where"),
    [
        ([carc("")], "adjustments[0].code"),
        ([carc(words=" ")], "adjustments[0].words"),
        ([carc(category="x")], "adjustments[0].category"),
        ([carc(queue="x")], "adjustments[0].queue"),
        ([carc(appealable="x")], "adjustments[0].appealable"),
        ([carc(valid_from="soon")], "adjustments[0].valid_to"),
        ([carc(valid_from="19900101")], "adjustments[0].valid_to"),
        ([carc(valid_to="1990-01-01")], "adjustments[0].valid_to"),
        ([carc(), carc(valid_from="2000-01-01")], "adjustments[1]"),
        ([carc(is_denial=None)], "adjustments[0].is_denial"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(rows, where):
    found = BOOK.problems({"adjustments": rows, "remarks": []})

    assert [problem.where for problem in found] == [where]


def test_a_code_gets_another_meaning_from_a_day_on():
    content = changed("197", valid_to="2026-01-01")
    content["adjustments"].insert(0, carc("197", valid_from="2026-01-01", queue="coding"))

    assert BOOK.problems(content) == []
    assert apply(content) == 2

    former, new = AdjustmentCode.objects.filter(code="197").order_by("valid_from")
    assert (former.valid_to, former.version) == (date(2026, 1, 1), 2)
    assert (new.queue.key, new.history.get().history_change_reason) == ("coding", "For a test")


def test_a_code_that_leaves_the_map_keeps_its_history():
    content = BOOK.current()
    [gone] = [row for row in content["adjustments"] if row["code"] == "197"]
    content["adjustments"].remove(gone)

    assert apply(content) == 1
    assert AdjustmentCode.history.filter(code="197", history_type="-").exists()


class TestBacktest:
    def tried(self, content):
        return BOOK.simulate(content=content, days=30, at=AT)

    def test_denials_that_another_category_would_have_taken_are_counted(self):
        case = CaseFactory(amount_at_risk=70)

        found = self.tried(changed("197", category="CODING", queue="coding"))

        [move] = found.moves
        assert (found.cases, move.cases, move.amount) == (1, 1, 70)
        assert (move.before, move.after) == (
            "Authorization → Authorization",
            "Coding → Coding & charge",
        )
        assert [sample.case for sample in found.samples] == [str(case.public_id)]

    def test_other_words_move_nothing(self):
        CaseFactory()

        found = self.tried(changed("197", words="Other words"))

        assert (found.cases, found.changed) == (1, 0)

    def test_a_code_that_denies_no_more_is_named(self):
        CaseFactory()

        [move] = self.tried(changed("197", is_denial=False)).moves

        assert move.after.startswith("No denial")

    def test_a_code_outside_its_period_is_unknown(self):
        CaseFactory()

        [move] = self.tried(changed("197", valid_to="1990-01-02")).moves

        assert move.after == "Unknown code → Triage"

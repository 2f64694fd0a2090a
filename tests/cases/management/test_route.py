import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from cases.actions.books.routing import BOOK
from cases.work.models import Case
from tests.factories.cases import CaseFactory

pytestmark = pytest.mark.django_db


def route(*arguments):
    out = StringIO()
    call_command("route", *arguments, stdout=out)
    return out.getvalue()


def test_nothing_is_moved_by_command():
    with pytest.raises(CommandError, match="--dry-run"):
        route()


def test_the_rules_in_force_move_nothing():
    CaseFactory(opened_at=timezone.now())

    report = json.loads(route("--dry-run", "--json", "--days", "1"))

    assert (report["cases"], report["changed"]) == (1, 0)


def test_other_rules_are_tried_and_nothing_is_moved(tmp_path):
    case = CaseFactory(opened_at=timezone.now())
    rules = [{**rule, "queue": "cob"} for rule in BOOK.current()["rules"]]
    content = tmp_path / "rules.json"
    content.write_text(json.dumps({"rules": rules}))

    said = route("--dry-run", "--content", str(content), "--days", "1")

    assert "→ Coordination of benefits: 1 cases, 100.00 USD" in said
    assert Case.objects.get(pk=case.pk).queue == case.queue


@pytest.mark.parametrize("text", ["{", "{}", '{"rules": [1]}'])
def test_a_content_that_cannot_hold_is_explained(text, tmp_path):
    content = tmp_path / "rules.json"
    content.write_text(text)

    with pytest.raises(CommandError):
        route("--dry-run", "--content", str(content))


def test_a_period_is_a_day_to_a_year():
    with pytest.raises(CommandError, match="366"):
        route("--dry-run", "--days", "367")

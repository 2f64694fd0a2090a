import json
from io import StringIO

import pytest
from django.core.management import call_command

from cases.sla.models import SlaClock
from tests.cases.sla.services.test_clocks import LATER, opened, stands

pytestmark = pytest.mark.django_db


def answer(*arguments):
    out = StringIO()
    call_command("sla_recompute", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_mends_what_drifted_and_says_so():
    [case] = opened()
    due = stands(case).due_at
    SlaClock.objects.filter(case=case, kind="resolve").update(due_at=LATER)

    assert json.loads(answer("--json", "--dry-run")) == {"cases": 1, "changed": 1, "started": 0}
    assert "Nothing was written." in answer("--dry-run")
    assert stands(case).due_at == LATER

    assert "the clocks of 1 stood otherwise" in answer()
    assert stands(case).due_at == due
    assert json.loads(answer("--json"))["changed"] == 0

"""`manage.py verify_audit`."""

import json

import pytest
from django.core.management import call_command
from django.db import connection

from billing_portal.audit.services import record


@pytest.fixture
def record_of_three(by):
    for number in range(3):
        record(chain="case:1", verb="case.tested", subject="s", by=by, reason="r", number=number)


def test_a_whole_record_is_said_to_hold(db, record_of_three, capsys):
    call_command("verify_audit", "--json")

    report = json.loads(capsys.readouterr().out)
    assert report["clean"] is True
    assert report["events"] >= 3
    assert report["findings"] == []
    assert "checkpoints" in report["limits"]


def test_a_tampered_one_is_named_and_the_exit_says_so(owner, record_of_three, settle, capsys):
    settle()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_event DISABLE TRIGGER USER")
        cursor.execute("DELETE FROM audit_event WHERE chain = 'case:1' AND seq = 2")

    with pytest.raises(SystemExit) as ended:
        call_command("verify_audit", "--json")

    assert ended.value.code == 1
    report = json.loads(capsys.readouterr().out)
    assert report["clean"] is False
    assert [(each["chain"], each["seq"]) for each in report["findings"]] == [("case:1", 3)]


def test_people_are_told_in_words(db, record_of_three, capsys):
    call_command("verify_audit")

    assert "The record holds." in capsys.readouterr().out


def test_one_chain_can_be_named(db, record_of_three, capsys):
    call_command("verify_audit", "--json", "--chain", "case:1")

    assert json.loads(capsys.readouterr().out)["events"] == 3

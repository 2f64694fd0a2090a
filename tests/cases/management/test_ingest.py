"""`manage.py ingest`: the numbers, the exit codes, and that a dry run writes nothing."""

import shutil
from datetime import date
from types import SimpleNamespace

import pytest
from django.core.management import CommandError
from django.db import OperationalError, connection

from cases.detection import services as detection
from cases.intake import ingesting
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case
from integrations.canonical.models import Claim
from integrations.inbox import services as inbox
from integrations.inbox.models import Message
from tests.generators.remit import Clp, Remit, denied, interchange, paid

pytestmark = pytest.mark.django_db(transaction=True)

KEYS = [
    "files",
    "messages",
    "transactions",
    "claims",
    "lines",
    "charge",
    "paid",
    "plb_total",
    "denied_claims",
    "partially_denied_claims",
    "reversals",
    "unbalanced_transactions",
    "duplicates",
    "quarantined",
    "cases_opened",
    "cases_updated",
    "cases_closed",
]
PARTLY = Clp("A3", cuts=[("CO", "45", "20.00"), ("CO", "197", "30.00")])
UNKNOWN = Clp("A4", cuts=[("CO", "ZZ9", "100.00")])


@pytest.fixture
def put(tmp_path):
    def put(*remits, name="a.835", content=None, control=1):
        path = tmp_path / name
        path.write_bytes(interchange(*remits, control=control) if content is None else content)
        return path

    return put


@pytest.fixture
def ingest(run, source):
    def ingest(*paths, **options):
        flags = [f"--{name.replace('_', '-')}" for name, wanted in options.items() if wanted]
        return run("ingest", "--source", source.name, *paths, *flags)

    return ingest


def failing_once(apply):
    failures = [OperationalError("could not extend file: No space left on device")]

    def applying(**arguments):
        if failures:
            raise failures.pop()
        return apply(**arguments)

    return applying


def row_counts():
    with connection.cursor() as cursor:
        counts = {}
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f"SELECT count(*) FROM {connection.ops.quote_name(table)}")
            counts[table] = cursor.fetchone()[0]
        return counts


def test_a_run_says_all_that_became_of_its_files(ingest, put):
    first = put(
        Remit("T1", [paid("A1"), denied("A2"), PARTLY, UNKNOWN], plb=[("WO", "X", "5.00")]),
        Remit("T2", [paid("A1").reversed(), denied("A1")], amount="-81.00"),
    )
    answer = ingest(first, json=True)

    assert answer.code == 0
    assert list(answer.json) == KEYS
    assert answer.json | {"quarantined": []} == {
        "files": 1,
        "messages": 1,
        "transactions": 2,
        "claims": 6,
        "lines": 6,
        "charge": "400.00",
        "paid": "50.00",
        "plb_total": "5.00",
        "denied_claims": 2,
        "partially_denied_claims": 1,
        "reversals": 1,
        "unbalanced_transactions": 1,
        "duplicates": 0,
        "quarantined": [],
        "cases_opened": 5,
        "cases_updated": 0,
        "cases_closed": 0,
    }


def test_a_second_run_shows_the_same_totals_and_no_case(ingest, put):
    path = put(Remit("T1", [paid("A1"), denied("A2")]))
    first = ingest(path, json=True).json

    for again in (path, put(Remit("T1", [denied("A2"), paid("A1")]), name="b.835", control=9)):
        second = ingest(again, json=True)
        assert second.code == 0
        assert second.json == first | {
            "duplicates": 2,
            "cases_opened": 0,
        }


def test_a_later_payment_closes_the_case(ingest, put):
    ingest(put(Remit("T1", [denied("A2")])))
    correction = Remit("T2", [denied("A2").reversed(), paid("A2")], paid_on=date(2026, 5, 10))
    answer = ingest(put(correction, name="b.835"), json=True)

    assert (answer.json["cases_opened"], answer.json["cases_closed"]) == (0, 1)
    assert Case.objects.get(case_type="denial").status == CaseStatus.CLOSED


def test_the_same_file_twice_in_one_batch_goes_in_once(ingest, put, tmp_path):
    path = put(Remit("T1", [denied("A2")]))
    copy = shutil.copy(path, tmp_path / "copy.835")
    answer = ingest(path, copy, json=True).json

    assert (answer["files"], answer["claims"], answer["duplicates"]) == (2, 2, 1)
    assert answer["cases_opened"] == 1
    assert Claim.objects.count() == 1


def test_a_folder_means_its_files_by_name(ingest, put, tmp_path):
    put(Remit("T2", [paid("A2")]), name="2.835")
    put(Remit("T1", [paid("A1")]), name="1.835")
    put(content=b"not me", name=".hidden")

    assert ingest(tmp_path, json=True).json["files"] == 2
    assert list(Message.objects.order_by("pk").values_list("filename", flat=True)) == [
        "1.835",
        "2.835",
    ]


def test_what_waits_is_named_and_the_code_is_3(ingest, put, tmp_path):
    bad = put(
        content=interchange(Remit("T1", [paid("A1"), denied("A2")])).replace(
            b"CAS*CO*45*20.00", b"CAS*CO*45*19.99"
        )
    )
    text = put(content=b"hello", name="hello.txt")
    missing = tmp_path / "missing.835"
    answer = ingest(bad, text, missing, json=True)

    assert answer.code == 3
    assert (answer.json["files"], answer.json["messages"], answer.json["claims"]) == (3, 2, 1)
    claim, whole, absent = answer.json["quarantined"]
    assert (claim["file"], claim["claim"]) == (str(bad), "A1")
    assert claim["position"] > 0
    assert claim["reason"]
    assert whole["file"] == str(text)
    assert absent == {
        "file": str(missing),
        "position": 0,
        "claim": "",
        "reason": "The file cannot be read: No such file or directory.",
    }
    assert ingest(bad).out.count("waits: ") == 1


@pytest.mark.parametrize("content", [b"", b"hello"])
def test_nothing_readable_is_code_2(ingest, put, content):
    answer = ingest(put(content=content), json=True)

    assert answer.code == 2
    assert answer.json["transactions"] == 0
    assert answer.json["quarantined"]


def test_an_unknown_source_is_named_and_nothing_read(run, source, put):
    with pytest.raises(
        CommandError, match=r"There is no source “nobody”.*clearinghouse"
    ) as refused:
        run("ingest", "--source", "nobody", put(Remit("T1", [paid("A1")])))
    assert refused.value.returncode == 2
    assert not Message.objects.exists()


@pytest.mark.parametrize("held_before", [False, True])
def test_a_dry_run_says_the_same_and_writes_nothing(ingest, put, held_before):
    path = put(Remit("T1", [paid("A1"), denied("A2")]), Remit("T2", [denied("A1")]))
    ingest(put(Remit("T0", [denied("A1")]), name="0.835"))
    if held_before:
        ingest(path)
    before = row_counts()

    rehearsed = ingest(path, json=True, dry_run=True)

    assert row_counts() == before
    assert rehearsed.json == ingest(path, json=True).json
    assert rehearsed.code == 0


def test_a_disk_that_is_nearly_full_is_said_before_the_database_falls(ingest, put, monkeypatch):
    path = put(Remit("T1", [denied("A1")]))
    with monkeypatch.context() as full:
        full.setattr(inbox, "disk_usage", lambda _folder: SimpleNamespace(free=7_500_000))
        answer = ingest(path, json=True)

    assert (answer.code, answer.json["messages"]) == (2, 0)
    assert "The disk is nearly full: 7 MB are free" in answer.json["quarantined"][0]["reason"]
    assert not Message.objects.exists()
    assert ingest(path, json=True).code == 0


def test_a_database_that_fails_in_the_middle_is_said_and_the_rest_follows(ingest, put, monkeypatch):
    path = put(Remit("T1", [denied("A1")]), Remit("T2", [denied("A2")]))
    other = put(Remit("T3", [denied("A3")]), name="b.835")
    with monkeypatch.context() as full:
        full.setattr(ingesting, "apply_message", failing_once(ingesting.apply_message))
        answer = ingest(path, other, json=True)

    assert (answer.code, answer.json["messages"], answer.json["claims"]) == (3, 2, 1)
    assert answer.json["quarantined"][0]["reason"].startswith(
        "The file is stored, but the database"
    )
    again = ingest(path, other, json=True).json
    assert (again["claims"], again["duplicates"], again["quarantined"]) == (3, 1, [])


def test_a_detection_that_takes_too_long_is_said_to_be_pending(ingest, put, monkeypatch):
    monkeypatch.setattr(ingesting, "DETECTION_PATIENCE", 0.3)
    monkeypatch.setattr(detection, "drain", lambda **_arguments: detection.Drained())
    answer = ingest(put(Remit("T1", [denied("A1")])), json=True)

    assert answer.code == 4
    assert "Detection pending" in answer.err
    assert answer.json["cases_opened"] == 0


def test_the_answer_in_words_says_what_the_object_says(ingest, put):
    said = ingest(put(Remit("T1", [paid("A1"), denied("A2")]))).out

    assert "1 files, 1 remittances, 2 claims (0 held before), 2 lines" in said
    assert "1 claims denied, 0 in part" in said
    assert "1 cases opened" in said

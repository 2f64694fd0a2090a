"""Tryton's target against recordings of a real one; live in `tests/counterparts`."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from integrations.connectors.tryton import TARGET
from integrations.ports.commands import (
    CommandKind,
    NotReached,
    OutcomeUnknown,
    Receipt,
    ReceiptState,
    Refused,
    Throttled,
)
from tests.integrations.connectors.tryton.replay import OPTIONS, recorded, replayed, serving
from tests.integrations.connectors.tryton.scenes import (
    ASKED,
    BEGUN,
    JOURNAL,
    POSTED,
    RELEASED,
    SCENES,
    SINCE,
)

TOTAL = Decimal("125.50")
RECEIPTS = {
    "nothing_held": None,
    "post": Receipt("2", ReceiptState.CONFIRMED, TOTAL),
    "post_again": Receipt("2", ReceiptState.CONFIRMED, TOTAL),
    "draft_found": Receipt("draft 5", ReceiptState.DRAFT, TOTAL),
    "draft_posted": Receipt("3", ReceiptState.CONFIRMED, TOTAL),
    "release": Receipt("1", ReceiptState.CONFIRMED, Decimal("1250.00")),
    "released": Receipt("1", ReceiptState.CONFIRMED, Decimal("1250.00")),
    "payment": Receipt("1", ReceiptState.CONFIRMED, Decimal("480.00")),
}


@pytest.mark.parametrize(("scene", "receipt"), RECEIPTS.items())
def test_it_asks_what_was_recorded_and_reads_what_was_answered(scene, receipt):
    with replayed(scene) as settings:
        assert SCENES[scene](settings) == receipt


@pytest.mark.parametrize(
    ("scene", "code"), [("unbalanced", "unbalanced"), ("closed_period", "period_closed")]
)
def test_a_refusal_is_said_in_trytons_words_and_leaves_nothing(scene, code):
    with replayed(scene) as settings, pytest.raises(Refused) as refusal:
        SCENES[scene](settings)

    assert refusal.value.code == code
    methods = [exchange["request"]["method"] for exchange in recorded(scene)]
    assert methods.count("DELETE") == (methods.count("POST") > 0)


def test_entries_are_everybodys_in_the_order_of_entry_to_the_cent():
    with replayed("entries") as settings:
        entries = SCENES["entries"](settings)

    ours = {entry.key: entry for entry in entries if entry.key}
    assert set(ours) == {POSTED, BEGUN, RELEASED, ASKED}
    assert [entry.entered_at for entry in entries] == sorted(e.entered_at for e in entries)
    posted = ours[POSTED]
    assert (posted.kind, posted.posted_on) == (CommandKind.POST_JOURNAL, date(2026, 3, 2))
    assert sorted((line.account, line.debit, line.credit) for line in posted.lines) == [
        ("1100", Decimal("0.00"), TOTAL),
        ("4110", TOTAL, Decimal("0.00")),
    ]
    assert ours[RELEASED].total == Decimal("1250.00")
    assert ours[ASKED].total == Decimal("480.00")
    vendors = [entry for entry in entries if not entry.key]
    assert [entry.total for entry in vendors] == [Decimal("1250.00")]


def test_two_documents_under_one_key_come_to_twice_the_amount():
    exchange = recorded("post_again")[0]
    twice = exchange["response"]["body"] * 2
    doubled = exchange | {"response": {"status": 200, "body": twice}}

    with serving([doubled]) as settings:
        held = TARGET.find(JOURNAL, key=POSTED, settings=settings)

    assert held == Receipt("2, 2", ReceiptState.CONFIRMED, 2 * TOTAL)


def test_a_draft_that_somebody_changed_is_not_posted():
    found = recorded("draft_posted")[:1]
    dearer = replace(JOURNAL, posting_on=date(2026, 3, 3))

    with serving(found) as settings, pytest.raises(Refused) as refusal:
        TARGET.send(dearer, key=BEGUN, settings=settings)

    assert refusal.value.code == "draft_differs"


def test_an_answer_to_a_write_that_is_lost_tells_nothing():
    *asked, _create, _post = recorded("post")
    with serving(asked, is_whole=False) as settings, pytest.raises(OutcomeUnknown):
        TARGET.send(JOURNAL, key=POSTED, settings=settings)


def test_a_look_that_fails_has_changed_nothing():
    with serving([], is_whole=False) as settings:
        with pytest.raises(NotReached):
            TARGET.send(JOURNAL, key=POSTED, settings=settings)
        with pytest.raises(NotReached):
            TARGET.find(JOURNAL, key=POSTED, settings=settings)
        with pytest.raises(NotReached):
            list(TARGET.entries(SINCE, settings=settings))


@pytest.mark.parametrize(
    ("status", "body", "failure"),
    [
        (401, "<!doctype html>\n<title>401 Unauthorized</title>", NotReached),
        (403, "", NotReached),
        (423, "", NotReached),
        (429, "", Throttled),
        (400, {"status": 400, "message": "You must not."}, NotReached),
    ],
)
def test_whoever_is_not_let_in_has_changed_nothing(status, body, failure):
    refusing = recorded("nothing_held")[0] | {"response": {"status": status, "body": body}}

    with serving([refusing]) as settings, pytest.raises(failure):
        TARGET.send(JOURNAL, key=POSTED, settings=settings)


@pytest.mark.parametrize("body", [{}, {"status": "ok"}, "", None], ids=str)
def test_only_a_list_tells_that_nothing_is_there(body):
    gateway = recorded("nothing_held")[0] | {"response": {"status": 200, "body": body}}

    with serving([gateway]) as settings, pytest.raises(NotReached):
        TARGET.find(JOURNAL, key=POSTED, settings=settings)


@pytest.mark.parametrize("missing", ["company", "journal"])
def test_a_setting_that_is_missing_is_named(missing):
    some = {name: value for name, value in OPTIONS.items() if name != missing}
    asked = recorded("post")[: int(missing == "journal")]

    with serving(asked) as settings, pytest.raises(NotReached, match=missing):
        TARGET.send(JOURNAL, key=POSTED, settings=replace(settings, options=some))

"""Proving the record: whatever was done to it by whoever owns the database."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st

from billing_portal.audit.queries import BATCH, Link, links, verify
from billing_portal.audit.services import Event, record_many

TABLE = "audit_event"
COPIED = ", ".join(
    [
        "chain",
        "seq",
        "at",
        "txid",
        "actor_id",
        "verb",
        "subject",
        "reason",
        "correlation_id",
        "body",
        "previous_hash",
        "hash",
    ]
)


def sql(statement, *parameters):
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)


@pytest.fixture
def chains(owner, by, settle):
    """Three chains of five events, in a database whose guards its owner has switched off."""
    events = [
        Event(chain=f"case:{chain}", verb="case.tested", subject="s", reason="r", facts={"n": n})
        for chain in (1, 2, 3)
        for n in range(5)
    ]
    record_many(events, by=by)
    settle()
    assert verify().is_clean
    for table in (TABLE, "audit_chain_head"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")


def found():
    return {(finding.chain, finding.seq) for finding in verify().findings}


EDITS = [
    "body = '{\"n\":9}'",
    "reason = 'other'",
    "verb = 'case.other'",
    "subject = 'other'",
    "at = at + interval '1 microsecond'",
    "txid = '1'",
    "correlation_id = 'other'",
    "actor_id = (SELECT min(id) FROM accounts_user)",
    "hash = sha256('other')",
    "previous_hash = sha256('other')",
]


@pytest.mark.parametrize("edit", EDITS)
@pytest.mark.parametrize("seq", [1, 3, 5])
def test_an_edited_event_is_found(edit, seq, chains):
    sql(f"UPDATE {TABLE} SET {edit} WHERE chain = 'case:2' AND seq = {seq}")

    assert ("case:2", seq) in found()
    assert {chain for chain, _ in found()} == {"case:2"}


def test_an_edit_with_its_own_hash_made_anew_is_found(chains):
    sql(
        f"UPDATE {TABLE} e SET body = '{{}}', hash = sha256(previous_hash || convert_to("
        f"portal_audit_text(jsonb_populate_record(e, '{{\"body\": \"{{}}\"}}')), 'UTF8'))"
        " WHERE chain = 'case:2' AND seq = 3"
    )

    assert found() == {("case:2", 4)}


@pytest.mark.parametrize("seq", [1, 3])
def test_a_deleted_event_is_found(seq, chains):
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2' AND seq = {seq}")

    assert found() == {("case:2", seq + 1)}


def test_a_deleted_event_is_found_though_the_gap_was_closed(chains):
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2' AND seq = 3")
    for seq in (4, 5):
        sql(f"UPDATE {TABLE} SET seq = {seq - 1} WHERE chain = 'case:2' AND seq = {seq}")

    assert ("case:2", 3) in found()


@pytest.mark.parametrize("cut", [1, 4])
def test_a_cut_tail_is_found(cut, chains):
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2' AND seq > {cut}")

    assert found() == {("case:2", cut)}


def test_a_chain_that_is_gone_but_for_its_head_is_found(chains):
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2'")

    assert found() == {("case:2", 0)}


def test_a_removed_head_is_found(chains):
    sql("DELETE FROM audit_chain_head WHERE chain = 'case:2'")

    assert found() == {("case:2", 5)}


@pytest.mark.parametrize("change", ["seq = 4", "hash = sha256('other')"])
def test_a_head_turned_back_is_found(change, chains):
    sql(f"UPDATE audit_chain_head SET {change} WHERE chain = 'case:2'")

    assert found() == {("case:2", 5)}


def test_events_that_changed_places_are_found(chains):
    for was, becomes in ((2, 99), (3, 2), (99, 3)):
        sql(f"UPDATE {TABLE} SET seq = {becomes} WHERE chain = 'case:2' AND seq = {was}")

    assert {("case:2", 2), ("case:2", 3)} <= found()


def test_contents_that_changed_places_are_found(chains):
    sql(
        f"UPDATE {TABLE} a SET body = b.body FROM {TABLE} b WHERE a.chain = 'case:2'"
        " AND b.chain = 'case:2' AND a.seq + b.seq = 5 AND a.seq IN (2, 3)"
    )

    assert found() == {("case:2", 2), ("case:2", 3)}


@pytest.mark.parametrize("place", ["0", "6"])
def test_an_inserted_event_is_found(place, chains):
    sql(
        f"INSERT INTO {TABLE} ({COPIED}) SELECT {COPIED.replace('seq', place, 1)} FROM {TABLE}"
        " WHERE chain = 'case:2' AND seq = 5"
    )

    assert ("case:2", int(place)) in found()


def test_an_event_inserted_beside_another_is_found(chains):
    sql(f"ALTER TABLE {TABLE} DROP CONSTRAINT auditevent_once")
    sql(
        f"INSERT INTO {TABLE} ({COPIED}) SELECT {COPIED} FROM {TABLE}"
        " WHERE chain = 'case:2' AND seq = 3"
    )

    assert ("case:2", 3) in found()


def test_an_event_moved_to_another_chain_is_found(chains):
    sql(f"UPDATE {TABLE} SET chain = 'case:3', seq = 6 WHERE chain = 'case:2' AND seq = 5")

    assert found() == {("case:2", 4), ("case:3", 6)}


def test_a_chain_under_another_name_is_found(chains):
    sql(f"UPDATE {TABLE} SET chain = 'case:4' WHERE chain = 'case:2'")
    sql("UPDATE audit_chain_head SET chain = 'case:4' WHERE chain = 'case:2'")

    assert ("case:4", 1) in found()


def test_a_whole_chain_removed_with_its_head_is_for_the_checkpoints(chains):
    """Nothing inside the database can show it; `verify_audit` says so."""
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2'")
    sql("DELETE FROM audit_chain_head WHERE chain = 'case:2'")

    assert found() == set()


def test_some_chains_can_be_walked_alone(chains):
    sql(f"DELETE FROM {TABLE} WHERE chain = 'case:2' AND seq = 3")

    assert verify(["case:1", "case:3"]).is_clean
    assert verify(["case:1", "case:3"]).events == 10
    assert not verify(["case:2"]).is_clean


def test_a_chain_longer_than_a_batch_is_walked_to_its_end(db, by):
    record_many(
        (Event("case:1", "case.tested", "s", "r") for _ in range(BATCH + 1)),
        by=by,
    )

    walked = verify(["case:1"])

    assert (walked.chains, walked.events, walked.is_clean) == (1, BATCH + 1, True)


def test_an_empty_record_is_whole(owner, settle):
    settle()
    for table in (TABLE, "audit_chain_head"):
        sql(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        sql(f"DELETE FROM {table}")

    assert verify().is_clean


LINK = Link(
    chain="case:1",
    id=1,
    seq=1,
    at=datetime(2026, 3, 1, tzinfo=UTC),
    txid="1",
    actor_id=1,
    verb="v",
    subject="s",
    reason="r",
    correlation_id="",
    body="{}",
    previous_hash=b"",
    hash=b"",
    head_seq=1,
    head_hash=b"",
)
TEXTS = st.tuples(*[st.text(alphabet="0:1a\x1fé", max_size=4)] * 4)


@given(TEXTS, TEXTS)
def test_no_two_events_are_told_by_the_same_text(one, other):
    first, second = (
        replace(LINK, verb=verb, subject=subject, reason=reason, correlation_id=correlation)
        for verb, subject, reason, correlation in (one, other)
    )

    assert (first.told() == second.told()) == (one == other)


@pytest.mark.parametrize("at", ["2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000001+05:30"])
@pytest.mark.parametrize("zone", ["UTC", "America/Chicago"])
def test_the_database_and_the_verifier_tell_an_event_alike(at, zone, chains):
    sql(f'UPDATE {TABLE} SET at = %s, body = \'{{"name":"Ünïcode"}}\'', at)
    sql(f"SET TIME ZONE '{zone}'")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT portal_audit_text(e) FROM {TABLE} e ORDER BY chain, seq")
        told = [text.encode() for (text,) in cursor.fetchall()]
    sql("SET TIME ZONE 'UTC'")

    assert [link.told() for link in links(None) if link.id] == told

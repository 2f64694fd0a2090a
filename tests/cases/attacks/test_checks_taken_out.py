"""What holds when a check is taken out: the database refuses; without it too, the questions see it.

So the siege can fail: every one of its questions is shown to find what it asks for.
"""

from decimal import Decimal

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from cases.actions import approving, posting
from cases.approvals.saying import Verdict
from cases.approvals.services import deciding
from cases.approvals.vocabulary import Act, Matter
from tests.cases.attacks.invariants import QUESTIONS, broken
from tests.cases.attacks.siege import Siege, fresh
from tests.owner import as_owner

pytestmark = pytest.mark.django_db(transaction=True)
GUARDED = (
    "cases_approvalact",
    "cases_approvalrequest",
    "cases_effect",
    "cases_journal",
    "cases_journalline",
    "cases_delegation",
    "integrations_outboxmessage",
)


@pytest.fixture
def siege(cast) -> Siege:
    """Two requests were granted and carried out; nobody attacks."""
    return Siege(cast, 1)


def approve(approval, hand):
    verdict = Verdict(Act.APPROVE, "", approval.version, approval.digest, hand.acting_for)
    return approving.decide(approval=approval, verdict=verdict, by=hand.user, at=timezone.now())


def first_voice(item, voices, *, speaker_id):
    """A judgement that lets everybody decide."""
    return next((each for each in voices if each.speaker_id == speaker_id), voices[0])


def a_maker(siege, approval):
    approve(approval, siege.cast.asker)


def a_second_account(siege, approval):
    second = [each for each in siege.cast.villains if each.user.staff_number == " e-1001 "]
    approve(approval, second[0])


def a_liar(siege, approval):
    liars = [each for each in siege.cast.villains if each.fault == "undelegated"]
    approve(approval, liars[0])


def one_of_two(siege, approval):
    approve(approval, siege.cast.honest["rc_director"])


def a_late_one(siege, approval):
    for hand in (siege.cast.spare, siege.cast.honest["team_lead"]):
        approve(fresh(approval), hand)


def a_cent_too_much(siege, approval):
    """What is carried out is not what was approved."""
    sealed = approving.decided_of

    def more(approval, *, at):
        made = sealed(approval, at=at)
        object.__setattr__(made, "amount", made.amount + Decimal("0.01"))
        return made

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(approving, "decided_of", more)
        approve(approval, siege.cast.spare)


AMOUNT_OF = {"whether enough did": "5000.00"}
TAKEN_OUT = {
    "who may decide: a maker": (deciding, "judge", first_voice, a_maker, "segregated"),
    "who may decide: a second account": (
        deciding,
        "judge",
        first_voice,
        a_second_account,
        "segregated",
    ),
    "who may decide: a liar": (deciding, "judge", first_voice, a_liar, "delegated"),
    "whether enough did": (
        deciding,
        "is_filled",
        lambda *given, **more: True,
        one_of_two,
        "approved_by_enough",
    ),
    "whether it waits": (
        deciding,
        "require_state",
        lambda *given: None,
        a_late_one,
        "while_pending",
    ),
    "what leaves": (
        posting,
        "before_leaving",
        lambda facts: [],
        a_cent_too_much,
        "of_what_was_approved",
    ),
}


def test_without_a_check_of_ours_the_database_refuses(siege):
    for name, (room, check, instead, attempt, rule) in TAKEN_OUT.items():
        approval = siege.asked(Matter.PAYER_REFUND, AMOUNT_OF.get(name, "249.99"))

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(room, check, instead)
            with pytest.raises(IntegrityError) as refusal:
                attempt(siege, approval)

        assert rule in refusal.value.__cause__.diag.constraint_name, name
    with connection.cursor() as cursor:
        assert broken(cursor) == {}


ACT = """
INSERT INTO cases_approvalact (request_id, cycle, step, act, person_id, human, for_person_id,
    for_human, seats, digest, reason, at)
SELECT r.id, r.cycle, 0, 'approve', {person}, {human}, {speaker}, '', '{{}}', {digest}, 'x', now()
FROM cases_approvalrequest AS r WHERE r.id = (SELECT max(id) FROM cases_approvalrequest)
"""
SPARE = {"person": "%(spare)s", "human": "'a'", "speaker": "NULL", "digest": "r.digest"}
SABOTAGE = {
    "self-approved": ACT.format(**SPARE | {"person": "%(asker)s"}),
    "decided by a delegate of a maker": ACT.format(**SPARE | {"person": "%(shade)s"}),
    "decided for somebody who did not ask for it": ACT.format(**SPARE | {"speaker": "%(chief)s"}),
    "decided on what was not asked": ACT.format(**SPARE | {"digest": "repeat('0', 64)"}),
    "a human counted twice": ACT.format(**SPARE)
    + ";"
    + ACT.format(**SPARE | {"person": "%(chief)s", "speaker": "%(spare)s", "human": "'b'"}),
    "approved by too few": "DELETE FROM cases_approvalact WHERE act = 'approve'",
    "done and not approved for exactly this": "UPDATE cases_effect SET amount = amount + 0.01",
    "approved and not done": "UPDATE cases_effect SET request_reference = 'AP-0'",
    "done twice": (
        "INSERT INTO cases_effect (case_id, kind, event, version, event_key, amount, currency,"
        " request_reference, digest, reason, made_by_id, decided_at)"
        " SELECT case_id, kind, event, version + 1, gen_random_uuid(), amount, currency,"
        " request_reference, digest, reason, made_by_id, decided_at FROM cases_effect"
    ),
    "booked otherwise": "UPDATE cases_journalline SET debit = debit + 1 WHERE debit > 0",
    "sent otherwise, or not": (
        "UPDATE integrations_outboxmessage AS o SET payload = new.payload,"
        " digest = encode(sha256(convert_to(new.payload, 'UTF8')), 'hex')"
        " FROM (SELECT id, replace(payload, 'payer-', 'mine-') AS payload"
        " FROM integrations_outboxmessage) AS new WHERE new.id = o.id"
    ),
    "decided and not on record": ACT.format(**SPARE),
}


def test_without_the_databases_rules_every_question_finds_what_it_asks_for(siege):
    siege.asked(Matter.PAYER_REFUND)
    cast = siege.cast
    shade = next(each for each in cast.villains if each.acting_for == cast.asker.user)
    people = {"spare": cast.spare, "asker": cast.asker, "chief": cast.chief, "shade": shade}
    keys = {who: hand.user.pk for who, hand in people.items()}
    assert SABOTAGE.keys() == QUESTIONS.keys()

    for name, statement in SABOTAGE.items():
        with as_owner(), connection.cursor() as cursor:
            assert broken(cursor) == {}
            for table in GUARDED:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for each in statement.split(";"):
                cursor.execute(each, keys if "%(" in each else None)
            assert name in broken(cursor)


def test_without_checks_and_rule_a_self_approval_goes_through_and_is_found(siege, monkeypatch):
    approval = siege.asked(Matter.WRITE_OFF)
    monkeypatch.setattr(deciding, "judge", first_voice)
    monkeypatch.setattr(posting, "before_leaving", lambda facts: [])

    with as_owner(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE cases_approvalact DISABLE TRIGGER USER")
        approve(approval, siege.cast.asker)

        assert broken(cursor)["self-approved"] == 1

    with connection.cursor() as cursor:
        assert broken(cursor) == {}

"""What must be true of money, asked of the database itself over all acts, effects and messages.

Nothing here calls the house's code: each question is its own judgement in SQL. Of every question
the right answer is none.
"""

from typing import Any

VERDICT = "('approve', 'reject', 'return')"
SELF_APPROVED = f"""
SELECT d.id FROM cases_approvalact AS d
JOIN cases_approvalrequest AS r ON r.id = d.request_id
JOIN accounts_user AS p ON p.id = d.person_id
LEFT JOIN accounts_user AS s ON s.id = d.for_person_id
WHERE d.act IN {VERDICT} AND EXISTS (
    SELECT FROM accounts_user AS maker
    WHERE (maker.id = r.requested_by_id OR maker.id IN (
               SELECT m.person_id FROM cases_approvalact AS m
               WHERE m.request_id = r.id AND m.act NOT IN {VERDICT}))
      AND (maker.id IN (p.id, s.id)
           OR maker.staff_number <> '' AND upper(btrim(maker.staff_number))
              IN (upper(btrim(p.staff_number)), upper(btrim(s.staff_number)))))
"""
BY_A_DELEGATE_OF_A_MAKER = f"""
SELECT d.id FROM cases_approvalact AS d
JOIN cases_delegation AS g ON g.taker_id = d.person_id
JOIN cases_approvalact AS m ON m.request_id = d.request_id AND m.person_id = g.giver_id
WHERE d.act IN {VERDICT} AND m.act NOT IN {VERDICT} AND g.matters = '{{}}'
  AND d.at::date BETWEEN g.starts_on AND g.ends_on AND d.at < coalesce(g.revoked_at, 'infinity')
"""
NOT_DELEGATED = f"""
SELECT d.id FROM cases_approvalact AS d
WHERE d.act IN {VERDICT} AND d.for_person_id IS NOT NULL AND NOT EXISTS (
    SELECT FROM cases_delegation AS g
    WHERE g.giver_id = d.for_person_id AND g.taker_id = d.person_id
      AND d.at::date BETWEEN g.starts_on - 1 AND g.ends_on + 1
      AND d.at <= coalesce(g.revoked_at, 'infinity'))
"""
STALE = f"""
SELECT d.id FROM cases_approvalact AS d
WHERE d.act IN {VERDICT} AND NOT EXISTS (
    SELECT FROM cases_historicalapprovalrequest AS h
    WHERE h.id = d.request_id AND h.cycle = d.cycle AND h.digest = d.digest
      AND encode(sha256(convert_to(h.sealed, 'UTF8')), 'hex') = d.digest)
"""
COUNTED_TWICE = f"""
SELECT d.request_id FROM cases_approvalact AS d
CROSS JOIN LATERAL (VALUES (d.person_id), (d.for_person_id)) AS voice (account)
JOIN accounts_user AS u ON u.id = voice.account
WHERE d.act IN {VERDICT}
GROUP BY d.request_id, d.cycle,
    CASE WHEN u.staff_number = '' THEN u.id::text ELSE upper(btrim(u.staff_number)) END
HAVING count(*) > 1
"""
TOO_FEW = """
SELECT r.id FROM cases_approvalrequest AS r
JOIN cases_policyversion AS v ON v.id = r.policy_version_id
CROSS JOIN LATERAL jsonb_array_elements(v.content -> 'steps') WITH ORDINALITY AS step (held, number)
WHERE r.state = 'approved' AND (
    SELECT count(DISTINCT a.human) FROM cases_approvalact AS a
    WHERE a.request_id = r.id AND a.cycle = r.cycle AND a.step = step.number - 1
      AND a.act = 'approve' AND a.digest = r.digest)
  < CASE step.held ->> 'mode' WHEN 'any' THEN 1 WHEN 'n_of' THEN (step.held ->> 'n')::integer
    ELSE jsonb_array_length(step.held -> 'roles') + jsonb_array_length(step.held -> 'people') END
"""
NOT_APPROVED = """
SELECT e.id FROM cases_effect AS e
WHERE e.reverses_id IS NULL AND NOT EXISTS (
    SELECT FROM cases_approvalrequest AS r
    WHERE r.reference = e.request_reference AND r.case_id = e.case_id AND r.matter = e.kind
      AND r.state = 'approved' AND r.digest = e.digest
      AND (r.amount, r.currency) = (e.amount, e.currency))
"""
NOT_CARRIED_OUT = """
SELECT r.id FROM cases_approvalrequest AS r
WHERE r.state = 'approved' AND r.amount > 0
  AND NOT EXISTS (SELECT FROM cases_effect AS e WHERE e.request_reference = r.reference)
"""
TWICE = """
SELECT min(e.id) FROM cases_effect AS e
WHERE e.reverses_id IS NULL
GROUP BY e.request_reference, e.event HAVING count(*) > 1
"""
OTHERWISE_BOOKED = """
SELECT j.id FROM cases_journal AS j JOIN cases_effect AS e ON e.id = j.effect_id
WHERE (j.total, j.currency) <> (e.amount, e.currency)
   OR (SELECT sum(l.debit) FROM cases_journalline AS l WHERE l.journal_id = j.id) <> e.amount
   OR (SELECT sum(l.credit) FROM cases_journalline AS l WHERE l.journal_id = j.id) <> e.amount
"""
OTHERWISE_SENT = """
SELECT coalesce(o.id, e.id) FROM cases_effect AS e
FULL JOIN integrations_outboxmessage AS o USING (event_key)
LEFT JOIN cases_approvalrequest AS r ON r.reference = e.request_reference
WHERE o.id IS NULL OR e.id IS NULL
   OR (o.total, o.currency) <> (e.amount, e.currency)
   OR encode(sha256(convert_to(o.payload, 'UTF8')), 'hex') <> o.digest
   OR o.kind = 'request_payment' AND (
        (o.payload::jsonb ->> 'amount')::numeric <> r.amount
        OR o.payload::jsonb ->> 'payee' IS DISTINCT FROM
           r.sealed::jsonb #>> '{payee,identifier}')
"""
UNRECORDED = f"""
SELECT d.id FROM cases_approvalact AS d
JOIN cases_approvalrequest AS r ON r.id = d.request_id
WHERE d.act IN {VERDICT} AND NOT EXISTS (
    SELECT FROM audit_event AS e
    WHERE e.chain = 'case:' || r.case_id AND e.verb = 'approval.' || d.act
      AND e.actor_id = d.person_id)
"""
QUESTIONS = {
    "self-approved": SELF_APPROVED,
    "decided by a delegate of a maker": BY_A_DELEGATE_OF_A_MAKER,
    "decided for somebody who did not ask for it": NOT_DELEGATED,
    "decided on what was not asked": STALE,
    "a human counted twice": COUNTED_TWICE,
    "approved by too few": TOO_FEW,
    "done and not approved for exactly this": NOT_APPROVED,
    "approved and not done": NOT_CARRIED_OUT,
    "done twice": TWICE,
    "booked otherwise": OTHERWISE_BOOKED,
    "sent otherwise, or not": OTHERWISE_SENT,
    "decided and not on record": UNRECORDED,
}


def broken(cursor: Any) -> dict[str, int]:
    """How many rows break which invariant; nothing: all hold."""
    found = {}
    for name, question in QUESTIONS.items():
        cursor.execute(question)
        if rows := cursor.fetchall():
            found[name] = len(rows)
    return found

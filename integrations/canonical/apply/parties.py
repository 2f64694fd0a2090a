"""Providers, patients and coverages of the staged claims: each kept once, with history.

A remittance says little of them: a patient's row follows from its key alone, and what can differ
between two sendings (a clinician's name, a group number) is chosen so that order does not matter:
the fuller text wins.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import sql

from billing_portal.kernel.models.history import insert_history
from integrations.canonical.apply.staging import execute
from integrations.canonical.models import Coverage, Patient, Provider

NEW_PROVIDERS = """
INSERT INTO integrations_provider (identifier, name)
SELECT provider_identifier, max(provider_name COLLATE "C") FROM stage_claim
WHERE provider_identifier IS NOT NULL
GROUP BY provider_identifier ORDER BY provider_identifier
ON CONFLICT (identifier) DO NOTHING RETURNING *
"""
FULLER_PROVIDERS = """
UPDATE integrations_provider AS held SET name = met.name
FROM (SELECT provider_identifier, max(provider_name COLLATE "C") AS name FROM stage_claim
      WHERE provider_identifier IS NOT NULL GROUP BY provider_identifier) AS met
WHERE held.identifier = met.provider_identifier AND held.name COLLATE "C" < met.name
RETURNING held.*
"""
NEW_PATIENTS = """
INSERT INTO integrations_patient
    (source_id, external_id, family_name, given_name, member_id, source_version)
SELECT DISTINCT ON (patient_key)
    %(source)s::bigint, patient_key, family_name, given_name, member_id, ''
FROM stage_claim WHERE patient_key IS NOT NULL ORDER BY patient_key
ON CONFLICT (source_id, external_id) DO NOTHING RETURNING *
"""
NEW_COVERAGES = """
INSERT INTO integrations_coverage
    (source_id, patient_id, payer_id, member_id, group_number, source_version)
SELECT %(source)s::bigint, patient.id, %(payer)s::bigint, staged.member_id,
       max(staged.group_number COLLATE "C"), ''
FROM stage_claim AS staged
JOIN integrations_patient AS patient
  ON patient.source_id = %(source)s AND patient.external_id = staged.patient_key
WHERE staged.member_id <> ''
GROUP BY patient.id, staged.member_id ORDER BY patient.id, staged.member_id
ON CONFLICT (source_id, patient_id, payer_id, member_id) DO NOTHING RETURNING *
"""
FULLER_COVERAGES = """
UPDATE integrations_coverage AS held SET group_number = met.group_number
FROM (SELECT patient.id AS patient_id, staged.member_id,
             max(staged.group_number COLLATE "C") AS group_number
      FROM stage_claim AS staged
      JOIN integrations_patient AS patient
        ON patient.source_id = %(source)s AND patient.external_id = staged.patient_key
      WHERE staged.member_id <> '' AND staged.group_number <> ''
      GROUP BY patient.id, staged.member_id) AS met
WHERE held.source_id = %(source)s AND held.payer_id = %(payer)s
  AND held.patient_id = met.patient_id AND held.member_id = met.member_id
  AND held.group_number COLLATE "C" < met.group_number
RETURNING held.*
"""


@dataclass(frozen=True, slots=True)
class Authorship:
    """What every history row of one transaction says: who (a user's key) and why."""

    by: int
    reason: str

    def parameters(self) -> dict[str, Any]:
        """For `insert_history`."""
        return {"by": self.by, "reason": self.reason}


def with_history(model: type[Any], statement: str, *, kind: str) -> sql.Composed:
    """A write that returns whole rows, and their history rows in the same statement."""
    return sql.SQL("WITH written AS ({}) {}").format(
        sql.SQL(statement), insert_history(model, rows="written", kind=kind)
    )


def keep_parties(*, source: int, payer: int, authorship: Authorship) -> None:
    """Insert the parties that are new and complete those that are known, from `stage_claim`."""
    parameters = {**authorship.parameters(), "source": source, "payer": payer}
    for model, statement, kind in (
        (Provider, NEW_PROVIDERS, "+"),
        (Provider, FULLER_PROVIDERS, "~"),
        (Patient, NEW_PATIENTS, "+"),
        (Coverage, NEW_COVERAGES, "+"),
        (Coverage, FULLER_COVERAGES, "~"),
    ):
        execute(with_history(model, statement, kind=kind), parameters)

"""The claims that staged adjudications are of: met for the first time, known newer, or known older.

`stage_wanted` holds one row for each claim: the newest that this transaction says of it, with the
keys of its parties. A claim that is known by something newer stays as it is.
"""

from typing import Any

from psycopg import sql

from integrations.canonical.apply.parties import Authorship, with_history
from integrations.canonical.apply.staging import execute, fetch
from integrations.canonical.crosswalks import Scope
from integrations.canonical.models import Claim

# A reversal's charge is negative; what was billed is not.
WANTED = """
WITH newest AS (
    SELECT DISTINCT ON (patient_control_number) * FROM stage_claim
    ORDER BY patient_control_number, version COLLATE "C" DESC
)
INSERT INTO stage_wanted
SELECT newest.patient_control_number, newest.payer_control_number, newest.version,
       CASE newest.status_code WHEN '22' THEN -newest.charge ELSE newest.charge END,
       newest.service_from, newest.service_to, patient.id, provider.id, coverage.id,
       coalesce(%(facility)s::bigint, place.facility_id, %(unassigned)s)
FROM newest
LEFT JOIN integrations_patient AS patient
  ON patient.source_id = %(source)s AND patient.external_id = newest.patient_key
LEFT JOIN integrations_provider AS provider
  ON provider.identifier = newest.provider_identifier
LEFT JOIN integrations_coverage AS coverage
  ON coverage.source_id = %(source)s AND coverage.payer_id = %(payer)s
 AND coverage.patient_id = patient.id AND coverage.member_id = newest.member_id
LEFT JOIN integrations_facilityidentifier AS place
  ON place.source_id = %(source)s AND place.identifier = newest.facility_identifier
"""
INSERT = """
INSERT INTO integrations_claim
    (source_id, payer_identifier, payee_identifier, patient_control_number, payer_control_number,
     payer_id, facility_id, patient_id, provider_id, coverage_id, charge, currency,
     service_from, service_to, source_version)
SELECT %(source)s::bigint, %(payer_identifier)s, %(payee_identifier)s, patient_control_number,
       payer_control_number, %(payer)s::bigint, facility_id, patient_id, provider_id, coverage_id,
       charge, %(currency)s, service_from, service_to, version
FROM stage_wanted ORDER BY patient_control_number
ON CONFLICT (patient_control_number, payer_identifier, payee_identifier) DO NOTHING RETURNING *
"""
UPDATE = """
UPDATE integrations_claim AS held
SET source_id = %(source)s, payer_control_number = wanted.payer_control_number,
    payer_id = %(payer)s, facility_id = wanted.facility_id, patient_id = wanted.patient_id,
    provider_id = wanted.provider_id, coverage_id = wanted.coverage_id, charge = wanted.charge,
    currency = %(currency)s, service_from = wanted.service_from, service_to = wanted.service_to,
    source_version = wanted.version
FROM stage_wanted AS wanted
WHERE held.patient_control_number = wanted.patient_control_number
  AND held.payer_identifier = %(payer_identifier)s AND held.payee_identifier = %(payee_identifier)s
  AND held.source_version COLLATE "C" < wanted.version
RETURNING held.*
"""
MOVE = """
UPDATE integrations_claim AS held
SET payer_id = %(payer)s, facility_id = wanted.facility_id, coverage_id = wanted.coverage_id
FROM stage_wanted AS wanted
WHERE held.patient_control_number = wanted.patient_control_number
  AND held.payer_identifier = %(payer_identifier)s AND held.payee_identifier = %(payee_identifier)s
  AND held.source_version = wanted.version
  AND (held.payer_id, held.facility_id) <> (%(payer)s, wanted.facility_id)
RETURNING held.*
"""


def keep_claims(*, source: int, scope: Scope, keys: dict[str, str], authorship: Authorship) -> None:
    """Insert the claims that are new and bring those up to date that are known by something older.

    `keys`: payer_identifier, payee_identifier, currency. Rows are written in the order of their
    keys, so that two workers meet without a deadlock.
    """
    parameters = parameters_of(source=source, scope=scope, keys=keys, authorship=authorship)
    execute(WANTED, parameters)
    execute(with_history(Claim, INSERT, kind="+"), parameters)
    execute(with_history(Claim, UPDATE, kind="~"), parameters)


def move_claims(
    *, source: int, scope: Scope, keys: dict[str, str], authorship: Authorship
) -> list[int]:
    """Give claims that rest on this transaction the payer and facility of today's crosswalks.

    Needs `keep_claims` before it. Returns the keys of those that moved.
    """
    parameters = parameters_of(source=source, scope=scope, keys=keys, authorship=authorship)
    moved = with_history(Claim, MOVE, kind="~") + sql.SQL(" RETURNING id")
    return [key for (key,) in fetch(moved, parameters)]


def parameters_of(
    *, source: int, scope: Scope, keys: dict[str, str], authorship: Authorship
) -> dict[str, Any]:
    """All that the statements of this module name."""
    return {
        **authorship.parameters(),
        **keys,
        "source": source,
        "payer": scope.payer_id,
        "facility": scope.facility_id,
        "unassigned": scope.unassigned_id,
    }

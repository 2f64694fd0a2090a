"""What clocks allow, written once and shared by all clocks of the same terms."""

import json
from collections.abc import Collection, Iterable

from django.db import connection

from cases.sla.clock_rules import Terms
from cases.sla.models import ClockTerms
from cases.sla.vocabulary import PauseReason, Unit
from cases.work.sets import any_id

TERMS = """
INSERT INTO cases_clockterms (calendar_id, zone, unit, amount, pauses, cap)
SELECT calendar_id, zone, unit, amount, pauses, cap
FROM jsonb_populate_recordset(NULL::cases_clockterms, %(rows)s)
ON CONFLICT (calendar_id, zone, unit, amount, pauses, cap) DO NOTHING
"""


def term_ids(wanted: Iterable[Terms]) -> dict[Terms, int]:
    """The keys of terms; those never used before are written."""
    terms = set(wanted)
    found = _held(terms)
    missing = terms - found.keys()
    if not missing:
        return found
    rows = [
        {
            "calendar_id": each.calendar_id,
            "zone": each.zone,
            "unit": each.unit,
            "amount": each.amount,
            "pauses": sorted(each.pauses),
            "cap": each.cap,
        }
        for each in missing
    ]
    with connection.cursor() as cursor:
        cursor.execute(TERMS, {"rows": json.dumps(rows)})
    return _held(terms)


def _held(terms: Collection[Terms]) -> dict[Terms, int]:
    calendars = any_id({each.calendar_id for each in terms})
    rows = ClockTerms.objects.filter(calendar_id=calendars) if terms else ClockTerms.objects.none()
    return {each: row.pk for row in rows if (each := _as_terms(row)) in terms}


def terms_by_id(ids: Collection[int]) -> dict[int, Terms]:
    return {row.pk: _as_terms(row) for row in ClockTerms.objects.filter(pk=any_id(ids))}


def _as_terms(row: ClockTerms) -> Terms:
    return Terms(
        row.amount,
        Unit(row.unit),
        row.calendar_id,
        row.zone,
        frozenset(PauseReason(each) for each in row.pauses),
        row.cap,
    )

"""What makes denials alike: payer, leading reason, leading remark, first service, facility.

Each part is one field of a case; an empty part means any. A pattern reads the same in Python, as a
queryset's condition, and as SQL over `cases_case AS c`, so that a suggestion counts what its
project gathers.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from psycopg import sql

DENIAL = "denial"
REMARK = sql.SQL("coalesce(c.details #>> '{remarks,0}', '')")
SERVICE = sql.SQL("coalesce(c.details #>> '{lines,0,procedure}', '')")
MATCHES = sql.SQL(
    "c.case_type = {denial}"
    " AND (%(payer)s::bigint IS NULL OR c.payer_id = %(payer)s::bigint)"
    " AND (%(facility)s::bigint IS NULL OR c.facility_id = %(facility)s::bigint)"
    " AND (%(code)s = '' OR c.code = %(code)s)"
    " AND (%(remark)s = '' OR {remark} = %(remark)s)"
    " AND (%(service)s = '' OR {service} = %(service)s)"
).format(denial=sql.Literal(DENIAL), remark=REMARK, service=SERVICE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """Primary keys of payer and facility; code, remark and service as cases hold them."""

    payer_id: int | None = None
    code: str = ""
    remark: str = ""
    service: str = ""
    facility_id: int | None = None

    @property
    def parts(self) -> int:
        """How many of its parts say something."""
        return sum(map(bool, self.values))

    @property
    def parameters(self) -> dict[str, Any]:
        """For `MATCHES`."""
        return {
            "payer": self.payer_id,
            "facility": self.facility_id,
            "code": self.code,
            "remark": self.remark,
            "service": self.service,
        }

    def condition(self) -> Q:
        """The denials that it fits."""
        found = Q(case_type=DENIAL)
        if self.payer_id:
            found &= Q(payer=self.payer_id)
        if self.facility_id:
            found &= Q(facility=self.facility_id)
        if self.code:
            found &= Q(code=self.code)
        if self.remark:
            found &= Q(details__remarks__0=self.remark)
        if self.service:
            found &= Q(details__lines__0__procedure=self.service)
        return found

    def holds(self, other: "Pattern") -> bool:
        """Whether whatever fits the other one fits this one too."""
        return all(
            not mine or mine == theirs
            for mine, theirs in zip(self.values, other.values, strict=True)
        )

    @property
    def values(self) -> tuple[Any, ...]:
        """Its parts, in order."""
        return (self.payer_id, self.code, self.remark, self.service, self.facility_id)

"""What was given among the cases of some claims, and which cases can be merged."""

from collections.abc import Collection

from django.db import connection
from django.db.models import Q

from billing_portal.accounts.models import User
from cases.joining.models import Allotment
from cases.joining.shares import Gift, Share, Shares, shares
from cases.work.lifecycle import WORKABLE
from cases.work.models import Case
from cases.work.querysets import CaseQuerySet
from integrations.canonical.models import Claim

# From these claims to all that are joined with them, however far; then what was given of them.
JOINED = """
WITH RECURSIVE near (claim_id) AS (
    SELECT unnest(%(claims)s::bigint[])
    UNION
    SELECT also.claim_id FROM near CROSS JOIN LATERAL (
        SELECT a.holder_claim_id FROM cases_allotment AS a WHERE a.claim_id = near.claim_id
        UNION ALL
        SELECT a.claim_id FROM cases_allotment AS a WHERE a.holder_claim_id = near.claim_id
    ) AS also (claim_id)
)
SELECT a.claim_id, a.item, a.holder, a.holder_claim_id
FROM cases_allotment AS a JOIN near ON near.claim_id = a.claim_id ORDER BY a.id
"""


def shares_of(claim_ids: Collection[int]) -> Shares:
    """Who holds what of these claims and of all that are joined with them. One query."""
    with connection.cursor() as cursor:
        cursor.execute(JOINED, {"claims": list(claim_ids)})
        rows = cursor.fetchall()
    return shares(Gift(Share(*row[:2]), *row[2:]) for row in rows)


def given_at(case: Case, *, version: int) -> list[Allotment]:
    """All that was given by the merge or split that made one version of a case."""
    gave = Q(giver=case, giver_version=version)
    got = Q(holder=case.key, holder_version=version)
    one = Allotment.objects.filter(gave | got).order_by("pk").first()
    if one is None:
        return []
    whole = Allotment.objects.filter(holder=one.holder, holder_version=one.holder_version)
    return list(whole.select_related("giver").order_by("pk"))


def mergeable(case: Case, *, reader: User) -> CaseQuerySet:
    """The cases that a reader sees and that could be one with this case, by number."""
    if case.claim is None:
        return Case.objects.none()
    same = Claim.objects.filter(same_account(case.claim)).order_by().values("pk")
    return (
        Case.objects.visible_to(reader)
        .filter(
            case_type=case.case_type,
            currency=case.currency,
            claim__in=same,
            status__in=sorted(WORKABLE),
        )
        .exclude(pk=case.pk)
        .for_list()
        .order_by("pk")
    )


def same_account(claim: Claim) -> Q:
    """The claims of the same patient, or of the same account at the same payee; itself too."""
    account = Q(
        patient_control_number=claim.patient_control_number,
        payee_identifier=claim.payee_identifier,
    )
    same = Q(pk=claim.pk) | account
    return same | Q(patient=claim.patient_id) if claim.patient_id is not None else same

"""Putting policies in force: each that says something else by its next version."""

import json
from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.versions import write_version
from cases.approvals.models import Policy

PUBLISH = """
INSERT INTO cases_policyversion (policy, number, matter, content, digest)
SELECT given.policy,
       1 + coalesce((SELECT max(v.number) FROM cases_policyversion AS v
                     WHERE v.policy = given.policy), 0),
       given.content ->> 'matter', given.content,
       encode(sha256(convert_to(given.content::text, 'UTF8')), 'hex')
FROM (SELECT %s::text AS policy, %s::jsonb AS content) AS given
RETURNING id
"""


@transaction.atomic
def replace_policies(*, wanted: Mapping[str, Mapping[str, Any]], by: User, reason: str) -> int:
    """Let the policies be these contents, by key; requests keep the version they were asked under.

    One that is not among them is never chosen again. Locks the policies. Returns how many changed.
    """
    held = {
        policy.key: policy
        for policy in Policy.objects.select_for_update(of=("self",))
        .select_related("current")
        .order_by("pk")
    }
    changed = 0
    for key, content in wanted.items():
        columns = {
            "key": key,
            "matter": content["matter"],
            "is_active": True,
            "current_id": _version(held.get(key), key, content),
        }
        changed += write_version(held.get(key), columns, model=Policy, by=by, reason=reason)
    for key in held.keys() - wanted.keys():
        gone = {"is_active": False}
        changed += write_version(held[key], gone, model=Policy, by=by, reason=reason)
    return changed


def _version(policy: Policy | None, key: str, content: Mapping[str, Any]) -> int:
    """The version that says just this: the one that holds, or a new one."""
    current = policy.current if policy else None
    if current is not None and current.content == content:
        return current.pk
    with connection.cursor() as cursor:
        cursor.execute(PUBLISH, [key, json.dumps(content)])
        return int(cursor.fetchone()[0])

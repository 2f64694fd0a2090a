"""The only writers of roles and of who holds them."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from billing_portal.access.roles import ROLES, Role
from billing_portal.accounts.models import Membership, User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import delete_because, save_because


@transaction.atomic
def sync_roles() -> None:
    """Make each role's group hold just the permissions that the role's class says."""
    known = {
        f"{app_label}.{codename}": pk
        for app_label, codename, pk in Permission.objects.values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    for role in ROLES:
        sync_role(role, known)


def sync_role(role: Role, known: dict[str, int]) -> None:
    """One role's group. A permission that no model declares is a mistake: KeyError."""
    group, _is_new = Group.objects.get_or_create(name=role.key)
    group.permissions.set([known[permission] for permission in sorted(role.permissions)])


@transaction.atomic
def join(*, user: User, group: Group, by: User, reason: str) -> Membership:
    """Give a person a role; given twice is given once. Audited on the user's chain."""
    held = Membership.objects.select_for_update().filter(user=user, group=group).first()
    if held is not None:
        return held
    membership = Membership(user=user, group=group)
    save_because(membership, by=by, reason=reason)
    record(user, group, verb="role.given", by=by, reason=reason)
    return membership


@transaction.atomic
def leave(*, user: User, group: Group, by: User, reason: str) -> None:
    """Take a role from a person. Audited on the user's chain."""
    held = Membership.objects.select_for_update().filter(user=user, group=group).first()
    if held is None:
        return
    delete_because(held, by=by, reason=reason)
    record(user, group, verb="role.taken", by=by, reason=reason)


def record(user: User, group: Group, *, verb: str, by: User, reason: str) -> None:
    """Note a change of roles."""
    audit.record(
        chain=f"user:{user.pk}",
        verb=verb,
        subject=f"user:{user.pk}",
        by=by,
        reason=reason,
        role=group.name,
    )

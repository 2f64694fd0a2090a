"""The only writers of roles and of who holds them."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction

from billing_portal.access.duties import clashes
from billing_portal.access.roles import BY_KEY, ROLES, Role
from billing_portal.accounts.models import Membership, User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import delete_because, save_because
from billing_portal.kernel.pure.errors import DomainError

SYNC_REASON = "The release says what the role may do"


class RolesClash(DomainError):
    """The person holds a role that excludes this one (segregation of duties)."""

    code = "roles_clash"


@transaction.atomic
def sync_roles() -> None:
    """Make each role's group hold just the permissions that the role's class says.

    Done by `migrate`. A change is audited on `config:group`. A permission that no model declares is
    a mistake: KeyError. Three queries where nothing is to be done.
    """
    known = {
        f"{app_label}.{codename}": pk
        for app_label, codename, pk in Permission.objects.values_list(
            "content_type__app_label", "codename", "pk"
        )
    }
    groups = Group.objects.filter(name__in=BY_KEY).prefetch_related("permissions")
    held = {group.name: {each.pk for each in group.permissions.all()} for group in groups}
    for role in ROLES:
        wanted = {known[permission] for permission in role.permissions}
        if held.get(role.key) != wanted:
            _sync(role, wanted, held.get(role.key, set()), known)


def _sync(role: Role, wanted: set[int], held: set[int], known: dict[str, int]) -> None:
    group, _is_new = Group.objects.get_or_create(name=role.key)
    group.permissions.set(sorted(wanted))
    names = {pk: name for name, pk in known.items()}
    audit.record(
        chain="config:group",
        verb="role.synced",
        subject=f"group:{group.pk}",
        by=User.objects.system("installation"),
        reason=SYNC_REASON,
        role=role.key,
        given=sorted(names[pk] for pk in wanted - held),
        taken=sorted(names[pk] for pk in held - wanted),
    )


@transaction.atomic
def join(*, user: User, group: Group, by: User, reason: str) -> Membership:
    """Give a person a role; given twice is given once. Tracked, audited on the user's chain.

    The set-up pages open with the first role that enters them. Locks the user, so that two roles
    that exclude each other cannot be given at once. Raises RolesClash.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    held = Membership.objects.filter(user=user, group=group).first()
    if held is not None:
        return held
    _refuse_clash(user, group)
    membership = Membership(user=user, group=group)
    save_because(membership, by=by, reason=reason)
    if _enters_setup(group) and locked.is_person:
        _set_entry(locked, enters=True, by=by, reason=reason)
    _record("role.given", user, group, by=by, reason=reason)
    return membership


def _refuse_clash(user: User, group: Group) -> None:
    """Only roles exclude each other: a team or a site's group is what a role is held for."""
    if group.name not in BY_KEY:
        return
    roles = user.groups.filter(name__in=BY_KEY)
    found = clashes(group.name, roles.values_list("name", flat=True))
    if found:
        labels = ", ".join(BY_KEY[name].label if name in BY_KEY else name for name in found)
        raise RolesClash(
            f"{user} is {labels}: nobody holds both (segregation of duties).", roles=found
        )


@transaction.atomic
def leave(*, user: User, group: Group, by: User, reason: str) -> None:
    """Take a role from a person, effective with the next request. Tracked and audited as `join`.

    The set-up pages close with the last role that enters them. Locks the user.
    """
    locked = User.objects.select_for_update().get(pk=user.pk)
    held = Membership.objects.filter(user=user, group=group).first()
    if held is None:
        return
    delete_because(held, by=by, reason=reason)
    if not (locked.is_superuser or any(map(_enters_setup, locked.groups.all()))):
        _set_entry(locked, enters=False, by=by, reason=reason)
    _record("role.taken", user, group, by=by, reason=reason)


def _enters_setup(group: Group) -> bool:
    return group.name in BY_KEY and BY_KEY[group.name].enters_setup


def _set_entry(locked: User, *, enters: bool, by: User, reason: str) -> None:
    if locked.is_staff == enters:
        return
    locked.is_staff = enters
    locked.version += 1
    save_because(locked, by=by, reason=reason, fields=["is_staff", "version"])


def _record(verb: str, user: User, group: Group, *, by: User, reason: str) -> None:
    audit.record(
        chain=f"user:{user.pk}",
        verb=verb,
        subject=f"user:{user.pk}",
        by=by,
        reason=reason,
        role=group.name,
    )

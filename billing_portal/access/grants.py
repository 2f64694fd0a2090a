"""Grants: which groups may do what on which queues and facilities.

The one way to make and take them, and the one way to read them: once a request, as keys. Each
stands beside its thing and dies with it by a foreign key; guardian's generic tables take no rows,
so no grant outlives what it is on.
"""

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from guardian.models import GroupObjectPermissionBase
from guardian.utils import get_group_obj_perms_model

from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import delete_because, save_because


def grants_model(model: type[models.Model]) -> type[GroupObjectPermissionBase]:
    """The table of direct grants beside a scoping model (queue, facility)."""
    found: type[GroupObjectPermissionBase] = get_group_obj_perms_model(model)
    return found


def permission_of(thing: models.Model, codename: str) -> Permission:
    """The permission of a thing's model."""
    return Permission.objects.get(
        content_type__app_label=thing._meta.app_label,
        content_type__model=thing._meta.model_name,
        codename=codename,
    )


@transaction.atomic
def grant(*, group: Group, codename: str, on: models.Model, by: User, reason: str) -> None:
    """Give a group a permission on one queue or facility; given twice is given once.

    Tracked, and audited on the chain of the thing's table. Raises Permission.DoesNotExist when the
    thing's model has no such permission.
    """
    permission = permission_of(on, codename)
    held = grants_model(type(on)).objects.filter(
        group=group, permission=permission, content_object=on
    )
    if held.exists():
        return
    row = grants_model(type(on))(group=group, permission=permission, content_object=on)
    save_because(row, by=by, reason=reason)
    _record("grant.made", group, codename, on, by=by, reason=reason)


@transaction.atomic
def revoke(*, group: Group, codename: str, on: models.Model, by: User, reason: str) -> None:
    """Take a permission on one queue or facility from a group; effective with the next request.

    Tracked and audited as `grant`.
    """
    held = (
        grants_model(type(on))
        .objects.select_for_update(of=("self",))
        .filter(group=group, permission=permission_of(on, codename), content_object=on)
    )
    for row in held.order_by("pk"):
        delete_because(row, by=by, reason=reason)
        _record("grant.taken", group, codename, on, by=by, reason=reason)


def _record(
    verb: str, group: Group, codename: str, on: models.Model, *, by: User, reason: str
) -> None:
    audit.record(
        chain=f"config:{on._meta.model_name}",
        verb=verb,
        subject=f"{on._meta.model_name}:{on.pk}",
        by=by,
        reason=reason,
        group=group.name,
        permission=codename,
    )


def scope_ids(user: Any, permission: str) -> frozenset[int]:
    """Keys of the things on which a person's groups hold a permission ("cases.view_queue").

    Empty for the inactive and the anonymous. A superuser is nobody special here. Read once and kept
    on the user object, which lives for one request.
    """
    if not isinstance(user, User) or not user.is_active:
        return frozenset()
    kept: dict[str, frozenset[int]] = user.__dict__.setdefault("_scope_ids", {})
    if permission not in kept:
        kept[permission] = read_scope(user, permission)
    return kept[permission]


def read_scope(user: User, permission: str) -> frozenset[int]:
    """One query for `scope_ids`."""
    app_label, _, codename = permission.partition(".")
    model = apps.get_model(app_label, codename.rpartition("_")[2])
    granted = grants_model(model).objects.filter(
        group__user=user,
        permission__codename=codename,
        permission__content_type__app_label=app_label,
    )
    return frozenset(granted.values_list("content_object_id", flat=True))


def may(user: Any, permission: str) -> bool:
    """Whether somebody's roles hold a permission; being a superuser adds nothing."""
    return isinstance(user, User) and user.is_active and permission in user.role_permissions

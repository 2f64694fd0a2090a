"""Grants: which groups may do what on which queues and facilities.

The one way to make and take them, and the one way to read them: once a request, as keys. Each
stands beside its thing and dies with it by a foreign key; guardian's generic tables take no rows,
so no grant outlives what it is on.
"""

from collections import defaultdict
from functools import cache
from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from guardian.models import GroupObjectPermissionBase
from guardian.utils import get_group_obj_perms_model

from billing_portal.access.models import EmergencyGrant
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import delete_because, save_because


def grants_model(model: type[models.Model]) -> type[Any]:
    """The table of direct grants beside a scoping model (queue, facility)."""
    found: type[Any] = get_group_obj_perms_model(model)  # type: ignore[arg-type]  # takes either
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
    kept: dict[str, frozenset[int]] | None = user.__dict__.get("_scopes")
    if kept is None:
        kept = user.__dict__["_scopes"] = read_scopes(user)
    return kept.get(permission, frozenset())


def read_scopes(user: User) -> dict[str, frozenset[int]]:
    """All that a person's groups were granted, by permission: one query over every grant table.

    With what an emergency opens to the person alone, while it lasts.
    """
    emergencies = (
        EmergencyGrant.objects.in_force()
        .filter(user=user)
        .order_by()
        .values_list("permission__content_type__app_label", "permission__codename", "thing_id")
    )
    tables = [
        model.objects.filter(group__user=user)
        .order_by()
        .values_list(
            "permission__content_type__app_label", "permission__codename", "content_object_id"
        )
        for model in grant_tables()
    ]
    held: dict[str, set[int]] = defaultdict(set)
    for app_label, codename, thing in emergencies.union(*tables, all=True):
        held[f"{app_label}.{codename}"].add(thing)
    return {permission: frozenset(things) for permission, things in held.items()}


@cache
def grant_tables() -> list[Any]:
    """The tables of direct grants to groups; guardian's generic one is not used here."""
    tables: list[Any] = [
        model for model in apps.get_models() if issubclass(model, GroupObjectPermissionBase)
    ]
    direct = [model for model in tables if not model.objects.is_generic()]
    return sorted(direct, key=lambda model: model._meta.label)


def may(user: Any, permission: str) -> bool:
    """Whether somebody's roles hold a permission; being a superuser adds nothing."""
    return isinstance(user, User) and user.is_active and permission in user.role_permissions

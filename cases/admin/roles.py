"""Roles: what each holds is written in code; on which queues and facilities is granted here."""

from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse

from billing_portal.access.grants import grant, grants_model, revoke
from billing_portal.access.people.asking import ReasonForm
from billing_portal.access.record_admin import RecordAdmin
from billing_portal.access.roles import BY_KEY
from billing_portal.accounts.models import User
from cases.work.models import Queue
from integrations.canonical.models import Facility

CHANGE = "auth.change_group"
NO_ROLE = "A team or a site: what its people see, work and lead is granted on its page."


@dataclass(frozen=True, slots=True)
class Scoping:
    """One kind of thing that grants are about, and what can be granted on it."""

    title: str
    model: type[models.Model]
    verbs: tuple[tuple[str, str], ...]
    order: tuple[str, ...]

    def things(self) -> models.QuerySet[Any]:
        """All of them, in their order."""
        rows: Any = self.model
        ordered: models.QuerySet[Any] = rows.objects.order_by(*self.order)
        return ordered

    def held(self, group: Group) -> set[tuple[str, int]]:
        """What a group holds: codename and key."""
        rows = grants_model(self.model).objects.filter(group=group)
        return set(rows.values_list("permission__codename", "content_object_id"))


SCOPINGS = (
    Scoping(
        "Queues",
        Queue,
        (("view_queue", "Sees"), ("work_queue", "Works"), ("lead_queue", "Leads")),
        ("position", "pk"),
    ),
    Scoping("Facilities", Facility, (("view_facility", "Sees"),), ("name", "pk")),
)


@dataclass(frozen=True, slots=True)
class Box:
    """One tick of the table."""

    name: str
    label: str
    is_ticked: bool


@admin.register(Group)
class RoleAdmin(RecordAdmin):
    """Roles in words, who holds them, and a page of grants."""

    change_form_template = "admin/role/change_form.html"
    list_display = ("label", "meaning", "holders")
    fields = ("label", "name", "meaning", "people", "permissions")
    ordering = ("name",)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Group]:
        """With how many active people hold each."""
        active = models.Count("user", filter=models.Q(user__is_active=True))
        roles: models.QuerySet[Group] = super().get_queryset(request).annotate(active=active)
        return roles

    @admin.display(description="Role")
    def label(self, group: Group) -> str:
        """Its name in words."""
        return BY_KEY[group.name].label if group.name in BY_KEY else group.name

    @admin.display(description="Held by")
    def holders(self, group: Any) -> int:
        """How many active people hold it."""
        count: int = group.active
        return count

    @admin.display(description="Held by")
    def people(self, group: Group) -> str:
        """Who holds it, by name."""
        held = User.objects.filter(groups=group, is_active=True).order_by("full_name", "username")
        return ", ".join(map(str, held)) or "Nobody."

    @admin.display(description="What it is for")
    def meaning(self, group: Group) -> str:
        """The role's words."""
        role = BY_KEY.get(group.name)
        return role.description if role else NO_ROLE

    def get_urls(self) -> list[URLPattern]:
        """With the page of grants."""
        view = self.admin_site.admin_view(self.grants_view)
        return [path("<int:pk>/grants/", view, name="auth_group_grants"), *super().get_urls()]

    def grants_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Tick what a role's people may see, work and lead; save with a reason."""
        group = get_object_or_404(Group, pk=pk)
        if not request.user.has_perm(CHANGE):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            changed = save(group, wanted=set(request.POST), by=request.user, **form.cleaned_data)
            messages.success(request, f"{changed} grants of “{group}” were changed.")
            return redirect("admin:auth_group_grants", pk)
        context = {
            **self.admin_site.each_context(request),
            "title": f"Grants of {group}",
            "tables": [table(scoping, group) for scoping in SCOPINGS],
            "form": form,
            "back": reverse("admin:auth_group_change", args=[pk]),
        }
        return TemplateResponse(request, "admin/role/grants.html", context)


def table(scoping: Scoping, group: Group) -> dict[str, Any]:
    """The ticks of one kind of thing."""
    held = scoping.held(group)
    rows = [
        (
            thing,
            [
                Box(f"{codename}:{thing.pk}", f"{label}: {thing}", (codename, thing.pk) in held)
                for codename, label in scoping.verbs
            ],
        )
        for thing in scoping.things()
    ]
    heads = [label for _codename, label in scoping.verbs]
    return {"title": scoping.title, "heads": heads, "rows": rows}


@transaction.atomic
def save(group: Group, *, wanted: set[str], by: Any, reason: str) -> int:
    """Make and take grants until the group holds just what is ticked; how many changed."""
    assert isinstance(by, User)
    changed = 0
    for scoping in SCOPINGS:
        held = scoping.held(group)
        for thing in scoping.things():
            for codename, _label in scoping.verbs:
                is_wanted = f"{codename}:{thing.pk}" in wanted
                if is_wanted != ((codename, thing.pk) in held):
                    change = grant if is_wanted else revoke
                    change(group=group, codename=codename, on=thing, by=by, reason=reason)
                    changed += 1
    return changed

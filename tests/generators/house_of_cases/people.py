"""Who works in the house: made through the services, as everybody is."""

from dataclasses import dataclass

from django.contrib.auth.models import Group
from django.db import transaction

from billing_portal.access.actor import acting, system_actor
from billing_portal.access.grants import grant
from billing_portal.access.services import join, sync_roles
from billing_portal.accounts.models import User
from cases.work.models import Queue
from integrations.canonical.models import Facility, Payer, Source

STAFF, LEAD, STRANGER = 60, "bench-lead", "bench-stranger"
FACILITIES, HIDDEN, PAYERS = 11, "bench-hidden", 40
REASON = "For a benchmark"


@dataclass(frozen=True, slots=True)
class House:
    """Keys of who and what there is; `hidden` is the facility that nobody was granted."""

    staff: list[int]
    lead: int
    detection: int
    source: int
    queues: dict[str, int]
    facilities: list[int]
    hidden: int
    payers: list[int]


def furnish() -> House:
    """Sites, payers and people with their grants; done again, it finds them there."""
    sync_roles()
    builder = system_actor("tests")
    with transaction.atomic(), acting(by=builder, reason=REASON):
        source = Source.objects.get_or_create(
            name="bench", defaults={"label": "Generated", "connector": "x12_835"}
        )[0]
        facilities = [
            Facility.objects.get_or_create(key=f"bench-{n}", defaults={"name": f"Hospital {n}"})[0]
            for n in range(1, FACILITIES + 1)
        ]
        hidden = Facility.objects.get_or_create(key=HIDDEN, defaults={"name": "Hidden"})[0]
        payers = [
            Payer.objects.get_or_create(
                key=f"bench-{n}", defaults={"name": f"Health Plan {n}", "is_confirmed": True}
            )[0].pk
            for n in range(1, PAYERS + 1)
        ]
        names = [LEAD, STRANGER, *(f"bench-{n}" for n in range(1, STAFF + 1))]
        people = {name: person(name) for name in names}
    open_doors(facilities, builder)
    for name in names:
        role = {LEAD: "team_lead", STRANGER: "coder"}.get(name, "denial_specialist")
        join(user=people[name], group=Group.objects.get(name=role), by=builder, reason=REASON)
    return House(
        staff=[people[f"bench-{n}"].pk for n in range(1, STAFF + 1)],
        lead=people[LEAD].pk,
        detection=system_actor("detection").pk,
        source=source.pk,
        queues=dict(Queue.objects.order_by("position", "pk").values_list("key", "pk")),
        facilities=[facility.pk for facility in facilities],
        hidden=hidden.pk,
        payers=payers,
    )


def person(name: str) -> User:
    """Somebody by this name."""
    found = User.objects.filter(username=name).first()
    full_name = name.replace("-", " ").title()
    return found or User.objects.create_user(name, "Passw0rd-for-tests", full_name=full_name)


def open_doors(facilities: list[Facility], builder: User) -> None:
    """Leads and specialists see and work every queue at every site but the hidden one."""
    for role in ("team_lead", "denial_specialist"):
        group = Group.objects.get(name=role)
        for queue in Queue.objects.order_by("pk"):
            for codename in ("view_queue", "work_queue"):
                grant(group=group, codename=codename, on=queue, by=builder, reason=REASON)
        for facility in facilities:
            grant(group=group, codename="view_facility", on=facility, by=builder, reason=REASON)

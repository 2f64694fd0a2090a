"""Makes the demo's organisation: source, payers, facilities, people, teams and their grants.

Everything is made once: run again, nothing changes. Each row has its history, each grant its audit
event, by the system that sets the demo up.
"""

from datetime import date

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import transaction

from billing_portal.access.grants import grant
from billing_portal.access.roles import BY_KEY
from billing_portal.access.services import join
from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.ledger import keep_books
from billing_portal.management.demo.organisation import FACILITIES, PAYERS
from billing_portal.management.demo.people import (
    EVERYWHERE,
    PASSWORD,
    PEOPLE,
    TEAMS,
    UNASSIGNED,
    Person,
)
from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.models import DeadlineRule
from cases.work.models import Queue
from integrations.canonical.models import (
    Facility,
    FacilityIdentifier,
    Payer,
    PayerIdentifier,
    Source,
)

SOURCE = "clearinghouse"
FOLDER = "drop/clearinghouse"  # below the portal's home
IN_FORCE = date(2020, 1, 1)
# Days from the remittance, by class of payer; Medicare's first appeal is the house's own rule.
TIME_LEFT = {
    "commercial": {ClockType.APPEAL_1: 180, ClockType.CORRECTED_CLAIM: 120},
    "medicare": {ClockType.CORRECTED_CLAIM: 365},
    "medicare_advantage": {ClockType.APPEAL_1: 65, ClockType.CORRECTED_CLAIM: 90},
    "medicaid": {ClockType.APPEAL_1: 60, ClockType.CORRECTED_CLAIM: 90},
    "tricare": {ClockType.APPEAL_1: 90, ClockType.CORRECTED_CLAIM: 90},
}
REASON = "Part of the demo organisation"
SEE_SITE = "view_facility"


@transaction.atomic
def arrange(*, by: User) -> Source:
    """Make what is not there yet, and return the source of the remittances."""
    source = _source(by=by)
    _payers(source, by=by)
    _deadline_rules(by=by)
    sites = _facilities(source, by=by)
    teams = _teams(by=by)
    _people(teams | sites, by=by)
    keep_books(by=by)
    return source


def _source(*, by: User) -> Source:
    held = Source.objects.filter(name=SOURCE).first()
    made = held or Source(
        name=SOURCE,
        label="Clearinghouse (demo)",
        connector="x12_835",
        folder=FOLDER,
        poll_seconds=60,
    )
    if held is None:
        save_because(made, by=by, reason=REASON)
    return made


def _payers(source: Source, *, by: User) -> None:
    held = set(Payer.objects.values_list("key", flat=True))
    for profile in PAYERS:
        if profile.key in held:
            continue
        payer = Payer(
            key=profile.key,
            name=profile.name,
            payer_class=profile.payer_class,
            is_confirmed=True,
        )
        save_because(payer, by=by, reason=REASON)
        known_as = PayerIdentifier(source=source, identifier=profile.identifier, payer=payer)
        save_because(known_as, by=by, reason=REASON)


def _deadline_rules(*, by: User) -> None:
    """What the fictional payers' fictional contracts leave; federal rules come with the house."""
    payers = {payer.key: payer for payer in Payer.objects.filter(key__in=[p.key for p in PAYERS])}
    held = set(DeadlineRule.objects.filter(payer__in=payers.values()).values_list("payer__key"))
    for profile in PAYERS:
        if (profile.key,) in held:
            continue
        for clock_type, days in TIME_LEFT[profile.payer_class].items():
            rule = DeadlineRule(
                payer=payers[profile.key],
                clock_type=clock_type,
                base_event=BaseEvent.NOTICE,
                days=days,
                citation=f"Contract of {profile.name}, made up for this demo",
                valid_from=IN_FORCE,
            )
            save_because(rule, by=by, reason=REASON)


def _facilities(source: Source, *, by: User) -> dict[str, Group]:
    """The facilities, and a group for each that sees it; and one that sees them all."""
    everywhere = _group("All sites (demo)")
    groups = {EVERYWHERE: everywhere}
    for site in FACILITIES:
        facility = Facility.objects.filter(key=site.key).first()
        if facility is None:
            facility = Facility(key=site.key, name=site.name, time_zone=site.time_zone)
            save_because(facility, by=by, reason=REASON)
            known_as = FacilityIdentifier(source=source, identifier=site.npi, facility=facility)
            save_because(known_as, by=by, reason=REASON)
        groups[site.key] = _group(f"Site: {site.name}")
        for group in (groups[site.key], everywhere):
            grant(group=group, codename=SEE_SITE, on=facility, by=by, reason=REASON)
    unassigned = Facility.objects.get(key=UNASSIGNED)
    grant(group=everywhere, codename=SEE_SITE, on=unassigned, by=by, reason=REASON)
    return groups


def _teams(*, by: User) -> dict[str, Group]:
    queues = {queue.key: queue for queue in Queue.objects.all()}
    groups = {}
    for team in TEAMS:
        groups[team.key] = _group(f"Team: {team.name} (demo)")
        for key in team.queues:
            for codename in team.may:
                grant(
                    group=groups[team.key], codename=codename, on=queues[key], by=by, reason=REASON
                )
    return groups


def _people(groups: dict[str, Group], *, by: User) -> None:
    held = set(User.objects.values_list("username", flat=True))
    password = make_password(PASSWORD)
    for person in PEOPLE:
        if person.username not in held:
            _person(person, password, groups, by=by)


def _person(person: Person, password: str, groups: dict[str, Group], *, by: User) -> None:
    role = BY_KEY[person.role]
    user = User(
        username=person.username,
        email=person.email,
        full_name=person.full_name,
        password=password,
        is_staff=role.enters_setup,
    )
    save_because(user, by=by, reason=REASON)
    for group in (
        Group.objects.get(name=role.key),
        *(groups[key] for key in (*person.teams, *person.sites)),
    ):
        join(user=user, group=group, by=by, reason=REASON)


def _group(name: str) -> Group:
    return Group.objects.get_or_create(name=name)[0]

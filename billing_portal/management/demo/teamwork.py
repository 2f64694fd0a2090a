"""The demo's people together: labels, macros and steps of their own, watches, links, people named.

Made at the end of what is played, so that what people were told stands new in their inboxes; what
they were told of in the ninety days before is done with.
"""

from datetime import datetime

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.arranging import REASON
from billing_portal.management.demo.people import PEOPLE
from cases.actions import inbox, sharing, working
from cases.collaboration.models import Label, Macro
from cases.collaboration.queries import labels_for
from cases.collaboration.vocabulary import LinkKind, MacroVerb, Tone
from cases.notices.models import Notification
from cases.work.models import Case, ChecklistItem, NoteKind
from cases.work.visibility import WORK_QUEUE, may_see

SYSTEM = "demo"
LABELS = (
    ("surgery", "Surgery", Tone.INFO),
    ("month-end", "Month end", Tone.WARN),
    ("payer-error", "Payer’s error", Tone.BAD),
)
MACROS = (
    (
        "sent-again",
        "Sent again, wait",
        "Sent {reference} again to {payer} on {today}; answer awaited.",
        MacroVerb.WAIT_PAYER,
    ),
    (
        "looked-up",
        "Looked up, nothing new",
        "Looked up {reference} in the portal of {payer} on {today}: nothing new.",
        "",
    ),
)
STEP = ("AUTH", "surgeon-fax", "Ask the surgeon’s office for the payer’s approval letter")
WATCHER, WRITER, NAMED = "marcus", "daniel", "priya"
SHARED = 4


def share(*, at: datetime) -> int:
    """Let the demo's people work together on a few cases; returns how many. Done twice: once."""
    if Label.objects.filter(key=LABELS[0][0]).exists():
        return 0
    word()
    people = {user.username: user for user in User.objects.filter(username__in=USERNAMES)}
    for person in people.values():
        newest = Notification.objects.filter(user=person).order_by("-pk").first()
        if newest is not None:
            inbox.finish_all(by=person, at=at, up_to=newest.pk)
    writer = people[WRITER]
    seen = Case.objects.visible_to(people[NAMED]).filter(queue__in=worked_by(writer))
    shared = list(seen.visible_to(writer).open().order_by("-amount_at_risk", "pk")[:SHARED])
    for case in shared:
        gather(case, people)
    if len(shared) > 1:
        sharing.link(
            case=shared[0],
            other=shared[1],
            kind=LinkKind.RELATED,
            by=writer,
            reason="The same payer rule decides both.",
        )
    return len(shared)


def word() -> None:
    """The site's own words."""
    by = system_actor(SYSTEM)
    for key, name, tone in LABELS:
        save_because(Label(key=key, name=name, tone=tone), by=by, reason=REASON)
    for position, (key, name, text, verb) in enumerate(MACROS, start=1):
        macro = Macro(
            key=key, name=name, text=text, verb=verb, position=position, note_kind=NoteKind.PORTAL
        )
        save_because(macro, by=by, reason=REASON)
    category, key, words = STEP
    save_because(ChecklistItem(category=category, key=key, words=words), by=by, reason=REASON)


def worked_by(person: User) -> frozenset[int]:
    """The queues that somebody works."""
    return scope_ids(person, WORK_QUEUE)


def gather(case: Case, people: dict[str, User]) -> None:
    """A lead watches it, it carries a label, and one person names another in a note."""
    watcher, writer = people[WATCHER], people[WRITER]
    if may_see(watcher, case):
        sharing.watch(case=case, by=watcher)
    sharing.set_labels(case=case, labels=list(labels_for(case)[:1]), by=writer)
    text = f"@{NAMED} you had one like it last month: which letter did they want?"
    working.comment(case=case, by=writer, text=text)


USERNAMES = [person.username for person in PEOPLE]

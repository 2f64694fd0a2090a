"""The demo's saved views, and many cases that were changed at once and can still be taken back."""

from datetime import datetime

from django.contrib.auth.models import Group
from django.urls import reverse

from billing_portal.accounts.models import User
from billing_portal.management.demo.staff import LEAD
from cases.actions import bulking, saved_views
from cases.bulk.models import BulkVerb
from cases.collaboration.models import CaseLabel, Label
from cases.views.models import SavedView, Sharing
from cases.work.models import Case

TEAM, SPECIALIST = "Team: Denial leads (demo)", "daniel"
CHANGED = 12
OWNED_COLUMNS = ("due", "case", "payer", "queue", "amount", "owner")


def play(*, now: datetime) -> None:
    """All of it, once."""
    if SavedView.objects.exists():
        return
    lead = User.objects.get(username=LEAD)
    keep_views(lead, User.objects.get(username=SPECIALIST))
    label_many(lead, now=now)


def keep_views(lead: User, specialist: User) -> None:
    """What a team sees first in a queue, a list that it shares, and one of somebody's own."""
    team = Group.objects.get(name=TEAM)
    saved_views.save(
        by=lead,
        name="Nobody's yet",
        path=reverse("cases:queue", args=["timely-filing"]),
        query="view=unassigned&sort=due",
        sharing=Sharing.ROLE,
        group=team,
    )
    saved_views.save(
        by=lead,
        name="Overdue, largest first",
        path=reverse("cases:all"),
        query="view=overdue&sort=amount",
        columns=OWNED_COLUMNS,
        sharing=Sharing.TEAM,
        group=team,
    )
    saved_views.save(
        by=specialist,
        name="Waiting for the payer",
        path=reverse("cases:mine"),
        query="view=mine&sort=age&status=pending_payer",
    )


def label_many(lead: User, *, now: datetime) -> None:
    """One label on the cases that are due first and lack it: done, to be undone with one key."""
    label = Label.objects.filter(is_active=True, team="").order_by("key").first()
    if label is None:
        return
    seen = Case.objects.visible_to(lead).open()
    lacking = seen.exclude(pk__in=CaseLabel.objects.filter(label=label).values("case"))
    due = list(lacking.order_by("resolve_due_at", "pk").values_list("pk", flat=True)[:CHANGED])
    if not due:
        return
    batch = bulking.freeze(
        cases=seen.filter(pk__in=due),
        query=f"{reverse('cases:all')}?view=open&sort=due",
        verb=BulkVerb.LABEL,
        arguments={"label_id": label.pk},
        reason="One list for this week's call",
        by=lead,
        at=now,
    )
    bulking.start(batch=batch, by=lead, at=now)

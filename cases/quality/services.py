"""The only writers of draws and of what the second person says."""

from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from billing_portal.access.actor import acting, system_actor
from billing_portal.accounts.models import User
from billing_portal.audit import services as audit
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError
from cases.quality.models import QaDraw, QaSample
from cases.quality.queries import ended_between
from cases.quality.sampling import Unit, draw
from cases.work.lifecycle import Disposition

ACTOR = "quality"
REASON = "Drawn for a second look"
DAY = timedelta(days=1)


class ReviewRefused(DomainError):
    """This person cannot answer this sample, or it is answered already."""

    code = "review_refused"


def seed_of(on: date) -> str:
    """The seed of a day's draw: anybody can draw it again."""
    return f"billing-portal:qa:{on.isoformat()}"


@transaction.atomic
def draw_day(*, on: date) -> QaDraw:
    """Draw the sample of a day's finished cases, once; a day that was drawn stays as it is.

    The day is the site's. Every sample leaves its history.
    """
    zone = ZoneInfo(settings.SITE_TIME_ZONE)
    since = datetime.combine(on, time(), tzinfo=zone)
    found = {each.case_id: each for each in ended_between(since, since + DAY)}
    made, is_new = QaDraw.objects.get_or_create(
        on=on,
        defaults={
            "seed": seed_of(on),
            "population": len(found),
            "amount": sum((each.amount for each in found.values()), start=Decimal(0)),
        },
    )
    if not is_new:
        return made
    units = [Unit(each.case_id, each.amount) for each in found.values()]
    with acting(by=system_actor(ACTOR), reason=REASON):
        for chosen in draw(units, seed=made.seed):
            ended = found[chosen.case_id]
            QaSample.objects.create(
                draw=made,
                case_id=chosen.case_id,
                method=chosen.method,
                resolver_id=ended.resolver_id,
                disposition=ended.disposition,
            )
    return made


@transaction.atomic
def answer(
    *, sample: QaSample, verdict: Disposition, reason: str, by: User, at: datetime
) -> QaSample:
    """Say how a sampled case should have ended; whether that agrees, the record finds out.

    Locks the sample. Raises ReviewRefused for who finished the case, for who does not work its
    queue, for a second answer and for one without a reason.
    """
    locked = QaSample.objects.select_for_update(of=("self",)).get(pk=sample.pk)
    if locked.reviewed_at is not None:
        message = "This one is answered already."
        raise ReviewRefused(message)
    if not QaSample.objects.waiting_for(by).filter(pk=locked.pk).exists():
        message = "Whoever finished a case does not review it; a second person of the queue does."
        raise ReviewRefused(message)
    if not reason.strip():
        message = "Say why it should have ended so."
        raise ReviewRefused(message)
    locked.reviewer, locked.verdict, locked.reviewed_at = by, Disposition(verdict), at
    locked.agrees, locked.reason = locked.verdict == locked.disposition, reason.strip()
    fields = ["reviewer", "verdict", "reviewed_at", "agrees", "reason"]
    save_because(locked, by=by, reason="Second look", fields=fields)
    audit.record(
        chain=f"case:{locked.case_id}",
        verb="case.reviewed",
        subject=f"case:{locked.case.public_id}",
        by=by,
        reason=locked.reason,
        agrees=locked.agrees,
    )
    return locked

"""What people are told, and what they share about cases."""

from datetime import time, timedelta

import factory

from cases.collaboration.models import CaseLabel, CaseLink, Draft, Label, Macro, Presence, Watch
from cases.collaboration.vocabulary import LinkKind
from cases.notices.models import MessageKind, Notification, Pace, PaceChoice, QuietHours
from cases.routing.models import Misrouting
from cases.routing.vocabulary import NotOurs
from cases.work.models import ChecklistItem, Wake, WakeEvent
from tests.factories.base import Made
from tests.factories.cases import OPENED, CaseFactory, QueueFactory
from tests.factories.people import PersonFactory


class NotificationFactory(Made):
    """Somebody was named in a note."""

    class Meta:
        model = Notification

    user = factory.SubFactory(PersonFactory)
    kind = MessageKind.MENTION
    key = factory.Sequence(lambda n: f"mention:{n}")
    text = "TC-000001: somebody named you in a note."
    why = "You were named."


class PaceChoiceFactory(Made):
    """Somebody wants no mail about mentions."""

    class Meta:
        model = PaceChoice

    user = factory.SubFactory(PersonFactory)
    kind = MessageKind.MENTION
    pace = Pace.OFF


class QuietHoursFactory(Made):
    """Somebody sleeps at night."""

    class Meta:
        model = QuietHours

    user = factory.SubFactory(PersonFactory)
    starts = time(19)
    ends = time(7)


class ChecklistItemFactory(Made):
    """One more thing to do on denials for want of an authorization."""

    class Meta:
        model = ChecklistItem

    category = "AUTH"
    key = factory.Sequence(lambda n: f"extra-{n}")
    words = "Ask the surgeon's office for the fax"


class WatchFactory(Made):
    """Somebody watches a case."""

    class Meta:
        model = Watch

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(PersonFactory)


class CaseLinkFactory(Made):
    """One case waits for another."""

    class Meta:
        model = CaseLink

    case = factory.SubFactory(CaseFactory)
    other = factory.SubFactory(CaseFactory)
    kind = LinkKind.BLOCKS


class LabelFactory(Made):
    """A label of every team."""

    class Meta:
        model = Label

    key = factory.Sequence(lambda n: f"label-{n}")
    name = factory.Sequence(lambda n: f"Label {n}")


class CaseLabelFactory(Made):
    """A label on a case."""

    class Meta:
        model = CaseLabel

    case = factory.SubFactory(CaseFactory)
    label = factory.SubFactory(LabelFactory)
    put_by = factory.SubFactory(PersonFactory)


class MacroFactory(Made):
    """A text of every team."""

    class Meta:
        model = Macro

    key = factory.Sequence(lambda n: f"macro-{n}")
    name = factory.Sequence(lambda n: f"Macro {n}")
    text = "Called {payer} about {reference}."


class MisroutingFactory(Made):
    """Somebody moved a case that no rule had sent."""

    class Meta:
        model = Misrouting

    case = factory.SubFactory(CaseFactory)
    from_queue = factory.SubFactory(QueueFactory)
    to_queue = factory.SelfAttribute("case.queue")
    cause = NotOurs.PAYER
    said_by = factory.SubFactory(PersonFactory)
    said_at = OPENED


class WakeFactory(Made):
    """A sleeping case waits for the payer."""

    class Meta:
        model = Wake

    case = factory.SubFactory(
        CaseFactory, status="deferred", deferred_until=OPENED + timedelta(days=3)
    )
    event = WakeEvent.PAYER
    until = factory.SelfAttribute("case.deferred_until")


class PresenceFactory(Made):
    """Somebody has a case open."""

    class Meta:
        model = Presence

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(PersonFactory)


class DraftFactory(Made):
    """Somebody began a comment."""

    class Meta:
        model = Draft

    case = factory.SubFactory(CaseFactory)
    user = factory.SubFactory(PersonFactory)
    form = "comment"
    fields = factory.LazyFunction(lambda: {"text": "Called, and"})

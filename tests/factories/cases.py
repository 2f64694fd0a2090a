"""Cases, what hangs on them, and their configuration."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import factory

from cases.detection.models import Detected, Outcome, StuckChange
from cases.editions.models import Backtest, Edition
from cases.editions.services import digest_of
from cases.evidence.models import Attachment
from cases.notices.models import (
    Notice,
    NoticeKind,
)
from cases.routing.models import RoutingDecision, RoutingRule
from cases.sla.deadline_rules import BaseEvent, ClockType
from cases.sla.models import (
    Calendar,
    CaseDeadline,
    Clock,
    ClockEvent,
    ClockTerms,
    DeadlineRule,
    Holiday,
    SlaClock,
    Target,
    Unit,
)
from cases.sla.vocabulary import EventKind
from cases.types.denial.details import details_of
from cases.types.denial.fold import fold
from cases.types.denial.models import AdjustmentCode, RemarkCode
from cases.types.denial.rules import judge
from cases.types.denial.vocabulary import Appealable, Category
from cases.work.models import (
    Case,
    CountBucket,
    CountDelta,
    Lease,
    Note,
    OpenCase,
    Queue,
    QueueCount,
    StepMark,
)
from tests.factories.adjudications import CODES, adjudication, cut, line
from tests.factories.base import Made
from tests.factories.integrations import ClaimFactory, FacilityFactory, PayerFactory
from tests.factories.people import PersonFactory

OPENED = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


def denial_details():
    """Details of a claim denied for want of an authorization."""
    state = fold([adjudication(line(cut("CO-197")))], lambda parts: judge(parts, CODES))
    assert state is not None
    return details_of(state)


class QueueFactory(Made):
    """A queue of its own."""

    class Meta:
        model = Queue

    key = factory.Sequence(lambda n: f"queue-{n}")
    name = factory.Sequence(lambda n: f"Test queue {n}")


class CaseFactory(Made):
    """A denial that waits in its queue; its facility is its claim's."""

    class Meta:
        model = Case

    reference = factory.Sequence(lambda n: f"TC-{n:06}")
    case_type = "denial"
    key = factory.Sequence(lambda n: f"test:{n}")
    queue = factory.SubFactory(QueueFactory)
    facility = factory.SubFactory(FacilityFactory)
    claim = factory.SubFactory(ClaimFactory, facility=factory.SelfAttribute("..facility"))
    payer = factory.SelfAttribute("claim.payer")
    title = "Reason 197 · 99285"
    code = "CO-197"
    category = "AUTH"
    amount_at_risk = Decimal("100.00")
    currency = "USD"
    opened_at = OPENED
    first_touch_due_at = OPENED + timedelta(days=1)
    resolve_due_at = OPENED + timedelta(days=5)
    details = factory.LazyFunction(lambda: denial_details().as_json())


class LeaseFactory(Made):
    """Somebody is at a case."""

    class Meta:
        model = Lease

    case = factory.SubFactory(CaseFactory)
    holder = factory.SubFactory(PersonFactory)
    until = OPENED


class NoteFactory(Made):
    """Somebody said something."""

    class Meta:
        model = Note

    case = factory.SubFactory(CaseFactory)
    author = factory.SubFactory(PersonFactory)
    text = "Called the payer."


class StepMarkFactory(Made):
    """A step is done."""

    class Meta:
        model = StepMark

    case = factory.SubFactory(CaseFactory)
    cycle = 1
    step = "first_action"
    is_done = True
    marked_by = factory.SubFactory(PersonFactory)


class QueueCountFactory(Made):
    """Nothing is open."""

    class Meta:
        model = QueueCount

    queue = factory.SubFactory(QueueFactory)
    facility = factory.SubFactory(FacilityFactory)
    bucket = CountBucket.OPEN


class OpenCaseFactory(Made):
    """The narrow row of a finished case, which has none by itself."""

    class Meta:
        model = OpenCase

    case = factory.SubFactory(
        CaseFactory, status="resolved", disposition="duplicate", resolved_at=OPENED
    )
    queue = factory.SelfAttribute("case.queue")
    facility = factory.SelfAttribute("case.facility")
    amount_at_risk = factory.SelfAttribute("case.amount_at_risk")
    first_touch_due_at = OPENED
    resolve_due_at = OPENED


class CountDeltaFactory(Made):
    """One more is open."""

    class Meta:
        model = CountDelta

    queue = factory.SubFactory(QueueFactory)
    facility = factory.SubFactory(FacilityFactory)
    bucket = CountBucket.OPEN
    cases = 1
    amount = Decimal("100.00")


class RoutingRuleFactory(Made):
    """A rule that holds for everything, after all others."""

    class Meta:
        model = RoutingRule

    key = factory.Sequence(lambda n: f"rule-{n}")
    name = factory.Sequence(lambda n: f"Test rule {n}")
    position = factory.Sequence(lambda n: 10_000 + n)
    condition = factory.LazyFunction(lambda: {"all": []})
    queue = factory.SubFactory(QueueFactory)


class RoutingDecisionFactory(Made):
    """No rule matched."""

    class Meta:
        model = RoutingDecision

    case = factory.SubFactory(CaseFactory)
    queue = factory.SelfAttribute("case.queue")
    facts = factory.LazyFunction(lambda: {"carc": "197"})
    decided_at = OPENED


class CalendarFactory(Made):
    """A site open on weekdays from eight to five."""

    class Meta:
        model = Calendar

    key = factory.Sequence(lambda n: f"calendar-{n}")
    name = "Test calendar"
    facility = factory.SubFactory(FacilityFactory)
    time_zone = "America/Chicago"
    hours = factory.LazyFunction(lambda: {str(day): [["08:00", "17:00"]] for day in range(1, 6)})


class HolidayFactory(Made):
    """A day off."""

    class Meta:
        model = Holiday

    calendar = factory.SubFactory(CalendarFactory)
    on = date(2026, 3, 3)
    name = "Founders' day"


class TargetFactory(Made):
    """First touch in two business days."""

    class Meta:
        model = Target

    queue = factory.SubFactory(QueueFactory)
    clock = Clock.FIRST_TOUCH
    amount = 2
    unit = Unit.BUSINESS_DAYS


class DeadlineRuleFactory(Made):
    """A payer's contract that leaves 180 days for the first appeal."""

    class Meta:
        model = DeadlineRule

    payer = factory.SubFactory(PayerFactory)
    clock_type = ClockType.APPEAL_1
    base_event = BaseEvent.NOTICE
    days = 180
    citation = "Contract, section 7"
    valid_from = date(2020, 1, 1)


class CaseDeadlineFactory(Made):
    """No rule was configured when the case was opened."""

    class Meta:
        model = CaseDeadline

    case = factory.SubFactory(CaseFactory)
    clock_type = ClockType.APPEAL_1
    assessed_at = OPENED


class ClockTermsFactory(Made):
    """Ten business days of a calendar of its own."""

    class Meta:
        model = ClockTerms

    amount = 10
    unit = Unit.BUSINESS_DAYS
    calendar = factory.SubFactory(CalendarFactory)
    zone = "America/Chicago"
    pauses = factory.LazyFunction(lambda: ["info", "payer"])
    cap = 15


class ClockEventFactory(Made):
    """The clocks of a case stopped."""

    class Meta:
        model = ClockEvent

    case = factory.SubFactory(CaseFactory)
    kind = EventKind.STOP
    at = OPENED


class SlaClockFactory(Made):
    """A clock that runs, without the event that started it."""

    class Meta:
        model = SlaClock

    case = factory.SubFactory(CaseFactory)
    kind = Clock.RESOLVE
    terms = factory.SubFactory(ClockTermsFactory)
    started_at = OPENED
    due_at = OPENED + timedelta(days=5)


class AttachmentFactory(Made):
    """A file whose bytes are not there."""

    class Meta:
        model = Attachment

    case = factory.SubFactory(CaseFactory)
    filename = "proof.pdf"
    path = factory.Sequence(lambda n: f"evidence/test/{n}")
    content_type = "application/pdf"
    size = 10
    sha256 = "0" * 64
    attached_by = factory.SubFactory(PersonFactory)


class NoticeFactory(Made):
    """An unknown code."""

    class Meta:
        model = Notice

    kind = NoticeKind.UNKNOWN_CODE
    key = factory.Sequence(lambda n: f"notice:{n}")
    queue = factory.SubFactory(QueueFactory)
    text = "Adjustment code 999 is not in the code map."


class DetectedFactory(Made):
    """Detection opened a case."""

    class Meta:
        model = Detected

    case = factory.SubFactory(CaseFactory)
    outcome = Outcome.OPENED
    correlation_id = "0" * 32


class AdjustmentCodeFactory(Made):
    """A denial code that no reference row has."""

    class Meta:
        model = AdjustmentCode

    code = factory.Sequence(lambda n: f"X{n}")
    words = "A test reason"
    category = Category.AUTH
    is_denial = True
    queue = factory.SubFactory(QueueFactory)
    first_action = "Look"
    appealable = Appealable.YES
    valid_from = date(1990, 1, 1)


class RemarkCodeFactory(Made):
    """A remark code that no reference row has."""

    class Meta:
        model = RemarkCode

    code = factory.Sequence(lambda n: f"XR{n}")
    words = "A test remark"
    is_alert = False
    category = Category.DOCUMENTATION
    queue = factory.SubFactory(QueueFactory)
    first_action = "Send"
    valid_from = date(1990, 1, 1)


class StuckChangeFactory(Made):
    """A claim that detection failed on."""

    class Meta:
        model = StuckChange

    record = "claim"
    record_id = factory.Sequence(lambda n: n + 1)
    error = "ValueError"


class EditionFactory(Made):
    """A draft of a book that nobody installed."""

    class Meta:
        model = Edition

    book = "nothing"
    number = factory.Sequence(lambda n: n + 2)
    content = factory.LazyFunction(dict)
    digest = factory.LazyAttribute(lambda edition: digest_of(edition.content))
    author = factory.SubFactory(PersonFactory)


class BacktestFactory(Made):
    """A back-test of a draft, which found nothing."""

    class Meta:
        model = Backtest

    edition = factory.SubFactory(EditionFactory)
    digest = factory.SelfAttribute("edition.digest")
    days = 30
    report = factory.LazyFunction(dict)
    ran_by = factory.SubFactory(PersonFactory)
    ran_at = OPENED

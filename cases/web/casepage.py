"""One case as its page shows it."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString

from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_MESSAGES
from billing_portal.accounts.models import User
from cases.approvals.models import ApprovalRequest
from cases.collaboration.attendance import draft_of, others_at
from cases.collaboration.models import Label, Presence
from cases.collaboration.queries import is_watching, labels_on, links_of
from cases.routing.models import RoutingDecision
from cases.sla.queries import present
from cases.sla.vocabulary import Clock
from cases.web.appealpage import CaseWays, Wizard, open_wizard
from cases.web.caseparts import (
    Other,
    Shown,
    StepLine,
    Tab,
    Why,
    days_of,
    decimal_of,
    group_of,
    linked_of,
    masked,
    other_of,
    why_of,
)
from cases.web.clocks import ClockLine, line_of
from cases.web.lines import Decided, decided
from cases.web.presenters import (
    Due,
    due_of,
    next_step,
    shown_money,
    shown_time,
    status_words,
    words_of,
)
from cases.web.selecting import together_url
from cases.web.standing import WhyNow, why_now
from cases.web.story import KINDS, Told, told
from cases.web.typeparts import Part, part_of
from cases.web.verbmenu import Button, button, menu_of
from cases.work.lifecycle import FINISHED, CaseStatus, Disposition
from cases.work.models import Case, NoteKind
from cases.work.queries import like_this, same_claim, same_patient
from cases.work.steps import done_steps, steps_of
from cases.work.types import CASE_TYPES
from cases.work.visibility import may_work
from integrations.inbox.queries import message_of

TABS = {
    "timeline": "Timeline",
    "lines": "Lines",
    "documents": "Documents",
    "appeals": "Appeals",
    "related": "Related",
}
TONES = {
    CaseStatus.IN_WORK: "info",
    CaseStatus.ASSIGNED: "info",
    CaseStatus.PENDING_PAYER: "warn",
    CaseStatus.PENDING_INFO: "warn",
    CaseStatus.DEFERRED: "warn",
    CaseStatus.RESOLVED: "good",
    CaseStatus.CLOSED: "good",
}


class CasePage:
    """One case for one reader. What a tab needs is read when that tab is shown."""

    def __init__(
        self,
        case: Case,
        *,
        reader: User,
        now: datetime,
        asked: Mapping[str, str],
        patient: Shown | None = None,
    ) -> None:
        tab, kind = asked.get("tab", ""), asked.get("show", "")
        self.case, self.reader, self.now = case, reader, now
        self.tab = tab if tab in TABS else "timeline"
        self.kind = kind if kind in KINDS else "work"
        self.patient = patient or masked(case, reader)
        self.done = done_steps(case)
        self.may_work = may_work(reader, queue_id=case.queue_id)
        self.status_now = CaseStatus(case.status)
        menu = menu_of(case, reader=reader) if self.may_work else menu_of(None, reader=reader)
        self.verbs, self.more = menu.shown, [*menu.more, *self.beside]

    @property
    def beside(self) -> Iterator[Button]:
        """What can be done beside the case's state: watch it, and for those who work it more."""
        for name in ("labels", "link") if self.may_work else ():
            yield button(name, self.case)
        yield button("unwatch" if is_watching(self.reader, self.case) else "watch", self.case)

    @cached_property
    def labels(self) -> list[Label]:
        """What its team calls it."""
        return labels_on(self.case)

    # The head

    @property
    def reference(self) -> str:
        """DN-104167."""
        return self.case.reference

    @cached_property
    def approval(self) -> ApprovalRequest | None:
        """The request that it waits for."""
        if self.status_now is not CaseStatus.PENDING_APPROVAL:
            return None
        return (
            ApprovalRequest.objects.visible_to(self.reader).filter(case=self.case).pending().first()
        )

    @property
    def title(self) -> str:
        """What it is about, without the patient."""
        return self.case.title

    @property
    def queue(self) -> str:
        """Its queue's name."""
        return self.case.queue.name

    @property
    def queue_url(self) -> str:
        """Its queue's page."""
        return reverse("cases:queue", args=[self.case.queue.key])

    @property
    def due(self) -> Due:
        """The chip."""
        resolve = next((each for each in self.clocks if each.label == Clock.RESOLVE.label), None)
        is_paused = resolve is not None and resolve.chip.state == "paused"
        return resolve.chip if resolve and is_paused else due_of(self.case, now=self.now)

    @cached_property
    def clocks(self) -> list[ClockLine]:
        """Its clocks, each with its state."""
        return [line_of(clock, now=self.now) for clock in present(self.case)]

    @property
    def type(self) -> str:
        """Denial, remittance exception."""
        return CASE_TYPES.get(self.case.case_type).label

    @property
    def status(self) -> str:
        """Where it stands."""
        return status_words(self.case)

    @property
    def status_tone(self) -> str:
        """Its colour, beside the word."""
        return TONES.get(self.status_now, "")

    @property
    def code(self) -> str:
        """The leading reason."""
        return self.case.code

    @property
    def words(self) -> str:
        """Our words for it."""
        return words_of(self.case)

    @property
    def holder(self) -> User | None:
        """Who else is at it right now."""
        lease = getattr(self.case, "lease", None)
        if lease is None or lease.until <= self.now or lease.holder_id == self.reader.pk:
            return None
        return lease.holder  # type: ignore[no-any-return]  # read through getattr

    @property
    def hidden(self) -> SafeString:
        """The version seen and a fresh key, for each form by itself."""
        return format_html(
            '<input type="hidden" name="seen_version" value="{}">'
            '<input type="hidden" name="key" value="{}">',
            self.case.version,
            uuid.uuid4(),
        )

    # The middle

    @cached_property
    def now_why(self) -> WhyNow:
        """Its deadline, its score, and what it is to the reader."""
        return why_now(self.case, reader=self.reader, now=self.now)

    @cached_property
    def why(self) -> Why:
        """The newest routing decision, in words."""
        decision = (
            RoutingDecision.objects.filter(case=self.case)
            .select_related("rule", "queue")
            .order_by("-pk")
            .first()
        )
        return why_of(self.case, decision)

    @cached_property
    def steps(self) -> list[StepLine]:
        """What is to be done, and how far it is."""
        found = steps_of(self.case)
        now = next((step.key for step in found if step.key not in self.done), "")
        return [
            StepLine(
                key=step.key,
                words=step.words,
                state="done" if step.key in self.done else "now" if step.key == now else "todo",
                link=self.step_link(step.verb) if step.key == now else None,
            )
            for step in found
        ]

    def step_link(self, verb: str) -> Button | None:
        """The dialog that does a step, while the case can be worked."""
        is_open = self.may_work and self.status_now not in FINISHED
        return button(verb, self.case, has_key=False) if verb and is_open else None

    @property
    def steps_done(self) -> int:
        """How many."""
        return sum(step.state == "done" for step in self.steps)

    @property
    def next_action(self) -> str:
        """The first step not done."""
        return next_step(self.case, self.done)

    @cached_property
    def part(self) -> Part | None:
        """What its type alone shows."""
        return part_of(self.case, reader=self.reader)

    @property
    def tabs(self) -> list[Tab]:
        """The parts of the record."""
        counted = {"documents": self.case.attachments.count()}
        url = reverse("cases:case", args=[self.case.public_id])
        return [
            Tab(label, f"{url}?tab={key}", key == self.tab, counted.get(key))
            for key, label in TABS.items()
        ]

    @property
    def tab_template(self) -> str:
        """The template of the shown part."""
        return f"cases/tabs/{self.tab}.html"

    @property
    def timeline(self) -> list[Told]:
        """Everything that happened, newest first."""
        return told(self.case, kind=self.kind, reader=self.reader)

    @property
    def kinds(self) -> list[Tab]:
        """What the timeline can be narrowed to."""
        url = reverse("cases:case", args=[self.case.public_id])
        return [Tab(label, f"{url}?show={key}", key == self.kind) for key, label in KINDS.items()]

    @property
    def decisions(self) -> list[Decided]:
        """What the payer decided, newest first, line by line."""
        return decided(self.case)

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The files, newest first."""
        found = self.case.attachments.select_related("attached_by").order_by("-pk")
        return [
            {
                "url": reverse("cases:attachment", args=[each.public_id]),
                "filename": each.filename,
                "content_type": each.content_type,
                "size": each.size,
                "sha256": each.sha256,
                "attached_by": each.attached_by,
                "attached_at": each.attached_at,
            }
            for each in found
        ]

    @property
    def ways(self) -> CaseWays:
        """Its appeals and other ways."""
        return CaseWays(self.case, may_work=self.may_work)

    @cached_property
    def appeal(self) -> Wizard | None:
        """The open appeal's steps."""
        return open_wizard(self.case)

    @property
    def related(self) -> list[dict[str, Any]]:
        """The cases linked to it, others of the claim, of the patient, and like this one."""
        linked = links_of(self.reader, self.case)
        none_like = "No other open case has this payer and reason."
        return [
            {
                "label": "Linked",
                "none": "No case is linked to this one.",
                "rows": [linked_of(each, self.case, self.may_work) for each in linked],
            },
            group_of(
                "Same claim", "No other case of this claim.", same_claim(self.reader, self.case)
            ),
            group_of(
                "Same patient",
                "No case of another claim of this patient.",
                same_patient(self.reader, self.case),
            ),
            group_of("Like this", none_like, like_this(self.reader, self.case, limit=20)),
        ]

    # The side

    @property
    def amount(self) -> str:
        """What is at stake."""
        return shown_money(self.case.amount_at_risk, self.case.currency)

    @property
    def money_line(self) -> str:
        """What was billed and what came."""
        details, parts = self.case.details, []
        for name, words in (("charge", "billed"), ("paid", "paid"), ("payment", "payment")):
            if name in details:
                parts.append(
                    f"{words} {shown_money(decimal_of(details[name]), self.case.currency)}"
                )
        return " · ".join(["at stake", *parts])

    @property
    def claim_facts(self) -> list[tuple[str, str]]:
        """The claim and whose it is."""
        case, claim = self.case, self.case.claim
        facts = [("Payer", case.payer.name if case.payer else "")]
        if claim is not None:
            facts += [
                ("Claim", claim.patient_control_number),
                ("Payer’s no.", claim.payer_control_number),
                ("Service", days_of(claim.service_from, claim.service_to)),
            ]
        facts += [("Facility", case.facility.name), ("Paid in", case.details.get("trace", ""))]
        return [(name, value) for name, value in facts if value]

    @property
    def owner(self) -> str:
        """Whose it is."""
        return str(self.case.owner) if self.case.owner else ""

    @property
    def first_touch(self) -> str:
        """When it was first touched, or by when it should be."""
        if self.case.first_touched_at is not None:
            return f"done {shown_time(self.case.first_touched_at)}"
        return f"due {shown_time(self.case.first_touch_due_at)}"

    @property
    def resolve_by(self) -> str:
        """By when."""
        return shown_time(self.case.resolve_due_at)

    @property
    def deferred_until(self) -> str:
        """When it comes back."""
        if self.case.deferred_until is None:
            return ""
        shown, wake = shown_time(self.case.deferred_until), getattr(self.case, "wake", None)
        is_of_this = wake is not None and wake.until == self.case.deferred_until
        return f"{shown}, or earlier: {str(wake).lower()}" if is_of_this else shown

    @property
    def disposition(self) -> str:
        """How it ended."""
        return Disposition(self.case.disposition).label if self.case.disposition else ""

    @cached_property
    def correlation_id(self) -> str:
        """Of the message that led to it last."""
        newest = self.case.detections.order_by("-pk").first()
        return newest.correlation_id if newest else ""

    @property
    def sources(self) -> list[dict[str, Any]]:
        """The message that it came from."""
        message = message_of(self.correlation_id)
        if message is None:
            return []
        url = reverse("ops:message", args=[message.public_id])
        return [
            {
                "label": message.source.label,
                "when": shown_time(message.received_at),
                "url": url if may(self.reader, SEE_MESSAGES) else "",
                "tone": "",
            }
        ]

    @property
    def like(self) -> list[Other]:
        """A few open cases with the same payer and reason."""
        return [other_of(case) for case in like_this(self.reader, self.case)]

    @property
    def together_url(self) -> str:
        """All open cases of its queue, payer and reason, to do something to; empty without."""
        case = self.case
        if case.payer is None or not case.code:
            return ""
        return together_url(queue=case.queue.key, payer=case.payer.key, code=case.code)

    # Addresses and words that the forms need

    @property
    def step_url(self) -> str:
        """Where steps are ticked."""
        return self.address("step")

    @property
    def comment_url(self) -> str:
        """Where comments go."""
        return self.address("comment")

    @property
    def here_url(self) -> str:
        """Where the page says that it is still open."""
        return self.address("here")

    @property
    def others(self) -> Sequence[Presence]:
        """Who else has it open, but for the one who is at it."""
        holder = self.holder
        return [
            each
            for each in others_at(self.case, reader=self.reader)
            if holder is None or each.user_id != holder.pk
        ]

    @property
    def draft_url(self) -> str:
        """Where a comment is kept as it is typed."""
        return reverse("cases:draft", args=[self.case.public_id, "comment"])

    @cached_property
    def draft(self) -> Mapping[str, str]:
        """What the reader had typed as a comment."""
        kept = draft_of(self.reader, self.case, "comment")
        return kept.fields if kept else {}

    @property
    def people_url(self) -> str:
        """Who can be named."""
        return self.address("people")

    @property
    def attach_url(self) -> str:
        """Where files go."""
        return self.address("attach")

    def address(self, verb: str) -> str:
        """Of one verb on this case."""
        return reverse(f"cases:{verb}", args=[self.case.public_id])

    @property
    def note_kinds(self) -> list[tuple[str, str]]:
        """What a note can be."""
        return list(NoteKind.choices)

    @property
    def attachment_limit(self) -> str:
        """The largest file."""
        return str(filesizeformat(settings.ATTACHMENT_MAX_BYTES))

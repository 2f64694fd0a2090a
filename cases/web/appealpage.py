"""One appeal as its page shows it, and a case's appeals and other ways."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property

from billing_portal.accounts.models import User
from billing_portal.kernel.days import house_day
from cases.payers.queries import contacts_of, rules_of
from cases.types.denial.appeals import letters, queries
from cases.types.denial.appeals.filing import Filing, filing_of
from cases.types.denial.appeals.lifecycle import (
    IN_FLIGHT,
    PREPARING,
    AppealStatus,
    AppealVerb,
    Outcome,
    may,
)
from cases.types.denial.appeals.merging import Block
from cases.types.denial.appeals.models import (
    Appeal,
    ExhibitKind,
    Ground,
    Method,
    Recourse,
    RecourseStatus,
    Way,
)
from cases.types.denial.appeals.rights import DENIAL, refusal
from cases.web.presenters import shown_money, shown_time
from cases.work.lifecycle import OPEN
from cases.work.models import Case
from cases.work.visibility import may_work

ZERO = Decimal("0.00")
NO_DEADLINE = "Not configured: no rule names this payer’s limit. Take it from the denial letter."
TONES = {
    AppealStatus.DECIDED: "good",
    AppealStatus.INFO_REQUESTED: "bad",
    AppealStatus.READY: "info",
}


@dataclass(frozen=True, slots=True)
class Face:
    """How a verb looks on the page."""

    name: str
    label: str
    key: str = ""


FACES: dict[AppealVerb, Face] = {
    AppealVerb.ATTEST: Face("appeal_attest", "Attest and build the packet", "e"),
    AppealVerb.SUBMIT: Face("appeal_submit", "Record that it was sent", "e"),
    AppealVerb.ACKNOWLEDGE: Face("appeal_acknowledge", "Payer has it", "k"),
    AppealVerb.CONSIDER: Face("appeal_consider", "Payer is deciding", "i"),
    AppealVerb.DECIDE: Face("appeal_decide", "Record the outcome", "e"),
    AppealVerb.REVIEW: Face("appeal_review", "Ask for a review", "v"),
    AppealVerb.SEND_BACK: Face("appeal_send_back", "Send back", "b"),
    AppealVerb.ASK: Face("appeal_ask", "Payer wants more", "m"),
    AppealVerb.WITHDRAW: Face("appeal_withdraw", "Withdraw"),
}


@dataclass(frozen=True, slots=True)
class Link:
    """A way to a form."""

    label: str
    url: str
    key: str = ""
    is_primary: bool = False

    @property
    def shown_key(self) -> str:
        """As it stands on the keyboard."""
        return self.key.upper()


@dataclass(frozen=True, slots=True)
class WizardStep:
    """One step of an appeal: done, now or to do."""

    words: str
    state: str
    url: str


@dataclass(frozen=True, slots=True)
class Wizard:
    """The open appeal of a case, as its steps."""

    title: str
    url: str
    steps: list[WizardStep]


def open_wizard(case: Case) -> Wizard | None:
    """The steps of a case's open appeal, if there is one. Two queries."""
    for appeal in queries.case_appeals(case).open().order_by("-pk")[:1]:
        title = f"Appeal level {appeal.level}"
        return Wizard(title, appeal_url(appeal), wizard_of(appeal))
    return None


def appeal_url(appeal: Appeal) -> str:
    """Its page."""
    return reverse("cases:appeal_page", args=[appeal.public_id])


def wizard_of(appeal: Appeal) -> list[WizardStep]:
    """The steps from the ground to the outcome."""
    status, url = AppealStatus(appeal.status), appeal_url(appeal)
    is_attested, is_sent = status not in PREPARING - {AppealStatus.READY}, status not in PREPARING
    done = (
        (f"Level {appeal.level}: {Ground(appeal.ground).label}", "grounds", True),
        ("Write the letter", "letter", is_attested),
        ("Choose the evidence", "evidence", is_attested or appeal.exhibits.exists()),
        ("Attest the letter and build the packet", "packet", is_attested),
        ("Send it and record how", "sent", is_sent),
        ("Record the payer’s decision", "outcome", status is AppealStatus.DECIDED),
    )
    now = next((words for words, _part, is_done in done if not is_done), "")
    return [
        WizardStep(words, "done" if is_done else "now" if words == now else "todo", f"{url}#{part}")
        for words, part, is_done in done
    ]


class AppealPage:
    """One appeal for one reader."""

    def __init__(self, appeal: Appeal, *, reader: User, now: datetime) -> None:
        self.appeal, self.case, self.reader, self.now = appeal, appeal.case, reader, now
        self.status_now = AppealStatus(appeal.status)
        self.may_work = may_work(reader, queue_id=appeal.case.queue_id)
        self.is_preparing = self.may_work and self.status_now in PREPARING

    @property
    def title(self) -> str:
        """What it is, without the patient."""
        return f"Appeal level {self.appeal.level}"

    @property
    def case_url(self) -> str:
        """The case's page."""
        return reverse("cases:case", args=[self.case.public_id])

    @property
    def status(self) -> str:
        """Where it stands, or how it ended."""
        outcome = self.appeal.outcome
        return Outcome(outcome).label if outcome else self.status_now.label

    @property
    def tone(self) -> str:
        """Its colour, beside the word."""
        is_lost = self.appeal.outcome in {Outcome.UPHELD, Outcome.DISMISSED}
        return "bad" if is_lost else TONES.get(self.status_now, "")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Ground, amounts, deadline."""
        appeal = self.appeal
        facts = [
            ("Ground", Ground(appeal.ground).label),
            ("Denied", self.money(appeal.amount_denied)),
            ("Disputed", self.money(appeal.amount_disputed)),
            ("File by", shown_date(appeal.due_on) if appeal.due_on else NO_DEADLINE),
        ]
        if appeal.due_on:
            facts.append(("This day comes from", appeal.due_source))
        if appeal.internal_due_on:
            facts.append(("Our own day", shown_date(appeal.internal_due_on)))
        if appeal.payer_reference:
            facts.append(("Payer’s number", appeal.payer_reference))
        return facts

    def money(self, amount: Any) -> str:
        """In the appeal's currency."""
        return shown_money(amount, self.appeal.currency)

    @property
    def wizard(self) -> list[WizardStep]:
        """The steps."""
        return wizard_of(self.appeal)

    @property
    def verbs(self) -> list[Link]:
        """What can be done now, the likeliest first."""
        if not self.may_work:
            return []
        allowed = [verb for verb in FACES if may(verb, self.status_now)]
        links = [
            self.link(FACES[verb], is_primary=index == 0) for index, verb in enumerate(allowed)
        ]
        asks = [self.link(Face("appeal_asked", "I asked the payer", "c"))]
        return [*links[:1], *(asks if self.status_now in IN_FLIGHT else []), *links[1:]]

    def link(self, face: Face, *, is_primary: bool = False) -> Link:
        """A form of this appeal."""
        url = reverse(f"cases:{face.name}", args=[self.appeal.public_id])
        return Link(face.label, url, face.key, is_primary)

    @property
    def edits(self) -> dict[str, Link]:
        """The forms that prepare it."""
        return {
            "grounds": self.link(Face("appeal_grounds", "Change", "u")),
            "letter": self.link(Face("appeal_letter", "Write", "r")),
            "template": self.link(Face("appeal_template", "Other template", "t")),
            "exhibit": self.link(Face("appeal_exhibit", "Choose evidence", "f")),
            "leave_out": self.link(Face("appeal_leave_out", "Leave out")),
            "proof": self.link(Face("appeal_proof", "Take in this proof", "p")),
        }

    @cached_property
    def letter(self) -> list[Block]:
        """The letter as it reads, the patient masked."""
        by, on = self.signed
        return letters.shown(self.held_letter, by=by, on=on)

    @property
    def signed(self) -> tuple[User, date]:
        """Who signs the letter, and on which day: as attested, else the reader today."""
        held = self.appeal.attestation
        if held is None:
            return self.reader, house_day(self.now)
        return held.attested_by, house_day(held.attested_at)

    @cached_property
    def held_letter(self) -> Any:
        """The letter, with the appeal that was read."""
        held = self.appeal.letter
        held.appeal = self.appeal
        return held

    @property
    def unknown(self) -> list[str]:
        """What the letter names and nobody knows."""
        by, on = self.signed
        return letters.unknown(self.held_letter, by=by, on=on)

    @property
    def letter_url(self) -> str:
        """The letter as a file: the one that was attested, else as it would go out today."""
        held = self.appeal.attestation
        if held is None:
            return reverse("cases:appeal_preview", args=[self.appeal.public_id])
        return reverse("cases:attachment", args=[held.attachment.public_id])

    @cached_property
    def exhibits(self) -> list[dict[str, Any]]:
        """The evidence."""
        found = self.appeal.exhibits.select_related("attachment").order_by("pk")
        return [
            {
                "kind": ExhibitKind(each.kind).label,
                "filename": each.attachment.filename,
                "url": reverse("cases:attachment", args=[each.attachment.public_id]),
                "dated_on": shown_date(each.dated_on) if each.dated_on else "",
            }
            for each in found
        ]

    @cached_property
    def filing(self) -> Filing | None:
        """What is on record of the claim's filing, where the appeal rests on that."""
        return filing_of(self.case) if self.appeal.ground == Ground.TIMELY_FILING else None

    @property
    def offers_proof(self) -> bool:
        """Whether an acceptance is on record that is no evidence yet."""
        proof = self.filing.proof if self.filing else None
        return proof is not None and all(
            each["dated_on"] != shown_date(proof.received_on) for each in self.exhibits
        )

    @property
    def lacking(self) -> list[str]:
        """The kinds of evidence that the template asks for and nobody chose."""
        held = set(self.appeal.exhibits.values_list("kind", flat=True))
        return [kind.label for kind in self.appeal.letter.template.wanted if kind not in held]

    @property
    def attested(self) -> str:
        """Who stands for the letter, since when."""
        held = self.appeal.attestation
        return f"{held.attested_by}, {shown_time(held.attested_at)}" if held else ""

    @property
    def packet(self) -> dict[str, Any] | None:
        """The packet and its manifest."""
        held = self.appeal.packet
        if held is None:
            return None
        return {
            "url": reverse("cases:attachment", args=[held.attachment.public_id]),
            "pages": held.pages,
            "sha256": held.sha256,
            "parts": held.manifest["parts"],
        }

    @property
    def submission(self) -> dict[str, str] | None:
        """How it was sent."""
        held = getattr(self.appeal, "submission", None)
        if held is None:
            return None
        return {
            "Sent by": Method(held.method).label,
            "Sent on": shown_date(held.sent_on),
            "Confirmation": held.confirmation or "none given",
            "Recorded by": f"{held.submitted_by}, {shown_time(held.recorded_at)}",
            "Packet": f"SHA-256 {held.packet_sha256}",
        }

    @property
    def follow_ups(self) -> list[dict[str, str]]:
        """When to ask the payer."""
        return [
            {
                "days": str(each.days),
                "due": shown_date(each.due_on),
                "state": "done" if each.done_at else "told" if each.told_at else "planned",
            }
            for each in self.appeal.follow_ups.order_by("due_on", "pk")
        ]

    @property
    def suggestion(self) -> str:
        """What a later decision of the payer asks of a person."""
        is_told = bool(self.appeal.told_of) and self.status_now in IN_FLIGHT
        if not is_told:
            return ""
        trace = queries.newest_trace(self.case)
        return f"Remittance {trace} decides this claim again. Record whether it upholds the denial."

    @property
    def outcome(self) -> list[tuple[str, str]]:
        """How it ended."""
        appeal = self.appeal
        if appeal.outcome is None or appeal.decided_on is None:
            return []
        evidence = appeal.outcome_evidence
        shown = evidence.filename if evidence else f"Remittance {appeal.outcome_trace}"
        facts = [
            ("Outcome", Outcome(appeal.outcome).label),
            ("Decided on", shown_date(appeal.decided_on)),
        ]
        if appeal.outcome != Outcome.WITHDRAWN:
            given = self.money(appeal.amount_overturned or ZERO)
            facts += [("Shown by", shown), ("Given", given)]
        return facts

    @property
    def next_url(self) -> str:
        """Where the next level is opened, if there is room for one."""
        leaves = {Outcome.UPHELD, Outcome.OVERTURNED_PARTIAL}
        is_last = self.appeal.outcome in leaves and self.case.status in OPEN
        return reverse("cases:appeal", args=[self.case.public_id]) if is_last else ""

    @property
    def contacts(self) -> Any:
        """How to reach the payer."""
        return contacts_of(self.case.payer_id)

    @property
    def rules(self) -> Any:
        """What the payer asks for."""
        return rules_of(self.case.payer_id)


class CaseWays:
    """A case's appeals and other ways, for its tab."""

    def __init__(self, case: Case, *, may_work: bool) -> None:
        self.case = case
        self.is_open = may_work and case.status in OPEN
        self.refusal = refusal(case.case_type, case.details)

    @property
    def begin_url(self) -> str:
        """Where an appeal begins."""
        return reverse("cases:appeal", args=[self.case.public_id])

    @cached_property
    def appeals(self) -> list[dict[str, Any]]:
        """The appeals, newest first."""
        return [
            {
                "url": appeal_url(each),
                "title": f"Level {each.level}: {Ground(each.ground).label}",
                "status": Outcome(each.outcome).label
                if each.outcome
                else AppealStatus(each.status).label,
                "amount": shown_money(each.amount_disputed, each.currency),
                "due": shown_date(each.due_on) if each.due_on else "",
            }
            for each in queries.of_case(self.case)
        ]

    @property
    def ways(self) -> list[Link]:
        """The forms of the other ways."""
        return [
            Link(way.label, reverse("cases:way", args=[self.case.public_id, way.value]))
            for way in Way
            if self.case.case_type == DENIAL
        ]

    @property
    def recourses(self) -> list[dict[str, Any]]:
        """The other ways taken, newest first."""
        held = Recourse.objects.filter(case=self.case)
        found = held.select_related("recorded_by", "approval")
        return [
            {
                "way": Way(each.way).label,
                "status": f"{each.approval}: {each.approval.get_state_display()}"
                if each.approval
                else RecourseStatus(each.status).label,
                "amount": shown_money(each.amount, each.currency),
                "reason": each.reason,
                "by": each.recorded_by,
                "sent": shown_date(each.sent_on) if each.sent_on else "",
                "expected": shown_date(each.expected_on) if each.expected_on else "",
                "url": reverse("cases:way_conclude", args=[each.public_id])
                if self.is_open and each.status in {"pending", "sent"}
                else "",
            }
            for each in found.order_by("-pk")
        ]

    @property
    def contacts(self) -> Any:
        """How to reach the payer."""
        return contacts_of(self.case.payer_id)

    @property
    def rules(self) -> Any:
        """What the payer asks for."""
        return rules_of(self.case.payer_id)


def shown_date(on: Any) -> str:
    """A day: "Nov 12, 2026"."""
    return date_format(on, "M j, Y")

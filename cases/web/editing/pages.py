"""Books of rules and their editions as pages show them."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.functional import cached_property

from billing_portal.access.grants import may
from billing_portal.accounts.models import User
from billing_portal.kernel.pure.wording import short_money
from cases.editions.books import BOOKS, Book
from cases.editions.differences import Difference
from cases.editions.entries import Entry, Remark
from cases.editions.lifecycle import (
    AUTHOR,
    RELEASE,
    WAITING,
    EditionState,
    EditionVerb,
    verbs_for,
)
from cases.editions.models import Edition
from cases.editions.queries import difference, fresh_backtest_of, in_force, listed
from cases.editions.reports import BacktestReport, kept_report
from cases.web.editing.policypage import waiting_words
from cases.web.editing.sheets import SHEETS, Sheet
from cases.web.presenters import shown_money, shown_time
from cases.work.models import Case

TONES = {
    EditionState.DRAFT: "info",
    EditionState.IN_REVIEW: "warn",
    EditionState.APPROVED: "good",
    EditionState.SCHEDULED: "good",
    EditionState.ACTIVE: "good",
}
OFFERED = (
    EditionVerb.REQUEST_REVIEW,
    EditionVerb.APPROVE,
    EditionVerb.SCHEDULE,
    EditionVerb.SEND_BACK,
    EditionVerb.WITHDRAW,
)
LATEST = 50
STANDING: Mapping[str, Callable[[], Mapping[str, str]]] = {"approvals": waiting_words}
"""What goes on as it was begun, for books whose rows have versions that outlive them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One edition of a list."""

    url: str
    number: int
    state: str
    tone: str
    note: str
    author: str
    reviewer: str
    when: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """One book: what is in force, and what waits."""

    label: str
    url: str
    in_force: str
    waiting: list[Line]


def line_of(edition: Edition) -> Line:
    """An edition as a line."""
    state = EditionState(edition.state)
    at = edition.activated_at or edition.activates_at or edition.created_at
    return Line(
        url=reverse("cases:edition", args=[edition.public_id]),
        number=edition.number,
        state=state.label,
        tone=TONES.get(state, ""),
        note=edition.note,
        author=str(edition.author),
        reviewer=str(edition.reviewer or ""),
        when=shown_time(at),
    )


def shelves() -> list[Shelf]:
    """Every installed book."""
    return [shelf_of(book) for book in BOOKS]


def shelf_of(book: Book) -> Shelf:
    """One of them."""
    held = in_force(book.key)
    waiting = listed(book.key).filter(state__in=sorted(WAITING))[:LATEST]
    return Shelf(
        label=book.label,
        url=reverse("cases:edition_book", args=[book.key]),
        in_force=f"edition {held.number}, since {shown_time(held.activated_at or held.created_at)}"
        if held
        else "as the house was set up",
        waiting=[line_of(each) for each in waiting],
    )


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a content in words, and where it is edited."""

    entry: Entry
    number: int
    url: str = ""
    is_first: bool = False
    is_last: bool = False
    remarks: Sequence[Remark] = ()
    standing: str = ""


@dataclass(frozen=True, slots=True)
class Rows:
    """One list of a content."""

    sheet: Sheet
    rows: list[Row]
    add_url: str = ""


class EditionPage:
    """One edition for one reader."""

    def __init__(self, edition: Edition, *, reader: User, now: datetime) -> None:
        self.edition, self.reader, self.now = edition, reader, now
        self.book = BOOKS.get(edition.book)
        self.state = EditionState(edition.state)
        self.held = frozenset(each for each in (AUTHOR, RELEASE) if may(reader, each))
        self.line = line_of(edition)

    @property
    def title(self) -> str:
        """Edition 4 of the routing rules."""
        return f"{self.book.label}, edition {self.edition.number}"

    @property
    def book_url(self) -> str:
        """All its editions."""
        return reverse("cases:edition_book", args=[self.edition.book])

    @cached_property
    def is_author(self) -> bool:
        """Whether the reader wrote it."""
        return self.edition.author_id == self.reader.pk

    @property
    def is_editable(self) -> bool:
        """Whether the reader can change its rows."""
        return self.may(EditionVerb.SAVE)

    @property
    def verbs(self) -> list[dict[str, Any]]:
        """What the reader can do to it, in the order of its life."""
        return [
            {
                "label": verb.label,
                "url": reverse("cases:edition_verb", args=[self.edition.public_id, verb.value]),
                "is_primary": verb in OFFERED[:3],
            }
            for verb in OFFERED
            if self.may(verb)
        ]

    @property
    def roll_back_url(self) -> str:
        """Where a former edition is put in force again, by somebody who may."""
        if self.state is not EditionState.SUPERSEDED or RELEASE not in self.held:
            return ""
        return reverse("cases:edition_verb", args=[self.edition.public_id, "roll_back"])

    def may(self, verb: EditionVerb) -> bool:
        """Whether its state and the reader's roles allow a verb."""
        return verb in verbs_for(self.state, is_author=self.is_author, held=self.held)

    @property
    def can_test(self) -> bool:
        """Whether a back-test can be run now by the reader."""
        return self.state in WAITING and bool(self.held & {AUTHOR, RELEASE})

    @cached_property
    def difference(self) -> Difference:
        """What it says otherwise than the edition it was written on."""
        return difference(self.edition)

    @cached_property
    def lists(self) -> list[Rows]:
        """Its rows, in words."""
        entries = list(self.book.entries(self.edition.content))
        found = []
        for sheet in SHEETS.get(self.edition.book, ()):
            size = len(self.edition.content[sheet.rows])
            part, entries = entries[:size], entries[size:]
            found.append(
                Rows(
                    sheet,
                    [
                        Row(
                            entry,
                            place + 1,
                            self.row_url(sheet, place),
                            not place,
                            place == size - 1,
                            self.remarks[entry.key],
                            self.standing.get(entry.key, ""),
                        )
                        for place, entry in enumerate(part)
                    ],
                    self.row_url(sheet, size) if sheet.grows else "",
                )
            )
        return found

    @cached_property
    def remarks(self) -> Mapping[str, Sequence[Remark]]:
        """What a reviewer should know, by the row it concerns; under no key: of the whole."""
        found: dict[str, list[Remark]] = defaultdict(list)
        if self.state in WAITING:
            for remark in self.book.findings(self.edition.content, at=self.now):
                found[remark.row].append(remark)
        return found

    @property
    def remarks_of_all(self) -> Sequence[Remark]:
        """Those that concern no row by itself."""
        return self.remarks[""]

    @property
    def errors(self) -> int:
        """How many of them keep the edition from being released."""
        return sum(each.is_error for held in self.remarks.values() for each in held)

    @property
    def warnings(self) -> int:
        """How many may stand, with a reason."""
        return sum(map(len, self.remarks.values())) - self.errors

    @cached_property
    def standing(self) -> Mapping[str, str]:
        """What still goes by an earlier wording of a row, for books that can tell."""
        tell = STANDING.get(self.edition.book)
        return tell() if tell and self.state in WAITING else {}

    @property
    def try_url(self) -> str:
        """Where a sample is tried on it, for books that can."""
        if self.edition.book not in STANDING:
            return ""
        return f"{reverse('cases:policy_try')}?edition={self.edition.public_id}"

    def row_url(self, sheet: Sheet, place: int) -> str:
        """Where a row is edited, by who may."""
        if not self.is_editable:
            return ""
        return reverse("cases:edition_row", args=[self.edition.public_id, sheet.rows, place])

    @cached_property
    def report(self) -> BacktestReport | None:
        """What its newest back-test found of just this content."""
        kept = self.edition.backtest
        if kept is None or kept.digest != self.edition.digest:
            return None
        return kept_report(kept.report)

    @property
    def tested(self) -> str:
        """When, over how long, by whom; whether it still counts."""
        kept = self.edition.backtest
        if kept is None:
            return ""
        fresh = fresh_backtest_of(self.edition, at=self.now) is not None
        words = f"{kept.ran_by}, {shown_time(kept.ran_at)}, over {kept.days} days"
        return words if fresh else f"{words}; too old to release on, run it again"

    @property
    def exposed(self) -> str:
        """The amount at risk of what would have been treated otherwise."""
        exposed = self.report.exposed if self.report else ()
        return " · ".join(money_of(each.amount, each.currency) for each in exposed) or money_of(
            Decimal(0), settings.BASE_CURRENCY
        )

    @cached_property
    def samples(self) -> list[dict[str, Any]]:
        """Cases that would have been treated otherwise, of those that the reader sees."""
        samples = self.report.samples if self.report else ()
        seen = {
            str(case.public_id): case
            for case in Case.objects.visible_to(self.reader).filter(
                public_id__in=[each.case for each in samples]
            )
        }
        return [
            {
                "url": reverse("cases:case", args=[each.case]),
                "reference": seen[each.case].reference,
                "title": seen[each.case].title,
                "amount": shown_money(seen[each.case].amount_at_risk, seen[each.case].currency),
                "before": each.before,
                "after": each.after,
            }
            for each in samples
            if each.case in seen
        ]

    @property
    def moves(self) -> list[dict[str, Any]]:
        """From where to where, how many, how much."""
        return [
            {
                "before": each.before,
                "after": each.after,
                "cases": each.cases,
                "amount": money_of(each.amount, each.currency),
            }
            for each in (self.report.moves if self.report else ())
        ]


def money_of(amount: Decimal, currency: str) -> str:
    """A sum, rounded for a table of many."""
    return short_money(amount, currency, base=settings.BASE_CURRENCY)

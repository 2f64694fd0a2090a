"""`manage.py route --dry-run`: where the cases of the last days would go, without moving any."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now as current_time  # noqa: TID251 -- a command is a door

from billing_portal.kernel.pure.errors import DomainError
from cases.actions.backtesting import LONGEST, try_out
from cases.editions.reports import BacktestReport
from cases.management.output import as_json

ROUTING = "routing"
DRY = "Rules move no case by command: name --dry-run. They come into force by editions."
SUMMARY = """\
{cases} cases opened from {since} on, before {until}: {changed} would go elsewhere
resolve clocks past their target: {breached_before} now, {breached_after} then\
"""


class Command(BaseCommand):
    """Exit codes: 0 tried, 1 the rules cannot hold or the call is wrong."""

    help = "Try routing rules on the cases of the last days."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which rules, how far back, and how to answer."""
        parser.add_argument("--dry-run", action="store_true", help="Required: nothing is moved.")
        parser.add_argument(
            "--content",
            type=Path,
            help='A JSON file {"rules": […]}; without it the rules in force.',
        )
        parser.add_argument("--days", type=int, default=90, help=f"How far back, up to {LONGEST}.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: str, **options: Any) -> None:
        """Try and report."""
        if not options["dry_run"]:
            raise CommandError(DRY)
        try:
            path = options["content"]
            content = json.loads(path.read_text(encoding="utf-8")) if path else None
            report = try_out(book=ROUTING, content=content, days=options["days"], at=current_time())
        except (DomainError, OSError, ValueError) as refusal:
            raise CommandError(str(refusal)) from refusal
        said = as_json(report.as_json()) if options["json"] else in_words(report)
        self.stdout.write(said)


def in_words(report: BacktestReport) -> str:
    """The report for people."""
    lines = [SUMMARY.format(**report.as_json())]
    lines += [
        f"{move.before} → {move.after}: {move.cases} cases, {move.amount} {move.currency}"
        for move in report.moves
    ]
    lines += [f"{load.queue}: {load.before} now, {load.after} then" for load in report.queues]
    return "\n".join([*lines, *report.conflicts])

"""`manage.py replay --source NAME`: stored messages again, with today's reader and crosswalks."""

import sys
from argparse import ArgumentParser, ArgumentTypeError
from datetime import datetime
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.timezone import get_default_timezone, is_naive, make_aware
from django.utils.timezone import now as current_time  # noqa: TID251 -- a command is a door

from billing_portal.access.actor import system_actor
from cases.intake.replaying import ReplayReport, replay
from cases.management.arguments import source_named
from cases.management.output import PENDING, as_json

LINE = """\
{file} part {part}: {status}; {added} claims went in, {moved} moved, {resolved} pieces resolved, \
{set_aside} set aside\
"""
SUMMARY = """\
{messages} messages read again, {differences} differences
{cases_opened} cases opened, {cases_updated} updated, {cases_closed} closed\
"""


def moment(text: str) -> datetime:
    """A date or a date and time, in the portal's time zone unless it says its own."""
    try:
        at = parse_datetime(text)
        day = None if at else parse_date(text)
    except ValueError:
        at = day = None
    if day is not None:
        at = datetime(day.year, day.month, day.day)  # noqa: DTZ001 -- made aware below
    if at is None:
        message = f"“{text}” is no date (2026-03-31) and no time (2026-03-31T08:00)."
        raise ArgumentTypeError(message)
    return make_aware(at, get_default_timezone()) if is_naive(at) else at


class Command(BaseCommand):
    """Exit codes: 0 done, 2 unknown source, 3 something newly waits, 4 detection pending."""

    help = "Read a source's stored messages again and report every difference."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which messages, and how to answer."""
        parser.add_argument("--source", required=True, help="Name of the source.")
        parser.add_argument("--since", type=moment, help="Only messages received since then.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Report the same and write nothing."
        )

    def handle(self, *_args: str, **options: Any) -> None:
        """Replay, report, and end with the report's code."""
        report = replay(
            source=source_named(options["source"]),
            since=options["since"],
            by=system_actor("ingest"),
            at=current_time(),
            dry_run=options["dry_run"],
        )
        self.stdout.write(as_json(report.as_json()) if options["json"] else in_words(report))
        if report.is_pending:
            self.stderr.write(PENDING)
        if report.exit_code:
            sys.exit(report.exit_code)


def in_words(report: ReplayReport) -> str:
    """The report for people."""
    answer = report.as_json()
    lines = [LINE.format(**difference) for difference in answer["differences"]]
    counts = answer | {"differences": len(lines)}
    return "\n".join([*lines, SUMMARY.format(**counts)])

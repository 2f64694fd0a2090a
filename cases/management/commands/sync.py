"""`manage.py sync SOURCE` or `--all`: one pull now, through to cases."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.timezone import now  # noqa: TID251 -- a command is a door

from billing_portal.access.actor import system_actor
from billing_portal.kernel.pure.errors import DomainError
from cases.intake.pulling import pull
from cases.intake.report import ExitCode, IntakeReport
from cases.management.arguments import source_named
from cases.management.output import PENDING, as_json, in_words
from integrations.canonical.models import Source


class Command(BaseCommand):
    """Exit codes as those of `ingest`; a folder in which nothing waits is no failure."""

    help = "Pull from a source's folder now, apply what came, and report the cases it leads to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which source, and how to answer."""
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("source", nargs="?", help="Name of one source.")
        which.add_argument("--all", action="store_true", help="Every active source with a folder.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: str, **options: Any) -> None:
        """Pull, report by source, and end with the worst code."""
        by, reports = system_actor("ingest"), {}
        for source in sources(options["source"]):
            try:
                reports[source.name] = pull(source=source, by=by, at=now())
            except DomainError as refusal:
                raise CommandError(str(refusal), returncode=ExitCode.NOTHING_READ) from refusal
        self.tell(reports, in_json=options["json"])
        worst = max((code_of(report) for report in reports.values()), default=ExitCode.ALL_IN)
        if worst:
            sys.exit(worst)

    def tell(self, reports: dict[str, IntakeReport], *, in_json: bool) -> None:
        """One object by source, or the same in words."""
        if in_json:
            self.stdout.write(as_json({name: each.as_json() for name, each in reports.items()}))
        else:
            for name, report in reports.items():
                self.stdout.write(f"{name}: {in_words(report)}")
        if any(report.is_pending for report in reports.values()):
            self.stderr.write(PENDING)


def sources(name: str | None) -> list[Source]:
    """The one that is named, or all that are polled."""
    if name:
        return [source_named(name)]
    return list(Source.objects.filter(is_active=True).exclude(folder="").order_by("name"))


def code_of(report: IntakeReport) -> ExitCode:
    """The report's code; nothing to pull is nothing wrong."""
    return report.exit_code if report.files else ExitCode.ALL_IN

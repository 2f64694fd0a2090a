"""`manage.py ingest --source NAME PATH...`: files into the inbox and through to cases."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now  # noqa: TID251 -- a command is a door

from billing_portal.access.actor import system_actor
from cases.intake.ingesting import ingest
from cases.management.arguments import files_at, source_named
from cases.management.output import PENDING, as_json, in_words


class Command(BaseCommand):
    """Exit codes: 0 all in, 2 nothing could be read, 3 something waits, 4 detection pending."""

    help = "Take files in from a source, apply them, and report the cases they lead to."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Source, paths, and how to answer."""
        parser.add_argument("--source", required=True, help="Name of the source they come from.")
        parser.add_argument("paths", nargs="+", metavar="PATH", help="Files, or folders of files.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Report the same and write nothing."
        )

    def handle(self, *_args: str, **options: Any) -> None:
        """Take in, report, and end with the report's code."""
        report = ingest(
            source=source_named(options["source"]),
            files=files_at(options["paths"]),
            by=system_actor("ingest"),
            at=now(),
            dry_run=options["dry_run"],
        )
        self.stdout.write(as_json(report.as_json()) if options["json"] else in_words(report))
        if report.is_pending:
            self.stderr.write(PENDING)
        if report.exit_code:
            sys.exit(report.exit_code)

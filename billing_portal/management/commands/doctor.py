"""`manage.py doctor`: whether this installation is well."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils.timezone import now  # noqa: TID251 -- a command is a door

from billing_portal.management.diagnosis import examine


class Command(BaseCommand):
    """Exit 0: all is well. Exit 1: something is not."""

    help = "Look at settings, database and roles, broker, clock, disk, mail and the work done."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the form of the report."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Look, report, exit."""
        findings = examine(now())
        is_well = all(finding.ok for finding in findings)
        if options["json"]:
            report = {"ok": is_well, "checks": [asdict(finding) for finding in findings]}
            self.stdout.write(json.dumps(report, indent=2))
        else:
            for finding in findings:
                self.stdout.write(
                    f"{'ok    ' if finding.ok else 'UNWELL'} {finding.name:<13} {finding.detail}"
                )
        if not is_well:
            raise SystemExit(1)

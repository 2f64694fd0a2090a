"""`manage.py verify_audit`: prove that the audit record is whole."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing_portal.audit.queries import verify

LIMITS = (
    "A whole chain removed together with its head is not seen here; signed checkpoints, which come"
    " with the audit explorer, will show it."
)


class Command(BaseCommand):
    """Exit 0: every chain holds. Exit 1: something was edited, deleted, moved, inserted or cut off."""

    help = "Verify every audit chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """Only the form of the report."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Walk, report, exit."""
        found = verify()
        report = {
            "clean": found.is_clean,
            "chains": found.chains,
            "events": found.events,
            "findings": [asdict(finding) for finding in found.findings],
            "limits": LIMITS,
        }
        if options["json"]:
            self.stdout.write(json.dumps(report, indent=2))
        else:
            self.stdout.write(f"{found.events} events in {found.chains} chains.")
            for finding in found.findings:
                self.stdout.write(f"{finding.chain}, event {finding.seq}: {finding.what}.")
            self.stdout.write(
                "The record holds." if found.is_clean else "The record was tampered with."
            )
            self.stdout.write(LIMITS)
        if not found.is_clean:
            raise SystemExit(1)

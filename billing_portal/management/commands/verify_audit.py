"""`manage.py verify_audit`: prove that the audit record is whole."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing_portal.audit.queries import Verification, verify

LIMITS = (
    "Not seen here: a whole chain removed together with its head, or a tail written anew with its"
    " hashes and its head. Signed checkpoints, which come with the audit explorer, will show both."
)


class Command(BaseCommand):
    """Exit 0: every chain holds.

    Exit 1: something was edited, deleted, moved, inserted or cut off.
    """

    help = "Verify every audit chain."

    def add_arguments(self, parser: CommandParser) -> None:
        """What to walk, and the form of the report."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--chain", action="append", metavar="CHAIN", help="Only this chain, e.g. case:1."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Walk, report, exit."""
        found = verify(options["chain"])
        self.stdout.write(as_json(found) if options["json"] else in_words(found))
        if not found.is_clean:
            raise SystemExit(1)


def as_json(found: Verification) -> str:
    """The report for programs."""
    report = {
        "clean": found.is_clean,
        "chains": found.chains,
        "events": found.events,
        "findings": [asdict(finding) for finding in found.findings],
        "limits": LIMITS,
    }
    return json.dumps(report, indent=2)


def in_words(found: Verification) -> str:
    """The report for people."""
    lines = [f"{found.events} events in {found.chains} chains."]
    lines += [f"{each.chain}, event {each.seq}: {each.what}." for each in found.findings]
    lines.append("The record holds." if found.is_clean else "The record was tampered with.")
    return "\n".join([*lines, LIMITS])

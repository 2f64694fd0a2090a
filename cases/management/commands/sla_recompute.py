"""`manage.py sla_recompute`: every running clock counted anew from its events."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand
from django.utils.timezone import now as current_time  # noqa: TID251 -- a command is a door

from cases.actions.recounting import recount_all
from cases.management.output import as_json

WORDS = """\
{cases} open cases looked at: the clocks of {changed} stood otherwise than their events say, \
{started} had none yet\
"""
DRY = "Nothing was written."


class Command(BaseCommand):
    """Exit code 0: the clocks stand as their events say, or do so now."""

    help = "Count the clocks of all open cases anew from their events, and mend what differs."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """How to answer, and whether to write."""
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")
        parser.add_argument(
            "--dry-run", action="store_true", help="Report the same and write nothing."
        )

    def handle(self, *_args: str, **options: Any) -> None:
        """Count and report."""
        counted = recount_all(at=current_time(), is_dry=options["dry_run"])
        answer = counted.as_json()
        self.stdout.write(as_json(answer) if options["json"] else WORDS.format(**answer))
        if options["dry_run"] and not options["json"]:
            self.stdout.write(DRY)

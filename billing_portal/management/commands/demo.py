"""`manage.py demo`: a fictional hospital network with ninety days of remittances and work."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.timezone import now  # noqa: TID251 -- a command is a door

from billing_portal.access.actor import system_actor
from billing_portal.kernel.pure.errors import DomainError
from billing_portal.management.demo import signins
from billing_portal.management.demo.claims import CLAIMS, Size
from billing_portal.management.demo.ledger import keep_books
from billing_portal.management.demo.loading import Standing, begun, load, standing
from billing_portal.management.demo.payables import enter_bills
from billing_portal.management.demo.resetting import reset

SIZES = ", ".join(f"{size}: about {count:,} claims" for size, count in CLAIMS.items())


class Command(BaseCommand):
    """Progress goes to stderr, sign-ins to stdout. Loaded once, it says so and changes nothing."""

    help = "Load the demo organisation into an empty database."

    def add_arguments(self, parser: CommandParser) -> None:
        """How much, and whether anew."""
        sizes = [str(size) for size in Size]
        parser.add_argument("--size", choices=sizes, default=str(Size.M), help=SIZES)
        parser.add_argument("--reset", action="store_true", help="Take a loaded demo away first.")
        parser.add_argument("--json", action="store_true", help="Print one JSON object.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Load, or say that it is loaded; print who can sign in."""
        try:
            if options["reset"]:
                reset()
            report = self.load(Size(options["size"]))
            enter_bills()
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        if options["json"]:
            people = [
                {"username": each.username, "role": each.role, "name": each.name}
                for each in signins()
            ]
            password = signins()[0].password
            self.stdout.write(
                json.dumps({**report, "password": password, "people": people}, indent=2)
            )
        else:
            self.tell_signins()

    def load(self, size: Size) -> dict[str, object]:
        """The report of a demo just loaded, or of the one that is there."""
        if standing() is Standing.LOADED:
            held = begun()
            keep_books(by=system_actor("demo"))  # its port may be another one today
            self.stderr.write(
                f"  loaded already: size {held['size']}, as of {held['as_of']}"
                " (--reset loads it anew)"
            )
            return {"loaded": False, "size": held["size"], "as_of": held["as_of"]}
        played = load(size=size, now=now(), tell=self.progress)
        return {"loaded": True, **played.as_json()}

    def progress(self, words: str) -> None:
        """One line of progress."""
        self.stderr.write(f"  {words}")
        self.stderr.flush()

    def tell_signins(self) -> None:
        """Who can sign in, by role."""
        people = signins()
        self.stdout.write(f"Demo sign-ins; the password of each is {people[0].password}")
        for each in people:
            self.stdout.write(f"  {each.username:<10} {each.role:<26} {each.name}")

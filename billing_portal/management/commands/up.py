"""`manage.py up`: everything that serves the portal, in one terminal."""

import errno
import os
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing_portal.embedded.errors import StartRefused
from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.supervisor import Told, listen_to_signals
from billing_portal.management.installation import Installation


class Command(BaseCommand):
    """Starts the embedded services, migrates, and serves until Ctrl-C."""

    help = (
        "Embedded PostgreSQL and Valkey (unless DATABASE_URL, BROKER_URL name others), migrations,"
        " web server, worker and beat, until Ctrl-C."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        """The port, and whether the demo organisation is loaded first."""
        parser.add_argument("--port", type=int, default=os.environ.get("PORT") or "8000")
        parser.add_argument("--demo", action="store_true", help="load the demo organisation")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Run until told to stop."""
        listen_to_signals()
        installation = Installation(
            home=PortalHome.here(), port=options["port"], demo=options["demo"], say=self.tell
        )
        try:
            installation.run()
        except Told:
            self.tell("Stopped.")
        except StartRefused as refusal:
            words = (str(refusal), installation.home.shortage())
            raise CommandError(" ".join(dict.fromkeys(filter(None, words)))) from refusal
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            raise CommandError(
                f"The disk of {installation.home.root} is full. Free some space and start again."
            ) from error

    def tell(self, line: str) -> None:
        """One line, at once, as long as somebody can hear it."""
        with suppress(OSError):
            self.stdout.write(line)
            self.stdout.flush()

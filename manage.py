#!/usr/bin/env python
"""Django's command line for Billing Portal."""

import errno
import os
import sys

from django.core.management import execute_from_command_line
from django.db import OperationalError

NO_DATABASE = (
    "No database answers. Start the portal in another terminal (make demo, or manage.py up), or set"
    " DATABASE_URL and DATABASE_OWNER_URL."
)
DISK_FULL = "53100"  # as PostgreSQL says it
NO_ROOM = "The disk is full. Free some space, then run this again: it goes on where it stopped."

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "billing_portal.settings")
    try:
        execute_from_command_line(sys.argv)
    except OperationalError as error:
        state = getattr(error.__cause__, "sqlstate", None)
        if state == DISK_FULL:
            sys.exit(NO_ROOM)
        if state:  # the server answered
            raise
        sys.exit(f"{NO_DATABASE}\n({str(error).strip()})")
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        sys.exit(NO_ROOM)

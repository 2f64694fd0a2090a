"""What a running installation offers to commands started beside it."""

import json

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.processes import is_alive


def environment() -> dict[str, str]:
    """Settings of the installation that runs from this home; empty when none does."""
    path = PortalHome.here().environment_file
    try:
        held = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not is_alive(held["pid"], held["started"]):
        return {}
    values: dict[str, str] = held["values"]
    return values

"""What a running installation offers to commands started beside it."""

import json
import os

from billing_portal.embedded.home import PortalHome, write_private

DATABASE = ("DATABASE_URL", "DATABASE_OWNER_URL")


def environment() -> dict[str, str]:
    """Settings of the installation that runs from this home; empty when none does.

    A database that this process was told of is never mixed with the embedded one's owner.
    """
    home = PortalHome.here()
    try:
        held = json.loads((home.run / "environment.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not home.is_claimed:
        return {}
    is_told = bool({"DATABASE_URL", "DATABASE_URL_FILE"} & os.environ.keys())
    return {name: value for name, value in held.items() if not (is_told and name in DATABASE)}


def publish(home: PortalHome, values: dict[str, str]) -> None:
    """Offer these settings while this supervisor holds the home."""
    write_private(home.run / "environment.json", json.dumps(values))

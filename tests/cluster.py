"""The tests' own PostgreSQL: one cluster per worker, a migrated template, clones of it.

Tests connect as the application's role; the owner's role builds the template. A test that commits
gets a fresh clone afterwards, since the guards rightly refuse to truncate.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from billing_portal.embedded.home import CHECKOUT, PortalHome
from billing_portal.embedded.postgres import Cluster
from billing_portal.settings.database import credentials

TEMPLATE, DATABASE = "portal_template", "portal_test"


class TestCluster:
    """One worker's server."""

    __test__ = False

    def __init__(self, worker: str) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"bp-test-{worker}-"))
        self.folder.chmod(0o711)
        self.cluster = Cluster(PortalHome(self.folder), quick=True)
        atexit.register(self.remove)
        self.cluster.start()
        os.environ["PORTAL_HOME"] = str(self.folder)
        settings.MEDIA_ROOT = self.folder / "files"
        settings.PORTAL_HOME = self.folder

    def build_template(self) -> None:
        """Migrate once, as the owner."""
        self.cluster.create_database(TEMPLATE)
        self.point(TEMPLATE)
        call_command("migrate", verbosity=0)
        connections["default"].close()

    def point(self, database: str) -> None:
        """Let Django's default connection be the application's role on this database."""
        connections["default"].close()
        chosen = credentials(self.cluster.app_url(database))
        settings.DATABASES["default"].update(chosen)
        connections["default"].settings_dict.update(chosen)
        settings.DATABASE_URL = self.cluster.app_url(database)
        settings.DATABASE_OWNER_URL = self.cluster.owner_url(database)

    def renew(self) -> None:
        """A fresh clone of the template under the tests' name."""
        connections.close_all()
        self.cluster.drop_database(DATABASE)
        self.cluster.create_database(DATABASE, template=TEMPLATE)
        self.point(DATABASE)

    def remove(self) -> None:
        """Stop the server and take its folder away."""
        connections.close_all()
        self.cluster.stop()
        shutil.rmtree(self.folder, ignore_errors=True)
        shutil.rmtree(self.cluster.sockets, ignore_errors=True)
        if self.cluster.base != self.cluster.home.root:
            shutil.rmtree(self.cluster.base, ignore_errors=True)


def samples() -> Path | None:
    """The foreign sample files, if this machine has them (`PORTAL_SAMPLES`)."""
    told = os.environ.get("PORTAL_SAMPLES", str(CHECKOUT.parent / "shared" / "samples"))
    return Path(told) if Path(told).is_dir() else None


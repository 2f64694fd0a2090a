"""The portal's settings for tests: nothing of this machine, above all no running installation."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

for name in ("DATABASE_URL", "DATABASE_OWNER_URL", "BROKER_URL", "SECRET_KEY"):
    os.environ.pop(f"{name}_FILE", None)

home = Path(tempfile.mkdtemp(prefix="bp-test-"))
home.chmod(0o711)  # PostgreSQL's account passes, nobody reads
(home / "static").mkdir()
atexit.register(shutil.rmtree, home, ignore_errors=True)

os.environ |= {
    "PORTAL_HOME": str(home),
    "SECRET_KEY": "only for tests, and long enough to sign with: 0123456789abcdef",
    "DATABASE_URL": "postgresql://portal_app@/portal_test",
    "DATABASE_OWNER_URL": "postgresql://portal_owner@/portal_test",
    "BROKER_URL": "memory://",
    "DEMO": "0",
}

from billing_portal.settings import *  # noqa: E402, F403

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}

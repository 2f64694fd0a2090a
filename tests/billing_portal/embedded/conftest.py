import tempfile
from pathlib import Path

import pytest
from django.conf import settings


@pytest.fixture
def open_folder():
    """A folder that PostgreSQL's account can reach, unlike pytest's own."""
    folder = Path(tempfile.mkdtemp(dir=settings.PORTAL_HOME))
    folder.chmod(0o711)
    return folder

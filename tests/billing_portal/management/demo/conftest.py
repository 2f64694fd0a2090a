"""The demo, loaded once for the tests that look at it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.test import override_settings

from billing_portal.management.demo.claims import Size
from billing_portal.management.demo.loading import Played, load

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def played(cluster, django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[Played]:
    """A small demo in a home of its own; a fresh database follows, since the demo commits."""
    home = override_settings(PORTAL_HOME=tmp_path_factory.mktemp("home"))
    with django_db_blocker.unblock(), home:
        cluster.renew()
        yield load(size=Size.S, now=NOW, tell=lambda _words: None)
        cluster.renew()

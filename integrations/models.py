"""Gathers the tables of this app for Django; nobody imports it."""

from integrations.canonical.models import *  # noqa: F403 -- Django looks for models here
from integrations.feed.models import *  # noqa: F403 -- Django looks for models here
from integrations.health.models import *  # noqa: F403 -- Django looks for models here
from integrations.inbox.models import *  # noqa: F403 -- Django looks for models here
from integrations.outbox.models import *  # noqa: F403 -- Django looks for models here
from integrations.sync.models import *  # noqa: F403 -- Django looks for models here

"""How the portal looks and listens to one person; their own choice, with history like all else."""

from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.pure.errors import DomainError

REASON = "Changed their own settings"


class SettingsChanged(DomainError):
    """The settings were changed after the page was opened."""

    code = "stale_version"


@transaction.atomic
def prefer(*, user: User, theme: str, keyboard_mode: str, time_zone: str, version: int) -> User:
    """Keep a person's own choices. Locks their row. Raises SettingsChanged."""
    locked = User.objects.select_for_update().get(pk=user.pk)
    if locked.version != version:
        raise SettingsChanged("Your settings were changed in another window. Reload and try again.")
    locked.theme, locked.keyboard_mode, locked.time_zone = theme, keyboard_mode, time_zone
    locked.version += 1
    fields = ["theme", "keyboard_mode", "time_zone", "version"]
    save_because(locked, by=locked, reason=REASON, fields=fields)
    return locked

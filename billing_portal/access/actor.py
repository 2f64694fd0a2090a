"""The actor of the moment, and the systems that act by themselves."""

from billing_portal.accounts.models import User
from billing_portal.kernel.actor import Acting, ActorMissing, acting, current

__all__ = ["Acting", "ActorMissing", "acting", "current", "system_actor"]


def system_actor(name: str) -> User:
    """The system user of this name (“ingest”, “detection”), made when first asked for."""
    return User.objects.system(name)

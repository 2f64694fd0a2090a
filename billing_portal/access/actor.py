"""The actor of the moment, and the systems that act by themselves."""

from billing_portal.accounts.models import User, UserKind
from billing_portal.kernel.actor import Acting, ActorMissing, acting, current
from billing_portal.kernel.models.history import save_because

__all__ = ["Acting", "ActorMissing", "acting", "current", "system_actor"]


def system_actor(name: str) -> User:
    """The system user of this name (“ingest”, “detection”, “routing”), made when first asked for."""
    username = f"system:{name}"
    held = User.objects.filter(username=username).first()
    if held is not None:
        return held
    made = User(username=username, full_name=name.capitalize(), kind=UserKind.SYSTEM)
    made.set_unusable_password()
    first_cause = User.objects.filter(kind=UserKind.SYSTEM).order_by("pk").first()
    save_because(made, by=first_cause or made, reason="A system acts for the first time")
    return made

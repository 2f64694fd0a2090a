"""Where the demo's books are kept: the sandbox ERP that `up --demo` starts."""

from django.conf import settings
from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.history import save_because
from billing_portal.kernel.models.versions import write_version
from cases.effects.models import Ledger
from integrations.outbox.models import Destination

ERP = "erp"
REASON = "Part of the demo organisation"


@transaction.atomic
def keep_books(*, by: User) -> Destination:
    """Let every site's books be kept by the sandbox ERP, at the address it has today."""
    columns = {
        "name": ERP,
        "label": "Sandbox ERP (demo)",
        "target": "sandbox",
        "url": settings.SANDBOX_URL,
        "allows_loopback": True,
        "request_limit_seconds": 10,
    }
    held = Destination.objects.filter(name=ERP).first()
    write_version(held, columns, model=Destination, by=by, reason=REASON)
    erp = Destination.objects.get(name=ERP)
    if not Ledger.objects.filter(entity=None).exists():
        save_because(Ledger(entity=None, destination=erp), by=by, reason=REASON)
    return erp

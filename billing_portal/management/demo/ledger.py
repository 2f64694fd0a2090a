"""Where the demo's books are kept: the sandbox ERP of `up --demo`, or a real Tryton beside it."""

from typing import Any

from django.conf import settings
from django.db import transaction

from billing_portal.accounts.models import User
from billing_portal.kernel.models.versions import write_version
from cases.effects.models import Ledger
from integrations.outbox.models import Destination

REASON = "Part of the demo organisation"


@transaction.atomic
def keep_books(*, by: User) -> Destination:
    """Let every site's books be kept by the ERP that runs today, at the address it has today."""
    columns = tryton() if settings.TRYTON_URL else sandbox()
    held = Destination.objects.filter(name=columns["name"]).first()
    write_version(held, columns, model=Destination, by=by, reason=REASON)
    erp = Destination.objects.get(name=columns["name"])
    ledger = Ledger.objects.filter(entity=None).select_related("destination").first()
    write_version(ledger, {"destination": erp}, model=Ledger, by=by, reason=REASON)
    return erp


def sandbox() -> dict[str, Any]:
    """The ledger that comes with us."""
    return {
        "name": "erp",
        "label": "Sandbox ERP (demo)",
        "target": "sandbox",
        "url": settings.SANDBOX_URL,
        "allows_loopback": True,
        "request_limit_seconds": 10,
    }


def tryton() -> dict[str, Any]:
    """A real ERP, as `billing_portal.embedded.tryton` fills it."""
    return {
        "name": "tryton",
        "label": "Tryton (demo)",
        "target": "tryton",
        "url": settings.TRYTON_URL,
        "secret_env": "PARTNER_TRYTON_KEY",
        "settings": {
            "company": 1,
            "journal": "MISC",
            "payment_journal": "Refunds",
            "one_time": {"patient": "ONE-TIME", "payer": "ONE-TIME"},
        },
        "allows_loopback": True,
        "request_limit_seconds": 60,
    }

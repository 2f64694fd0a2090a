"""How test rows are made: as a system, for a reason, like everybody's."""

from typing import Any

import factory
from django.db import transaction

from billing_portal.access.actor import acting, system_actor

REASON = "For a test"


class Made(factory.django.DjangoModelFactory):
    """A valid row without arguments; tracked ones leave their history."""

    class Meta:
        abstract = True

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        with transaction.atomic(), acting(by=system_actor("tests"), reason=REASON):
            made = super()._create(model_class, *args, **kwargs)
        made.refresh_from_db()
        return made

"""Whose federal clocks somebody sees: those of their cases; compliance, every one."""

from django.db.models import QuerySet

from billing_portal.access.grants import may
from billing_portal.access.roles import SEE_FEDERAL_CLOCKS
from billing_portal.accounts.models import User
from cases.types.refund.detect import KEY
from cases.work.models import Case


def clocked_by(user: User) -> QuerySet[Case]:
    """The credits whose clocks somebody sees."""
    every = Case.objects.all() if may(user, SEE_FEDERAL_CLOCKS) else Case.objects.visible_to(user)
    return every.filter(case_type=KEY)

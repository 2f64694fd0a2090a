"""What is known of a payer, for the pages that deal with it."""

from django.db.models import Count, Q, QuerySet

from cases.payers.models import PayerContact, PayerRule, Topic
from cases.work.models import Case, Note, NoteKind
from integrations.canonical.models import Payer

LISTED = 500


def every() -> QuerySet[Payer]:
    """The payers by name, with how many departments and rules are written down. One query."""
    known = Payer.objects.annotate(
        departments=Count("contacts", Q(contacts__is_active=True), distinct=True),
        asked=Count("rules", Q(rules__is_active=True), distinct=True),
    )
    return known.order_by("name", "pk")[:LISTED]


def contacts_of(payer_id: int | None) -> QuerySet[PayerContact]:
    """Its departments, by name."""
    return PayerContact.objects.filter(payer=payer_id, is_active=True).order_by("department", "pk")


def rules_of(payer_id: int | None) -> QuerySet[PayerRule]:
    """What it asks for, by topic."""
    return PayerRule.objects.filter(payer=payer_id, is_active=True).order_by("topic", "pk")


def appeal_address(payer_id: int | None) -> str:
    """Where it takes appeals; empty when nobody wrote it down."""
    found = rules_of(payer_id).filter(topic=Topic.APPEAL_ADDRESS).values_list("words", flat=True)
    return next(iter(found[:1]), "")


def calls(cases: QuerySet[Case], *, payer_id: int) -> QuerySet[Note]:
    """Calls with a payer on these cases, newest first."""
    return (
        Note.objects.filter(case__in=cases.filter(payer=payer_id), kind=NoteKind.CALL)
        .select_related("case", "author")
        .order_by("-pk")
    )

"""The whole canonical state as one value, without keys, places and times: for comparing."""

from typing import Any

from django.db import connection

from integrations.canonical.models import (
    Adjustment,
    Claim,
    Coverage,
    Patient,
    Payer,
    Provider,
    ProviderAdjustment,
    Remark,
    Remittance,
    RemittedClaim,
    Reversal,
    ServiceLine,
)

MEMBER = (
    "remitted_claim__remittance__trace_number",
    "remitted_claim__digest",
    "remitted_claim__ordinal",
)
COLUMNS: dict[type[Any], tuple[str, ...]] = {
    Payer: ("key", "name", "is_confirmed"),
    Provider: ("identifier", "name"),
    Patient: ("source__name", "external_id", "family_name", "given_name", "member_id"),
    Coverage: ("patient__external_id", "payer__key", "member_id", "group_number"),
    Claim: (
        "patient_control_number",
        "payer_identifier",
        "payee_identifier",
        "payer_control_number",
        "payer__key",
        "facility__key",
        "patient__external_id",
        "provider__identifier",
        "coverage__member_id",
        "charge",
        "currency",
        "service_from",
        "service_to",
        "source_version",
    ),
    Remittance: ("trace_number", "paid_on", "amount", "currency", "payer__key", "facility__key"),
    RemittedClaim: (
        "remittance__trace_number",
        "claim__patient_control_number",
        "digest",
        "ordinal",
        "status_code",
        "charge",
        "paid",
    ),
    ServiceLine: (*MEMBER, "procedure", "charge", "paid", "service_from"),
    Adjustment: (*MEMBER, "group", "carc", "amount"),
    Remark: (*MEMBER, "place", "code"),
    ProviderAdjustment: ("remittance__trace_number", "reason", "reference", "amount"),
    Reversal: (
        "reversal__remittance__trace_number",
        "reversal__digest",
        "reversal__ordinal",
        "reversed_claim__remittance__trace_number",
        "reversed_claim__digest",
        "reversed_claim__ordinal",
    ),
}


def state() -> dict[str, list[str]]:
    """Every canonical row as text, sorted."""
    return {
        model.__name__: sorted(map(str, model.objects.order_by().values_list(*columns)))
        for model, columns in COLUMNS.items()
    }


def check_deferred() -> None:
    """Make every check now that would be made at commit: history demanded, foreign keys."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")

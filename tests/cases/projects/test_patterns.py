"""What makes denials alike: the same in Python and in the database."""

import pytest
from django.db import connection
from psycopg import sql

from cases.projects.patterns import MATCHES, Pattern
from cases.work.models import Case
from tests.house import DETAILS

pytestmark = pytest.mark.django_db


def details(remark="N54", service="99285"):
    return DETAILS | {"remarks": [remark, "MA01"], "lines": [{"procedure": service}]}


def by_sql(pattern: Pattern) -> set[int]:
    with connection.cursor() as cursor:
        cursor.execute(
            sql.SQL("SELECT id FROM cases_case AS c WHERE {}").format(MATCHES), pattern.parameters
        )
        return {row[0] for row in cursor.fetchall()}


def test_condition_and_sql_find_the_same_cases(house):
    wanted = house.case(details=details())
    house.case(details=details(remark="N55"))
    house.case(details=details(service="99284"))
    house.case(details=details(), code="CO-16")
    house.case(facility=house.south, details=details())
    parts = {
        "payer_id": house.payer.pk,
        "code": "CO-197",
        "remark": "N54",
        "service": "99285",
        "facility_id": house.north.pk,
    }

    for left_out in [None, *parts]:
        pattern = Pattern(**{k: v for k, v in parts.items() if k != left_out})
        found = set(Case.objects.filter(pattern.condition()).values_list("pk", flat=True))
        assert found == by_sql(pattern)
        assert wanted.pk in found
        assert len(found) == (1 if left_out in {None, "payer_id"} else 2)


def test_a_pattern_holds_a_narrower_one():
    wide, narrow = Pattern(code="CO-197"), Pattern(code="CO-197", remark="N54")

    assert wide.holds(narrow)
    assert not narrow.holds(wide)
    assert (wide.parts, narrow.parts, Pattern().parts) == (1, 2, 0)

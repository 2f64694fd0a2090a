"""The worklist: what it shows, what it costs, and that its numbers agree."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from cases.actions import working
from cases.work.lifecycle import Disposition
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
ALL = "/queues/all/"


def due(days: float):
    return {"resolve_due_at": timezone.now() + timedelta(days=days)}


def tabs(page) -> dict[str, int]:
    """What each view says it holds."""
    found = re.findall(
        r'<a href="[^"]*view=(\w+)[^"]*"[^>]*>[^<]*<span class="n[^"]*">([\d,]+)', page
    )
    return {view: int(count.replace(",", "")) for view, count in found}


def statements(queries) -> list[str]:
    """What was asked; a test's savepoint stands where a request begins and commits."""
    return [each["sql"] for each in queries if "SAVEPOINT" not in each["sql"]]


@pytest.mark.parametrize("rows", [1, 25, 60])
def test_a_worklist_costs_twelve_queries_at_any_length(house, reader, rows):
    for _ in range(rows):
        house.case()
    reader.get(ALL)

    with CaptureQueriesContext(connection) as queries:
        answer = reader.get(ALL)

    assert answer.status_code == 200
    assert len(statements(queries)) == 12


def test_the_first_page_and_the_next_together_show_every_case_once(house, reader):
    shown = [house.case(**due(number / 10)).reference for number in range(45)]

    first = reader.get(ALL)
    (address,) = re.findall(r'<a href="([^"]+)" rel="next"', first.content.decode())
    address = address.replace("&amp;", "&")

    assert reader.listed(ALL) == shown[:40]
    assert reader.listed(address) == shown[40:]
    assert "1–40 of 45" in text_of(first)
    assert "41–45 of 45" in text_of(reader.get(address))


@pytest.mark.parametrize("address", [ALL, "/queues/test-auth/", reverse("cases:mine")])
def test_the_best_next_come_first_for_the_same_queries(house, reader, specialist, address):
    held = {"owner": specialist, "status": "assigned"}
    cases = [house.case(amount_at_risk=Decimal(10) * 2**number, **held) for number in range(12)]
    reader.get(f"{address}?sort=score")

    with CaptureQueriesContext(connection) as queries:
        shown = reader.listed(address, sort="score")

    assert shown == [case.reference for case in reversed(cases)]
    assert len(statements(queries)) == 12


def test_a_case_that_leaves_the_list_moves_no_page(house, reader, specialist):
    cases = [house.case(**due(number / 10)) for number in range(45)]
    (address,) = re.findall(r'<a href="([^"]+)" rel="next"', reader.get(ALL).content.decode())
    working.resolve(
        case=cases[3],
        by=specialist,
        disposition=Disposition.DUPLICATE,
        reason="The same service twice.",
        at=timezone.now(),
        seen_version=1,
    )

    assert reader.listed(address.replace("&amp;", "&")) == [case.reference for case in cases[40:]]


@pytest.mark.parametrize(
    ("sort", "order"), [("due", [1, 0, 2]), ("amount", [2, 1, 0]), ("age", [0, 2, 1])]
)
def test_a_worklist_is_in_the_order_that_was_asked(house, reader, sort, order):
    opened = timezone.now()
    cases = [
        house.case(amount_at_risk=Decimal(10), opened_at=opened - timedelta(days=9), **due(2)),
        house.case(amount_at_risk=Decimal(20), opened_at=opened - timedelta(days=1), **due(1)),
        house.case(amount_at_risk=Decimal(30), opened_at=opened - timedelta(days=5), **due(3)),
    ]

    assert reader.listed(ALL, sort=sort) == [cases[index].reference for index in order]


def test_each_view_holds_as_many_cases_as_its_tab_says(house, reader, specialist):
    house.case(**due(-10))
    house.case(**due(-1), owner=specialist, status="in_work")
    house.case(**due(3), amount_at_risk=Decimal("5000.01"), first_touched_at=timezone.now())
    house.case(**due(3), amount_at_risk=Decimal("5000.00"), first_touched_at=timezone.now())
    house.canaries(3)

    counted = tabs(reader.get(ALL).content.decode())

    assert counted == {view: len(reader.listed(ALL, view=view)) for view in counted}
    assert counted["mine"] == 1
    assert counted["overdue"] == 2
    assert counted["large"] == 1
    assert counted["open"] == 4


def test_the_rail_counts_what_the_queue_page_lists(house, reader):
    for _ in range(3):
        house.case()
    house.canaries(2)
    address = reverse("cases:queue", args=[house.auth.key])

    page = reader.get(address)
    (rail,) = re.findall(
        rf'href="{address}"[^>]*>.*?<span class="n">(\d+)</span>', text(page), re.DOTALL
    )

    assert int(rail) == len(reader.listed(address)) == 3


def text(page) -> str:
    return page.content.decode()


def test_a_foreign_case_changes_no_number_on_the_page(house, reader):
    house.case(**due(1))
    before = re.sub(r"[0-9a-f-]{36}|value=\"[^\"]{64}\"|\d+[dhm]", "", text(reader.get(ALL)))

    house.canaries(5)

    after = re.sub(r"[0-9a-f-]{36}|value=\"[^\"]{64}\"|\d+[dhm]", "", text(reader.get(ALL)))
    assert numbers(before) == numbers(after)


def numbers(page: str) -> list[str]:
    return re.findall(r">\s*\(?\$?([\d,.]+[KMB]?)\s*<", page)


def test_a_case_number_stands_in_the_address_and_restores_the_page(house, reader):
    house.case(reference="DN-000041")
    house.case(reference="DN-000052")

    answer = reader.post(ALL, {"term": "dn-000041", "view": "open", "sort": "due"})

    assert "q=dn-000041" in answer.url
    assert "DN-000041" in text(reader.get(answer.url))
    assert "DN-000052" not in text(reader.get(answer.url))


def test_a_claim_number_never_stands_in_an_address_and_still_restores_the_page(house, reader):
    wanted, _other = house.case(), house.case()
    number = wanted.claim.patient_control_number

    answer = reader.post(ALL, {"term": number, "view": "open", "sort": "due"})

    assert number not in answer.url
    assert reader.listed(answer.url) == [wanted.reference]
    assert f'value="{number}"' in text(reader.get(answer.url))


@pytest.mark.parametrize(
    ("term", "finds"),
    [("CO-197", True), ("co197", True), ("$400.00", True), ("ICN", True), ("CO-16", False)],
)
def test_the_filter_takes_a_code_an_amount_or_a_payer_control_number(house, reader, term, finds):
    house.case()

    answer = reader.post(ALL, {"term": term, "view": "open"})

    assert bool(reader.listed(answer.url)) is finds


def test_the_filters_narrow_together(house, reader, specialist):
    mine = house.case(owner=specialist, status="in_work")
    house.case()

    shown = reader.listed(ALL, owner="me", status="in_work", payer=house.payer.key)

    assert shown == [mine.reference]


def test_the_preview_of_an_address_is_the_case_it_names(house, reader):
    house.case(**due(1))
    other = house.case(**due(2))

    page = text(reader.get(ALL, {"peek": other.public_id}))

    assert f'aria-label="Preview of {other.reference}"' in page


def test_a_preview_alone_is_small_and_shows_no_foreign_case(house, reader):
    case, foreign = house.case(), house.canaries()[0]
    headers = {"HX-Request": "true", "HX-Target": "peek"}

    own = reader.get(ALL, {"peek": case.public_id}, headers=headers)
    others = reader.get(ALL, {"peek": foreign.public_id}, headers=headers)

    assert case.reference in text(own)
    assert len(own.content) < 6_000
    assert CANARY not in text(others)


def test_the_patient_of_a_row_is_masked(house, reader):
    house.case()

    page = text(reader.get(ALL))

    assert "D•••, J•••" in page
    assert "Doe" not in page


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({}, "All done"),
        ({"status": "deferred"}, "The filters hide everything"),
    ],
)
def test_an_empty_worklist_says_why(reader, query, words):
    assert words in text_of(reader.get(ALL, query))


def test_an_empty_view_points_to_the_others(house, reader):
    house.case(**due(3), first_touched_at=timezone.now())

    assert "Nothing in this view" in text_of(reader.get(ALL, {"view": "overdue"}))


def test_somebody_without_a_queue_is_told_who_gives_one(house):
    reader = Reader.of(house.person("treasury"))

    assert "No queue is yours yet" in text_of(reader.get(ALL))


def test_an_address_full_of_nonsense_is_just_the_list(house, reader):
    case = house.case()
    nonsense = {"view": "x", "sort": "y", "after": "z", "t": "?", "from": "-1", "peek": "q"}

    assert reader.listed(ALL, **nonsense) == [case.reference]


def test_a_row_has_few_elements(house, reader):
    def elements() -> int:
        return len(re.findall(r"<[a-z]", text(reader.get(ALL))))

    house.case()
    one = elements()
    for _ in range(10):
        house.case()

    assert (elements() - one) / 10 <= 25


def test_the_readers_glance_is_on_record(house, reader, specialist):
    case = house.case()
    reader.get(ALL)

    (event,) = AuditEvent.objects.filter(chain=f"user:{specialist.pk}", verb="worklist.shown")
    assert str(case.public_id) in event.body

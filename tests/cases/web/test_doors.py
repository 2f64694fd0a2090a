"""Who gets through which door of the portal's own pages."""

import uuid
from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from cases.work.models import Case
from tests.house import CANARY
from tests.pages import Reader

pytestmark = pytest.mark.django_db

ARGUMENTS = {
    "pk": 7,
    "link": 7,
    "form": "comment",
    "public_id": uuid.UUID(int=7),
    "key": "house",
    "slug": "authorization",
    "reason": "truncated",
    "rows": "rules",
    "place": 0,
    "number": 1,
    "name": "approve",
    "way": "secondary",
    "verb": "replay",
    "code": "period_closed",
}
ON_A_CASE = [
    "case",
    "money",
    "claim",
    "assign",
    "release",
    "skip",
    "transfer",
    "defer",
    "wait_payer",
    "wait_info",
    "resume",
    "comment",
    "labels",
    "link",
    "merge",
    "split",
    "step",
    "attach",
    "resolve",
    "reopen",
    "reverse",
    "reveal",
    "research",
    "refund_way",
    "federal_act",
    "refund_check",
    "refund_check_moved",
    "invoice_release",
    "invoice_duplicate",
    "invoice_return",
    "invoice_coding",
    "invoice_recheck",
    "small_balance_look",
    "small_balance_request",
    "backdate",
    "void",
    "emergency_review",
]


def addresses(namespace: str) -> Iterator[str]:
    """Every address of a namespace, with something in the place of each argument."""
    (resolver,) = (
        each for each in get_resolver().url_patterns if getattr(each, "namespace", "") == namespace
    )
    for pattern in resolver.url_patterns:
        assert isinstance(pattern, URLPattern)
        arguments = {name: ARGUMENTS[name] for name in pattern.pattern.converters}
        yield reverse(f"{namespace}:{pattern.name}", kwargs=arguments)


@pytest.mark.parametrize("address", [*addresses("cases"), *addresses("ops")])
def test_a_stranger_is_sent_to_the_sign_in(address):
    asked, sent = Client().get(address), Client().post(address)

    assert (asked.status_code, sent.status_code) == (302, 302)
    assert asked.url.startswith("/accounts/login/")
    assert sent.url.startswith("/accounts/login/")


@pytest.mark.parametrize("name", ON_A_CASE)
def test_a_foreign_case_does_not_exist(house, reader, name):
    for foreign in house.canaries():
        before = Case.objects.filter(pk=foreign.pk).values().get()
        address = reverse(f"cases:{name}", args=[foreign.public_id])

        assert reader.get(address).status_code == 404
        if name not in {"case", "money"}:
            assert reader.post(address, {"seen_version": 1, "reason": "x"}).status_code == 404
        assert Case.objects.filter(pk=foreign.pk).values().get() == before


@pytest.mark.parametrize(
    "page", ["cases:mine", "cases:all", "cases:home", "cases:search", "cases:settings"]
)
def test_no_page_shows_a_foreign_case(house, reader, page):
    house.case()
    house.canaries(2)

    answer = reader.get(reverse(page), follow=True)

    assert answer.status_code == 200
    assert CANARY not in answer.content.decode()


def test_a_foreign_queue_does_not_exist(house, reader):
    assert reader.get(reverse("cases:queue", args=[house.coding.key])).status_code == 404


@pytest.mark.parametrize(
    "page", ["cases:imports", "ops:messages", "ops:quarantine", "ops:outbox", "ops:stuck"]
)
def test_a_page_of_another_role_says_which_role_it_needs(reader, page):
    answer = reader.get(reverse(page))

    assert answer.status_code == 403
    assert "Integration engineer" in answer.content.decode()
    assert "user administrator" in answer.content.decode()


def test_somebody_who_only_sees_a_queue_is_offered_no_verb_and_refused_each(house):
    case, auditor = house.case(), house.person("auditor")
    reader = Reader.of(auditor)

    page = reader.get(reverse("cases:case", args=[case.public_id])).content.decode()
    sent = reader.post(reverse("cases:claim", args=[case.public_id]), {"seen_version": 1})

    assert "/resolve/" not in page
    assert 'data-key="e"' not in page
    assert sent.status_code == 409
    case.refresh_from_db()
    assert case.owner is None


def test_pages_of_the_signed_in_are_kept_by_no_cache_and_run_nothing_inline(house, reader):
    case = house.case()

    answer = reader.get(reverse("cases:case", args=[case.public_id]))

    assert answer["Cache-Control"] == "no-store"
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy

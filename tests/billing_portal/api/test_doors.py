"""Who comes in: tokens, sessions, nobody else; and what no foreign page makes a browser do."""

import json
import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import AnonRateThrottle, UserRateThrottle

from billing_portal.accounts.services import deactivate, make_token, revoke_token
from cases.work.models import Case

pytestmark = pytest.mark.django_db
CASES = "/api/v1/cases/"


def bearer(text: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {text}"}


@pytest.fixture
def token(house):
    user = house.person("denial_specialist")
    row, text = make_token(
        user=user,
        label="Tests",
        expires_at=timezone.now() + timedelta(hours=1),
        by=house.builder,
        reason="For a test",
    )
    return row, text


def test_a_token_signs_in(token):
    assert Client().get(CASES, headers=bearer(token[1])).status_code == 200


def test_a_stranger_is_asked_for_a_token(db):
    answer = Client().get(CASES)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize("text", ["", "bp_unknown", "two words"])
def test_an_unknown_token_is_refused(text, db):
    assert Client().get(CASES, headers=bearer(text)).status_code == 401


def test_a_revoked_or_expired_token_and_one_of_somebody_gone_is_refused(house, token):
    row, text = token
    now = timezone.now()

    revoke_token(token=row, by=house.builder, reason="Lost", at=now)
    _row, expired = make_token(
        user=row.user,
        label="Old",
        expires_at=timezone.now() + timedelta(milliseconds=100),
        by=house.builder,
        reason="For a test",
    )
    _row, orphan = make_token(
        user=row.user,
        label="New",
        expires_at=now + timedelta(hours=1),
        by=house.builder,
        reason="For a test",
    )
    time.sleep(0.1)
    assert Client().get(CASES, headers=bearer(text)).status_code == 401
    assert Client().get(CASES, headers=bearer(expired)).status_code == 401
    assert Client().get(CASES, headers=bearer(orphan)).status_code == 200
    deactivate(user=row.user, by=house.builder, reason="Left", at=now)
    assert Client().get(CASES, headers=bearer(orphan)).status_code == 401


def test_a_session_signs_in_too(house):
    client = Client()
    client.force_login(house.person("denial_specialist"))

    assert client.get(CASES).status_code == 200


def test_a_session_changes_nothing_without_its_csrf_token(house):
    case = house.case()
    client = Client(enforce_csrf_checks=True)
    client.force_login(house.person("denial_specialist"))

    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        answer = client.post(
            f"{CASES}{case.public_id}/claim/", json.dumps({"version": 1}), content_type=content_type
        )
        assert answer.status_code == 403

    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize("content_type", ["text/plain", "application/x-www-form-urlencoded"])
def test_json_that_does_not_say_so_is_refused(content_type, house, token):
    case = house.case()

    answer = Client().post(
        f"{CASES}{case.public_id}/claim/",
        '{"version": 1}',
        content_type=content_type,
        headers=bearer(token[1]),
    )

    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media_type")
    assert Case.objects.get(pk=case.pk).version == 1


def test_an_address_that_names_nothing_is_a_problem(token):
    for address in ("nothing/", "cases/7/", "cases/not-a-uuid/", "cases/claim-next/"):
        answer = Client().get(f"/api/v1/{address}", headers=bearer(token[1]))
        assert answer.status_code in {404, 405}
        assert answer["Content-Type"] == "application/problem+json"


def test_what_is_shown_is_kept_by_no_cache(token):
    assert "no-store" in Client().get(CASES, headers=bearer(token[1]))["Cache-Control"]


def test_too_many_calls_are_slowed_down(token, monkeypatch):
    monkeypatch.setattr(UserRateThrottle, "THROTTLE_RATES", {"user": "2/min"})

    answers = [Client().get(CASES, headers=bearer(token[1])) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert int(answers[-1]["Retry-After"]) > 0


@pytest.mark.parametrize("headers", [{}, bearer("bp_guessed")], ids=["no token", "a guess"])
def test_strangers_are_slowed_down_too(headers, token, monkeypatch):
    monkeypatch.setattr(AnonRateThrottle, "THROTTLE_RATES", {"anon": "2/min"})

    answers = [Client().get(CASES, headers=headers) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [401, 401, 429]
    assert Client().get(CASES, headers=bearer(token[1])).status_code == 200

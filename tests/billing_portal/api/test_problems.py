"""Refusals are problems: one shape, a stable code, a sentence for people."""

import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig
from django.http import Http404, HttpRequest
from rest_framework.exceptions import NotAuthenticated, Throttled, ValidationError
from rest_framework.request import Request

from billing_portal.access.idempotency import KeyReused
from billing_portal.api.problems import problem_response
from billing_portal.kernel.pure.errors import DomainError

SHAPE = {"type", "title", "status", "code", "detail", "correlation_id"}


def context() -> dict:
    return {"request": Request(HttpRequest())}


class TooSoon(DomainError):
    code = "too_soon"


@pytest.mark.parametrize(
    ("raised", "status", "code"),
    [
        (TooSoon("Wait."), 409, "too_soon"),
        (KeyReused("Used."), 422, "idempotency_key_reused"),
        (Http404(), 404, "not_found"),
        (PermissionDenied(), 403, "permission_denied"),
        (NotAuthenticated(), 401, "not_authenticated"),
        (Throttled(wait=3), 429, "throttled"),
        (RequestDataTooBig(), 413, "too_large"),
        (ValidationError({"reason": ["Say why."]}), 400, "invalid"),
    ],
)
def test_a_refusal_is_a_problem(raised, status, code):
    answer = problem_response(raised, context())

    assert answer.content_type == "application/problem+json"
    assert set(answer.data) >= SHAPE
    assert (answer.status_code, answer.data["status"], answer.data["code"]) == (
        status,
        status,
        code,
    )
    assert answer.data["type"] == f"urn:billing-portal:problem:{code.replace('_', '-')}"


def test_further_facts_stand_beside():
    answer = problem_response(TooSoon("Wait.", seen=3, current=4), context())

    assert (answer.data["seen"], answer.data["current"]) == (3, 4)


def test_field_errors_are_flat_wherever_they_are():
    raised = ValidationError(
        {"lines": [{}, {"amount": ["No amount."]}], "reason": ["Say why.", "Say more."]}
    )

    answer = problem_response(raised, context())

    assert [(each["field"], each["detail"]) for each in answer.data["errors"]] == [
        ("lines.1.amount", "No amount."),
        ("reason", "Say why."),
        ("reason", "Say more."),
    ]


def test_a_bug_is_no_refusal_and_rises():
    assert problem_response(ZeroDivisionError(), context()) is None


def test_how_long_to_wait_is_said():
    assert problem_response(Throttled(wait=3), context())["Retry-After"] == "3"

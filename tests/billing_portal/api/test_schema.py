"""The API's description: valid, complete, and true of every serializer."""

import json

import pytest
from django.urls import get_resolver
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import validate
from rest_framework.serializers import BaseSerializer, ListSerializer, ModelSerializer

from billing_portal.api.urls import router
from cases.api import inputs
from cases.api import serializers as of_cases
from integrations.api import serializers as of_integrations

UNSAFE = {"post", "put", "patch", "delete"}
# a POST because of what is asked, not because of what it changes
READS = {"search", "reveal", "matching", "try_out"}
THEIR_SENDERS = {"message_id", "correlation_id", "member_id"}  # names given by others, or random


@pytest.fixture(scope="module")
def description() -> dict:
    GENERATOR_STATS.reset()
    made = SchemaGenerator().get_schema(request=None, public=True)
    assert not GENERATOR_STATS
    return json.loads(json.dumps(made, default=str))


def operations(description):
    for path, methods in description["paths"].items():
        for method, operation in methods.items():
            yield path, method, operation


def test_it_is_valid_openapi_3_1(description):
    assert description["openapi"] == "3.1.0"
    validate(description)


def test_every_call_says_how_it_is_refused(description):
    for path, _method, operation in operations(description):
        refused = operation["responses"]["401"]["content"]["application/problem+json"]
        assert refused["schema"] == {"$ref": "#/components/schemas/Problem"}, path


def test_every_unsafe_call_takes_an_idempotency_key(description):
    for path, method, operation in operations(description):
        names = {each["name"] for each in operation.get("parameters", [])}
        assert ("Idempotency-Key" in names) == (method in UNSAFE), path


def test_every_call_is_named_once(description):
    names = [operation["operationId"] for _path, _method, operation in operations(description)]

    assert len(names) == len(set(names))
    assert {"cases_list", "cases_claim_next", "cases_resolve", "messages_create"} <= set(names)


def test_every_unsafe_handler_answers_a_repeated_call_once():
    for _prefix, viewset, _name in router.registry:
        actions = {action.__name__: action for action in viewset.get_extra_actions()}
        unsafe = {
            handler
            for action in actions.values()
            for method, handler in action.mapping.items()
            if method in UNSAFE
        }
        unsafe |= {name for name in ("create", "update", "destroy") if hasattr(viewset, name)}
        for name in unsafe - READS:
            assert getattr(getattr(viewset, name), "is_idempotent", False), (viewset, name)


def serializers_of(*modules):
    found = {
        each
        for module in modules
        for each in vars(module).values()
        if isinstance(each, type) and issubclass(each, BaseSerializer)
    }
    return sorted(found - {BaseSerializer, ModelSerializer, ListSerializer}, key=str)


ANSWERS = serializers_of(of_cases, of_integrations)


@pytest.mark.parametrize("serializer", ANSWERS, ids=lambda each: each.__name__)
def test_what_is_said_of_rows_cannot_be_written(serializer):
    if not issubclass(serializer, ModelSerializer):
        return
    assert isinstance(serializer.Meta.fields, tuple), "every field is named"
    assert not hasattr(serializer.Meta, "exclude")
    assert [name for name, field in serializer().fields.items() if not field.read_only] == []


@pytest.mark.parametrize("serializer", ANSWERS, ids=lambda each: each.__name__)
def test_no_key_of_the_database_is_a_field(serializer):
    for name, field in serializer().fields.items():
        assert name != "pk"
        assert not name.endswith("_id") or name in THEIR_SENDERS
        assert name != "id" or field.source == "public_id"


@pytest.mark.parametrize("takes", serializers_of(inputs), ids=lambda each: each.__name__)
def test_what_is_taken_in_knows_no_state(takes):
    assert not issubclass(takes, ModelSerializer)
    assert not set(takes().fields) & {"status", "amount_at_risk", "is_staff", "facility", "case"}


def test_every_address_of_the_api_is_described_or_the_description(description):
    described = set(description["paths"])
    api = next(
        each for each in get_resolver().url_patterns if getattr(each, "app_name", "") == "api"
    )

    assert len(described) >= len([each for each in api.url_patterns if each.name]) - 3

"""What the API's description says of every call alike.

How to sign in, what a refusal looks like, how a call is made safe to repeat.
"""

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from billing_portal.access.api import HEADER
from billing_portal.api.problems import MEDIA_TYPE

COLLECTION = "/api/v1/things/"
UNSAFE = {"post", "put", "patch", "delete"}

PROBLEM: dict[str, Any] = {
    "type": "object",
    "description": "A refusal (RFC 9457).",
    "required": ["type", "title", "status", "code", "detail", "correlation_id"],
    "properties": {
        "type": {"type": "string", "format": "uri"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "Stable; decide by it."},
        "detail": {"type": "string", "description": "One sentence for a person."},
        "correlation_id": {"type": "string", "description": "Name it when you ask for help."},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": {"type": "string"},
                    "code": {"type": "string"},
                    "detail": {"type": "string"},
                },
            },
        },
        "seen": {"type": "integer", "description": "Stale write: the version you named."},
        "current": {"type": "integer", "description": "Stale write: the version that holds."},
    },
}
READING = {
    "400": "A field, a filter or a header is missing or not right.",
    "401": "Not signed in.",
    "403": "Not allowed.",
    "429": "Too many calls; wait.",
    "404": "No such thing, or not yours to see.",
}
WRITING = {
    "409": "Refused as things stand, or another call with this key is in flight.",
    "411": "The body has no Content-Length.",
    "413": "The body, or its file, is larger than this call takes.",
    "415": "A content type, or a kind of file, that this call does not take.",
    "422": "The key was used for another call.",
}
KEY_PARAMETER = {
    "in": "header",
    "name": HEADER,
    "schema": {"type": "string", "maxLength": 200},
    "description": "Any unique text. The same key and call again gives the first answer and does"
    " nothing; kept for 24 hours.",
}


class BearerToken(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # untyped hook
    """Names the token sign-in in the description."""

    target_class = "billing_portal.accounts.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        """A bearer token in the `Authorization` header."""
        return {"type": "http", "scheme": "bearer"}


def describe_calls(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add the refusals and the idempotency key to every call; a verb is named by itself."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            _describe(operation, is_unsafe=method in UNSAFE)
            if path.count("/") > COLLECTION.count("/"):
                operation["operationId"] = operation["operationId"].removesuffix("_create")
    return result


def _describe(operation: dict[str, Any], *, is_unsafe: bool) -> None:
    refusals = {**READING, **(WRITING if is_unsafe else {})}
    for status, words in refusals.items():
        operation["responses"].setdefault(status, _refusal(words))
    if is_unsafe:
        operation.setdefault("parameters", []).append(KEY_PARAMETER)


def _refusal(words: str) -> dict[str, Any]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": words, "content": {MEDIA_TYPE: {"schema": schema}}}

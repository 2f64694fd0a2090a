"""What calls answer is what the description says they answer."""

import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from drf_spectacular.generators import SchemaGenerator
from openapi_schema_validator import OAS31Validator

from integrations.inbox.models import Message, MessagePart, PartStatus, Quarantined
from integrations.outbox.lifecycle import OutboxState
from tests.factories.outbox import AttemptFactory, OutboxMessageFactory
from tests.house import House

pytestmark = pytest.mark.django_db
API = "/api/v1/"


@pytest.fixture(scope="module")
def description() -> dict:
    made = SchemaGenerator().get_schema(request=None, public=True)
    return json.loads(json.dumps(made, default=str))


@pytest.fixture
def holds(description):
    """Checks one answer against the description of its call; gives what was answered."""

    def check(answer):
        path = answer.wsgi_request.path
        template = template_of(path, list(description["paths"]))
        method = answer.wsgi_request.method.lower()
        said = description["paths"][template][method]["responses"]
        assert str(answer.status_code) in said, (method, template, answer.status_code)
        content = said[str(answer.status_code)].get("content")
        if content is None:
            return None
        media_type = answer["Content-Type"].split(";")[0]
        schema = {**content[media_type]["schema"], "components": description["components"]}
        found = [error.message for error in OAS31Validator(schema).iter_errors(answer.json())]
        assert not found, (method, template, found)
        return answer.json()

    return check


def template_of(path: str, templates: list[str]) -> str:
    if path in templates:
        return path
    return next(each for each in templates if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", each), path))


def test_reading(house: House, holds):
    case, claim = house.case(), house.claim()
    remittance = house.remittance()
    client = house.client(house.person("denial_specialist"))
    for address in (
        "cases/",
        f"cases/{case.public_id}/",
        f"cases/{case.public_id}/timeline/",
        f"cases/{case.public_id}/steps/",
        f"cases/{case.public_id}/attachments/",
        "queues/",
        "queues/test-auth/",
        "claims/",
        f"claims/{claim.public_id}/",
        f"claims/{claim.public_id}/adjudications/",
        "remittances/",
        f"remittances/{remittance.public_id}/",
        f"remittances/{remittance.public_id}/claims/",
    ):
        assert holds(client.get(API + address)), address


def test_changing(house: House, holds, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    case = house.case()
    client = house.client(house.person("denial_specialist", username="me"))
    address = f"{API}cases/{case.public_id}/"

    assert holds(client.post(f"{API}cases/claim-next/", {}, "json"))["owner"] == "me"
    holds(client.post(f"{API}cases/claim-next/", {}, "json"))
    holds(client.post(f"{address}comment/", {"text": "Called"}, "json"))
    holds(client.post(f"{address}steps/", {"step": "first_action", "is_done": True}, "json"))
    holds(client.post(f"{address}reveal/", {"purpose": "call"}, "json"))
    file = SimpleUploadedFile("note.txt", b"plain words")
    holds(client.post(f"{address}attach/", {"file": file}, "multipart"))
    holds(client.post(f"{API}cases/search/", {"term": case.reference}, "json"))
    body = {"version": 2, "waiting_for": "info", "reason": "Sent"}
    assert holds(client.post(f"{address}wait/", body, "json"))["version"] == 3
    assert holds(client.get(f"{address}timeline/"))


def test_refusals(house: House, holds):
    case = house.case()
    client = house.client(house.person("denial_specialist"))
    address = f"{API}cases/{case.public_id}/"
    body = {"version": 9, "reason": "Mistaken"}

    assert holds(client.post(f"{address}release/", body, "json"))["code"] == "stale_version"
    assert holds(client.post(f"{address}release/", {}, "json"))["code"] == "invalid"
    assert holds(house.client().get(address))["code"] == "not_authenticated"
    assert holds(client.get(f"{API}messages/"))["code"] == "permission_denied"
    assert holds(client.get(f"{API}cases/?status=x"))["code"] == "invalid"
    assert holds(client.get(f"{API}cases/?cursor=x"))["code"] == "not_found"
    text = SimpleUploadedFile("page.html", b"<p>")
    refused = client.post(f"{address}attach/", {"file": text}, "multipart")
    assert holds(refused)["code"] == "file_type_refused"


def test_the_outbox(house: House, holds):
    client = house.client(house.person("integration_engineer"))
    held = OutboxMessageFactory(state=OutboxState.REJECTED, due_at=None, code="period_closed")
    AttemptFactory(message=held)

    for what in ("", "causes/", f"{held.public_id}/", f"{held.public_id}/attempts/"):
        assert holds(client.get(f"{API}outbox/{what}"))
    body = {"reason": "The period was opened."}
    assert holds(client.post(f"{API}outbox/{held.public_id}/replay/", body, "json"))
    refused = client.post(f"{API}outbox/{held.public_id}/withdraw/", body, "json")
    assert holds(refused)["code"] == "outbox_message_not_waiting"


def test_messages(house: House, holds):
    client = house.client(house.person("payment_poster"))
    address = f"{API}messages/?source=clearinghouse"

    for _first_and_again in range(2):
        holds(client.post(address, b"ISA*00*", content_type="application/edi-x12"))
    held = Message.objects.get()
    MessagePart.objects.create(message=held, ordinal=1, position=1, status=PartStatus.REFUSED)
    Quarantined.objects.create(message=held, position=1, reason_code="foreign", reason="No X12.")

    for what in ("", f"{held.public_id}/", f"{held.public_id}/parts/"):
        assert holds(client.get(f"{API}messages/{what}"))
    assert holds(client.get(f"{API}messages/{held.public_id}/quarantined/"))["results"]

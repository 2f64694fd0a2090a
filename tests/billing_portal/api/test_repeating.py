"""A call that is sent twice is done once, whoever is faster."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.utils import timezone
from rest_framework.test import APIClient

from billing_portal.access.idempotency import KEPT_FOR, Answer, CallInFlight, KeyReused, once
from billing_portal.access.models import IdempotencyKey
from billing_portal.kernel.pure.errors import DomainError
from cases.evidence.models import Attachment
from cases.work.models import Case, Note
from tests.house import House

CASES = "/api/v1/cases/"
KEYS = 25


def comment(client: APIClient, case: Case, text: str, key: str):
    address = f"{CASES}{case.public_id}/comment/"
    return client.post(address, {"text": text}, "json", HTTP_IDEMPOTENCY_KEY=key)


@pytest.fixture
def client(house):
    return house.client(house.person("denial_specialist"))


@pytest.mark.django_db
class TestOneByOne:
    def test_the_second_call_gets_the_first_answer_and_says_so(self, house, client):
        case = house.case()

        first, second = (comment(client, case, "Called", "k1") for _ in range(2))

        assert first.json() == second.json()
        assert (first.status_code, second.status_code) == (201, 201)
        assert "Idempotency-Replayed" not in first
        assert second["Idempotency-Replayed"] == "true"
        assert Note.objects.count() == 1

    def test_the_answer_from_memory_names_the_version_as_the_first_did(self, house, client):
        address = f"{CASES}{house.case().public_id}/claim/"

        answers = [
            client.post(address, {"version": 1}, "json", HTTP_IDEMPOTENCY_KEY="k1")
            for _ in range(2)
        ]

        assert [answer["ETag"] for answer in answers] == ['"2"', '"2"']

    def test_the_same_key_for_another_call_is_refused(self, house, client):
        case, other = house.case(), house.case()
        comment(client, case, "Called", "k1")

        answers = [comment(client, case, "Wrote", "k1"), comment(client, other, "Called", "k1")]

        assert [answer.status_code for answer in answers] == [422, 422]
        assert answers[0].json()["code"] == "idempotency_key_reused"
        assert Note.objects.count() == 1

    def test_keys_of_different_people_do_not_meet(self, house, client):
        case = house.case()
        colleague = house.client(house.person("denial_specialist"))

        answers = [comment(each, case, "Called", "k1") for each in (client, colleague)]

        assert [answer.status_code for answer in answers] == [201, 201]
        assert Note.objects.count() == 2

    def test_a_refused_call_leaves_nothing_and_may_be_sent_again(self, house, client):
        case = house.case()
        address = f"{CASES}{case.public_id}/release/"
        body = {"version": 1, "reason": "Not mine"}

        refused = client.post(address, body, "json", HTTP_IDEMPOTENCY_KEY="k1")
        client.post(f"{CASES}{case.public_id}/claim/", {"version": 1}, "json")
        again = client.post(address, {**body, "version": 2}, "json", HTTP_IDEMPOTENCY_KEY="k1")

        assert (refused.status_code, again.status_code) == (409, 200)

    def test_without_a_key_each_call_counts(self, house, client):
        case = house.case()
        for _ in range(2):
            client.post(f"{CASES}{case.public_id}/comment/", {"text": "Called"}, "json")

        assert Note.objects.count() == 2

    def test_a_file_is_told_by_its_bytes(self, house, client, settings, tmp_path):
        settings.MEDIA_ROOT = tmp_path
        case = house.case()

        def attach(text: bytes):
            file = SimpleUploadedFile("note.txt", text, "text/plain")
            address = f"{CASES}{case.public_id}/attach/"
            return client.post(address, {"file": file}, "multipart", HTTP_IDEMPOTENCY_KEY="k1")

        answers = [attach(b"one"), attach(b"one"), attach(b"two")]

        assert [answer.status_code for answer in answers] == [201, 201, 422]
        assert Attachment.objects.count() == 1

    def test_nothing_to_claim_is_an_answer_too(self, client):
        answers = [
            client.post(f"{CASES}claim-next/", {}, "json", HTTP_IDEMPOTENCY_KEY="k1")
            for _ in range(2)
        ]

        assert [answer.status_code for answer in answers] == [204, 204]

    def test_a_key_has_a_length(self, house, client):
        assert comment(client, house.case(), "Called", "k" * 201).status_code == 400


@pytest.mark.django_db
def test_an_answer_is_forgotten_after_a_day(house):
    by, now = house.person(), timezone.now()
    answers = [
        once(by=by, key="k1", digest=digest, at=at, work=lambda: Answer(200, digest))  # noqa: B023
        for digest, at in (("one", now), ("two", now + KEPT_FOR + timedelta(seconds=1)))
    ]

    assert [answer.body for answer in answers] == ["one", "two"]
    assert IdempotencyKey.objects.get().digest == "two"


@pytest.mark.django_db
def test_the_key_stands_or_falls_with_the_effect(house):
    class No(DomainError):
        pass

    def work():
        Note.objects.create(case=case, author=by, text="Half done")
        raise No("No.")

    case, by = house.case(), house.person()
    with pytest.raises(No):
        once(by=by, key="k1", digest="d", at=timezone.now(), work=work)

    assert not Note.objects.exists()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_double_submits_have_one_effect_each():
    house = House.built()
    user = house.person("denial_specialist")
    case = house.case()
    credentials = house.client(user)._credentials
    together = Barrier(2)

    def submit(_twin: int) -> list[int]:
        client = APIClient()
        client.credentials(**credentials)
        statuses = []
        for number in range(KEYS):
            together.wait(timeout=20)
            statuses.append(comment(client, case, f"Note {number}", f"key {number}").status_code)
        connection.close()
        return statuses

    with ThreadPoolExecutor(2) as pool:
        mine, twins = pool.map(submit, range(2))

    assert Note.objects.count() == KEYS
    for pair in zip(mine, twins, strict=True):
        assert 201 in pair
        assert set(pair) <= {201, 409}


@pytest.mark.django_db(transaction=True)
def test_a_call_in_flight_is_not_waited_for():
    house = House.built()
    user = house.person()

    def slow() -> Answer:
        with ThreadPoolExecutor(1) as pool:
            pool.submit(second).result(timeout=10)
        return Answer(200, None)

    def second() -> None:
        try:
            with pytest.raises(CallInFlight):
                once(by=user, key="k1", digest="d", at=timezone.now(), work=slow)
        finally:
            connection.close()

    first = once(by=user, key="k1", digest="d", at=timezone.now(), work=slow)

    assert not first.is_replay
    with pytest.raises(KeyReused):
        once(by=user, key="k1", digest="other", at=timezone.now(), work=slow)

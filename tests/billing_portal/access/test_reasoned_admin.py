"""Configuration changes with a reason and the version seen; earlier versions are only read.

The doors that use it are tried in `tests/cases/admin`.
"""

import threading

import pytest
from django.db import connections
from django.test import Client

from billing_portal.access.actor import acting, system_actor
from billing_portal.accounts.models import User
from billing_portal.audit.models import AuditEvent
from cases.work.models import Queue
from tests.factories.cases import QueueFactory
from tests.factories.people import PersonFactory


def page(queue, *parts):
    return "/".join(["/admin/cases/queue", str(queue.pk), *parts, ""])


def body(queue, **changes):
    return {
        "key": queue.key,
        "name": queue.name,
        "purpose": queue.purpose,
        "team": queue.team,
        "position": queue.position,
        "take": queue.take,
        "is_active": "on",
        "change_reason": "Clearer",
        "seen_version": queue.version,
    } | changes


def signed_in(root):
    client = Client()
    client.force_login(root)
    return client


@pytest.fixture
def root(db, settings) -> User:
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    return PersonFactory(is_staff=True, is_superuser=True)


@pytest.fixture
def queue(db) -> Queue:
    return QueueFactory()


@pytest.mark.parametrize("seen", ["", "0", "2", "one"])
def test_a_change_names_the_version_it_rests_on(seen, queue, root):
    answer = signed_in(root).post(
        page(queue, "change"), body(queue, name="Other", seen_version=seen)
    )

    assert answer.status_code == 200
    assert Queue.objects.get(pk=queue.pk).version == 1
    assert not AuditEvent.objects.filter(chain="config:queue", verb="config.changed").exists()


def test_a_reason_of_spaces_is_none(queue, root):
    signed_in(root).post(page(queue, "change"), body(queue, name="Other", change_reason="  "))

    assert Queue.objects.get(pk=queue.pk).version == 1


def test_the_version_cannot_be_typed(queue, root):
    signed_in(root).post(page(queue, "change"), body(queue, name="Other", version=99))

    assert Queue.objects.get(pk=queue.pk).version == 2


def test_nothing_is_deleted(queue, root):
    client = signed_in(root)

    assert client.post(page(queue, "delete"), {"post": "yes"}).status_code == 403
    client.post(
        "/admin/cases/queue/",
        {"action": "delete_selected", "_selected_action": queue.pk, "post": "yes"},
    )

    assert Queue.objects.filter(pk=queue.pk).exists()


class TestHistory:
    @pytest.fixture
    def client(self, queue, root) -> Client:
        client = signed_in(root)
        client.post(page(queue, "change"), body(queue, name="Second name"))
        return client

    def test_is_listed_with_its_reasons(self, client, queue):
        text = client.get(page(queue, "history")).content.decode()

        assert "Clearer" in text
        assert "For a test" in text

    def test_an_earlier_version_is_shown_and_not_put_back(self, client, queue):
        first = queue.history.earliest()
        address = page(queue, "history", str(first.pk))

        assert client.get(address).status_code == 200
        again = body(Queue.objects.get(pk=queue.pk), name="First name")
        assert client.post(address, again).status_code == 403
        assert Queue.objects.get(pk=queue.pk).name == "Second name"


@pytest.mark.django_db(transaction=True)
def test_of_two_that_saw_the_same_version_one_is_refused(settings):
    settings.SETUP_NEEDS_SECOND_FACTOR = False
    with acting(by=system_actor("tests"), reason="For a test"):
        root = PersonFactory(is_staff=True, is_superuser=True)
        queue = QueueFactory()
    start = threading.Barrier(4)
    answers = []

    def change(number):
        client = signed_in(root)
        start.wait()
        try:
            answer = client.post(page(queue, "change"), body(queue, name=f"Name {number}"))
            answers.append(answer.status_code)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change, args=[number]) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(answers) == [200, 200, 200, 302]
    assert Queue.objects.get(pk=queue.pk).version == 2
    assert queue.history.count() == 2

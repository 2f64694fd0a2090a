"""Looking is on record, and the record gives nothing away."""

import json

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions import looking
from tests.factories.cases import AttachmentFactory

pytestmark = pytest.mark.django_db


def test_a_worklist_that_was_read_names_its_cases_in_the_readers_own_chain(case, worker):
    looking.listed(by=worker, cases=[case], where="/queues/authorization/")

    event = AuditEvent.objects.get(verb="worklist.shown")
    assert (event.chain, event.actor, event.subject) == (
        f"user:{worker.pk}",
        worker,
        "/queues/authorization/",
    )
    assert json.loads(event.body)["cases"] == [str(case.public_id)]


def test_an_empty_worklist_showed_nobody_and_leaves_no_event(worker):
    looking.listed(by=worker, cases=[], where="/queues/authorization/")

    assert not AuditEvent.objects.filter(verb="worklist.shown").exists()


def test_a_search_is_kept_without_its_words(worker):
    looking.searched(by=worker, term="Doe Jane", found=3)

    event = AuditEvent.objects.get(verb="case.searched")
    assert json.loads(event.body)["found"] == 3
    assert "doe" not in event.body.casefold()
    assert json.loads(event.body)["term"] == looking.digest_of("doe  JANE")


def test_different_words_are_told_apart():
    assert looking.digest_of("doe jane") != looking.digest_of("doe john")


def test_the_digest_needs_the_portals_key(settings):
    before = looking.digest_of("doe jane")
    settings.SECRET_KEY = "another key of another portal"

    assert looking.digest_of("doe jane") != before


def test_a_file_taken_out_is_in_the_chain_of_its_case_with_its_digest(case, worker):
    attachment = AttachmentFactory(case=case)

    looking.downloaded(by=worker, attachment=attachment)

    event = AuditEvent.objects.get(verb="case.downloaded")
    assert event.chain == f"case:{case.pk}"
    assert json.loads(event.body)["sha256"] == attachment.sha256

"""Taking files in by hand: what would happen, what happens, what became of each."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from billing_portal.access.actor import system_actor
from cases.intake.detecting import catch_up
from cases.work.models import Case
from integrations.inbox.applying import apply_message
from integrations.inbox.models import Message, MessageStatus
from tests.factories.integrations import SourceFactory
from tests.generators.remit import Remit, denied, interchange
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db(transaction=True)
IMPORTS = "/imports/"
REMIT = Remit("T1", claims=[denied("PCN1")])


@pytest.fixture
def poster(house):
    return Reader.of(house.person("payment_poster", username="poster"))


def upload(content: bytes, name: str = "a.835") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def send(reader, house, *files, **fields):
    return reader.post(IMPORTS, {"uploads": list(files), "source": house.source.pk, **fields})


def apply_all() -> None:
    for message in Message.objects.filter(status=MessageStatus.RECEIVED).order_by("pk"):
        apply_message(message_pk=message.pk, by=system_actor("ingest"))
    catch_up(at=timezone.now(), patience=5)


def test_a_dry_run_shows_what_would_happen_and_keeps_nothing(house, poster):
    answer = send(poster, house, upload(interchange(REMIT)), dry_run="1")

    assert answer.status_code == 200
    assert "Dry run: what would happen" in text_of(answer)
    assert not Message.objects.exists()
    assert not Case.objects.exists()


def test_a_source_is_chosen_beforehand_only_where_there_is_one(house, poster):
    alone = poster.get(IMPORTS).content.decode()
    SourceFactory(name="bank", label="A bank", connector="deposits_csv")
    among_two = poster.get(IMPORTS).content.decode()
    refused = send(poster, house, upload(interchange(REMIT)), source="")

    assert f'<option value="{house.source.pk}" selected>' in alone
    assert '<option value="" selected>Choose</option>' in among_two
    assert "Choose where the files come from." in text_of(refused)
    assert not Message.objects.exists()


def test_files_are_stored_first_and_watched_until_they_are_read(house, poster):
    watching = send(poster, house, upload(interchange(REMIT)))
    before = poster.get(watching.url)
    apply_all()
    after = poster.get(watching.url, headers={"HX-Request": "true", "HX-Target": "progress"})

    assert watching.status_code == 302
    assert "0 of 1 files read." in text_of(before)
    assert 'hx-trigger="every 2s"' in before.content.decode()
    assert after.status_code == 286  # what htmx takes for “ask no more”
    assert "All files are settled." in text_of(after)


def test_the_same_file_again_says_that_it_is_held(house, poster):
    content = interchange(REMIT)
    send(poster, house, upload(content))
    apply_all()

    again = poster.get(send(poster, house, upload(content, "other name.835")).url)

    assert "This file was received before" in text_of(again)
    assert Message.objects.count() == 1


def test_a_file_that_is_none_is_refused_with_its_reason(house, poster):
    watching = send(poster, house, upload(b"Dear Sir or Madam, this is no remittance."))
    apply_all()

    page = text_of(poster.get(watching.url))

    assert "No X12 interchange (ISA) was found." in page


def test_no_file_is_an_error_at_the_field_and_in_the_summary(house, poster):
    answer = poster.post(IMPORTS, {"source": house.source.pk})

    assert answer.status_code == 422
    assert text_of(answer).count("Choose at least one file.") == 2


def test_somebody_elses_addresses_name_nothing(poster):
    assert poster.get("/imports/result/", {"m": "nonsense"}).status_code == 404

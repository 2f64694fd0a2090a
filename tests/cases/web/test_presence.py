"""Who else is at a case, and what was typed: kept by the server until it is sent."""

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from billing_portal.access.middleware import SEEN
from cases.collaboration.models import Draft, Presence
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    return house.case()


@pytest.fixture
def colleague(house):
    return Reader.of(house.person("denial_specialist", full_name="Cora Colleague"))


def at(name, case, *more):
    return reverse(f"cases:{name}", args=[case.public_id, *more])


def test_opening_a_case_is_seen_by_whoever_opens_it_next(reader, colleague, case):
    alone = text_of(colleague.get(at("case", case)))

    assert "Sam Specialist is here" not in alone
    assert "Cora Colleague is here" in text_of(reader.get(at("case", case)))


def test_the_poll_says_who_writes(reader, colleague, case):
    colleague.post(at("here", case), {"writing": "1"})

    assert "Cora Colleague is here, writing" in text_of(reader.post(at("here", case)))
    found = reader.get(reverse("cases:attendance")).json()
    assert found == {str(case.public_id): [["CC", "Cora Colleague", True]]}


def test_the_poll_keeps_no_session_alive(reader, case):
    reader.get(at("case", case))
    session = reader.session
    session[SEEN] = long_ago = timezone.now().timestamp() - 60 * (settings.SESSION_IDLE_MINUTES - 1)
    session.save()

    for address in (at("here", case), at("draft", case, "comment")):
        reader.post(address, {"text": "x"}, headers={"X-Background": "1"})
    reader.get(reverse("cases:attendance"), headers={"X-Background": "1"})

    assert reader.session[SEEN] == long_ago


def test_nobody_elsewhere_is_seen_or_sees(house, reader):
    for foreign in house.canaries():
        assert reader.post(at("here", foreign)).status_code == 404
        assert reader.post(at("draft", foreign, "comment"), {"text": "x"}).status_code == 404
        Presence.objects.create(case=foreign, user=house.person("coder"))

    assert reader.get(reverse("cases:attendance")).json() == {}
    assert not Draft.objects.exists()


@pytest.mark.parametrize("form", ["comment", "resolve"])
def test_what_was_typed_is_there_again_until_it_is_sent(reader, colleague, case, form):
    name = "text" if form == "comment" else "reason"
    sent = reader.post(at("draft", case, form), {name: "They look again", "key": "k"})

    assert sent.status_code == 204
    assert "They look again" in reader.get(at(form, case)).content.decode()
    assert "They look again" not in colleague.get(at(form, case)).content.decode()
    assert Draft.objects.get().fields == {name: "They look again"}

    reader.does(form, case, **{name: "They look again", "disposition": "duplicate"})

    assert not Draft.objects.exists()


def test_a_comment_is_there_again_on_the_case_itself(reader, case):
    reader.post(at("draft", case, "comment"), {"text": "Half a thought"})

    assert "Half a thought</textarea>" in reader.get(at("case", case)).content.decode()


def test_a_refused_form_keeps_what_was_typed(reader, case):
    reader.post(at("draft", case, "release"), {"reason": "Later"})

    reader.does("release", case, reason="Later")

    assert Draft.objects.get().fields == {"reason": "Later"}


def test_more_than_a_form_takes_is_not_kept(reader, case):
    answer = reader.post(at("draft", case, "comment"), {"text": "x" * 50_000})

    assert answer.status_code == 413
    assert not Draft.objects.exists()

"""Sharing out anew, from the form to the way back."""

import pytest
from django.utils import timezone

from cases.actions import bulking
from cases.work.models import Case
from tests.factories.priority import SkillFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db
REBALANCE = "/team/rebalance/"


@pytest.fixture
def lead(house):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    house.grant("team_lead", house.north, "view_facility")
    return Reader.of(house.person("team_lead"))


@pytest.fixture
def people(house):
    made = [house.person("denial_specialist", full_name=name) for name in ("Ada A", "Ben B")]
    for _ in range(4):
        house.case(owner=made[0], status="in_work")
    return made


def given(people):
    return {"people": [person.pk for person in people], "reason": "Ada is away"}


def test_a_preview_says_who_gets_what_and_apply_does_it(lead, people):
    form = text_of(lead.get(REBALANCE))
    shown = lead.post(REBALANCE, given(people), follow=True)
    page = text_of(shown)

    assert "Ada A: 4 cases, weight 4" in form
    assert "Ada A 4 2 0 $0.00 2 Ben B 0 0 2 $800.00 2" in page
    assert not Case.objects.filter(owner=people[1]).exists()
    asked = {"batch": [each.public_id for each in shown.context["batches"]], "key": "once"}
    for _ in range(2):
        done = lead.post(f"{REBALANCE}apply/", asked, follow=True)
    assert "2 cases are shared out anew" in text_of(done) or "Assign: 2 cases" in text_of(done)
    assert Case.objects.filter(owner=people[1]).count() == 2


def test_one_person_alone_shares_nothing(lead, people):
    answer = lead.post(REBALANCE, given(people[:1]))

    assert answer.status_code == 422
    assert "Choose at least two people." in text_of(answer)


def test_what_is_even_is_said(house, lead, people):
    for _ in range(4):
        house.case(owner=people[1], status="in_work")

    answer = lead.post(REBALANCE, given(people))

    assert answer.status_code == 409
    assert "nothing would move" in text_of(answer)


def test_foreign_queues_drafts_and_readers_are_refused(house, lead, reader, people):
    shown = lead.post(REBALANCE, given(people), follow=True)

    assert lead.get(f"{REBALANCE}?queue={house.coding.key}").status_code == 404
    assert reader.get(REBALANCE).status_code == 403
    (batch,) = shown.context["batches"]
    assert reader.get(f"{REBALANCE}preview/?batch={batch.public_id}").status_code == 404
    assert reader.post(f"{REBALANCE}apply/", {"batch": batch.public_id}).status_code == 404
    assert lead.get(f"{REBALANCE}preview/?batch=x").status_code == 404


def test_another_batch_is_no_share(house, lead):
    given = {
        "verb": "release",
        "arguments": {},
        "reason": "x",
        "query": "/q/",
        "at": timezone.now(),
    }
    by = house.person("team_lead")
    other = bulking.freeze(cases=Case.objects.filter(pk=house.case().pk), by=by, **given)

    answer = Reader.of(by).get(f"{REBALANCE}preview/?batch={other.public_id}")

    assert answer.status_code == 404


def test_what_was_finished_is_shown_to_leads(lead, reader):
    assert "Nobody has finished a case" in text_of(lead.get("/team/finished/"))
    assert reader.get("/team/finished/").status_code == 403


def test_the_preview_says_who_is_kept_from_more_and_why(house, lead, people):
    third = house.person("denial_specialist", full_name="Cy C")
    SkillFactory(person=third, category="CODING")

    shown = text_of(lead.post(REBALANCE, given([*people, third]), follow=True))
    refused = text_of(lead.post(REBALANCE, given([people[0], third])))

    for page in (shown, refused):
        assert "Cy C: 4 cases that need a skill they do not have." in page
    assert "Cy C" not in shown.split("Kept from more")[0].split("Who gets what")[-1]

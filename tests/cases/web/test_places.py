"""Places: payers, colleagues and views that a reader may go to, by a piece of their name."""

import pytest

from cases.actions import saved_views
from cases.views.models import Sharing
from cases.web.frame import Command
from cases.web.places import pages, places
from tests.house import CANARY

pytestmark = pytest.mark.django_db


def labels(reader, term):
    return {group.label: [each.label for each in group.places] for group in places(reader, term)}


def test_a_payer_a_colleague_and_a_view_are_found_by_name(house, specialist):
    mate = house.person("denial_specialist", full_name="Lakesha Mate")
    house.person("coder", full_name="Lakesha Elsewhere")
    view = saved_views.save(
        by=specialist, name="Lake cases", path="/queues/all/", query="view=open"
    )
    saved_views.save(by=mate, name="Lake of another", path="/queues/all/", query="view=open")

    found = {
        each.label: group.label for group in places(specialist, "lake") for each in group.places
    }
    urls = {each.url for group in places(specialist, "lake") for each in group.places}

    assert found == {
        "Lakeside Test Health": "Payers",
        "Lakesha Mate": "People",
        "Lake cases": "Saved views",
    }
    assert urls == {
        f"/payers/{house.payer.key}/",
        f"/queues/all/?view=open&owner={mate.username}",
        f"/queues/all/?view=open&v={view.public_id}",
    }


def test_nobody_is_found_who_works_only_what_the_reader_does_not_see(house, specialist):
    house.person("coder", full_name=f"{CANARY} Coder")

    assert labels(specialist, CANARY) == {}
    assert labels(house.person(), "lakesha") == {}


def test_a_view_of_ones_team_is_found(house, specialist):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    lead = house.person("team_lead", "denial_specialist")
    group = lead.groups.get(name="denial_specialist")
    saved_views.save(
        by=lead, name="Shared list", path="/queues/all/", query="view=open",
        sharing=Sharing.TEAM, group=group,
    )  # fmt: skip

    assert labels(specialist, "shared") == {"Saved views": ["Shared list"]}


@pytest.mark.parametrize("rows", [1, 25])
def test_places_cost_one_query(house, specialist, rows, django_assert_num_queries):
    for number in range(rows):
        house.person("denial_specialist", full_name=f"Lakesha {number}")
    places(specialist, "lake")

    with django_assert_num_queries(1):
        places(specialist, "lake")


def test_pages_are_found_by_name_and_keys_are_none():
    commands = [Command("Work next", "#"), Command("Go to Team", "/team/")]

    assert [each.url for group in pages(commands, "te") for each in group.places] == ["/team/"]
    assert pages(commands, "work") == []

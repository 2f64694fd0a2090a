"""Saved views on the worklist: tabs, counts, modified or not, columns, whose they are."""

import re
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.views.models import SavedView, Sharing
from tests.cases.web.test_queue import statements
from tests.factories.views import SavedViewFactory
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

LIST = "/queues/all/"
NEW = reverse("cases:view_new")
NARROWED = f"{LIST}?view=open&sort=amount&owner=none"


def save(reader, **fields):
    given = {"list": NARROWED, "name": "Nobody's", "columns": ["due", "queue"]}
    return reader.post(NEW, given | fields)


def test_a_list_is_kept_under_a_name_without_its_page(reader, house, specialist):
    house.case()

    answer = save(reader, list=f"{NARROWED}&after=x&from=41")

    view = SavedView.objects.get()
    assert (view.path, view.query, view.owner) == (
        LIST,
        "view=open&sort=amount&owner=none",
        specialist,
    )
    page = reader.get(answer.url)
    assert "Nobody&#x27;s" in page.content.decode()
    assert "modified" not in text_of(page)
    headings = re.findall(r'<th class="c-\w+">([^<]+)</th>', page.content.decode())
    assert headings == ["Due", "Case", "Queue"]


def test_its_tab_counts_what_it_holds_whatever_is_shown(reader, house, specialist):
    house.case()
    house.case(owner=specialist, status="in_work")
    house.canaries(2)
    save(reader)
    view = SavedView.objects.get()

    page = reader.get(LIST, {"view": "mine"}).content.decode()

    (count,) = re.findall(rf'v={view.public_id}"[^>]*>[^<]*<span class="n">(\d+)', page)
    assert int(count) == len(reader.listed(f"{LIST}?{view.query}&v={view.public_id}")) == 1


def test_another_filter_makes_it_modified_until_saved_or_reset(reader, house):
    house.case(amount_at_risk=Decimal(9000))
    save(reader)
    view = SavedView.objects.get()
    address = f"{LIST}?view=large&sort=due&v={view.public_id}"

    page = reader.get(address)
    assert "modified" in text_of(page)
    reset = f"{view.query}&v={view.public_id}".replace("&", "&amp;")
    assert f'?{reset}">Reset</a>' in page.content.decode()

    query = re.findall(r'name="query" value="([^"]*)"></form>', page.content.decode())[-1]
    answer = reader.post(
        reverse("cases:view_save", args=[view.public_id]), {"query": query.replace("&amp;", "&")}
    )

    view.refresh_from_db()
    assert view.query == "view=large&sort=due"
    assert "modified" not in text_of(reader.get(answer.url))


def test_a_filter_form_keeps_the_view(reader, house):
    house.case()
    save(reader)
    view = SavedView.objects.get()

    answer = reader.post(LIST, {"view": "open", "v": view.public_id, "owner": "me"})

    assert f"v={view.public_id}" in answer.url


def test_a_view_is_edited_and_deleted(reader, house):
    house.case()
    save(reader)
    view = SavedView.objects.get()
    edit = reverse("cases:view_edit", args=[view.public_id])

    reader.post(edit, {"name": "Mine", "columns": ["owner"], "position": 5})
    view.refresh_from_db()
    assert (view.name, view.columns, view.position) == ("Mine", ["owner"], 5)
    assert reader.post(edit, {"name": "", "position": 5}).status_code == 422

    reader.post(reverse("cases:view_delete", args=[view.public_id]))
    assert not SavedView.objects.exists()


def test_a_teams_default_is_what_a_bare_list_shows(reader, house, specialist):
    house.case(amount_at_risk=Decimal(9000))
    house.case()
    SavedViewFactory(
        query="view=large&sort=amount", sharing=Sharing.ROLE, group=specialist.groups.get()
    )

    assert len(reader.listed(LIST)) == 1
    assert len(reader.listed(LIST, view="open")) == 2


def test_a_shared_view_is_not_its_readers_to_change(reader, house, specialist):
    view = SavedViewFactory(sharing=Sharing.TEAM, group=specialist.groups.get(), name="Theirs")

    page = reader.get(f"{LIST}?view=mine&v={view.public_id}")
    answer = reader.post(
        reverse("cases:view_save", args=[view.public_id]), {"query": "view=mine"}, follow=True
    )

    assert "Theirs" in text_of(page)
    assert 'form="keep"' not in page.content.decode()
    assert "Save your own" in text_of(answer)
    assert SavedView.objects.get().query == view.query


def test_somebody_elses_view_does_not_exist(reader, house):
    house.case()
    foreign = SavedViewFactory(name="Zyxcanary")

    assert "Zyxcanary" not in reader.get(f"{LIST}?v={foreign.public_id}").content.decode()
    assert reader.get(reverse("cases:view_edit", args=[foreign.public_id])).status_code == 404
    for name in ("view_save", "view_delete"):
        assert reader.post(reverse(f"cases:{name}", args=[foreign.public_id])).status_code == 404
    assert SavedView.objects.get().name == "Zyxcanary"


def test_who_leads_is_asked_whom_to_share_with(reader, house):
    house.grant("team_lead", house.auth, "view_queue", "work_queue", "lead_queue")
    lead = Reader.of(house.person("team_lead"))

    assert 'name="sharing"' not in reader.get(NEW, {"list": LIST}).content.decode()
    assert 'name="sharing"' in lead.get(NEW, {"list": LIST}).content.decode()
    assert lead.post(NEW, {"list": LIST, "name": "x", "sharing": "team"}).status_code == 422


@pytest.mark.parametrize("address", ["/elsewhere/", "https://elsewhere.example/queues/all/?x"])
def test_only_lists_are_kept(reader, address):
    save(reader, list=address)

    assert not SavedView.objects.exclude(path=LIST).exists()


@pytest.mark.parametrize("views", [0, 1, 12])
def test_a_worklist_costs_the_same_with_any_number_of_views(reader, house, specialist, views):
    house.case()
    SavedViewFactory.create_batch(views, owner=specialist)
    reader.get(LIST)

    with CaptureQueriesContext(connection) as queries:
        reader.get(LIST)

    assert len(statements(queries)) == 12

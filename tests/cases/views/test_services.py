import pytest

from billing_portal.audit.models import AuditEvent
from cases.views import services
from cases.views.models import SavedView, Sharing
from cases.views.services import ViewNotFound, ViewRefused
from tests.factories.cases import QueueFactory
from tests.factories.people import GroupFactory, PersonFactory, granted
from tests.factories.views import SavedViewFactory

pytestmark = pytest.mark.django_db


def save(by, **fields):
    given = {"name": "Large", "path": "/queues/all/", "query": "view=large&sort=amount"}
    return services.save(by=by, **given | fields)


@pytest.fixture
def lead():
    return granted(queues=[QueueFactory()], leads=True)


def test_a_view_is_kept_for_oneself_alone():
    person = PersonFactory()

    view = save(person, columns=["due", "queue"])

    assert (view.sharing, view.columns, view.position) == (Sharing.PRIVATE, ["due", "queue"], 100)
    assert list(SavedView.objects.visible_to(person)) == [view]
    assert not SavedView.objects.visible_to(PersonFactory())
    assert AuditEvent.objects.filter(verb="view.saved", actor=person).count() == 1


@pytest.mark.parametrize("sharing", [Sharing.TEAM, Sharing.ROLE])
def test_a_lead_shares_with_their_team(lead, sharing):
    group = lead.groups.get()
    view = save(lead, sharing=sharing, group=group)
    mate = PersonFactory()

    assert list(SavedView.objects.visible_to(lead)) == [view]
    assert not SavedView.objects.visible_to(mate)


def test_nobody_else_shares(lead):
    worker = granted(queues=[QueueFactory()])

    for by, group in ((worker, worker.groups.get()), (lead, GroupFactory())):
        with pytest.raises(ViewRefused):
            save(by, sharing=Sharing.TEAM, group=group)
    with pytest.raises(ViewRefused):
        save(lead, sharing=Sharing.TEAM)
    assert not SavedView.objects.exists()


def test_a_team_has_one_default_of_a_list(lead):
    save(lead, sharing=Sharing.ROLE, group=lead.groups.get())

    with pytest.raises(ViewRefused, match="default"):
        save(lead, sharing=Sharing.ROLE, group=lead.groups.get())


def test_a_view_is_changed_and_forgotten_by_its_owner_alone():
    view = SavedViewFactory()

    changed = services.change(view=view, by=view.owner, name=" Mine ", query="view=mine")
    assert (changed.name, changed.query, changed.columns) == ("Mine", "view=mine", [])
    with pytest.raises(ViewNotFound):
        services.change(view=view, by=PersonFactory(), name="Theirs")
    with pytest.raises(ViewNotFound):
        services.remove(view=view, by=PersonFactory())

    services.remove(view=view, by=view.owner)
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("fields", [{"name": " "}, {"columns": ["colour"]}])
def test_what_cannot_be_kept_is_refused(fields):
    with pytest.raises(ViewRefused):
        save(PersonFactory(), **fields)


@pytest.mark.parametrize(
    "query", ["q=SMITH", "view=large&q=PCN-7788", "q=DN-104167&q=SMITH", "q=Ann%20Smith"]
)
def test_what_may_be_a_name_or_a_number_is_kept_in_no_view(query):
    view = SavedViewFactory()

    with pytest.raises(ViewRefused, match="sealed"):
        save(view.owner, query=query)
    with pytest.raises(ViewRefused, match="sealed"):
        services.change(view=view, by=view.owner, query=query)
    assert SavedView.objects.get().query == view.query


@pytest.mark.parametrize("query", ["q=CO-197", "q=%24400.00", "view=large&q=&t=sealed"])
def test_a_plain_term_is_kept(query):
    assert save(PersonFactory(), query=query).query == query


def test_nobody_keeps_views_without_end():
    person = PersonFactory()
    SavedViewFactory.create_batch(services.MOST, owner=person)

    with pytest.raises(ViewRefused, match="At most"):
        save(person)

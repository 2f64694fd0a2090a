"""The set-up pages: who enters, what each table allows, what it costs."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from billing_portal.access.reasoned_admin import ReadOnlyModelAdmin, ReasonedModelAdmin
from billing_portal.audit.models import AuditEvent
from cases.routing.models import RoutingRule
from cases.work.models import Case, Note, Queue
from integrations.canonical.models import Source
from tests.house import CANARY, House

pytestmark = pytest.mark.django_db
REGISTERED = sorted(admin.site._registry.items(), key=lambda item: item[0].__name__)
CONFIGURATION = [model for model, page in REGISTERED if isinstance(page, ReasonedModelAdmin)]
RECORDS = [model for model, page in REGISTERED if isinstance(page, ReadOnlyModelAdmin)]


def named(model):
    return model.__name__


def address(model, page: str = "changelist", *args) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def demo(settings):
    settings.SETUP_NEEDS_SECOND_FACTOR = False


@pytest.fixture
def steward(house: House, demo) -> Client:
    return browser(house.person("rules_steward", "denial_specialist", is_staff=True))


@pytest.fixture
def root(house: House, demo) -> Client:
    user = house.person("denial_specialist", is_staff=True, is_superuser=True)
    return browser(user)


class TestEntering:
    def test_strangers_are_sent_to_the_portals_sign_in(self, db):
        answer = Client().get("/admin/", follow=True)

        assert answer.redirect_chain[-1][0].startswith("/accounts/login/")

    def test_there_is_no_second_sign_in(self, db):
        answer = Client().get("/admin/login/?next=/admin/")

        assert answer.status_code == 302
        assert answer["Location"].startswith("/accounts/login/")

    def test_a_role_that_does_not_enter_is_told_so(self, house, demo):
        client = browser(house.person("denial_specialist"))

        assert client.get("/admin/", follow=True).status_code == 403

    def test_a_second_factor_is_needed(self, house, settings):
        settings.SETUP_NEEDS_SECOND_FACTOR = True
        user = house.person("rules_steward", is_staff=True)

        without = browser(user).get("/admin/", follow=True)
        Authenticator.objects.create(user=user, type="totp", data={"secret": "x"})
        with_one = browser(user).get("/admin/")

        assert without.redirect_chain[-1][0].startswith("/accounts/2fa/")
        assert with_one.status_code == 200

    def test_passwords_are_changed_on_the_portals_own_page(self, steward):
        assert steward.get("/admin/password_change/")["Location"].startswith("/accounts/")

    def test_only_the_portals_own_pages_are_there(self):
        assert not [
            model
            for model, page in REGISTERED
            if not isinstance(page, ReasonedModelAdmin | ReadOnlyModelAdmin)
        ]


class TestConfiguration:
    @pytest.mark.parametrize("model", CONFIGURATION, ids=named)
    def test_it_is_listed_added_and_never_deleted(self, model, house, root):
        assert root.get(address(model)).status_code == 200
        assert root.get(address(model, "add")).status_code == 200
        held = admin.site._registry[model].get_queryset(request_of(house, root)).first()
        if held is not None:
            assert root.get(address(model, "change", held.pk)).status_code == 200
            assert root.get(address(model, "history", held.pk)).status_code == 200
            assert root.get(address(model, "delete", held.pk)).status_code == 403

    @pytest.mark.parametrize("rows", [1, 25])
    def test_a_list_costs_the_same_queries_for_any_number_of_rows(
        self, rows, house, steward, django_assert_max_num_queries
    ):
        with house.acting():
            for number in range(rows):
                Queue.objects.create(key=f"more-{number}", name=f"More {number}")

        with django_assert_max_num_queries(8):
            steward.get(address(Queue))

    def test_a_change_needs_its_reason_and_leaves_version_history_and_event(self, house, steward):
        body = queue_body(house.auth, name="Prior authorization")

        without = steward.post(address(Queue, "change", house.auth.pk), body)
        assert b"This field is required" in without.content
        assert Queue.objects.get(pk=house.auth.pk).version == 1

        done = steward.post(
            address(Queue, "change", house.auth.pk), {**body, "change_reason": "Clearer"}
        )
        held = Queue.objects.get(pk=house.auth.pk)
        assert done.status_code == 302, done.context["errors"]
        assert (held.name, held.version) == ("Prior authorization", 2)
        newest = held.history.order_by("-pk").first()
        assert (newest.history_change_reason, newest.history_type) == ("Clearer", "~")
        assert AuditEvent.objects.filter(
            chain="config:queue", verb="config.changed", reason="Clearer"
        ).exists()

    def test_a_stale_change_is_refused_with_both_values(self, house, steward):
        page = address(Queue, "change", house.auth.pk)
        body = {**queue_body(house.auth, name="Mine"), "change_reason": "First"}
        steward.post(page, {**body, "name": "Theirs"})

        answer = steward.post(page, body)

        text = answer.content.decode()
        assert "now “Theirs”" in text
        assert "yours “Mine”" in text
        assert Queue.objects.get(pk=house.auth.pk).name == "Theirs"

    def test_a_rule_is_read_here_and_changed_in_its_book(self, house, steward):
        rule = RoutingRule.objects.order_by("position").first()
        page = address(RoutingRule, "change", rule.pk)

        for shown in (address(RoutingRule), page):
            assert b'href="/rules/"' in steward.get(shown).content
        assert steward.get(address(RoutingRule, "history", rule.pk)).status_code == 200
        assert steward.post(page, {"name": "Mine", "change_reason": "x"}).status_code == 403
        assert steward.get(address(RoutingRule, "add")).status_code == 403

    def test_a_source_names_a_connector_that_is_there(self, house, root):
        source = Source.objects.get(name="clearinghouse")
        body = {
            "name": source.name,
            "label": source.label,
            "connector": "telepathy",
            "folder": "",
            "poll_seconds": 60,
            "currency": "USD",
            "change_reason": "Try",
            "seen_version": source.version,
        }

        answer = root.post(address(Source, "change", source.pk), body)

        assert "x12_835" in answer.context["adminform"].form.errors["connector"][0]


def queue_body(queue: Queue, **changes) -> dict:
    return {
        "key": queue.key,
        "name": queue.name,
        "purpose": queue.purpose,
        "team": queue.team,
        "position": queue.position,
        "take": queue.take,
        "is_active": "on",
        "seen_version": queue.version,
        **changes,
    }


class TestRecords:
    @pytest.mark.parametrize("model", RECORDS, ids=named)
    def test_they_are_listed_and_never_changed(self, model, house, root):
        made = house.case()
        Note.objects.create(case=made, author=house.builder, text="Seen")

        assert root.get(address(model)).status_code == 200
        held = admin.site._registry[model].get_queryset(request_of(house, root)).first()
        if held is not None:
            assert root.get(address(model, "change", held.pk)).status_code == 200
            assert root.post(address(model, "change", held.pk), {"title": "x"}).status_code == 403
            assert root.get(address(model, "delete", held.pk)).status_code == 403

    def test_a_case_cannot_be_added(self, root):
        assert root.get(address(Case, "add")).status_code == 403

    @pytest.mark.parametrize("model", [Case, Note], ids=named)
    def test_foreign_ones_do_not_exist(self, model, house, root):
        foreign = house.canaries()
        notes = [
            Note.objects.create(case=case, author=house.builder, text=CANARY) for case in foreign
        ]
        rows = foreign if model is Case else notes

        listed = root.get(address(model))
        assert CANARY not in listed.content.decode()
        assert listed.context["cl"].result_count == 0
        for row in rows:
            answer = root.get(address(model, "change", row.pk))
            assert answer.status_code == 302
            assert answer["Location"] == "/admin/"

    def test_claims_do_not_say_whose_they_are(self, house, root):
        claim = house.claim()

        page = root.get(address(type(claim), "change", claim.pk)).content.decode()

        assert "Doe" not in page

    @pytest.mark.parametrize("rows", [1, 25])
    def test_a_list_costs_the_same_queries_for_any_number_of_rows(
        self, rows, house, root, django_assert_max_num_queries
    ):
        for _ in range(rows):
            house.case()

        with django_assert_max_num_queries(12):
            listed = root.get(address(Case))

        assert listed.context["cl"].result_count == rows


def request_of(house: House, client: Client):
    """A request of this browser, for asking a page what it would list."""
    request = client.get("/admin/").wsgi_request
    request.user = type(house.builder).objects.get(pk=client.session["_auth_user_id"])
    return request

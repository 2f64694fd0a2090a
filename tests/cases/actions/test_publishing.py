"""From a draft to what is in force, and every way that is refused."""

from datetime import timedelta

import pytest

from billing_portal.audit.models import AuditEvent
from cases.actions import publishing, releasing
from cases.actions.backtesting import backtest
from cases.actions.releasing import BacktestMissing, BaseSuperseded, ContentRefused
from cases.editions.lifecycle import EditionState
from cases.editions.models import Edition
from cases.editions.queries import in_force
from cases.editions.services import EditionRefused, MayNotRelease
from cases.notices.models import Notification
from cases.work.services import ReasonMissing, StaleVersion
from tests.factories.books import ToyBook, installed
from tests.factories.cases import OPENED
from tests.house import House

pytestmark = pytest.mark.django_db
NEXT = {"words": {"a": "one", "b": "changed"}}
LATER = OPENED + timedelta(days=2)


@pytest.fixture
def house():
    return House.built()


@pytest.fixture
def book():
    with installed(ToyBook()) as toys:
        yield toys


@pytest.fixture
def steward(house):
    return house.person("rules_steward", username="steward")


@pytest.fixture
def approver(house):
    return house.person("release_approver", username="approver")


class Story:
    """One edition on its way; `at` is when things happen."""

    def __init__(self, steward, approver):
        self.steward, self.approver, self.at = steward, approver, OPENED
        self.edition = publishing.draft(book="toys", by=steward, at=self.at)

    def do(self, verb, by=None, **given):
        seen = given.pop("seen_version", self.edition.version)
        self.edition = verb(
            edition=self.edition,
            by=by or self.steward,
            at=self.at,
            seen_version=seen,
            **given,
        )
        return self

    def saved(self, content=None):
        return self.do(publishing.save, content=content or NEXT, note="Better words")

    def tried(self):
        backtest(edition=self.edition, days=30, by=self.steward, at=self.at)
        self.edition.refresh_from_db()
        return self

    def approved(self, by=None):
        self.do(publishing.request_review)
        return self.do(publishing.approve, by=by or self.approver)

    def scheduled(self, activates_at=OPENED, by=None):
        return self.do(publishing.schedule, by=by or self.approver, activates_at=activates_at)


@pytest.fixture
def story(book, steward, approver):
    return Story(steward, approver)


def events():
    return list(
        AuditEvent.objects.filter(chain="config:edition")
        .order_by("pk")
        .values_list("verb", "actor__username")
    )


def test_a_second_person_puts_in_force_what_the_first_wrote(story, book):
    story.saved().tried().approved().scheduled()

    edition = story.edition
    assert (edition.state, edition.activated_at, edition.number) == ("active", OPENED, 2)
    assert book.words == NEXT["words"]
    assert book.reasons == [("approver", "Edition 2: Better words")]
    assert in_force("toys") == edition
    assert edition.base.state == EditionState.SUPERSEDED
    assert events() == [
        ("edition.founded", "system:setup"),
        ("edition.drafted", "steward"),
        ("edition.save", "steward"),
        ("edition.backtested", "steward"),
        ("edition.request_review", "steward"),
        ("edition.approve", "approver"),
        ("edition.schedule", "approver"),
        ("edition.supersede", "approver"),
        ("edition.activate", "approver"),
    ]


def test_those_who_release_are_told_and_so_is_who_wrote(story, approver, steward):
    story.saved().tried().approved().scheduled()

    told = Notification.objects.order_by("pk").values_list("user__username", "text")
    assert list(told) == [
        ("approver", "Edition 2 of “Toys” wants your review."),
        ("steward", "Edition 2 of “Toys” was approved."),
        ("steward", "Edition 2 of “Toys” is in force."),
    ]


def test_what_is_scheduled_comes_into_force_at_its_moment_once(story, book):
    story.saved().tried().approved().scheduled(LATER)
    assert story.edition.state == EditionState.SCHEDULED

    assert releasing.activate_due(at=LATER - timedelta(seconds=1)) == []
    assert releasing.activate_due(at=LATER) == [story.edition]
    assert releasing.activate_due(at=LATER) == []
    assert book.reasons == [("system:releases", "Edition 2: Better words")]
    assert story.edition.history.count() == 7


def test_without_a_backtest_nothing_comes_into_force(story, book):
    with pytest.raises(BacktestMissing):
        story.saved().approved().scheduled()

    assert book.words == {"a": "one", "b": "two"}


def test_a_backtest_of_another_content_does_not_count(story):
    with pytest.raises(BacktestMissing):
        story.saved().tried().saved({"words": {"a": "other"}}).approved().scheduled()


def test_saving_the_same_again_keeps_the_backtest(story):
    assert story.saved().tried().saved().edition.backtest is not None


@pytest.mark.parametrize(("days", "is_taken"), [(7, True), (8, False)])
def test_a_backtest_is_fresh_when_the_edition_comes_into_force(days, is_taken, story):
    story.saved().tried().approved()
    moment = OPENED + timedelta(days=days)

    if is_taken:
        assert story.scheduled(moment).edition.state == EditionState.SCHEDULED
    else:
        with pytest.raises(BacktestMissing):
            story.scheduled(moment)


def test_one_that_cannot_come_into_force_waits_and_says_why(story, book):
    story.saved().tried().approved().scheduled(LATER)

    assert releasing.activate_due(at=OPENED + timedelta(days=9)) == []

    edition = Edition.objects.get(pk=story.edition.pk)
    assert (edition.state, edition.activates_at) == (EditionState.APPROVED, None)
    assert edition.verdict.startswith("Not put in force: Back-test it first")
    assert not book.reasons


@pytest.mark.parametrize("verb", [publishing.approve, publishing.send_back, publishing.schedule])
def test_who_wrote_it_never_judges_it(verb, story, house, book):
    both = house.person("rules_steward", "release_approver", is_superuser=True)
    story = Story(both, both).saved().tried().do(publishing.request_review)
    given = {
        publishing.approve: {},
        publishing.send_back: {"reason": "No"},
        publishing.schedule: {"activates_at": OPENED},
    }

    with pytest.raises(MayNotRelease):
        story.do(verb, **given[verb])


def test_only_its_author_writes_a_draft(story, house):
    other = house.person("rules_steward")

    with pytest.raises(MayNotRelease):
        story.do(publishing.save, by=other, content=NEXT, note="")


@pytest.mark.parametrize("role", ["denial_specialist", "release_approver", "rc_director"])
def test_drafts_are_begun_by_rules_stewards(role, house, book):
    with pytest.raises(MayNotRelease):
        publishing.draft(book="toys", by=house.person(role), at=OPENED)

    assert not Edition.objects.exists()


def test_a_superuser_without_the_role_releases_nothing(story, house):
    root = house.person(is_superuser=True)
    story.saved().tried().do(publishing.request_review)

    with pytest.raises(MayNotRelease):
        story.do(publishing.approve, by=root)


def test_what_cannot_hold_is_not_saved(story):
    with pytest.raises(ContentRefused) as refusal:
        story.saved({"words": {"a": ""}})

    assert refusal.value.fields["problems"] == [{"where": "words.a", "words": "says nothing"}]
    assert Edition.objects.get(pk=story.edition.pk).version == 1


def test_a_stale_page_saves_nothing(story):
    story.saved()

    with pytest.raises(StaleVersion):
        story.do(publishing.save, content={"words": {}}, note="", seen_version=1)

    assert Edition.objects.get(pk=story.edition.pk).content == NEXT


def test_what_was_sent_back_is_a_draft_again_with_the_reason(story, approver):
    story.saved().do(publishing.request_review)
    story.do(publishing.send_back, by=approver, reason="Say why b changes.")

    edition = story.edition
    assert (edition.state, edition.verdict) == (EditionState.DRAFT, "Say why b changes.")
    assert story.saved().tried().approved().scheduled().edition.state == EditionState.ACTIVE


def test_sending_back_has_a_reason(story, approver):
    story.do(publishing.request_review)

    with pytest.raises(ReasonMissing):
        story.do(publishing.send_back, by=approver, reason=" ")


def test_a_draft_on_what_is_no_longer_in_force_is_saved_anew_first(story, steward, approver):
    other = Story(steward, approver).saved({"words": {"a": "x"}})
    story.saved().tried().approved().scheduled()

    with pytest.raises(BaseSuperseded):
        other.tried().approved()

    other.edition.refresh_from_db()
    assert other.saved({"words": {"a": "x"}}).edition.base == story.edition


def test_two_editions_cannot_wait_for_their_moment(story, steward, approver):
    other = Story(steward, approver).saved({"words": {"a": "x"}}).tried().approved()
    story.saved().tried().approved().scheduled(LATER)

    with pytest.raises(EditionRefused):
        other.scheduled(LATER)


def test_a_draft_can_be_withdrawn_and_is_then_over(story):
    story.saved().do(publishing.withdraw, reason="Not needed")

    assert (story.edition.state, story.edition.verdict) == (EditionState.WITHDRAWN, "Not needed")
    with pytest.raises(EditionRefused):
        story.saved()


class TestRollingBack:
    """The former content comes back at once, as a new edition, by a second person."""

    @pytest.fixture
    def former(self, story):
        story.saved().tried().approved().scheduled()
        return Edition.objects.get(book="toys", number=1)

    def roll_back(self, edition, by, reason="It sent everything to triage"):
        return publishing.roll_back(edition=edition, by=by, at=LATER, reason=reason)

    def test_it_needs_no_fresh_backtest(self, former, story, approver, book):
        again = self.roll_back(former, approver)

        assert (again.state, again.number, again.restores) == ("active", 3, former)
        assert book.words == {"a": "one", "b": "two"}
        assert book.reasons[-1] == ("approver", "Edition 3: It sent everything to triage")
        assert Edition.objects.get(pk=story.edition.pk).state == EditionState.SUPERSEDED

    def test_it_has_a_reason(self, former, approver):
        with pytest.raises(ReasonMissing):
            self.roll_back(former, approver, reason="")

    def test_it_is_for_those_who_release(self, former, steward):
        with pytest.raises(MayNotRelease):
            self.roll_back(former, steward)

    def test_who_wrote_what_it_replaces_does_not_decide(self, book, house, approver):
        both = house.person("rules_steward", "release_approver")
        Story(both, approver).saved().tried().approved().scheduled()

        with pytest.raises(MayNotRelease):
            self.roll_back(Edition.objects.get(number=1), both)

    def test_only_what_was_in_force_comes_back(self, former, story, approver):
        with pytest.raises(EditionRefused):
            self.roll_back(story.edition, approver)

"""The lists of one person: whose they hold, and in which order pages follow."""

import pytest

from cases.actions import approving
from cases.approvals.listing import (
    Listing,
    Place,
    asked_before,
    beside,
    deciders,
    like_it,
    listings,
    page_of,
    sealed_as,
)
from cases.approvals.models import ApprovalRequest
from tests.factories.approvals import ApprovalLimitFactory, ApprovalRequestFactory
from tests.factories.approvers import HOUR, asked, decided
from tests.factories.cases import OPENED

pytestmark = pytest.mark.django_db


def held(user, at=OPENED + HOUR):
    """How many requests each list holds."""
    return {listing: found.count() for listing, found in listings(user, at=at).items()}


def test_a_request_stands_in_the_lists_of_those_whom_it_concerns(case, somebody, requester):
    lead, other = somebody("team_lead"), somebody("rc_manager")
    approval = asked(case, requester)

    before = {person: held(person) for person in (requester, lead, other)}
    decided(approval, lead)

    assert before[requester][Listing.ASKED] == 1
    assert (before[lead][Listing.MINE], before[lead][Listing.TEAM]) == (1, 1)
    assert (before[other][Listing.MINE], before[other][Listing.TEAM]) == (0, 1)
    assert (held(lead)[Listing.MINE], held(lead)[Listing.DECIDED]) == (0, 1)


def test_pages_and_neighbours_go_by_when_it_was_asked(case):
    made = [ApprovalRequestFactory(requested_at=OPENED + HOUR * each) for each in (2, 0, 1)]
    ordered = [made[1], made[2], made[0]]
    every = ApprovalRequest.objects.all()

    first = page_of(every, Listing.TEAM, after=None, size=1)
    place = Place(first[0].requested_at, first[0].pk)

    assert first == ordered[:2]
    assert page_of(every, Listing.TEAM, after=place, size=5) == ordered[1:]
    assert page_of(every, Listing.DECIDED, after=None, size=5) == ordered[::-1]
    assert beside(every, ordered[1]) == (ordered[0], ordered[2])


def test_what_is_like_it_what_came_before_and_what_was_sealed(case, somebody, requester):
    lead = somebody("team_lead")
    one = asked(case, requester)
    approving.withdraw(approval=one, by=requester, reason="Paid", at=OPENED, seen_version=1)
    case.refresh_from_db()
    two = asked(case, requester)

    assert like_it(two, user=lead) == [one]
    assert asked_before(two) == one
    assert asked_before(one) is None
    assert sealed_as(two, two.digest) == two.sealed
    assert sealed_as(two, "0" * 64) == ""


def test_who_could_stand_in_has_a_limit_and_is_somebody_else():
    limit = ApprovalLimitFactory()

    assert limit.person not in deciders(limit.person)
    assert limit.person in deciders(ApprovalLimitFactory().person)

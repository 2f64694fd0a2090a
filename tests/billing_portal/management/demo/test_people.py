"""There is somebody for every role, and everybody can be told from everybody else."""

from billing_portal.access.roles import ROLES
from billing_portal.management.demo import signins
from billing_portal.management.demo.organisation import FACILITIES
from billing_portal.management.demo.people import EVERYWHERE, PEOPLE, TEAM_BY_KEY, TEAMS


def test_every_role_has_somebody():
    assert {person.role for person in PEOPLE} == {role.key for role in ROLES}


def test_nobody_is_there_twice():
    assert len({person.username for person in PEOPLE}) == len(PEOPLE)
    assert len({person.full_name for person in PEOPLE}) == len(PEOPLE)


def test_teams_and_sites_are_known():
    sites = {site.key for site in FACILITIES} | {EVERYWHERE}

    assert all(team in TEAM_BY_KEY for person in PEOPLE for team in person.teams)
    assert all(site in sites for person in PEOPLE for site in person.sites)
    assert len(TEAM_BY_KEY) == len(TEAMS)


def test_every_denial_queue_has_a_worker_at_every_facility():
    for site in FACILITIES:
        workers = [p for p in PEOPLE if {site.key, EVERYWHERE} & set(p.sites)]
        queues = {queue for p in workers for team in p.teams for queue in TEAM_BY_KEY[team].queues}
        assert {"coding", "authorization", "cob", "eligibility-registration", "billing"} <= queues


def test_the_first_sign_in_is_the_billing_specialists():
    first = signins()[0]

    assert (first.username, first.role) == ("maya", "Billing specialist")
    assert len(signins()) == len(PEOPLE)

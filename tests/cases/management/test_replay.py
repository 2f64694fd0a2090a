import pytest

from billing_portal.access.actor import system_actor
from billing_portal.kernel.models.history import save_because
from cases.work.models import Case
from integrations.canonical.models import Claim, FacilityIdentifier
from tests.factories.integrations import FacilityFactory
from tests.generators.remit import NPI, Remit, denied, interchange, paid

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(run, source, tmp_path):
    path = tmp_path / "a.835"
    path.write_bytes(interchange(Remit("T1", [paid("A1"), denied("A2")])))
    assert run("ingest", "--source", source.name, path).code == 0
    return path


@pytest.fixture
def facility(source, sent):
    made = FacilityFactory()
    row = FacilityIdentifier(source=source, identifier=NPI, facility=made)
    save_because(row, by=system_actor("tests"), reason="It is ours")
    return made


def test_a_corrected_crosswalk_moves_claims_and_their_open_cases(run, source, facility):
    case = Case.objects.get()
    assert case.facility.key == "unassigned"

    answer = run("replay", "--source", source.name, "--json")

    assert answer.code == 0
    [difference] = answer.json["differences"]
    assert (difference["file"], difference["part"], difference["moved"]) == ("a.835", 1, 2)
    assert (answer.json["messages"], answer.json["cases_updated"]) == (1, 1)
    case.refresh_from_db()
    assert case.facility == facility
    assert {claim.facility for claim in Claim.objects.all()} == {facility}
    assert run("replay", "--source", source.name, "--json").json["differences"] == []


def test_a_dry_run_reports_the_same_and_moves_nothing(run, source, facility):
    rehearsed = run("replay", "--source", source.name, "--json", "--dry-run").json

    assert {claim.facility.key for claim in Claim.objects.all()} == {"unassigned"}
    assert Case.objects.get().facility.key == "unassigned"
    assert rehearsed == run("replay", "--source", source.name, "--json").json


def test_the_answer_in_words(run, source, facility):
    said = run("replay", "--source", source.name).out

    assert "a.835 part 1: duplicate; 0 claims went in, 2 moved" in said
    assert "1 messages read again, 1 differences" in said


@pytest.mark.parametrize(("since", "messages"), [("2020-01-01", 1), ("2999-01-01T08:00", 0)])
def test_only_messages_since_a_time_are_read_again(run, source, sent, since, messages):
    answer = run("replay", "--source", source.name, "--since", since, "--json").json

    assert answer["messages"] == messages


def test_what_is_no_date_is_refused(run, source):
    with pytest.raises(Exception, match="is no date"):
        run("replay", "--source", source.name, "--since", "yesterday")

"""Many cases at once, by the pages: select, say what, see what will happen, do it, take it back."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from cases.actions import bulking
from cases.bulk.models import Batch, BatchStatus
from cases.jobs import services as jobs
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Note
from tests.factories.cases import OPENED
from tests.factories.sharing import LabelFactory
from tests.house import CANARY
from tests.pages import Reader, text_of

pytestmark = pytest.mark.django_db

LIST = "/queues/all/"
NEW = reverse("cases:bulk_new")
QUERY = f"{LIST}?view=open&sort=due"


def asked(**fields):
    return {"verb": "assign", "scope": "all", "query": QUERY} | fields


def frozen(reader, specialist, **fields):
    """The address of a preview."""
    given = {"owner": specialist.pk, "reason": "Rebalanced"}
    answer = reader.post(NEW, asked(**given | fields))
    assert answer.status_code == 302, text_of(answer)
    return answer.url


def test_a_list_lets_its_reader_tick_cases_and_says_what_all_means(reader, house):
    cases = [house.case() for _ in range(3)]

    page = reader.get(LIST)

    assert page.content.decode().count('name="case"') == 3
    assert "of 3 on this page" in text_of(page)
    assert "Select all 3 that match" in text_of(page)
    assert str(cases[0].public_id) in page.content.decode()


def test_who_may_not_work_ticks_nothing(house):
    house.case()

    page = Reader.of(house.person("auditor")).get(LIST).content.decode()

    assert 'name="case"' not in page
    assert 'id="bulk"' not in page


def test_all_that_match_are_reassigned_in_four_requests_and_undone_by_one(
    reader, house, specialist
):
    cases = [house.case() for _ in range(50)]
    house.canaries(2)

    question = reader.post(NEW, asked())
    address = frozen(reader, specialist)
    preview = reader.get(address)
    done = reader.post(f"{address}start/", {"key": "k"}, follow=True)

    assert "All 50 cases that match" in text_of(question)
    assert "Will change 50 of 50 cases, worth $20,000.00" in text_of(preview)
    assert CANARY not in preview.content.decode()
    assert "Undo all of it Z" in text_of(done)
    assert Case.objects.filter(owner=specialist).count() == 50

    undone = reader.post(f"{address}undo/", {"key": "z"}, follow=True)

    assert "Undone" in text_of(undone)
    assert not Case.objects.filter(owner=specialist).exists()
    cases[0].refresh_from_db()
    assert (cases[0].status, cases[0].version) == (CaseStatus.NEW, 3)


def test_the_ticked_ones_are_meant_and_no_others(reader, house, specialist):
    cases = [house.case() for _ in range(3)]
    ticked = [str(case.public_id) for case in cases[:2]]

    address = frozen(reader, specialist, scope="page", case=ticked)

    assert "Will change 2 of 2 cases" in text_of(reader.get(address))


def test_a_foreign_case_cannot_be_ticked(reader, house, specialist):
    foreign = [str(case.public_id) for case in house.canaries()]
    own = house.case()

    address = frozen(reader, specialist, scope="page", case=[*foreign, str(own.public_id)])
    reader.post(f"{address}start/")

    assert Batch.objects.get().cases == 1
    assert not Case.objects.filter(title=CANARY).exclude(version=1).exists()


@pytest.mark.parametrize(
    "query", ["", "/nowhere/", "https://elsewhere.example/", "/queues/all/%00"]
)
def test_an_address_that_is_no_list_selects_nothing(reader, house, specialist, query):
    house.case()

    answer = reader.post(NEW, asked(query=query, owner=specialist.pk, reason="r"))

    assert answer.status_code == 409
    assert "Nothing is selected" in text_of(answer)
    assert 'elsewhere.example/"' not in answer.content.decode().replace(query, "")


def test_sent_twice_it_is_one_batch_done_once(reader, house, specialist):
    house.case()

    addresses = [frozen(reader, specialist, key="once") for _ in range(2)]
    for _ in range(2):
        reader.post(f"{addresses[0]}start/", {"key": "start"})

    assert len(set(addresses)) == Batch.objects.count() == 1
    assert Case.objects.get().version == 2


def test_the_preview_says_what_stays_as_it_is_and_why(reader, house, specialist):
    case = house.case()
    house.case(status=CaseStatus.APPEAL)
    address = frozen(reader, specialist)
    reader.post(reverse("cases:claim", args=[case.public_id]), {"seen_version": 1})

    page = text_of(reader.get(address))

    assert "Will change 0 of 2 cases" in page
    assert "Somebody changed them after you selected them 1" in page
    assert "Their state does not allow it 1" in page


def test_a_reason_is_asked_for_beside_the_field(reader, house, specialist):
    house.case()

    answer = reader.post(NEW, asked(owner=specialist.pk, reason=""))

    assert answer.status_code == 422
    assert text_of(answer).count("Say why, in a few words.") == 2
    assert not Batch.objects.exists()


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("transfer", {"queue": ""}),
        ("defer", {"until": "2099-01-01"}),
        ("wait_payer", {}),
        ("wait_info", {}),
        ("resolve", {"disposition": "duplicate"}),
        ("comment", {}),
    ],
)
def test_every_verb_asks_and_is_previewed(reader, house, verb, fields):
    house.case()
    given = dict(fields)
    if "queue" in given:
        given["queue"] = house.coding.pk

    question = reader.post(NEW, asked(verb=verb))
    answer = reader.post(NEW, asked(verb=verb, reason="Because", **given))

    assert question.status_code == 200
    if verb == "defer":  # too far
        assert (answer.status_code, "within 90 days" in text_of(answer)) == (409, True)
    else:
        assert "Will change 1 of 1 case" in text_of(reader.get(answer.url))


def test_a_label_of_the_team_is_put_on_all_of_them(reader, house):
    label, foreign = LabelFactory(), LabelFactory(team="Elsewhere", name="Foreign")
    house.case()

    question = reader.post(NEW, asked(verb="label"))
    address = reader.post(NEW, asked(verb="label", label=label.pk, reason="One cause")).url
    page = reader.post(f"{address}start/", follow=True)

    assert str(label) in text_of(question)
    assert str(foreign) not in text_of(question)
    assert f"Put a label on: {label}" in text_of(page)
    assert "Undo all of it Z" in text_of(page)
    assert str(label) in text_of(reader.get(LIST))


def test_only_dispositions_that_all_share_are_offered(reader, house):
    house.case()
    shared = reader.post(NEW, asked(verb="resolve")).content.decode()
    house.case(case_type="remittance_exception")
    mixed = reader.post(NEW, asked(verb="resolve")).content.decode()

    assert shared.count('name="disposition"') > mixed.count('name="disposition"')


def test_more_than_two_hundred_go_on_as_a_job_that_is_followed(
    reader, house, specialist, monkeypatch
):
    monkeypatch.setattr(bulking, "AT_ONCE", 2)
    for _ in range(3):
        house.case()
    address = frozen(reader, specialist)

    running = reader.post(f"{address}start/", follow=True)
    assert "Being done" in text_of(running)
    assert 'hx-trigger="every 1s"' in running.content.decode()
    while jobs.work_next(at=OPENED):
        pass
    poll = reader.get(address, headers={"HX-Request": "true", "HX-Target": "progress"})

    assert (poll.status_code, poll["HX-Refresh"]) == (286, "true")
    assert Batch.objects.get().status == BatchStatus.DONE


def test_each_case_comes_as_a_file(reader, house, specialist):
    case = house.case()
    address = frozen(reader, specialist)
    reader.post(f"{address}start/")

    answer = reader.get(f"{address}results.csv")

    lines = b"".join(answer.streaming_content).decode().splitlines()
    assert lines == ["Case,Outcome,Why", f"{case.reference},Done,"]
    assert "attachment" in answer["Content-Disposition"]


def test_a_comment_is_on_every_case_and_offers_no_undo(reader, house):
    house.case()
    house.case()
    address = reader.post(NEW, asked(verb="comment", reason="Payer closed on Friday.")).url

    page = reader.post(f"{address}start/", follow=True)

    assert Note.objects.filter(text="Payer closed on Friday.").count() == 2
    assert 'data-key="z"' not in page.content.decode()


def test_somebody_elses_batch_does_not_exist(reader, house, specialist):
    house.case()
    address = frozen(reader, specialist)
    other = Reader.of(house.person("denial_specialist"))

    assert other.get(address).status_code == 404
    assert other.get(f"{address}results.csv").status_code == 404
    for verb in ("start", "undo"):
        assert other.post(f"{address}{verb}/").status_code == 404
    assert Case.objects.get().version == 1


@pytest.mark.parametrize("rows", [1, 25])
def test_the_pages_cost_the_same_at_any_length(reader, house, specialist, rows):
    for _ in range(rows):
        house.case()
    address = frozen(reader, specialist)
    counted = []
    for page in (address, reverse("cases:batches")):
        reader.get(page)
        with CaptureQueriesContext(connection) as queries:
            reader.get(page)
        counted.append(len(queries))
    reader.post(f"{address}start/")
    reader.get(address)
    with CaptureQueriesContext(connection) as queries:
        reader.get(address)

    assert [*counted, len(queries)] == [16, 9, 11]


def test_the_list_stays_light(reader, house):
    for _ in range(40):
        house.case()

    page = reader.get(LIST).content.decode()

    assert len(re.findall(r"<[a-z]", page)) < 1_800

"""Every verb by its page, without a script: ask, send, refuse with words, and never twice."""

from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from billing_portal.kernel.days import house_day
from billing_portal.kernel.models.history import save_because
from cases.actions import working
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, Note, Take
from tests.pages import Reader, hidden_fields, text_of

pytestmark = pytest.mark.django_db
CANARY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def case(house):
    return house.case()


@pytest.fixture
def colleague(house):
    return house.person("denial_specialist", username="colleague", full_name="Cora Colleague")


def fresh(case: Case) -> Case:
    return Case.objects.get(pk=case.pk)


def test_claiming_makes_the_case_ones_own(reader, specialist, case):
    answer = reader.does("claim", case)

    assert answer.url == reverse("cases:case", args=[case.public_id])
    assert fresh(case).owner == specialist
    assert fresh(case).status == CaseStatus.IN_WORK
    assert f"{case.reference} is yours now." in text_of(reader.get(answer.url))


def test_work_next_takes_the_case_that_is_due_first(house, reader, specialist):
    later = house.case(resolve_due_at=timezone.now() + timedelta(days=2))
    sooner = house.case(resolve_due_at=timezone.now() + timedelta(days=1))

    answer = reader.post(reverse("cases:claim_next"), {"key": "once"})

    assert answer.url == reverse("cases:case", args=[sooner.public_id])
    assert fresh(sooner).owner == specialist
    assert fresh(later).owner is None


def test_work_next_sent_twice_takes_one_case(house, reader):
    for _ in range(3):
        house.case()

    answers = {reader.post(reverse("cases:claim_next"), {"key": "once"}).url for _ in range(2)}

    assert len(answers) == 1
    assert Case.objects.filter(owner__isnull=False).count() == 1


def test_work_next_with_nothing_to_do_says_so(reader):
    answer = reader.post(reverse("cases:claim_next"), {"key": "once"}, follow=True)

    assert "Nothing waits in your queues" in text_of(answer)


def test_assigning_offers_those_who_work_the_queue_and_no_others(house, reader, case, colleague):
    house.person("coder", full_name="Outside Coder")

    page = text_of(reader.get(reverse("cases:assign", args=[case.public_id])))
    answer = reader.does("assign", case, owner=colleague.pk, reason="Cora knows this payer.")

    assert "Cora Colleague" in page
    assert "Outside Coder" not in page
    assert answer.status_code == 302
    assert fresh(case).owner == colleague


def test_where_the_next_is_given_no_verb_is_offered_that_chooses(reader, specialist, case):
    page = reverse("cases:case", args=[case.public_id])
    choosing = [reverse(f"cases:{name}", args=[case.public_id]) for name in ("claim", "assign")]
    before = reader.get(page).content.decode()
    case.queue.take = Take.NEXT_ONLY
    save_because(case.queue, by=specialist, reason="For a test", fields=["take"])

    after = reader.get(page).content.decode()

    assert [address in before for address in choosing] == [True, True]
    assert [address in after for address in choosing] == [False, False]


def test_a_case_is_put_back_by_whom_it_belongs_to(reader, case):
    reader.does("claim", case)

    reader.does("release", fresh(case), reason="I am away tomorrow.")

    assert fresh(case).owner is None
    assert fresh(case).status == CaseStatus.TRIAGED


def test_a_case_may_leave_its_senders_sight(house, reader, case):
    answer = reader.does("transfer", case, queue=house.coding.pk, reason="A bundling question.")

    assert answer.url == reverse("cases:mine")
    assert fresh(case).queue == house.coding
    assert reader.get(reverse("cases:case", args=[case.public_id])).status_code == 404


def test_deferring_brings_the_case_back_on_that_morning(reader, case):
    day = house_day(timezone.now()) + timedelta(days=7)

    reader.does("defer", case, until=day.isoformat(), reason="The record is on its way.")

    until = timezone.localtime(fresh(case).deferred_until, ZoneInfo("America/Chicago"))
    assert (until.date(), until.hour) == (day, 8)


@pytest.mark.parametrize(
    ("verb", "status"),
    [("wait_payer", CaseStatus.PENDING_PAYER), ("wait_info", CaseStatus.PENDING_INFO)],
)
def test_waiting_says_for_whom_and_can_be_gone_on_with(reader, specialist, case, verb, status):
    reader.does(verb, case, reason="Corrected claim sent.")
    waited = fresh(case).status

    reader.does("resume", fresh(case), reason="They answered.")

    assert waited == status
    assert fresh(case).status == CaseStatus.IN_WORK
    assert fresh(case).owner == specialist


def test_resolving_needs_a_disposition_and_a_reason(reader, case):
    answer = reader.does("resolve", case)
    page = text_of(answer)

    assert answer.status_code == 422
    assert page.count("Choose how it ended.") == 2  # in the summary, and at the field
    assert page.count("Say what settled it") == 2
    assert fresh(case).status == CaseStatus.NEW


def test_write_off_and_appeal_outcomes_are_not_offered(reader, case):
    page = text_of(reader.get(reverse("cases:resolve", args=[case.public_id])))

    for disposition in (Disposition.WRITTEN_OFF, Disposition.APPEAL_OVERTURNED_FULL):
        assert disposition.label not in page
        sent = reader.does("resolve", case, disposition=disposition, reason="x")
        assert sent.status_code == 422


def test_a_resolved_case_can_be_opened_again(reader, case):
    reader.does("resolve", case, disposition=Disposition.DUPLICATE, reason="Sent twice.")
    ended = fresh(case)

    reader.does("reopen", ended, reason="It was another service.")

    assert ended.disposition == Disposition.DUPLICATE
    assert fresh(case).status == CaseStatus.REOPENED
    assert fresh(case).disposition is None


def test_a_comment_sent_twice_is_one_comment(reader, case):
    address = reverse("cases:comment", args=[case.public_id])
    sent = {
        "text": "Called, ref 88-2031.",
        "kind": "call",
        "payer_reference": "88-2031",
        "key": "k",
    }

    answers = [reader.post(address, sent).status_code for _ in range(3)]

    assert answers == [302, 302, 302]
    assert Note.objects.filter(case=case).count() == 1


def test_a_key_that_was_used_for_other_words_is_refused(reader, case):
    address = reverse("cases:comment", args=[case.public_id])
    reader.post(address, {"text": "One", "key": "k"})

    answer = reader.post(address, {"text": "Two", "key": "k"})

    assert answer.status_code == 409
    assert "Two" in answer.content.decode()
    assert Note.objects.filter(case=case).count() == 1


def test_a_step_is_ticked_and_opened_again(reader, case):
    address = reverse("cases:step", args=[case.public_id])

    reader.post(address, {"step": "first_action", "is_done": "1"})
    done = text_of(reader.get(reverse("cases:case", args=[case.public_id])))
    reader.post(address, {"step": "first_action", "is_done": "0"})
    opened = text_of(reader.get(reverse("cases:case", args=[case.public_id])))

    assert "Steps 1 of" in done
    assert "Steps 0 of" in opened


def test_a_file_is_attached_and_given_out_as_a_download_only(reader, case):
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.4 authorization letter", "text/html")

    reader.post(reverse("cases:attach", args=[case.public_id]), {"file": file})
    kept = case.attachments.get()
    got = reader.get(reverse("cases:attachment", args=[kept.public_id]))

    assert b"".join(got.streaming_content).startswith(b"%PDF")
    assert got["Content-Disposition"].startswith("attachment")
    assert got["Content-Type"] == "application/octet-stream"
    assert "sandbox" in got["Content-Security-Policy"]


def test_a_file_that_is_none_of_the_kinds_is_refused_in_words(reader, case):
    file = SimpleUploadedFile("page.html", b"<html><script>alert(1)</script></html>")

    answer = reader.post(reverse("cases:attach", args=[case.public_id]), {"file": file})

    assert answer.status_code == 409
    assert "There is a problem" in text_of(answer)
    assert not case.attachments.exists()


def test_a_foreign_file_does_not_exist(house, reader):
    foreign = house.canaries()[0]
    owner = house.person("coder")
    house.grant("coder", house.auth, "view_queue", "work_queue")
    house.grant("coder", house.north, "view_facility")
    file = SimpleUploadedFile("letter.pdf", b"%PDF-1.4 x")
    Reader.of(owner).post(reverse("cases:attach", args=[foreign.public_id]), {"file": file})

    kept = foreign.attachments.get()

    assert reader.get(reverse("cases:attachment", args=[kept.public_id])).status_code == 404


def test_a_stale_save_shows_both_values_and_keeps_what_was_typed(reader, case, colleague):
    given = hidden_fields(
        reader.get(reverse("cases:defer", args=[case.public_id])).content.decode()
    )
    working.claim(case=case, by=colleague, at=timezone.now(), seen_version=case.version)
    day = (house_day(timezone.now()) + timedelta(days=3)).isoformat()

    answer = reader.post(
        reverse("cases:defer", args=[case.public_id]),
        {**given, "until": day, "reason": "The record is on its way."},
    )
    page = answer.content.decode()

    assert answer.status_code == 409
    assert "<del>New</del>" in page
    assert "<ins>In work</ins>" in page
    assert "Cora Colleague" in page
    assert "The record is on its way." in page
    assert day in page
    assert fresh(case).deferred_until is None


def test_what_was_stale_can_be_sent_again_from_the_page_that_says_so(reader, case, colleague):
    old = {"seen_version": 1, "key": "a", "reason": "Corrected claim sent."}
    working.claim(case=case, by=colleague, at=timezone.now(), seen_version=1)
    address = reverse("cases:wait_payer", args=[case.public_id])
    page = reader.post(address, old).content.decode()

    answer = reader.post(address, {**old, **hidden_fields(page)})

    assert answer.status_code == 302
    assert fresh(case).status == CaseStatus.PENDING_PAYER


def test_a_refusal_inside_a_dialog_stays_in_the_dialog(reader, case):
    address = reverse("cases:resolve", args=[case.public_id])
    headers = {"HX-Request": "true", "HX-Target": "dialog"}

    asked = reader.get(address, headers=headers).content.decode()
    refused = reader.post(address, {"in_dialog": "1"}, headers={"HX-Request": "true"})

    assert 'name="in_dialog"' in asked
    assert refused["HX-Retarget"] == "#dialog"


def test_nothing_that_was_typed_is_run(house, reader, case):
    reader.post(reverse("cases:comment", args=[case.public_id]), {"text": CANARY, "key": "k"})
    reader.does("defer", case, until="2026-13-99", reason=CANARY)
    pages = [
        reader.get(reverse("cases:case", args=[case.public_id])),
        reader.does("resolve", case, reason=CANARY),
        reader.post(reverse("cases:search"), {"term": CANARY}, follow=True),
        reader.get("/queues/all/", {"q": CANARY}),
    ]

    for page in pages:
        assert CANARY not in page.content.decode()
    assert "&lt;img src=x" in pages[0].content.decode()


def test_looking_changes_nothing(house, reader, case):
    before = Case.objects.filter(pk=case.pk).values().get()

    for name in ("case", "assign", "transfer", "defer", "resolve", "reopen", "reveal", "claim"):
        assert reader.get(reverse(f"cases:{name}", args=[case.public_id])).status_code == 200

    assert Case.objects.filter(pk=case.pk).values().get() == before

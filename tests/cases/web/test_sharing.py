"""Working together by the pages: notes that tell people, macros, watching, links, labels."""

import pytest
from django.urls import reverse

from cases.collaboration.models import CaseLink
from cases.collaboration.queries import is_watching, labels_on
from cases.collaboration.vocabulary import LinkKind, MacroVerb, Tone
from cases.notices.models import Notification
from cases.work.lifecycle import CaseStatus
from cases.work.models import Case, Note, NoteKind, NoteOutcome
from tests.factories.sharing import (
    CaseLabelFactory,
    CaseLinkFactory,
    ChecklistItemFactory,
    LabelFactory,
    MacroFactory,
)
from tests.house import CANARY
from tests.pages import text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def case(house):
    return house.case()


@pytest.fixture
def colleague(house):
    return house.person("denial_specialist", username="cora", full_name="Cora Colleague")


def page(case, **query):
    return reverse("cases:case", args=[case.public_id], query=query or None)


def at(name, case, *more):
    return reverse(f"cases:{name}", args=[case.public_id, *more])


def test_a_call_leaves_what_the_next_caller_needs(reader, case):
    reader.does(
        "comment", case, text="They look again", kind="call", payer_reference="C-77",
        spoken_to="Ms Lane", phone="555 0100", outcome="in_process", call_back_on="2026-12-01",
    )  # fmt: skip

    note = Note.objects.get()
    assert (note.kind, note.spoken_to, note.outcome) == (
        NoteKind.CALL,
        "Ms Lane",
        NoteOutcome.IN_PROCESS,
    )
    shown = text_of(reader.get(page(case)))
    for words in ("reference C-77", "Spoke to Ms Lane", "Call again Dec 1, 2026", "working on it"):
        assert words in shown


def test_call_details_on_another_kind_of_note_are_refused(reader, case):
    answer = reader.does("comment", case, text="Looked", kind="portal", spoken_to="Ms Lane")

    assert answer.status_code == 409
    assert "belong to a call" in text_of(answer)
    assert not Note.objects.exists()


def test_who_is_named_or_chosen_is_told_and_the_author_sees_whom(reader, case, colleague):
    answer = reader.does("comment", case, text="Look at this, @nobody", tell="cora")

    said = text_of(reader.get(answer.url))
    assert "Told: Cora Colleague." in said
    assert "called @nobody" in said
    assert Note.objects.get().text == "Look at this, @nobody @cora"
    assert Notification.objects.get().user == colleague


def test_the_people_to_name_are_those_who_see_the_case(house, reader, case, colleague):
    house.person("coder", username="stranger", full_name=CANARY)

    options = reader.get(at("people", case)).content.decode()

    assert '<option value="cora">Cora Colleague</option>' in options
    assert CANARY not in options
    for foreign in house.canaries():
        assert reader.get(at("people", foreign)).status_code == 404


def test_a_macro_puts_its_words_in_without_a_script(reader, case):
    MacroFactory(
        key="resent", name="Sent again", text="Sent {reference} again.", note_kind="letter"
    )

    offered = reader.get(at("comment", case)).content.decode()
    filled = reader.get(at("comment", case), {"macro": "resent"}).content.decode()

    assert "?macro=resent" in offered
    assert f"Sent {case.reference} again." in filled
    assert '<option value="letter" selected>' in filled
    assert "And then" not in filled


def test_a_macro_that_is_chosen_comes_before_what_was_typed(reader, case):
    MacroFactory(key="resent", text="Sent again.")
    reader.post(at("draft", case, "comment"), {"text": "Half a thought"})

    filled = reader.get(at("comment", case), {"macro": "resent"}).context["form"]

    assert filled["text"].value() == "Sent again."


@pytest.mark.parametrize(
    ("then", "status"), [("on", CaseStatus.PENDING_PAYER), ("", CaseStatus.NEW)]
)
def test_its_verb_is_done_with_the_note_unless_unticked(reader, case, then, status):
    MacroFactory(key="resent", verb=MacroVerb.WAIT_PAYER)
    form = reader.get(at("comment", case), {"macro": "resent"}).content.decode()
    sent = (
        {"text": "Sent again.", "macro": "resent", "then": then}
        if then
        else {
            "text": "Sent again.",
            "macro": "resent",
        }
    )

    reader.does("comment", case, **sent)

    assert "And then: wait for the payer" in form
    assert Note.objects.get().text == "Sent again."
    assert Case.objects.get(pk=case.pk).status == status


def test_a_case_is_watched_and_no_longer(reader, specialist, case):
    offered = reader.get(page(case)).content.decode()
    reader.post(at("watch", case))

    assert at("watch", case) in offered
    assert is_watching(specialist, case)
    assert at("unwatch", case) in reader.get(page(case)).content.decode()

    reader.post(at("unwatch", case))

    assert not is_watching(specialist, case)
    assert reader.get(at("watch", case)).status_code == 405


def test_a_foreign_case_is_not_watched(house, reader):
    for foreign in house.canaries():
        for verb in ("watch", "unwatch"):
            assert reader.post(at(verb, foreign)).status_code == 404


def test_labels_are_chosen_and_stand_on_the_case_and_in_the_list(reader, house, case):
    label, other = LabelFactory(name="Big surgery", tone=Tone.WARN), LabelFactory(name="Unused")
    house.case()

    reader.does("labels", case, labels=[label.key])

    assert labels_on(case) == [label]
    assert '<span class="tag warn">Big surgery</span>' in reader.get(page(case)).content.decode()
    listed = reader.get(reverse("cases:all"))
    assert listed.content.decode().count("Big surgery</span>") == 1
    assert reader.listed(reverse("cases:all"), label=label.key) == [case.reference]
    assert reader.listed(reverse("cases:all"), label=other.key) == []


def test_a_case_with_two_of_the_labels_is_listed_once(reader, case):
    keys = [CaseLabelFactory(case=case).label.key for _ in range(2)]

    assert reader.listed(reverse("cases:all"), label=",".join(keys)) == [case.reference]


def test_linked_cases_show_each_other_until_the_link_is_taken_away(reader, house, case):
    other = house.case()

    answer = reader.does(
        "link", case, other=other.reference.lower(), kind="blocks", reason="Same surgery"
    )

    assert answer.url == page(case, tab="related")
    assert "Blocks" in text_of(reader.get(answer.url))
    assert "Blocked by" in text_of(reader.get(page(other, tab="related")))

    link = CaseLink.objects.get()
    address = at("unlink", other, link.pk)
    assert address in reader.get(page(other, tab="related")).content.decode()
    reader.post(address, {"reason": "Another one after all"})

    assert not CaseLink.objects.exists()


@pytest.mark.parametrize("named", ["TS-999999", "", "x" * 50])
def test_a_case_is_linked_only_to_one_that_is_seen(reader, house, case, named):
    (foreign, *_others) = house.canaries()

    for other in (named, foreign.reference):
        answer = reader.does("link", case, other=other, kind="related", reason="Same")
        assert answer.status_code == 422
    assert not CaseLink.objects.exists()


def test_a_link_of_another_case_is_not_there(reader, house, case):
    link = CaseLinkFactory(case=house.case(), other=house.case(), kind=LinkKind.BLOCKS)

    assert reader.post(at("unlink", case, link.pk), {"reason": "No"}).status_code == 404
    assert CaseLink.objects.exists()


def test_the_sites_own_steps_are_on_the_case(reader, case):
    ChecklistItemFactory(category=case.category, words="Ask the surgeon for the fax")

    assert "Ask the surgeon for the fax" in text_of(reader.get(page(case)))


def test_links_labels_and_watches_stand_in_the_timeline(reader, case, house):
    other, label = house.case(), LabelFactory(name="Needs records")
    reader.does("link", case, other=other.reference, kind="blocks", reason="First this one")
    reader.does("labels", case, labels=[label.key])
    reader.does("labels", case, labels=[])
    reader.post(at("watch", case))
    reader.post(at("unwatch", case))

    shown = text_of(reader.get(page(case, tab="timeline", show="people")))

    for words in (
        f"Linked it to {other.reference}",
        "Put on: Needs records.",
        "Taken off: Needs records.",
        "Watches it",
        "Watches it no longer",
    ):
        assert words in shown

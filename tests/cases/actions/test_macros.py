from datetime import timedelta

import pytest

from cases.actions import macros
from cases.actions.macros import MacroRefused, Said
from cases.collaboration.vocabulary import MacroVerb
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, Note, NoteKind
from cases.work.services import StaleVersion
from tests.factories.cases import OPENED
from tests.factories.sharing import MacroFactory

pytestmark = pytest.mark.django_db


def use(case, macro, by, seen_version=1):
    return macros.use(
        case=case,
        macro=macro,
        said=Said("Sent it again", NoteKind.PORTAL),
        by=by,
        at=OPENED,
        seen_version=seen_version,
    )


def test_a_text_is_filled_with_what_the_case_is_about_and_nothing_else(case):
    macro = MacroFactory(text="{payer}: {reference} {code} {amount} on {today} {patient} {0}")

    text = macros.filled(macro, case, at=OPENED)

    assert text.startswith(f"{case.payer.name}: {case.reference} CO-197 100.00 USD on Mar 2, 2026")
    assert text.endswith("{patient} {0}")


def test_a_note_is_written_and_no_more_without_a_verb(case, worker):
    note = use(case, MacroFactory(), worker)

    assert (note.text, note.kind, note.author) == ("Sent it again", NoteKind.PORTAL, worker)
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize(
    ("verb", "more", "status"),
    [
        (MacroVerb.WAIT_PAYER, {}, CaseStatus.PENDING_PAYER),
        (MacroVerb.WAIT_INFO, {}, CaseStatus.PENDING_INFO),
        (MacroVerb.DEFER, {"days": 7}, CaseStatus.DEFERRED),
        (MacroVerb.RESOLVE, {"disposition": Disposition.DUPLICATE}, CaseStatus.RESOLVED),
    ],
)
def test_its_verb_is_done_with_the_text_as_the_reason(case, worker, verb, more, status):
    use(case, MacroFactory(verb=verb, **more), worker)

    moved = Case.objects.get(pk=case.pk)
    assert moved.status == status
    assert moved.history.order_by("-pk").first().history_change_reason == "Sent it again"
    if verb is MacroVerb.DEFER:
        assert moved.deferred_until == OPENED + timedelta(days=7)


def test_a_stale_version_leaves_neither_note_nor_move(case, worker):
    with pytest.raises(StaleVersion):
        use(case, MacroFactory(verb=MacroVerb.WAIT_PAYER), worker, seen_version=7)

    assert not Note.objects.exists()
    assert Case.objects.get(pk=case.pk).version == 1


@pytest.mark.parametrize("fields", [{"team": "Another team"}, {"is_active": False}])
def test_another_teams_macro_and_one_out_of_use_are_refused(case, worker, fields):
    with pytest.raises(MacroRefused):
        use(case, MacroFactory(**fields), worker)

    assert not Note.objects.exists()

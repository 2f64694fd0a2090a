from datetime import date

import pytest

from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import AppealStatus, AppealVerb
from cases.types.denial.appeals.merging import TemplateRefused
from cases.types.denial.appeals.models import ExhibitKind, LetterTemplate
from cases.types.denial.appeals.services.lettering import ExhibitRefused, LetterRefused
from tests.factories.appeals import AppealFactory, AttestationFactory, PacketFactory
from tests.factories.cases import AttachmentFactory


@pytest.fixture
def letter(appeal, worker):
    template = LetterTemplate.objects.get(key="authorization")
    return services.draft_letter(appeal=appeal, template=template, by=worker, reason="Drafted")


def write(appeal, worker, **said):
    given = {"subject": "Appeal", "body": "Please pay.", "reason": "Reworded", "seen_version": 1}
    return services.write_letter(appeal=appeal, by=worker, **given | said)


def test_a_letter_starts_as_its_template_says(letter):
    assert letter.body == letter.template.body
    assert letter.template_version == letter.template.version


def test_it_is_reworded(letter, appeal, worker):
    write(appeal, worker)

    letter.refresh_from_db()
    assert letter.body == "Please pay."
    assert letter.history.count() == 2


def test_a_field_that_does_not_exist_is_refused_and_nothing_changes(letter, appeal, worker):
    with pytest.raises(TemplateRefused, match="Line 1, column 6"):
        write(appeal, worker, body="Dear {{nobody}}")
    appeal.refresh_from_db()
    assert appeal.version == 1


def test_an_empty_letter_is_refused(letter, appeal, worker):
    with pytest.raises(LetterRefused):
        write(appeal, worker, body=" ")


def test_rewording_voids_what_was_attested(letter, appeal, worker):
    appeal.attestation = AttestationFactory(appeal=appeal)
    appeal.packet = PacketFactory(appeal=appeal)
    ready = services.change(
        appeal=appeal,
        verb=AppealVerb.ATTEST,
        by=worker,
        reason="Read",
        seen_version=1,
        attestation=appeal.attestation,
        packet=appeal.packet,
    )

    changed = write(ready, worker, seen_version=2)

    assert changed.status == AppealStatus.DRAFT
    assert (changed.attestation, changed.packet) == (None, None)


def test_evidence_is_chosen_and_left_out(appeal, worker):
    file = AttachmentFactory(case=appeal.case)
    given = {"attachment": file, "by": worker, "dated_on": None}
    changed = services.add_exhibit(
        appeal=appeal, kind=ExhibitKind.AUTHORIZATION, seen_version=1, **given
    )

    with pytest.raises(ExhibitRefused, match="already"):
        services.add_exhibit(
            appeal=changed, kind=ExhibitKind.AUTHORIZATION, seen_version=2, **given
        )
    services.remove_exhibit(exhibit=appeal.exhibits.get(), by=worker, seen_version=2)
    assert not appeal.exhibits.exists()


def test_a_file_of_another_case_is_no_evidence(appeal, worker):
    foreign = AppealFactory().case
    with pytest.raises(ExhibitRefused, match="another case"):
        services.add_exhibit(
            appeal=appeal,
            attachment=AttachmentFactory(case=foreign),
            kind=ExhibitKind.OTHER,
            dated_on=None,
            by=worker,
            seen_version=1,
        )


def test_proof_of_timely_filing_has_its_date(appeal, worker):
    given = {"attachment": AttachmentFactory(case=appeal.case), "by": worker, "seen_version": 1}
    with pytest.raises(ExhibitRefused, match="date"):
        services.add_exhibit(appeal=appeal, kind=ExhibitKind.FILING_PROOF, dated_on=None, **given)

    services.add_exhibit(
        appeal=appeal, kind=ExhibitKind.FILING_PROOF, dated_on=date(2026, 1, 12), **given
    )
    assert appeal.exhibits.get().dated_on == date(2026, 1, 12)

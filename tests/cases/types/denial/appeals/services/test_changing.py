import pytest

from billing_portal.access.actor import system_actor
from cases.types.denial.appeals import services
from cases.types.denial.appeals.lifecycle import AppealMoveRefused, AppealStatus, AppealVerb
from cases.work.services import ReasonMissing, StaleVersion
from cases.work.visibility import CaseNotFound

EDIT = AppealVerb.EDIT


def change(appeal, by, verb=AppealVerb.REVIEW, reason="Please look", seen_version=1, **columns):
    return services.change(
        appeal=appeal, verb=verb, by=by, reason=reason, seen_version=seen_version, **columns
    )


def test_a_change_leaves_status_version_and_history(appeal, worker):
    changed = change(appeal, worker)

    assert (changed.status, changed.version) == (AppealStatus.IN_REVIEW, 2)
    newest = changed.history.order_by("-history_id").first()
    assert (newest.version, newest.history_change_reason) == (2, "Please look")


def test_what_the_table_does_not_allow_changes_nothing(appeal, worker):
    with pytest.raises(AppealMoveRefused):
        change(appeal, worker, verb=AppealVerb.SUBMIT)
    appeal.refresh_from_db()
    assert (appeal.status, appeal.version) == (AppealStatus.DRAFT, 1)


def test_a_reason_is_asked_for(appeal, worker):
    with pytest.raises(ReasonMissing):
        change(appeal, worker, reason=" ")


def test_a_person_names_the_version_seen(appeal, worker):
    with pytest.raises(StaleVersion):
        change(appeal, worker, seen_version=None)


def test_the_system_of_appeals_needs_no_grant_and_others_get_nowhere(appeal):
    assert change(appeal, system_actor(services.SYSTEM), seen_version=None).version == 2
    with pytest.raises(CaseNotFound):
        change(appeal, system_actor("tickler"), verb=EDIT, seen_version=None)

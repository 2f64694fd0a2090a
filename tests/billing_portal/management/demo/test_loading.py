"""The demo as loaded: enough of everything, true to its files, and visible to its people."""

import json

import pytest
from django.core.management import call_command
from django.db.models import Sum

from billing_portal.access.actor import system_actor
from billing_portal.accounts.models import User
from billing_portal.audit.queries import verify
from billing_portal.kernel.models.history import save_because
from billing_portal.management.demo.claims import Size, generate
from billing_portal.management.demo.loading import (
    HoldsRealData,
    Standing,
    archive_of,
    begun,
    load,
    standing,
)
from billing_portal.management.demo.oddities import drops
from billing_portal.management.demo.people import PASSWORD, PEOPLE
from billing_portal.management.demo.staff import may_work
from billing_portal.management.demo.teamwork import NAMED, SHARED, WATCHER, share
from cases.collaboration.models import CaseLabel, CaseLink, Macro, Watch
from cases.notices.models import Notice, NoticeKind, Notification
from cases.notices.vocabulary import MessageKind
from cases.work.lifecycle import CaseStatus, Disposition
from cases.work.models import Case, ChecklistItem, Lease, Note
from cases.work.visibility import may_see
from cases.work.visibility import may_work as portal_lets_work
from integrations.canonical.models import Remittance, RemittedClaim, Source
from integrations.inbox.models import Message, Quarantined
from tests.billing_portal.management.demo.conftest import NOW

pytestmark = pytest.mark.django_db


def test_what_was_generated_is_what_is_held(played):
    files = generate(as_of=NOW.date(), size=Size.S)
    claims = [claim for file in files for payment in file.payments for claim in payment.claims]

    missing = len(claims) - RemittedClaim.objects.exclude(claim__payee_identifier="x").count()
    assert abs(missing) < 20  # what was cut off, set aside or added on purpose
    remitted = Message.objects.filter(source__connector="x12_835")
    assert remitted.count() == len(files) == played.files - 1


def test_every_file_lies_where_the_polled_folder_keeps_what_it_took(played):
    archive = archive_of(Source.objects.get(name="clearinghouse"))

    held = {path.name: path.read_bytes() for path in archive.iterdir()}
    assert held == {drop.name: drop.data for drop in drops(as_of=NOW.date(), size=Size.S)}


def test_every_oddity_can_be_seen(played):
    assert len(played.oddities) == 6
    assert {"line_unbalanced", "truncated"} <= set(
        Quarantined.objects.values_list("reason_code", flat=True)
    )
    assert set(Notice.objects.values_list("kind", flat=True)) == {
        NoticeKind.UNKNOWN_CODE,
        NoticeKind.UNKNOWN_FACILITY,
    }
    assert Case.objects.filter(case_type="remittance_exception").count() == 2
    assert Case.objects.filter(queue__key="triage", code="CO-D99").count() == 2


def test_credits_wait_at_their_desks_and_one_account_in_the_quarantine(played):
    held = Case.objects.filter(case_type="refund")

    assert held.filter(queue__key="credit-government").count() == 3
    assert held.filter(queue__key="credit-commercial").count() == 3
    assert set(held.values_list("code", flat=True)) == {"DUPLICATE", "PATIENT_FIRST"}
    assert held.filter(amount_at_risk=4).count() == 1
    assert Quarantined.objects.filter(reason_code="does_not_tie").count() == 1


def test_what_the_bank_received_and_what_payers_say_differs_in_three_places(played):
    held = Case.objects.filter(case_type="deposit_variance")

    assert sorted(held.values_list("code", flat=True)) == [
        "NO_DEPOSIT",
        "NO_REMITTANCE",
        "OTHER_AMOUNT",
    ]
    assert held.get(code="OTHER_AMOUNT").amount_at_risk == 9


def test_cases_are_of_all_ages_and_in_all_states(played):
    opened = Case.objects.order_by("opened_at").values_list("opened_at", flat=True)

    assert (NOW - opened.first()).days > 70
    assert (NOW - opened.last()).days < 5
    assert {CaseStatus.NEW, CaseStatus.RESOLVED, CaseStatus.CLOSED} <= set(
        Case.objects.values_list("status", flat=True)
    )
    assert Case.objects.filter(disposition=Disposition.PAID_ON_REPROCESS).exists()
    assert Note.objects.count() > 20


def test_nothing_happened_in_the_future(played):
    assert not Case.objects.filter(opened_at__gt=NOW).exists()
    assert not Case.objects.filter(first_touched_at__gt=NOW).exists()
    assert not Case.objects.filter(resolved_at__gt=NOW).exists()


def test_nobody_holds_a_case_any_more(played):
    assert not Lease.objects.exists()


def test_every_open_case_is_seen_and_worked_by_somebody(played):
    people = User.objects.filter(username__in=[person.username for person in PEOPLE])
    seen = {pk for user in people for pk in Case.objects.visible_to(user).values_list("pk")}

    assert seen == set(Case.objects.values_list("pk"))


@pytest.mark.parametrize("username", ["maya", "daniel", "grace", "priya", "thomas"])
def test_those_who_work_or_read_denials_have_some(played, username):
    assert Case.objects.visible_to(User.objects.get(username=username)).exists()


def test_the_demo_and_the_portal_agree_on_who_may_work_a_case(played):
    users = {user.username: user for user in User.objects.all()}
    for case in Case.objects.select_related("queue", "facility").order_by("pk"):
        for person in PEOPLE:
            user = users[person.username]
            may = may_see(user, case) and portal_lets_work(user, queue_id=case.queue_id)
            assert may_work(person, case) == may, f"{person.username}, {case}"


def test_cases_are_owned_by_those_who_may_work_them(played):
    owned = Case.objects.exclude(owner=None).select_related("owner")

    assert owned
    for case in owned.order_by("pk"):
        assert may_see(case.owner, case)
        assert portal_lets_work(case.owner, queue_id=case.queue_id)


def test_people_without_a_queue_see_no_case(played):
    assert not Case.objects.visible_to(User.objects.get(username="leilani")).exists()


def test_everybody_has_the_printed_password_and_their_role(played):
    for person in PEOPLE:
        user = User.objects.get(username=person.username)
        assert user.check_password(PASSWORD)
        assert user.groups.filter(name=person.role).exists()


def test_the_money_of_the_balanced_remittances_is_the_money_of_the_files(played):
    odd = set(played.oddities)
    whole = [
        payment
        for file in generate(as_of=NOW.date(), size=Size.S)
        if file.name not in odd
        for payment in file.payments
    ]

    held = Remittance.objects.filter(trace_number__in=[payment.trace for payment in whole])
    assert held.aggregate(sum=Sum("amount"))["sum"] == sum(payment.amount for payment in whole)


def test_the_record_is_whole(played):
    assert verify().is_clean


def test_a_loaded_demo_says_so_and_remembers_its_day(played):
    assert standing() is Standing.LOADED
    assert begun()["as_of"] == NOW.date().isoformat()


def test_the_command_run_again_changes_nothing_and_prints_the_sign_ins(played, capsys):
    before = (Case.objects.count(), Message.objects.count(), User.objects.count())

    call_command("demo", size="m")

    told = capsys.readouterr()
    assert (Case.objects.count(), Message.objects.count(), User.objects.count()) == before
    assert "loaded already: size s" in told.err
    assert PASSWORD in told.out
    assert all(person.username in told.out for person in PEOPLE)


def test_the_command_reports_as_json(played, capsys):
    call_command("demo", json=True)

    report = json.loads(capsys.readouterr().out)
    assert report["loaded"] is False
    assert report["as_of"] == NOW.date().isoformat()
    assert {"username": "maya", "role": "Billing specialist", "name": "Maya Okonkwo"} in (
        report["people"]
    )


@pytest.mark.django_db(transaction=True)
def test_a_database_with_real_data_is_refused_and_left_alone(cluster):
    cluster.renew()
    assert standing() is Standing.EMPTY
    real = Source(name="payer", label="A payer", connector="x12_835")
    save_because(real, by=system_actor("test"), reason="A real source")

    with pytest.raises(HoldsRealData):
        load(size=Size.S, now=NOW, tell=lambda _words: None)

    assert Source.objects.count() == 1
    assert not User.objects.filter(username="maya").exists()


def test_people_share_a_few_cases_once_and_who_was_named_is_told(played):
    named = Note.objects.filter(text__startswith=f"@{NAMED} ").values("case")
    shared = CaseLabel.objects.filter(case__in=named).count()
    mentions = Notification.objects.filter(
        user__username=NAMED, kind=MessageKind.MENTION, done_at=None
    )

    assert 0 < shared == named.count() <= SHARED
    assert mentions.count() == Watch.objects.filter(user__username=WATCHER).count() == shared
    assert CaseLink.objects.count() == min(shared - 1, 1)
    assert Macro.objects.count() == 2
    assert ChecklistItem.objects.exists()
    assert share(at=NOW) == 0

"""Draws are made once; a second person, and no other, answers without knowing the end."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from billing_portal.audit.models import AuditEvent
from billing_portal.kernel.days import house_day
from cases.actions import working
from cases.quality import services
from cases.quality.models import QaDraw, QaSample
from cases.quality.sampling import Unit, draw
from cases.work.lifecycle import Disposition
from tests.factories.quality import QaSampleFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def worker(house):
    return house.person("denial_specialist")


@pytest.fixture
def second(house):
    return house.person("denial_specialist")


def finish(house, worker, number=1):
    made = []
    for _ in range(number):
        case = house.case()
        made.append(
            working.resolve(
                case=case,
                by=worker,
                disposition=Disposition.DUPLICATE,
                reason="The same service twice.",
                at=timezone.now(),
                seen_version=1,
            )
        )
    return made


def today():
    return house_day(timezone.now())


def test_a_days_draw_is_made_once_and_can_be_drawn_again_by_its_seed(house, worker):
    cases = finish(house, worker, 9)
    house.case()

    made = services.draw_day(on=today())
    finish(house, worker, 3)
    assert services.draw_day(on=today()) == made

    assert (QaDraw.objects.count(), made.population) == (1, 9)
    again = draw([Unit(case.pk, case.amount_at_risk) for case in cases], seed=made.seed)
    stored = QaSample.objects.order_by("case").values_list("case", "method")
    assert list(stored) == [(each.case_id, each.method) for each in again]
    assert {sample.resolver for sample in QaSample.objects.all()} == {worker}
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_another_day_draws_nothing_of_today(house, worker):
    finish(house, worker, 2)

    assert services.draw_day(on=today() - timedelta(days=1)).population == 0


def sampled(house, worker):
    return QaSampleFactory(case=house.case(), resolver=worker, disposition=Disposition.DUPLICATE)


def answered(sample, by, verdict=Disposition.DUPLICATE, reason="As the remittance says"):
    return services.answer(sample=sample, verdict=verdict, reason=reason, by=by, at=timezone.now())


@pytest.mark.parametrize(
    ("verdict", "agrees"), [(Disposition.DUPLICATE, True), (Disposition.NOT_A_DENIAL, False)]
)
def test_whether_two_people_agree_the_record_finds_out(house, worker, second, verdict, agrees):
    made = answered(sampled(house, worker), second, verdict)

    assert (made.agrees, made.reviewer) == (agrees, second)
    assert AuditEvent.objects.get(verb="case.reviewed").chain == f"case:{made.case_id}"
    with pytest.raises(services.ReviewRefused):
        answered(made, second)


def test_who_finished_a_case_does_not_review_it(house, worker):
    sample = sampled(house, worker)

    with pytest.raises(services.ReviewRefused):
        answered(sample, worker)
    with pytest.raises(IntegrityError, match="second_person"), transaction.atomic():
        QaSample.objects.filter(pk=sample.pk).update(
            reviewer=worker,
            verdict="duplicate",
            agrees=True,
            reason="x",
            reviewed_at=timezone.now(),
        )


def test_who_does_not_work_the_queue_answers_nothing(house, worker):
    sample = sampled(house, worker)

    for other in (house.person("auditor"), house.person("coder")):
        with pytest.raises(services.ReviewRefused):
            answered(sample, other)


def test_an_answer_says_why(house, worker, second):
    with pytest.raises(services.ReviewRefused):
        answered(sampled(house, worker), second, reason="  ")

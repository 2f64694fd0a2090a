"""What plans come to: the template's accounts, on the first open day."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing_portal.kernel.models.history import save_because
from cases.effects.composing import AmountsRefused, compose, tied_of
from cases.effects.days import NoOpenPeriod, Period, posting_day
from cases.effects.kinds import JournalPlan
from cases.effects.models import AccountMapping, JournalTemplate
from cases.effects.queries import TemplateMissing, drafts_of, ledger_of
from cases.effects.vocabulary import AccountRole, PeriodState, Template
from tests.factories.effects import AccountMappingFactory, FiscalPeriodFactory, LedgerFactory
from tests.factories.integrations import FacilityFactory

pytestmark = pytest.mark.django_db
AT = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
MARCH = {"starts_on": date(2026, 3, 1), "ends_on": date(2026, 3, 31)}
AMOUNTS = st.decimals(min_value=0, max_value=Decimal("999999999.99"), places=2)
SIGNED = st.decimals(min_value=-1_000_000, max_value=1_000_000, places=2)


def plan(template="denial_written_off", *, entity=None, **amounts):
    given_ = amounts or {"denial": Decimal("480.00")}
    return JournalPlan(template, given_, entity or FacilityFactory(), "For a test")


def test_every_template_of_the_house_is_there_and_cited():
    held = dict(JournalTemplate.objects.values_list("key", "citation"))

    assert set(held) == set(Template.values)
    assert all(held.values())


def test_every_template_balances_for_any_amounts():
    templates = list(JournalTemplate.objects.prefetch_related("lines"))

    @given(st.data())
    @settings(max_examples=200, deadline=None)
    def balances(data):
        lines = list(data.draw(st.sampled_from(templates)).lines.all())
        amounts = {line.amount: data.draw(SIGNED if line.is_signed else AMOUNTS) for line in lines}
        try:
            net = compose(lines, amounts)
        except AmountsRefused:
            assert not any(amounts.values()) or any(line.is_signed for line in lines)
            return
        assert sum(net.values()) == 0
        assert all(net.values())

    balances()


def test_amounts_are_those_of_the_template():
    lines = list(JournalTemplate.objects.get(key="denial_overturned").lines.all())

    for amounts, words in [
        ({"paid": Decimal(1)}, "no amount called paid"),
        ({"payment": Decimal(-1)}, "never negative"),
        ({"payment": Decimal(0)}, "nothing to book"),
    ]:
        with pytest.raises(AmountsRefused, match=words):
            compose(lines, amounts)
    amounts = {"payment": Decimal(80), "contractual": Decimal(20), "released": Decimal(100)}
    assert tied_of(lines, amounts) == Decimal(100)


def test_a_draft_names_the_accounts_of_the_site():
    own = AccountMappingFactory(role=AccountRole.DENIAL_ADJUSTMENT)

    [draft] = drafts_of([plan(entity=own.entity, denial=Decimal(4), reserved=Decimal(1))], at=AT)

    voucher = draft.voucher
    assert [(line.code, line.debit, line.credit) for line in voucher.lines] == [
        ("1195", Decimal(1), 0),
        ("1100", 0, Decimal(5)),
        (own.account.code, Decimal(4), 0),
    ]
    assert (voucher.tied, voucher.posting_on, draft.is_moved) == (5, date(2026, 3, 2), False)


def test_a_mapping_of_another_time_is_not_used():
    own = AccountMappingFactory(
        role=AccountRole.DENIAL_ADJUSTMENT, valid_from=date(2026, 1, 1), valid_to=date(2026, 3, 2)
    )

    [draft] = drafts_of([plan(entity=own.entity)], at=AT)

    assert "4110" in [line.code for line in draft.voucher.lines]


def test_a_role_without_an_account_is_named(by):
    mapping = AccountMapping.objects.get(role=AccountRole.AR_INSURANCE)
    mapping.valid_to = date(2026, 3, 1)
    save_because(mapping, by=by, reason="For a test")

    [draft] = drafts_of([plan()], at=AT)

    assert draft.voucher.unmapped == ["A/R insurance"]


def test_what_falls_into_a_closed_period_is_posted_on_the_first_open_day():
    site = FiscalPeriodFactory(**MARCH, state=PeriodState.CLOSED).entity

    [draft] = drafts_of([plan(entity=site)], at=AT)

    assert (draft.voucher.posting_on, draft.original_on) == (date(2026, 4, 1), date(2026, 3, 2))
    assert draft.is_moved


def test_a_template_that_is_not_in_force_is_named():
    with pytest.raises(TemplateMissing, match="“unheard_of” is in force on 2026-03-02"):
        drafts_of([plan("unheard_of")], at=AT)


def test_a_site_whose_own_ledger_takes_nothing_is_not_posted_into_everybodys():
    everybodys = LedgerFactory()
    off = {"destination__name": "own", "destination__is_active": False}
    own = LedgerFactory(entity=FacilityFactory(), **off)

    assert ledger_of(FacilityFactory()) == everybodys.destination
    assert ledger_of(own.entity) is None


DAYS = st.dates(min_value=date(2026, 1, 1), max_value=date(2026, 2, 28))


@given(DAYS, st.lists(st.tuples(DAYS, DAYS, st.booleans(), st.booleans()), max_size=5))
@settings(max_examples=200, deadline=None)
def test_the_posting_day_is_the_first_open_one(on, drawn):
    periods = [Period(min(a, b), max(a, b), is_open, own) for a, b, is_open, own in drawn]
    days = [date.fromordinal(on.toordinal() + n) for n in range(90)]

    def takes(day):
        covering = [p for p in periods if p.starts_on <= day <= p.ends_on]
        own = [p for p in covering if p.is_own]
        return any(p.is_open for p in own or covering)

    expected = next((day for day in days if takes(day)), None)
    if expected is None:
        with pytest.raises(NoOpenPeriod):
            posting_day(periods, on)
    else:
        assert posting_day(periods, on) == expected

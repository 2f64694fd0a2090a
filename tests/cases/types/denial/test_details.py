import json
from datetime import date

from cases.types.denial.details import DenialDetails, details_of
from cases.types.denial.fold import fold
from cases.types.denial.rules import judge
from tests.factories.adjudications import CODES, adjudication, cut, line, reversal_of


def details(*adjudications):
    state = fold(adjudications, lambda parts: judge(parts, CODES))
    assert state is not None
    return details_of(state)


def test_details_read_back_as_they_were_written():
    told = details(adjudication(line(cut("CO-197", 60), cut("CO-45", 40)), cuts=(cut("OA-97"),)))

    assert DenialDetails.from_json(json.loads(json.dumps(told.as_json()))) == told


def test_line_level_facts_are_inside():
    told = details(adjudication(line(cut("CO-197", 60)), line(ordinal=2, procedure="71046")))

    assert [each.procedure for each in told.lines] == ["99285", "71046"]
    assert [str(each.amount) for each in told.lines[0].adjustments] == ["60"]


def test_every_decision_of_the_payer_is_told():
    first = adjudication(line(cut("CO-197")), trace="A")
    again = adjudication(line(cut("CO-50")), trace="B", paid_on=date(2026, 3, 1))

    told = details(first, reversal_of(first), again)

    assert [each.trace for each in told.decisions] == ["A", "B"]
    assert [each.is_void for each in told.decisions] == [True, False]

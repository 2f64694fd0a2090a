import pytest

from cases.collaboration.mentions import MOST, named_in, names_in
from tests.factories.cases import CaseFactory
from tests.factories.people import granted


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@maya please look", ["maya"]),
        ("Ask @Maya, @maya and @hye-jin.park.", ["maya", "hye-jin.park"]),
        ("(@maya)", ["maya"]),
        ("Write to sam@example.org", []),
        ("nobody @ home, @", []),
        ("@@maya", []),
    ],
)
def test_names_follow_an_at_that_begins_a_word(text, names):
    assert names_in(text) == names


def test_a_crowd_is_cut_off():
    assert len(names_in(" ".join(f"@p{number}" for number in range(99)))) == MOST


@pytest.mark.django_db
def test_only_people_who_see_the_case_are_named():
    case = CaseFactory()
    reader = granted(queues=[case.queue], facilities=[case.facility], works=False)
    stranger = granted(queues=[case.queue])

    named = named_in(f"@{reader.username.upper()} @{stranger.username} @nobody", case)

    assert named.people == (reader,)
    assert named.unknown == (stranger.username, "nobody")


@pytest.mark.django_db
def test_a_text_without_names_asks_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert named_in("Called.", CaseFactory.build()).people == ()

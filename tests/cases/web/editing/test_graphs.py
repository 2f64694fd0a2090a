"""A chain drawn from left to right, and the same in words."""

from cases.approvals.terms import Terms
from cases.web.editing.graphs import GAP, WIDE, graph_of
from tests.factories.approvals import policy_content, step_content


def graph(*steps):
    return graph_of(Terms.from_json(policy_content(*steps)))


def test_a_chain_goes_from_the_requester_over_its_steps_to_what_is_posted():
    found = graph(step_content("rc_director", "controller", mode="all"), step_content("cfo"))

    assert found.words == ("Requester → each of Revenue-cycle director, Controller → CFO → Posted")
    assert [box.is_step for box in found.boxes] == [False, True, True, False]
    assert [box.x for box in found.boxes] == [place * (WIDE + GAP) for place in range(4)]
    assert found.width == 4 * WIDE + 3 * GAP


def test_no_line_of_a_box_leaves_it_or_is_lost():
    found = graph(step_content("revenue-cycle-director-of-all-sites", people=["a", "b", "c"]))

    for box in found.boxes:
        assert all(0 < line.y < found.height for line in box.lines)
        assert all(box.x < line.x < box.x + WIDE for line in box.lines)
    words = " ".join(line.text for line in found.boxes[1].lines)
    assert words.endswith("a, b, c")

"""A policy's chain as a drawing, laid out here and drawn by the page without a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from textwrap import wrap

from cases.approvals.terms import Terms
from cases.approvals.wording import ARROW, chain_of, rule_of

WIDE, GAP, LINE, PAD, LETTERS = 168, 32, 16, 10, 24
FIRST, LAST = "Requester", "Posted"


@dataclass(frozen=True, slots=True)
class Words:
    """One line of a box, at its place."""

    x: int
    y: int
    text: str
    is_title: bool


@dataclass(frozen=True, slots=True)
class Box:
    """Who is asked, and the arrow that leads there; `is_step`: somebody decides."""

    x: int
    arrow_from: int
    lines: Sequence[Words]
    is_step: bool


@dataclass(frozen=True, slots=True)
class Graph:
    """A chain from left to right, and the same in words."""

    width: int
    height: int
    middle: int
    boxes: Sequence[Box]
    words: str

    @property
    def box_width(self) -> int:
        """Of every box."""
        return WIDE


def graph_of(terms: Terms) -> Graph:
    """The chain of a policy: who asks, step by step who decides, what is then posted."""
    texts = [[FIRST], *([step.label, rule_of(step)] for step in terms.steps), [LAST]]
    lines = [[part for text in each for part in wrap(text, LETTERS)] for each in texts]
    height = max(map(len, lines)) * LINE + 2 * PAD
    boxes = [
        _box(place, each, titles=len(wrap(texts[place][0], LETTERS)), height=height)
        for place, each in enumerate(lines)
    ]
    return Graph(
        width=len(boxes) * (WIDE + GAP) - GAP,
        height=height,
        middle=height // 2,
        boxes=boxes,
        words=ARROW.join([FIRST, chain_of(terms), LAST]),
    )


def _box(place: int, lines: Sequence[str], *, titles: int, height: int) -> Box:
    x = place * (WIDE + GAP)
    top = (height - len(lines) * LINE) // 2 + LINE - 4
    words = [
        Words(x + WIDE // 2, top + number * LINE, text, number < titles)
        for number, text in enumerate(lines)
    ]
    return Box(x, x - GAP if place else 0, words, len(lines) > titles)

"""The only writers of ranks, odds, weights and skips; and the one that gives the next case."""

from cases.priority.services.claiming import claim_next
from cases.priority.services.counting import count_ranks, count_rates
from cases.priority.services.skipping import MOST_SKIPS, SkipRefused, note_skip
from cases.priority.services.weighing import weigh

__all__ = [
    "MOST_SKIPS",
    "SkipRefused",
    "claim_next",
    "count_ranks",
    "count_rates",
    "note_skip",
    "weigh",
]

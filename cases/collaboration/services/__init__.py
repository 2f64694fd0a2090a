"""The only writers of what people share about cases."""

from cases.collaboration.services.labelling import (
    LabelRefused,
    put_on_many,
    set_labels,
    take_off_many,
)
from cases.collaboration.services.linking import LinkRefused, join, link, part, unlink
from cases.collaboration.services.watching import unwatch, watch

__all__ = [
    "LabelRefused",
    "LinkRefused",
    "join",
    "link",
    "part",
    "put_on_many",
    "set_labels",
    "take_off_many",
    "unlink",
    "unwatch",
    "watch",
]

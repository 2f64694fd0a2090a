"""The only writers of what people share about cases."""

from cases.collaboration.services.labelling import LabelRefused, set_labels
from cases.collaboration.services.linking import LinkRefused, link, unlink
from cases.collaboration.services.watching import unwatch, watch

__all__ = [
    "LabelRefused",
    "LinkRefused",
    "link",
    "set_labels",
    "unlink",
    "unwatch",
    "watch",
]

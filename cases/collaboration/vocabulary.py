"""The words for working together. Pure."""

from django.db.models import TextChoices


class LinkKind(TextChoices):
    """How one case stands to another, seen from the first."""

    RELATED = "related", "Related to"
    BLOCKS = "blocks", "Blocks"
    DUPLICATE = "duplicate", "Duplicate of"
    MERGED = "merged", "Merged into"
    SPLIT = "split", "Split off from"


BACKWARDS: dict[LinkKind, str] = {
    LinkKind.RELATED: "Related to",
    LinkKind.BLOCKS: "Blocked by",
    LinkKind.DUPLICATE: "Has the duplicate",
    LinkKind.MERGED: "Holds the merged",
    LinkKind.SPLIT: "Gave off",
}
"""The same, seen from the second."""

BY_HAND = (LinkKind.RELATED, LinkKind.BLOCKS, LinkKind.DUPLICATE)
"""What people link; the others come with merging and splitting."""


class Tone(TextChoices):
    """The colour of a label, beside its word."""

    PLAIN = "line", "Plain"
    INFO = "info", "Blue"
    GOOD = "good", "Green"
    WARN = "warn", "Amber"
    BAD = "bad", "Red"


class MacroVerb(TextChoices):
    """What a macro does with the note, beside writing it."""

    WAIT_PAYER = "wait_payer", "Wait for the payer"
    WAIT_INFO = "wait_info", "Wait for information"
    DEFER = "defer", "Defer"
    RELEASE = "release", "Put back"
    RESOLVE = "resolve", "Resolve"

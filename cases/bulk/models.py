"""A batch: cases selected at one moment, one thing to do to all of them, what became of each."""

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import is_choice, money_field
from cases.work.models import Case


class BulkVerb(models.TextChoices):
    """What can be done to many cases at once."""

    ASSIGN = "assign", "Assign"
    TRANSFER = "transfer", "Move to another queue"
    DEFER = "defer", "Defer"
    WAIT_PAYER = "wait_payer", "Wait for the payer"
    WAIT_INFO = "wait_info", "Wait for information"
    RELEASE = "release", "Put back"
    RESOLVE = "resolve", "Resolve"
    COMMENT = "comment", "Comment"
    LABEL = "label", "Put a label on"


class BatchStatus(models.TextChoices):
    """How a batch stands."""

    DRAFT = "draft", "Not done yet"
    RUNNING = "running", "Being done"
    DONE = "done", "Done"
    STOPPED = "stopped", "Stopped"
    UNDOING = "undoing", "Being undone"
    UNDONE = "undone", "Undone"


class RowOutcome(models.TextChoices):
    """What became of one case of a batch."""

    WAITING = "waiting", "Not done yet"
    DONE = "done", "Done"
    SKIPPED = "skipped", "Left as it was"
    UNDONE = "undone", "Undone"
    KEPT = "kept", "Done, not undone"


class Why(models.TextChoices):
    """Why a case is left as it is."""

    NONE = "", "No reason"
    UNSEEN = "unseen", "They are no longer in your sight"
    PERMISSION = "permission", "You may see them, but not work their queue"
    STALE = "stale", "Somebody changed them after you selected them"
    APPROVAL = "approval", "They wait for an approval"
    STATE = "state", "Their state does not allow it"
    BUSY = "busy", "Somebody else is at them right now"
    ALREADY = "already", "They are so already"
    PICK = "pick", "Their queue gives the next case; its leads choose"
    OWNER = "owner", "The new owner may not work their queue or site"
    DISPOSITION = "disposition", "Their kind of case does not end this way"
    DEADLINE = "deadline", "Their deadline comes before that"
    LABEL = "label", "Their queue's team does not use this label"
    RULE = "rule", "A rule refused it"
    TOUCHED = "touched", "They were changed since, so they stay as they are"


class BatchQuerySet(models.QuerySet["Batch"]):
    """Questions asked of batches."""

    def of(self, user: User) -> Self:
        """Those that somebody made."""
        return self.filter(by=user)


class Batch(models.Model):
    """Cases selected at one moment: by which query, seen by whom, how many, at which value.

    `arguments` are what the verb takes, by keys. `scope` holds the queues and facilities that the
    maker saw then. Rows are frozen with it; they are judged again when it is done.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    verb = models.TextField(choices=BulkVerb.choices)
    arguments = models.JSONField(default=dict)
    reason = models.TextField()
    query = models.TextField()
    scope = models.JSONField(default=dict)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="batches")
    cases = models.PositiveIntegerField()
    amount = money_field()
    status = models.TextField(choices=BatchStatus.choices, default=BatchStatus.DRAFT)
    job = models.ForeignKey("cases.Job", on_delete=models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField(db_default=Now())
    done_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)

    objects = BatchQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("verb", BulkVerb), name="batch_verb"),
            models.CheckConstraint(condition=is_choice("status", BatchStatus), name="batch_status"),
            models.CheckConstraint(condition=~Q(reason=""), name="batch_reason"),
        ]
        indexes = [models.Index(fields=["by", "-id"], name="batch_newest")]

    def __str__(self) -> str:
        return f"{BulkVerb(self.verb).label}: {self.cases:,} cases"

    @property
    def can_be_undone(self) -> bool:
        """Whether what it did can be taken back: moves can, comments are facts."""
        ended = self.status in {BatchStatus.DONE, BatchStatus.STOPPED}
        return ended and self.verb != BulkVerb.COMMENT


class BatchRow(models.Model):
    """One case of a batch: the version that was seen, the one that was made, and what became of it.

    `words` say what a rule said when it refused.
    """

    batch = models.ForeignKey(Batch, on_delete=models.CASCADE, related_name="rows")
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="+")
    seen_version = models.PositiveIntegerField()
    made_version = models.PositiveIntegerField(null=True)
    outcome = models.TextField(choices=RowOutcome.choices, default=RowOutcome.WAITING)
    why = models.TextField(choices=Why.choices, default="", blank=True)
    words = models.TextField(default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["batch", "case"], name="batchrow_once"),
            models.CheckConstraint(
                condition=is_choice("outcome", RowOutcome), name="batchrow_outcome"
            ),
            models.CheckConstraint(condition=is_choice("why", Why), name="batchrow_why"),
        ]
        indexes = [models.Index(fields=["batch", "id"], name="batchrow_in_order")]

    def __str__(self) -> str:
        return f"{self.batch_id}/{self.case_id}: {self.outcome}"

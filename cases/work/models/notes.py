"""What is said about a case, and which of its steps are done: facts, never changed."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from cases.work.models.case import Case


class NoteKind(models.TextChoices):
    """What a note records."""

    COMMENT = "comment", "Comment"
    CALL = "call", "Call with the payer"
    PORTAL = "portal", "Payer portal look-up"
    LETTER = "letter", "Letter"


class NoteOutcome(models.TextChoices):
    """What came of a call, a look-up or a letter."""

    ANSWERED = "answered", "Got an answer"
    IN_PROCESS = "in_process", "They are working on it"
    SEND_AGAIN = "send_again", "They want it sent again"
    CALL_BACK = "call_back", "They, or we, call back"
    NOTHING_NEW = "nothing_new", "Nothing new"
    NOT_REACHED = "not_reached", "Nobody was reached"


class Note(AppendOnlyModel):
    """What somebody said about a case; plain text, never changed.

    Of a call it may hold whom one spoke to, at which number, and when to call again.
    """

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="notes")
    author = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    kind = models.TextField(choices=NoteKind.choices, default=NoteKind.COMMENT)
    text = models.TextField()
    payer_reference = models.TextField(default="", blank=True)
    spoken_to = models.TextField(default="", blank=True)
    phone = models.TextField(default="", blank=True)
    outcome = models.TextField(choices=NoteOutcome.choices, default="", blank=True)
    call_back_on = models.DateField(null=True, blank=True)
    written_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", NoteKind), name="note_kind"),
            models.CheckConstraint(condition=~Q(text=""), name="note_text"),
            models.CheckConstraint(
                condition=Q(outcome="") | is_choice("outcome", NoteOutcome), name="note_outcome"
            ),
            models.CheckConstraint(
                condition=Q(kind=NoteKind.CALL)
                | Q(spoken_to="", phone="", call_back_on__isnull=True),
                name="note_of_a_call",
            ),
        ]
        indexes = [models.Index(fields=["case", "id"], name="note_of_case")]

    def __str__(self) -> str:
        return f"note {self.pk}"


class StepMark(AppendOnlyModel):
    """A step of a case ticked or unticked; the newest mark of a step and cycle holds."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="step_marks")
    cycle = models.PositiveIntegerField()
    step = models.TextField()
    is_done = models.BooleanField()
    marked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    marked_at = models.DateTimeField(db_default=Now())

    class Meta:
        indexes = [models.Index(fields=["case", "id"], name="stepmark_of_case")]

    def __str__(self) -> str:
        return f"{self.step}: {'done' if self.is_done else 'open'}"

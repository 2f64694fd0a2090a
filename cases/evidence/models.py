"""Files that prove a case."""

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from billing_portal.accounts.models import User
from billing_portal.kernel.models.bases import AppendOnlyModel
from cases.work.models import Case


class Attachment(AppendOnlyModel):
    """A file, kept outside the web root under a random name.

    `content_type` is found from its bytes, not its name.
    """

    public_id = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="attachments")
    filename = models.TextField(help_text="As the sender named it.")
    path = models.TextField(help_text="Below the file store; a file given to many is kept once.")
    content_type = models.TextField()
    size = models.BigIntegerField(help_text="Bytes.")
    sha256 = models.TextField()
    attached_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    attached_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(size__gt=0), name="attachment_size")]
        indexes = [models.Index(fields=["case", "id"], name="attachment_of_case")]

    def __str__(self) -> str:
        return f"attachment {self.pk}"

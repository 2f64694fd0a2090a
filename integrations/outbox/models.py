"""What we ask of other systems, each try of it, and how each of those systems is doing.

What is asked, and of whom, never changes once it is written: the database refuses it. Its state
moves under a lease with a fencing token; every try leaves a row that says what was answered.
"""

from typing import Self

from django.contrib.postgres.functions import RandomUUID
from django.db import models
from django.db.models import Exists, OuterRef, Q

from billing_portal.kernel.models.bases import (
    AppendOnlyModel,
    ClockTimestamp,
    TimestampedModel,
    currency_field,
    is_choice,
    is_currency,
    money_field,
)
from billing_portal.kernel.models.history import History
from integrations.outbox.lifecycle import (
    FINAL,
    REPLAYABLE,
    Act,
    Answer,
    Kind,
    OutboxState,
)

READ_SECONDS = 30  # the longest any answer is waited for (HTTP)
GOING_ON = [OutboxState.PENDING, OutboxState.LEASED, OutboxState.SENT]
AT_REST = [*sorted(FINAL), OutboxState.DEAD, OutboxState.REJECTED]
SECRETS = r"^(PARTNER_[A-Z0-9_]+)?$"


class Destination(TimestampedModel):
    """One system that we ask things of, and the target that speaks to it.

    `settings` are the target's own and hold no secret: `secret_env` names the environment variable
    (or, with _FILE behind its name, the file) that does. `request_limit_seconds` is how long the
    system may still work on a request that we have given up.
    """

    name = models.SlugField(unique=True)
    label = models.TextField()
    target = models.TextField(help_text="Key of an installed target, e.g. sandbox.")
    url = models.TextField()
    settings = models.JSONField(default=dict, blank=True)
    secret_env = models.TextField(
        default="", blank=True, help_text="Environment variable of the secret: PARTNER_…"
    )
    allows_loopback = models.BooleanField(
        default=False, help_text="The system runs on this machine."
    )
    read_seconds = models.PositiveIntegerField(
        default=READ_SECONDS, help_text="How long an answer is waited for."
    )
    request_limit_seconds = models.PositiveIntegerField(
        default=120, help_text="How long the system may go on with a request that we gave up."
    )
    retry_seconds = models.PositiveIntegerField(
        default=15, help_text="Before the second attempt; each later one waits four times as long."
    )
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    history = History()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(secret_env__regex=SECRETS), name="destination_secret_env"
            ),
            models.CheckConstraint(
                condition=Q(read_seconds__gte=1, read_seconds__lte=READ_SECONDS),
                name="destination_read_seconds",
            ),
            models.CheckConstraint(
                condition=Q(request_limit_seconds__gte=1, request_limit_seconds__lte=3600),
                name="destination_request_limit",
            ),
            models.CheckConstraint(
                condition=Q(retry_seconds__gte=1, retry_seconds__lte=3600),
                name="destination_retry_seconds",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Breaker(models.Model):
    """How a destination is doing: it is left alone for a while after it was not reached."""

    destination = models.OneToOneField(
        Destination, on_delete=models.CASCADE, primary_key=True, related_name="breaker"
    )
    failures_in_a_row = models.PositiveIntegerField(default=0)
    open_until = models.DateTimeField(null=True)
    last_answer_at = models.DateTimeField(null=True)
    last_failure_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"breaker of {self.destination_id}"


class OutboxMessageQuerySet(models.QuerySet["OutboxMessage"]):
    """Questions asked of messages."""

    def for_a_person(self) -> Self:
        """Nothing more happens to them by itself, and they are not done."""
        return self.filter(state__in=sorted(REPLAYABLE), due_at=None)

    def next_of_their_order(self) -> Self:
        """To be looked at by a worker, with nothing before them that is not done."""
        before = OutboxMessage.objects.filter(
            order_key=OuterRef("order_key"), position__lt=OuterRef("position")
        ).exclude(state__in=sorted(FINAL))
        return self.filter(~Exists(before), due_at__isnull=False, destination__is_active=True)


class OutboxMessage(models.Model):
    """One command to one destination, sent under one key until it is known what became of it.

    `payload` is the command's canonical text, `digest` the SHA-256 of it that the database checks.
    `position` counts the messages of one `order_key` (“case:17”), which go one after the other.
    `due_at` is when it is next looked at: of a leased one, when its lease ends; empty when nobody
    but a person will. `accepted_at`: the destination has it and will confirm it by itself.
    `total` is what the command comes to, in `currency`.
    """

    public_id = models.UUIDField(unique=True, db_default=RandomUUID(), editable=False)
    event_key = models.UUIDField(unique=True)
    destination = models.ForeignKey(Destination, on_delete=models.PROTECT, related_name="messages")
    kind = models.TextField(choices=Kind.choices)
    payload = models.TextField()
    digest = models.TextField()
    total = money_field()
    currency = currency_field()
    order_key = models.TextField()
    position = models.PositiveIntegerField()
    correlation_id = models.TextField(default="")
    added_at = models.DateTimeField()
    state = models.TextField(choices=OutboxState.choices, default=OutboxState.PENDING)
    attempts = models.PositiveIntegerField(default=0)
    lease_token = models.UUIDField(null=True)
    due_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)
    partner_reference = models.TextField(default="")
    code = models.TextField(default="", help_text="Why it is where it is, for programs.")
    words = models.TextField(default="", help_text="The same, in the destination's words.")

    objects = OutboxMessageQuerySet.as_manager()

    class Meta:
        permissions = [("replay_outboxmessage", "Can send again, withdraw and confirm by hand")]
        constraints = [
            models.UniqueConstraint(
                fields=["order_key", "position"], name="outboxmessage_position_once"
            ),
            models.CheckConstraint(
                condition=is_choice("state", OutboxState), name="outboxmessage_state"
            ),
            models.CheckConstraint(condition=is_choice("kind", Kind), name="outboxmessage_kind"),
            models.CheckConstraint(
                condition=is_currency("currency"), name="outboxmessage_currency"
            ),
            models.CheckConstraint(condition=Q(total__gte=0), name="outboxmessage_total"),
            models.CheckConstraint(condition=~Q(order_key=""), name="outboxmessage_order_key"),
            models.CheckConstraint(
                condition=Q(state=OutboxState.LEASED, lease_token__isnull=False)
                | (~Q(state=OutboxState.LEASED) & Q(lease_token__isnull=True)),
                name="outboxmessage_leased_by_token",
            ),
            models.CheckConstraint(
                condition=Q(state__in=GOING_ON, due_at__isnull=False)
                | Q(state=OutboxState.UNKNOWN)
                | Q(state__in=AT_REST, due_at__isnull=True),
                name="outboxmessage_due_while_it_goes_on",
            ),
            models.CheckConstraint(
                condition=Q(state__in=sorted(FINAL), settled_at__isnull=False)
                | (~Q(state__in=sorted(FINAL)) & Q(settled_at__isnull=True)),
                name="outboxmessage_settled_iff_final",
            ),
            models.CheckConstraint(
                condition=~Q(state=OutboxState.SENT) | Q(accepted_at__isnull=False),
                name="outboxmessage_sent_is_accepted",
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_at", "id"], condition=Q(due_at__isnull=False), name="outbox_due"
            ),
            models.Index(
                fields=["order_key", "position"],
                condition=~Q(state__in=sorted(FINAL)),
                name="outbox_in_order",
            ),
            models.Index(fields=["state", "-id"], name="outbox_of_state"),
            models.Index(
                fields=["code"],
                condition=Q(state__in=sorted(REPLAYABLE), due_at__isnull=True),
                name="outbox_for_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"outbox message {self.pk}"

    @property
    def key(self) -> str:
        """Our key as destinations get it: 32 hexadecimal digits."""
        return str(self.event_key.hex)

    @property
    def waits_for_a_person(self) -> bool:
        """Whether nothing more happens to it by itself, and it is not done."""
        return self.due_at is None and self.state in REPLAYABLE


class Attempt(AppendOnlyModel):
    """One call to a destination and its answer, written with what the message became by it.

    `number` is the message's attempt; one may look it up first and send it then.
    """

    message = models.ForeignKey(OutboxMessage, on_delete=models.PROTECT, related_name="tries")
    number = models.PositiveIntegerField()
    act = models.TextField(choices=Act.choices)
    answer = models.TextField(choices=Answer.choices)
    code = models.TextField(default="")
    words = models.TextField(default="")
    reference = models.TextField(default="")
    milliseconds = models.PositiveIntegerField()
    at = models.DateTimeField(db_default=ClockTimestamp(), editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("act", Act), name="attempt_act"),
            models.CheckConstraint(condition=is_choice("answer", Answer), name="attempt_answer"),
        ]
        indexes = [models.Index(fields=["message", "id"], name="attempt_of_message")]

    def __str__(self) -> str:
        return f"attempt {self.number}"

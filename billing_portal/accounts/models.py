"""Who acts: people who sign in, systems that act by themselves, services that call the API."""

from typing import Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    Group,
    PermissionsMixin,
)
from django.db import models
from django.db.models import Q

from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History


class UserKind(models.TextChoices):
    """What sort of actor a user is."""

    PERSON = "person", "Person"
    SYSTEM = "system", "System"
    SERVICE = "service", "Service account"


class KeyboardMode(models.TextChoices):
    """Whether single keys are shortcuts."""

    ON = "on", "On"
    ALT = "alt", "With Alt"
    OFF = "off", "Off"


class Theme(models.TextChoices):
    """Light or dark."""

    AUTO = "auto", "As the device"
    LIGHT = "light", "Light"
    DARK = "dark", "Dark"


class UserManager(BaseUserManager["User"]):
    """Makes users."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person, or whatever `kind` says. Without a password nobody can sign in as it."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """An administrator of configuration; cases are seen through grants like everybody's."""
        return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)


class User(AbstractBaseUser, PermissionsMixin, TimestampedModel):
    """One actor. History leaves out the password's hash and the last sign-in."""

    username = models.TextField(unique=True)
    email = models.EmailField(blank=True, default="")
    full_name = models.TextField(blank=True, default="")
    kind = models.TextField(choices=UserKind.choices, default=UserKind.PERSON)
    time_zone = models.TextField(default="America/Chicago")
    keyboard_mode = models.TextField(choices=KeyboardMode.choices, default=KeyboardMode.ON)
    theme = models.TextField(choices=Theme.choices, default=Theme.AUTO)
    is_staff = models.BooleanField("may enter the set-up pages", default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    groups = models.ManyToManyField(
        Group,
        through="accounts.Membership",
        blank=True,
        related_name="user_set",
        related_query_name="user",
    )

    objects = UserManager()
    history = History(excluded_fields=["last_login", "password"])

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["email"]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=is_choice("kind", UserKind), name="user_kind"),
            models.CheckConstraint(
                condition=is_choice("keyboard_mode", KeyboardMode), name="user_keyboard_mode"
            ),
            models.CheckConstraint(condition=is_choice("theme", Theme), name="user_theme"),
            models.CheckConstraint(
                condition=Q(kind=UserKind.PERSON) | Q(is_staff=False, is_superuser=False),
                name="user_only_people_administer",
            ),
            models.CheckConstraint(
                condition=~Q(kind=UserKind.SYSTEM) | Q(password__startswith="!"),
                name="user_systems_never_sign_in",
            ),
        ]

    def __str__(self) -> str:
        return self.full_name or self.username

    def get_full_name(self) -> str:
        """The name shown to people."""
        return str(self)

    @property
    def initials(self) -> str:
        """Two letters for the avatar."""
        words = str(self).replace("-", " ").split()
        return "".join(word[0] for word in [words[0], words[-1]][: len(words)]).upper()

    @property
    def is_person(self) -> bool:
        """Whether this is somebody, not something."""
        return self.kind == UserKind.PERSON


class Membership(TimestampedModel):
    """A person holds a role (a group); written only by `access.services.join` and `leave`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    group = models.ForeignKey(Group, on_delete=models.PROTECT, related_name="memberships")

    history = History()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "group"], name="membership_once")]

    def __str__(self) -> str:
        return f"{self.user} as {self.group}"


class ApiToken(TimestampedModel):
    """A bearer token of the API; only its digest is kept, so it can be shown once, when made."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="api_tokens")
    label = models.TextField()
    prefix = models.TextField(help_text="The first letters, to tell tokens apart.")
    digest = models.TextField(unique=True, editable=False)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    history = History(excluded_fields=["digest"])

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"


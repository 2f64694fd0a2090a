"""Who acts: people who sign in, systems that act by themselves, services that call the API."""

from collections.abc import Iterable
from functools import cached_property
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    Group,
    PermissionsMixin,
)
from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import F, Q
from django.db.models.functions import Lower

from billing_portal.kernel.actor import acting
from billing_portal.kernel.models.bases import TimestampedModel, is_choice
from billing_portal.kernel.models.history import History, save_because

SET_UP_VERBS = frozenset({"view", "add", "change", "delete"})


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


def site_time_zone() -> str:
    """Where people are unless they say otherwise."""
    return str(settings.SITE_TIME_ZONE)


def validate_time_zone(name: str) -> None:
    """Refuse what is not an IANA time zone."""
    if name not in available_timezones():
        raise ValidationError("“%(name)s” is not a time zone.", params={"name": name})


class UserManager(BaseUserManager["User"]):
    """Makes users; each is somebody's doing, so an actor must be named (`access.actor.acting`)."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """A person, or whatever `kind` says. Without a password nobody can sign in as it.

        Raises ActorMissing outside `acting`.
        """
        user = self.model(username=username, **fields)
        user.set_password(password)
        with transaction.atomic(using=self._db):
            user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> "User":
        """Whoever sets up; cases are seen through grants like everybody's. For the command line."""
        with acting(by=self.system("installation"), reason="Made on the command line"):
            return self.create_user(username, password, is_staff=True, is_superuser=True, **fields)

    def known_as(self, names: Iterable[str]) -> models.QuerySet["User"]:
        """Those whom other systems name so: by their user name here, or their staff number."""
        said = set(names) - {""}
        return self.filter(Q(username__in=said) | Q(staff_number__in=said))

    def system(self, name: str) -> "User":
        """The system user of this name, made when first asked for, by the first system there is."""
        username = f"system:{name}"
        held = self.filter(username=username).first()
        if held is not None:
            return held
        made = self.model(username=username, full_name=name.capitalize(), kind=UserKind.SYSTEM)
        made.set_unusable_password()
        first = self.filter(kind=UserKind.SYSTEM).order_by("pk").first()
        try:
            with transaction.atomic():
                save_because(made, by=first or made, reason="Acts for the first time")
        except IntegrityError:  # somebody else was first
            return self.get(username=username)
        return made


class User(AbstractBaseUser, PermissionsMixin, TimestampedModel):
    """One actor. History leaves out the password's hash and the last sign-in."""

    username = models.TextField(unique=True)
    email = models.EmailField(blank=True, default="")
    full_name = models.TextField(blank=True, default="")
    staff_number = models.TextField(
        blank=True,
        default="",
        db_default="",
        help_text="Accounts of one employee share it: they are one human.",
    )
    kind = models.TextField(choices=UserKind.choices, default=UserKind.PERSON)
    time_zone = models.TextField(default=site_time_zone, validators=[validate_time_zone])
    keyboard_mode = models.TextField(choices=KeyboardMode.choices, default=KeyboardMode.ON)
    theme = models.TextField(choices=Theme.choices, default=Theme.AUTO)
    is_staff = models.BooleanField("may enter the set-up pages", default=False)
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    groups = models.ManyToManyField(  # type: ignore[assignment]  # the table between is ours
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
            models.UniqueConstraint(Lower("username"), name="user_username_any_case"),
            models.UniqueConstraint(
                Lower("email"), condition=~Q(email=""), name="user_email_any_case"
            ),
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
                condition=~Q(kind=UserKind.SYSTEM)
                | Q(("password__startswith", UNUSABLE_PASSWORD_PREFIX)),
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

    @cached_property
    def held_rows(self) -> list[tuple[str, str | None, str | None]]:
        """The groups held, each with each of its permissions; read once for this object's life."""
        return list(
            Group.objects.filter(user=self)
            .order_by("name")
            .values_list("name", "permissions__content_type__app_label", "permissions__codename")
        )

    @property
    def role_names(self) -> list[str]:
        """The names of the groups held."""
        return list(dict.fromkeys(name for name, _app_label, _codename in self.held_rows))

    @cached_property
    def role_permissions(self) -> frozenset[str]:
        """What the roles held give, as `app_label.codename`."""
        return frozenset(f"{a}.{codename}" for _name, a, codename in self.held_rows if codename)

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a role held gives this. A superuser holds the set-up verbs besides, nothing more.

        So rights over configuration never turn into rights over patients, messages or money.
        """
        if not self.is_active:
            return False
        verb = perm.partition(".")[2].partition("_")[0]
        return perm in self.role_permissions or (self.is_superuser and verb in SET_UP_VERBS)

    def has_module_perms(self, app_label: str) -> bool:
        """Whether any of an app's permissions is held."""
        held = any(each.startswith(f"{app_label}.") for each in self.role_permissions)
        return self.is_active and (self.is_superuser or held)

    def get_all_permissions(self, obj: Any = None) -> set[str]:
        """What the roles held give."""
        return set(self.role_permissions) if self.is_active else set()


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

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(expires_at__gt=F("created_at")), name="apitoken_expires_later"
            ),
            models.CheckConstraint(
                condition=Q(digest__regex=r"^[0-9a-f]{64}$"), name="apitoken_digest"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.label} ({self.prefix}…)"

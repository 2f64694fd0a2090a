"""The words for telling people things. Pure."""

from django.db.models import TextChoices


class MessageKind(TextChoices):
    """What somebody is told of."""

    BREACH = "breach", "Breaches"
    WARNING = "warning", "Due soon"
    APPROVAL = "approval", "Approvals and reviews"
    MENTION = "mention", "Mentions"
    ASSIGNED = "assigned", "Given to you"
    WATCHED = "watched", "Cases you watch"
    RETURNED = "returned", "Back from deferral"
    FOLLOW_UP = "follow_up", "Follow-ups"
    PROJECT = "project", "Projects"
    JOB = "job", "Long work"


class Pace(TextChoices):
    """How soon a kind goes out by mail. Whatever is chosen, it stands in the inbox."""

    INSTANT = "instant", "At once"
    HOURLY = "hourly", "Once an hour"
    DAILY = "daily", "Once a day"
    OFF = "off", "No mail"

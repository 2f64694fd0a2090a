"""People, and what they may."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import factory
from django.contrib.auth.models import Group

from billing_portal.access.actor import system_actor
from billing_portal.access.grants import grant
from billing_portal.access.models import IdempotencyKey
from billing_portal.access.services import join
from billing_portal.accounts.models import ApiToken, Membership, User
from billing_portal.audit.models import AuditEvent, ChainHead
from tests.factories.base import REASON, Made


class PersonFactory(Made):
    """Somebody who holds no role."""

    class Meta:
        model = User

    username = factory.Sequence(lambda n: f"person-{n}")
    full_name = factory.Sequence(lambda n: f"Test Person {n}")


class GroupFactory(Made):
    """A group that is no role."""

    class Meta:
        model = Group

    name = factory.Sequence(lambda n: f"group-{n}")


class MembershipFactory(Made):
    """Somebody is in a group."""

    class Meta:
        model = Membership

    user = factory.SubFactory(PersonFactory)
    group = factory.SubFactory(GroupFactory)


class ApiTokenFactory(Made):
    """A token whose text nobody knows, valid for long."""

    class Meta:
        model = ApiToken

    user = factory.SubFactory(PersonFactory)
    label = "Test"
    prefix = "bp_00000"
    digest = factory.Sequence(lambda n: f"{n:064x}")
    expires_at = datetime(2099, 1, 1, tzinfo=UTC)


class IdempotencyKeyFactory(Made):
    """A call that was answered with nothing."""

    class Meta:
        model = IdempotencyKey

    user = factory.SubFactory(PersonFactory)
    key = factory.Sequence(lambda n: f"key-{n}")
    digest = "0" * 64
    status = 204


class AuditEventFactory(Made):
    """Something was done."""

    class Meta:
        model = AuditEvent

    chain = "user:1"
    verb = "user.tested"
    subject = "user:1"
    reason = REASON
    actor = factory.LazyFunction(lambda: system_actor("tests"))


class ChainHeadFactory(Made):
    """The head of a chain of one event: nothing but the event makes it."""

    class Meta:
        model = ChainHead

    chain = factory.Sequence(lambda n: f"user:{n + 1_000_000}")

    @classmethod
    def _create(cls, model_class: type[Any], *args: Any, **kwargs: Any) -> Any:
        AuditEventFactory(chain=kwargs["chain"])
        return model_class.objects.get(chain=kwargs["chain"])


def granted(
    *,
    queues: Iterable[Any] = (),
    facilities: Iterable[Any] = (),
    works: bool = True,
    leads: bool = False,
) -> User:
    """Somebody whose only group may see these queues and facilities, and work the queues.

    `leads` says that they lead them too.
    """
    person = PersonFactory()
    group = Group.objects.create(name=f"group of {person.username}")
    by = system_actor("tests")
    join(user=person, group=group, by=by, reason=REASON)
    for queue in queues:
        for codename in ["view_queue", *["work_queue"] * works, *["lead_queue"] * leads]:
            grant(group=group, codename=codename, on=queue, by=by, reason=REASON)
    for facility in facilities:
        grant(group=group, codename="view_facility", on=facility, by=by, reason=REASON)
    return User.objects.get(pk=person.pk)

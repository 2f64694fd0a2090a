"""A small house to test doors with: two sites, two queues, people with and without grants.

Everything at the south site and in the coding queue is the canary: no door may show it, count it or
touch it for people of the north site.
"""

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count

from django.contrib.auth.models import Group
from django.db import transaction
from django.utils import timezone
from rest_framework.test import APIClient

from billing_portal.access.actor import acting, system_actor
from billing_portal.access.grants import grant
from billing_portal.access.services import join, sync_roles
from billing_portal.accounts.models import User
from billing_portal.accounts.services import make_token
from cases.work.models import Case, Queue
from integrations.canonical.models import Claim, Facility, Patient, Payer, Remittance, Source

OPENED = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
CANARY = "Zyxcanary"
DETAILS = {
    "decision": "T1",
    "cycle": 1,
    "is_initial": True,
    "charge": "500.00",
    "paid": "0.00",
    "denied_amount": "400.00",
    "patient_responsibility": "0.00",
    "taken_back": "0.00",
    "group": "CO",
    "carc": "197",
    "remarks": [],
    "unknown_codes": [],
    "category": "AUTH",
    "words": "No authorization was on file.",
    "first_action": "Look for the authorization",
    "mapped_queue": "authorization",
    "appeal_allowed": True,
    "appealable": "Y",
    "preventable_stage": "registration",
    "trace": "T1",
    "paid_on": "2026-03-01",
    "payer_control_number": "ICN1",
    "service_from": "2026-01-10",
    "service_to": "2026-01-10",
    "claim_adjustments": [],
    "lines": [],
    "decisions": [],
}


@dataclass
class House:
    """The world of a test; whoever builds it acts as a system."""

    builder: User
    numbers: count = field(default_factory=lambda: count(1))

    @classmethod
    def built(cls) -> "House":
        """Two sites, two queues, roles and their grants."""
        sync_roles()
        house = cls(system_actor("tests"))
        with house.acting():
            house.source, _ = Source.objects.get_or_create(
                name="clearinghouse", defaults={"label": "Clearinghouse", "connector": "x12_835"}
            )
            house.payer = Payer.objects.create(key="test-payer", name="Lakeside Test Health")
            house.north = Facility.objects.create(key="test-north", name="North Test Hospital")
            house.south = Facility.objects.create(key="test-south", name=f"{CANARY} Hospital")
            house.auth = Queue.objects.create(key="test-auth", name="Test authorization")
            house.coding = Queue.objects.create(key="test-coding", name=f"{CANARY} coding")
        house.grant("denial_specialist", house.auth, "view_queue", "work_queue")
        house.grant("denial_specialist", house.north, "view_facility")
        house.grant("auditor", house.auth, "view_queue")
        house.grant("auditor", house.north, "view_facility")
        house.grant("coder", house.coding, "view_queue", "work_queue")
        house.grant("coder", house.south, "view_facility")
        return house

    @contextmanager
    def acting(self):
        """Rows and their history in one transaction, as the guards ask."""
        with transaction.atomic(), acting(by=self.builder, reason="For a test"):
            yield

    def grant(self, role: str, on, *codenames: str) -> None:
        """Let a role do something on a queue or a facility."""
        group = Group.objects.get(name=role)
        for codename in codenames:
            grant(group=group, codename=codename, on=on, by=self.builder, reason="For a test")

    def person(self, *roles: str, username: str = "", **fields) -> User:
        """Somebody with these roles."""
        with self.acting():
            user = User.objects.create_user(
                username or f"person{next(self.numbers)}", "Passw0rd-for-tests", **fields
            )
        for role in roles:
            group = Group.objects.get(name=role)
            join(user=user, group=group, by=self.builder, reason="For a test")
        return user

    def patient(self, family_name: str = "Doe") -> Patient:
        number = next(self.numbers)
        with self.acting():
            return Patient.objects.create(
                source=self.source,
                external_id=f"patient {number}",
                family_name=family_name,
                given_name="Jane",
                member_id="MEMBER123456",
                born_on=date(1980, 5, 17),
            )

    def claim(self, facility: Facility | None = None) -> Claim:
        """A claim at the north site, unless another is named."""
        number = next(self.numbers)
        facility = facility or self.north
        foreign = facility == self.south
        with self.acting():
            made = Claim.objects.create(
                source=self.source,
                payer_identifier="P1",
                payee_identifier="F1",
                patient_control_number=f"{CANARY if foreign else 'PCN'}{number:06}",
                payer_control_number=f"ICN{number:06}",
                payer=self.payer,
                facility=facility,
                patient=self.patient(CANARY if foreign else "Doe"),
                charge=Decimal("500.00"),
                service_from=date(2026, 1, 10),
            )
        made.refresh_from_db()
        return made

    def case(self, queue=None, facility=None, **fields) -> Case:
        """An open denial in the authorization queue at the north site, unless others are named."""
        number = next(self.numbers)
        facility = facility or self.north
        values = {
            "reference": f"TS-{number:06}",
            "case_type": "denial",
            "key": f"test:{number}",
            "queue": queue or self.auth,
            "facility": facility,
            "payer": self.payer,
            "claim": fields.pop("claim", None) or self.claim(facility),
            "title": f"{CANARY if facility == self.south else 'Authorization missing'}",
            "code": "CO-197",
            "category": "AUTH",
            "amount_at_risk": Decimal("400.00"),
            "opened_at": OPENED,
            "first_touch_due_at": OPENED + timedelta(days=1),
            "resolve_due_at": OPENED + timedelta(days=5),
            "details": DETAILS,
        }
        with self.acting():
            return Case.objects.create(**{**values, **fields})

    def canaries(self, number: int = 1, **fields) -> list[Case]:
        """Cases that nobody of the north site may notice: foreign by queue, by site, by both."""
        return [
            self.case(queue=queue, facility=facility, title=CANARY, **fields)
            for _ in range(number)
            for queue, facility in (
                (self.coding, self.south),
                (self.auth, self.south),
                (self.coding, self.north),
            )
        ]

    def remittance(self, facility: Facility | None = None) -> Remittance:
        """A payment at the north site, unless another is named."""
        facility = facility or self.north
        trace = CANARY if facility == self.south else "TRACE"
        made = Remittance.objects.create(
            source=self.source,
            payer_identifier="P1",
            payee_identifier="F1",
            trace_number=f"{trace}{next(self.numbers)}",
            paid_on=date(2026, 3, 1),
            amount=Decimal("1234.50"),
            payer=self.payer,
            facility=facility,
        )
        made.refresh_from_db()
        return made

    def client(self, user: User | None = None) -> APIClient:
        """A caller of the API with a token, or a stranger."""
        client = APIClient()
        if user is not None:
            _token, text = make_token(
                user=user,
                label="Tests",
                expires_at=timezone.now() + timedelta(days=1),
                by=self.builder,
                reason="For a test",
            )
            client.credentials(HTTP_AUTHORIZATION=f"Bearer {text}")
        return client

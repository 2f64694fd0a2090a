"""The people of the demo: one or more for every role, with their teams and sites. All fictional."""

from dataclasses import dataclass

from billing_portal.access.roles import BY_KEY
from billing_portal.management.demo.organisation import FACILITIES

PASSWORD = "demo-only-password"  # noqa: S105 -- of the demo alone, printed for everybody
DOMAIN = "alder-valley.example"
EVERYWHERE = "everywhere"
UNASSIGNED = "unassigned"

DENIALS = ("denials-technical", "timely-filing", "appeals-in-flight", "no-response")
BILLING = ("billing", "claim-edits", "no-response", "documentation")
CLINICAL = ("clinical-appeals", "documentation")
PATIENTS = ("patient-balance", "statement-holds", "patient-disputes")
PAYABLES = ("ap-duplicate", "ap-vendor", "ap-tax", "ap-price", "ap-order")
BUYING = ("ap-order", "ap-price", "ap-quantity", "ap-receipt")
CREDIT = ("credit-government", "credit-commercial")
REFUSED = "erp-posting"
MONEY = tuple(sorted({*CREDIT, *PAYABLES, *BUYING, REFUSED}))
REVENUE = (
    "triage",
    *DENIALS,
    "billing",
    "claim-edits",
    *CLINICAL,
    "eligibility-registration",
    "cob",
    "authorization",
    "coding",
    "enrollment",
    "contract",
    "remittance-exceptions",
    "unapplied-cash",
    *PATIENTS,
)
VIEW = ("view_queue",)
WORK = (*VIEW, "work_queue")
LEAD = (*WORK, "lead_queue")


@dataclass(frozen=True, slots=True)
class Team:
    """Some people, the queues they share, and what they may do there."""

    key: str
    name: str
    queues: tuple[str, ...]
    may: tuple[str, ...] = WORK


TEAMS = (
    Team("denials", "Denials", DENIALS),
    Team("billing", "Billing office", BILLING),
    Team("clinical", "Clinical appeals", CLINICAL),
    Team("coding", "Coding", ("coding",)),
    Team("authorization", "Authorization", ("authorization",)),
    Team("registration", "Patient access", ("eligibility-registration",)),
    Team("cob", "COB desk", ("cob",)),
    Team("enrollment", "Enrollment", ("enrollment",)),
    Team("posting", "Payment posting", ("remittance-exceptions", "unapplied-cash")),
    Team("credit", "Credit balances", CREDIT),
    Team("contract", "Contracts", ("contract",)),
    Team("patients", "Patient accounts", PATIENTS),
    Team("charity", "Financial assistance", ("charity",)),
    Team("payables", "Accounts payable", PAYABLES),
    Team("buying", "Buyers and receivers", BUYING),
    Team("payables-leads", "Payables leads", tuple(sorted({*PAYABLES, *BUYING, REFUSED})), LEAD),
    Team("stewards", "Reference data", ("master-data", "triage")),
    Team("integration", "Integration", ("integration", REFUSED)),
    Team("leads", "Denial leads", REVENUE, LEAD),
    Team("compliance", "Compliance", ("emergency-access",), LEAD),
    Team("approvers", "Money approvers", MONEY, VIEW),
    Team("watchers", "Revenue-cycle readers", REVENUE, VIEW),
    Team("partners", "Outside partners", ("denials-technical",), VIEW),
)


@dataclass(frozen=True, slots=True)
class Person:
    """One person. `sites` are facilities' keys, or `EVERYWHERE`: all of them and the unassigned."""

    username: str
    full_name: str
    role: str
    teams: tuple[str, ...] = ()
    sites: tuple[str, ...] = (EVERYWHERE,)

    @property
    def email(self) -> str:
        """An address that can never be delivered to."""
        return f"{self.username}@{DOMAIN}"


AV, BR, CC, DP, CL = (site.key for site in FACILITIES)

PEOPLE = (
    Person("maya", "Maya Okonkwo", "billing_specialist", ("billing", "enrollment"), (AV, BR, CL)),
    Person("daniel", "Daniel Reyes", "denial_specialist", ("denials", "billing"), (AV, BR, CL)),
    Person("hyejin", "Hye-jin Park", "denial_specialist", ("denials", "billing"), (CC, DP, BR)),
    Person("tomas", "Tomás Aguilar", "denial_specialist", ("denials", "billing"), (CL, AV, CC)),
    Person("grace", "Grace Lindqvist, RN", "appeals_nurse", ("clinical",), (AV, BR, CC, DP, CL)),
    Person("anil", "Anil Deshpande", "coder", ("coding",), (AV, BR, CC)),
    Person("rosa", "Rosa Whitfield", "coder", ("coding",), (DP, CL)),
    Person("keisha", "Keisha Barnes", "auth_specialist", ("authorization",), (AV, BR, CC, DP, CL)),
    Person("oleks", "Oleksandr Melnyk", "registration_specialist", ("registration",), (AV, BR, CC)),
    Person("soledad", "Soledad Quispe", "registration_specialist", ("registration",), (DP, CL)),
    Person("fatima", "Fatima Zahra Idrissi", "cob_specialist", ("cob",), (AV, BR, CC, DP, CL)),
    Person("lucas", "Lucas Meyer", "payment_poster", ("posting",)),
    Person("nneka", "Nneka Eze", "credit_balance_analyst", ("credit",)),
    Person("wei", "Wei Chen", "contract_analyst", ("contract",)),
    Person("elena", "Elena Petrova", "charity_counselor", ("charity",)),
    Person("jamal", "Jamal Washington", "patient_rep", ("patients",)),
    Person("beatrix", "Beatrix van Dam", "ap_clerk", ("payables",)),
    Person("kwame", "Kwame Asante", "ap_supervisor", ("payables-leads",)),
    Person("dolores", "Dolores Ibáñez", "buyer", ("buying",)),
    Person("priya", "Priya Raman", "team_lead", ("leads", "approvers")),
    Person("hannah", "Hannah Goldberg", "queue_supervisor", ("leads", "posting", "credit")),
    Person("marcus", "Marcus Delgado", "rc_manager", ("leads", "approvers", "compliance")),
    Person("aisha", "Aisha Rahman", "rc_director", ("watchers", "approvers")),
    Person("robert", "Robert Kowalski", "controller", ("watchers", "approvers")),
    Person("yuki", "Yuki Tanaka", "treasury", ("approvers",)),
    Person("ingrid", "Ingrid Solheim", "cfo", ("watchers", "approvers")),
    Person("samuel", "Samuel Adeyemi", "compliance_officer", ("watchers", "credit", "compliance")),
    Person("noor", "Noor Haddad", "integration_engineer", ("integration",)),
    Person("claire", "Claire Dubois", "rules_steward", ("stewards", "watchers")),
    Person("viktor", "Viktor Novák", "release_approver", ("watchers",)),
    Person("leilani", "Leilani Kealoha", "user_admin"),
    Person("thomas", "Thomas Begay", "auditor", ("watchers",)),
    Person("sofia", "Sofia Marino", "external_partner", ("partners",), (CL,)),
)
TEAM_BY_KEY = {team.key: team for team in TEAMS}


@dataclass(frozen=True, slots=True)
class SignIn:
    """What somebody types to come in as a demo person."""

    username: str
    password: str
    role: str
    name: str


def signins() -> list[SignIn]:
    """Everybody of the demo, in the order of the roles."""
    order = list(BY_KEY)
    people = sorted(PEOPLE, key=lambda person: order.index(person.role))
    return [
        SignIn(person.username, PASSWORD, BY_KEY[person.role].label, person.full_name)
        for person in people
    ]

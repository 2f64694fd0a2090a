"""Roles in words: what each may do anywhere. Which queues and facilities, grants say.

A role is a group of the same name. Grants on queues (`view_queue`, `work_queue`, `lead_queue`) and
facilities (`view_facility`) go to groups alone, through `access.grants`. Being a superuser gives
the set-up pages, never cases.
"""

from dataclasses import dataclass

REVEAL = "cases.reveal_patient"
EXPORT = "cases.export_case"
SEND = "integrations.send_message"
SEE_MESSAGES = "integrations.view_message"
DOWNLOAD = "integrations.download_message"
REPLAY = "integrations.replay_message"
SEE_OUTBOX = "integrations.view_outboxmessage"
RESEND = "integrations.replay_outboxmessage"
SEE_AUDIT = "audit.view_auditevent"
SEE_EDITIONS = "cases.view_edition"
AUTHOR = "cases.author_edition"
SEE_CALENDARS = "cases.view_calendar"
EDIT_CALENDARS = "cases.edit_calendars"
RELEASE = "cases.release_edition"
ARRANGE_DELEGATIONS = "cases.arrange_delegation"
SEE_JOURNALS = "cases.view_journal"
REVERSE_JOURNALS = "cases.add_journal"
SEE_FEDERAL_CLOCKS = "cases.view_federalact"

WORKING = frozenset({REVEAL})
LEADING = WORKING | {EXPORT, SEE_EDITIONS, SEE_CALENDARS}
POSTING = WORKING | {SEND, SEE_MESSAGES}


def editing(app_label: str, *models: str) -> frozenset[str]:
    """The permissions to see, add and change some configuration tables."""
    verbs = ("view", "add", "change")
    return frozenset(f"{app_label}.{verb}_{model}" for model in models for verb in verbs)


def viewing(app_label: str, *models: str) -> frozenset[str]:
    """The permissions to see some configuration tables."""
    return frozenset(f"{app_label}.view_{model}" for model in models)


RULES = editing(
    "cases",
    "queue",
    "calendar",
    "holiday",
    "deadlinerule",
    "skill",
    "capacity",
    "label",
    "macro",
    "checklistitem",
    "workweight",
    "lettertemplate",
    "payercontact",
    "payerrule",
    "tolerance",
    "contractrate",
) | viewing("cases", "routingrule", "target", "weighting", "adjustmentcode", "remarkcode")
BOOKS = editing("cases", "account", "accountmapping", "fiscalperiod", "ledger", "smallbalancerule")
VOUCHERS = editing("cases", "journaltemplate", "templateline")
PARTNERS = editing(
    "integrations",
    "source",
    "payer",
    "payeridentifier",
    "facility",
    "facilityidentifier",
    "vendor",
    "vendoridentifier",
    "destination",
)
PEOPLE = editing("accounts", "user", "membership", "apitoken") | editing("auth", "group")


@dataclass(frozen=True, slots=True)
class Role:
    """A job, in words, and its permissions."""

    key: str
    label: str
    description: str
    permissions: frozenset[str] = frozenset()
    enters_setup: bool = False


ROLES: tuple[Role, ...] = (
    Role(
        "billing_specialist",
        "Billing specialist",
        "Works claim edits and billing denials.",
        POSTING,
    ),
    Role("denial_specialist", "Denial specialist", "Works denials to their end.", WORKING),
    Role("appeals_nurse", "Appeals nurse", "Works clinical denials.", WORKING),
    Role("coder", "Coder", "Works coding and bundling denials.", WORKING),
    Role("auth_specialist", "Authorization specialist", "Works authorization denials.", WORKING),
    Role(
        "registration_specialist", "Registration specialist", "Works eligibility denials.", WORKING
    ),
    Role("cob_specialist", "COB specialist", "Works coordination of benefits.", WORKING),
    Role(
        "payment_poster", "Payment poster", "Takes in remittances, works their exceptions.", POSTING
    ),
    Role(
        "credit_balance_analyst", "Credit balance analyst", "Researches credit balances.", WORKING
    ),
    Role(
        "contract_analyst", "Contract analyst", "Works underpayments and contract denials.", WORKING
    ),
    Role("charity_counselor", "Charity counselor", "Works charity applications.", WORKING),
    Role("patient_rep", "Patient representative", "Works patient balances and disputes.", WORKING),
    Role("ap_clerk", "AP clerk", "Works vendor invoices.", frozenset({SEE_OUTBOX})),
    Role(
        "ap_supervisor",
        "AP supervisor",
        "Leads vendor invoice work.",
        frozenset({SEE_OUTBOX, RESEND}),
    ),
    Role("buyer", "Buyer or receiver", "Answers for orders and receipts."),
    Role("team_lead", "Team lead", "Leads a denial team.", LEADING),
    Role("queue_supervisor", "Queue supervisor", "Leads several queues.", LEADING | {SEE_MESSAGES}),
    Role(
        "rc_manager",
        "Revenue-cycle manager",
        "Answers for a site's revenue cycle.",
        LEADING | {ARRANGE_DELEGATIONS},
    ),
    Role(
        "rc_director",
        "Revenue-cycle director",
        "Answers for every site's.",
        LEADING | {ARRANGE_DELEGATIONS},
    ),
    Role(
        "controller",
        "Controller",
        "Answers for the books: accounts, periods and journals.",
        frozenset({EXPORT, SEE_AUDIT, SEE_EDITIONS, SEE_JOURNALS, REVERSE_JOURNALS, SEE_OUTBOX})
        | BOOKS
        | viewing("cases", "journaltemplate", "templateline"),
        enters_setup=True,
    ),
    Role("treasury", "Treasury", "Moves money out.", frozenset({SEE_JOURNALS, SEE_OUTBOX})),
    Role("cfo", "CFO", "The last approver.", frozenset({SEE_JOURNALS})),
    Role(
        "compliance_officer",
        "Compliance officer",
        "Reads all that law asks about.",
        WORKING | {SEE_AUDIT, SEE_EDITIONS, SEE_JOURNALS, SEE_FEDERAL_CLOCKS},
    ),
    Role(
        "integration_engineer",
        "Integration engineer",
        "Keeps sources connected; sees no patient names and no message bodies.",
        PARTNERS | {SEND, SEE_MESSAGES, REPLAY, SEE_OUTBOX, RESEND},
        enters_setup=True,
    ),
    Role(
        "rules_steward",
        "Rules steward",
        "Writes rules, code maps and targets.",
        RULES
        | VOUCHERS
        | viewing("cases", "account", "accountmapping", "fiscalperiod", "ledger")
        | {SEE_EDITIONS, AUTHOR, EDIT_CALENDARS}
        | {"integrations.view_payer", "integrations.view_facility"},
        enters_setup=True,
    ),
    Role(
        "release_approver",
        "Release approver",
        "Reviews, schedules and rolls back what the steward wrote.",
        frozenset({SEE_EDITIONS, RELEASE}),
    ),
    Role("user_admin", "User administrator", "Gives and takes roles.", PEOPLE, enters_setup=True),
    Role(
        "auditor",
        "Auditor",
        "Reads everything in scope, changes nothing.",
        frozenset({SEE_AUDIT, SEE_EDITIONS, SEE_JOURNALS, SEE_OUTBOX}),
    ),
    Role("external_partner", "External partner", "Works what is shared, patient names masked."),
)
BY_KEY = {role.key: role for role in ROLES}

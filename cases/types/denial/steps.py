"""What to do on a denial, specific to its reason. Pure.

The first step is the first action of the code map; the rest follow from the category, or from the
code where its way differs from its category's. A step that a dialog of the portal does names it.
"""

from collections.abc import Mapping
from typing import Any

from cases.types.denial.rules import UNPROCESSABLE
from cases.types.denial.vocabulary import Category
from cases.work.types import Step

ATTACH, WAIT, ASK, MOVE_ON, DONE = "attach", "wait_payer", "wait_info", "transfer", "resolve"

CALL = Step("call_payer", "Call the payer, note the reference number of the call", "comment")
RESEND = Step(
    "resend", "Send the corrected claim (frequency 7) with the payer's claim number", WAIT
)
DISPUTE = Step("dispute", "Ask the payer to reconsider, with the proof attached", WAIT)

BY_CATEGORY: dict[Category, tuple[Step, ...]] = {
    Category.ELIGIBILITY: (
        Step("verify_cover", "Run eligibility again for the date of service"),
        Step("fix_member", "Correct the member number and name in the EHR, as the payer has them"),
        Step("ask_patient", "No cover found: ask the patient for other insurance", ASK),
        RESEND,
    ),
    Category.REGISTRATION: (
        Step(
            "check_registration", "Compare birth date, sex and address with the identity document"
        ),
        Step("fix_registration", "Correct the registration in the EHR"),
        RESEND,
    ),
    Category.COB: (
        Step("find_order", "Find out which insurer pays first on the date of service"),
        Step("ask_patient", "Have the patient confirm other cover with the payer", ASK),
        Step("attach_primary", "Attach the first payer's remittance", ATTACH),
        Step("bill_in_order", "Bill the payers in the right order", WAIT),
    ),
    Category.AUTH: (
        Step("find_auth", "Look for the authorization in the EHR and the payer's portal"),
        Step("compare_auth", "Compare its dates, units and codes with what was billed"),
        CALL,
        Step("attach_auth", "Attach the authorization or the proof of notification", ATTACH),
        DISPUTE,
    ),
    Category.MED_NECESSITY: (
        Step("read_policy", "Read the payer's coverage policy for this service"),
        Step("gather_record", "Attach the part of the record that meets its criteria", ATTACH),
        Step("peer_to_peer", "Ask for a peer-to-peer talk while its window is open", "comment"),
        Step("physician_review", "Have the physician advisor review the case", ASK),
    ),
    Category.CODING: (
        Step("review_coding", "Compare the billed codes with the documentation"),
        Step("ask_clinician", "Unclear in the record: query the clinician", ASK),
        Step("correct_codes", "Correct codes, modifiers or diagnosis pointers"),
        RESEND,
    ),
    Category.BUNDLING: (
        Step(
            "check_pair", "Check the code pair and its modifier indicator for the date of service"
        ),
        Step("check_separate", "Find in the record whether the services were separate"),
        Step("add_modifier", "Separate: add the modifier the record supports"),
        RESEND,
    ),
    Category.DOCUMENTATION: (
        Step("name_document", "Read in the remark which document is wanted"),
        Step("get_document", "Get the signed document from the record", ASK),
        Step("attach_document", "Attach it and send it with the payer's control number", ATTACH),
        Step("confirm_receipt", "Confirm that the payer has it", WAIT),
    ),
    Category.TIMELY_FILING: (
        Step("first_filing", "Find when the claim was first sent, and the payer's acceptance"),
        Step("attach_proof", "Attach the acceptance report as proof of timely filing", ATTACH),
        Step("check_limit", "Check the filing limit in the contract"),
        DISPUTE,
    ),
    Category.DUPLICATE: (
        Step("find_first", "Find the earlier claim and what was paid on it"),
        Step("truly_same", "The same service twice by mistake: resolve as duplicate", DONE),
        Step("repeat_modifier", "A repeated service: add the modifier that says so"),
        RESEND,
    ),
    Category.BILLING_DATA: (
        Step("read_remark", "Read the remark: it names the field"),
        Step("correct_field", "Correct the field at its source, so that it does not come again"),
        RESEND,
    ),
    Category.PROVIDER_ENROLLMENT: (
        Step("check_enrollment", "Check enrollment, specialty and dates with the payer"),
        Step("fix_enrollment", "Update the enrollment or the provider number on the claim", ASK),
        RESEND,
    ),
    Category.CONTRACTUAL: (
        Step("read_contract", "Read the contract term for this service and date"),
        Step("price_claim", "Price the claim by the contract and note the difference", "comment"),
        Step("payer_relations", "Raise the difference with payer relations", WAIT),
    ),
    Category.NETWORK: (
        Step("check_network", "Check whether the provider was in the network on that date"),
        Step("check_emergency", "Emergency or no choice of provider: note the facts", "comment"),
        DISPUTE,
    ),
    Category.BENEFIT_LIMIT: (
        Step("count_visits", "Compare the payer's count of visits or units with ours"),
        Step("check_exception", "Ask for a benefit exception if the record supports one", WAIT),
        Step("other_cover", "Check for other cover"),
        Step("to_patient", "Limit truly reached: check the notice, then move on", MOVE_ON),
    ),
    Category.NON_COVERED: (
        Step("check_benefit", "Check the member's benefits for this service"),
        Step("check_notice", "Look for the signed notice of non-coverage"),
        Step("other_cover", "Check for other cover"),
        Step("to_patient", "Truly not covered and notice signed: move on", MOVE_ON),
    ),
    Category.PATIENT_RESP: (
        Step("secondary_cover", "Check for secondary cover on the date of service"),
        Step("bill_secondary", "Cover found: bill it with this remittance attached", ATTACH),
        Step("to_patient", "No other cover: move to the patient's balance", MOVE_ON),
    ),
    Category.PAYER_PROCESS: (
        CALL,
        Step("follow_up", "Wait for the payer, with a date to look again", "defer"),
        Step("check_payment", "See whether the payment went elsewhere"),
    ),
    Category.APPEAL_OUTCOME: (
        Step("read_decision", "Read the payer's decision and attach it", ATTACH),
        Step("check_level", "Check whether another level of appeal is open"),
        Step("supervisor", "Have the supervisor review before it is given up", ASK),
    ),
    Category.UNSPECIFIED: (
        Step("read_remark", "Read the remark code: it carries the reason"),
        CALL,
        Step("send_on", "Move the case to the team that can work it", MOVE_ON),
    ),
    Category.UNKNOWN: (
        Step("find_meaning", "Find the code's meaning in the payer's notices"),
        Step("tell_steward", "Have the code added to the code map", "comment"),
        Step("send_on", "Move the case to the team that can work it", MOVE_ON),
    ),
}

BY_CODE: dict[str, tuple[Step, ...]] = {
    "18": (
        Step("find_first", "Find the earlier claim and what was paid on it"),
        Step("compare", "Compare dates, codes, units and modifiers of both"),
        Step("truly_same", "Truly the same: resolve as duplicate", DONE),
        Step("repeat_modifier", "A repeated service: add modifier 76, 77 or 59 and resend", WAIT),
    ),
    "22": (
        Step("find_order", "Find out which insurer pays first on the date of service"),
        Step("ask_patient", "Have the patient update other insurance with this payer", ASK),
        Step("bill_primary", "Bill the insurer that pays first", WAIT),
        Step("attach_primary", "Then resend with its remittance attached", ATTACH),
    ),
    "29": (
        Step("first_filing", "Find the first acceptance report (277CA or 999) of this claim"),
        Step("attach_proof", "Attach it as proof of timely filing", ATTACH),
        Step("check_limit", "Check the filing limit in the contract"),
        DISPUTE,
    ),
    "39": (
        Step("read_refusal", "Read why the authorization was refused"),
        Step("gather_record", "Attach the record that answers it", ATTACH),
        Step("peer_to_peer", "Ask for a peer-to-peer talk while its window is open", "comment"),
    ),
    "197": (
        Step("find_auth", "Look for the authorization in the EHR and the payer's portal"),
        Step("emergency", "Emergency or unplanned: note when the payer was notified", "comment"),
        CALL,
        Step("attach_auth", "Attach the authorization or the proof of notification", ATTACH),
        DISPUTE,
    ),
    "198": (
        Step("compare_auth", "Compare units and dates authorized with those billed"),
        Step("extend", "Ask the payer to extend the authorization", WAIT),
        Step("attach_auth", "Attach the extended authorization", ATTACH),
        DISPUTE,
    ),
}

UNPROCESSABLE_STEPS: tuple[Step, ...] = (
    Step("no_appeal", "Do not appeal: the payer never decided this claim"),
    Step("read_remark", "Read the other remarks: they name what is wrong"),
    Step("correct_field", "Correct it at its source"),
    Step("send_new", "Send it as a new claim, within the filing limit", WAIT),
)


def steps_for(details: Mapping[str, Any]) -> list[Step]:
    """The steps of a denial with these details, in order; three to six of them."""
    first = Step("first_action", str(details["first_action"]))
    return [first, *_rest(details)]


def _rest(details: Mapping[str, Any]) -> tuple[Step, ...]:
    if UNPROCESSABLE in details["remarks"]:
        return UNPROCESSABLE_STEPS
    by_category = BY_CATEGORY.get(Category(details["category"]), BY_CATEGORY[Category.UNSPECIFIED])
    return BY_CODE.get(str(details["carc"]), by_category)

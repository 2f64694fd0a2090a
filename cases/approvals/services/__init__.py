"""The only writers of requests for approval, of what was decided on them, and of delegations."""

from cases.approvals.saying import Verdict
from cases.approvals.services.asking import ask, ask_again
from cases.approvals.services.changing import (
    ApprovalRefused,
    RequestNotFound,
    StaleSeal,
    lock,
    require_unchanged,
)
from cases.approvals.services.deciding import decide
from cases.approvals.services.ending import overtake_many, withdraw
from cases.approvals.services.prompting import escalate, forward, tell

__all__ = [
    "ApprovalRefused",
    "RequestNotFound",
    "StaleSeal",
    "Verdict",
    "ask",
    "ask_again",
    "decide",
    "escalate",
    "forward",
    "lock",
    "overtake_many",
    "require_unchanged",
    "tell",
    "withdraw",
]

"""Policies, requests and what was done with them, delegations and limits."""

from cases.approvals.models.people import ApprovalLimit, Delegation
from cases.approvals.models.policies import Policy, PolicyVersion
from cases.approvals.models.requests import ApprovalAct, ApprovalRequest

__all__ = [
    "ApprovalAct",
    "ApprovalLimit",
    "ApprovalRequest",
    "Delegation",
    "Policy",
    "PolicyVersion",
]

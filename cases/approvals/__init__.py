"""Approvals: who must agree before money moves, who may, and what exactly they agreed to."""

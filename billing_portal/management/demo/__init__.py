"""The demo: a fictional organisation, its remittances, and people at work on them."""

from billing_portal.management.demo.people import SignIn, signins

__all__ = ["SignIn", "signins"]

"""Tests of billing_portal.accounts."""

"""Tests of billing_portal.kernel."""

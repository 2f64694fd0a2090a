"""Tests of billing_portal.access."""

"""Tests of billing_portal.audit."""

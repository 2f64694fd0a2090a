"""The ledger seen by both database roles."""

from tests.billing_portal.conftest import by, owner, role, settle

__all__ = ["by", "owner", "role", "settle"]

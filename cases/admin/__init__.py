"""Set-up and support pages for cases: configuration with a reason, grants, records to read."""

from cases.admin import configuration, ledger, records, roles, sharing

__all__ = ["configuration", "ledger", "records", "roles", "sharing"]

"""Set-up and support pages for cases: configuration with a reason, grants, records to read."""

from cases.admin import configuration, records, roles

__all__ = ["configuration", "records", "roles"]

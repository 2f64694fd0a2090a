"""Attaching what proves a case."""

from typing import Any

from django.core.files.base import File

from billing_portal.accounts.models import User
from cases.evidence import services as evidence
from cases.evidence.models import Attachment
from cases.work import services as work
from cases.work.models import Case


def attach(*, case: Case, by: User, file: File[Any]) -> Attachment:
    """Keep a file with a case. Changes no row that others could have changed: no version is asked.

    Raises CaseNotFound, MayNotWork, FileSizeRefused, FileTypeRefused, FileNotStored.
    """
    kept = evidence.attach(case=case, by=by, file=file)
    work.renew_lease(case=case, by=by)
    return kept

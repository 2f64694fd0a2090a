"""One pull now, through to cases: what `manage.py sync` does."""

from datetime import datetime

from billing_portal.accounts.models import User
from billing_portal.kernel.pure.correlation import correlated, current_id
from cases.intake.ingesting import Run, finished, report_on
from cases.intake.report import FileReport, IntakeReport, Piece
from integrations.canonical.models import Source
from integrations.ports.totals import Totals
from integrations.sync import services as sync


def pull(*, source: Source, by: User, at: datetime) -> IntakeReport:
    """Pull a source's folder, apply what came, and say what became of it.

    Raises NotPolled when the source has no folder.
    """
    run = Run(source, by, at)
    with correlated(current_id()):
        pulled = sync.pull(source=source, by=by, now=at)
        reports = [report_on(run, each.message.filename, each) for each in pulled.receipts]
        reports += [not_pulled(failure) for failure in pulled.failures]
        return finished(run, reports)


def not_pulled(failure: str) -> FileReport:
    """The report of what could not be taken from the folder."""
    return FileReport(
        name="",
        message=None,
        was_held=False,
        is_fresh=False,
        totals=Totals(),
        pieces=[Piece("", 0, "", failure)],
    )

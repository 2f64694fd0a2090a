"""Applying a report on claims: what is new goes in, what is held is counted, nothing changes.

The caller holds the database transaction. The same statement about a claim, in whichever file it
comes again, is kept once.
"""

from integrations.canonical.apply.staging import BATCH
from integrations.canonical.apply.transactions import Context
from integrations.canonical.locks import lock
from integrations.canonical.models import Acknowledgement
from integrations.ports.acknowledgements import AcknowledgementFact


class Application:
    """One report on its way in: fed with acknowledgements, closed once."""

    def __init__(self, context: Context) -> None:
        """Lock the source's reports, so that two workers do not both keep one statement."""
        lock(f"acknowledgements {context.source.pk}")
        self.context = context
        self.seen = self.added = 0
        self.waiting: list[AcknowledgementFact] = []

    def add(self, fact: AcknowledgementFact) -> None:
        """Take one."""
        self.seen += 1
        self.waiting.append(fact)
        if len(self.waiting) >= BATCH:
            self.flush()

    def close(self) -> int:
        """Write what waits; returns how many were new."""
        self.flush()
        return self.added

    def flush(self) -> None:
        """Write the waiting batch, once each."""
        said = {fact.digest(): fact for fact in self.waiting}
        rows = Acknowledgement.objects.filter(source=self.context.source, digest__in=said)
        held = set(rows.order_by().values_list("digest", flat=True))
        fresh = [self.row(fact, digest) for digest, fact in said.items() if digest not in held]
        Acknowledgement.objects.bulk_create(fresh)
        self.added += len(fresh)
        self.waiting = []

    def row(self, fact: AcknowledgementFact, digest: str) -> Acknowledgement:
        """A statement as a record."""
        return Acknowledgement(
            source=self.context.source,
            digest=digest,
            patient_control_number=fact.patient_control_number,
            payer_control_number=fact.payer_control_number,
            payer_identifier=fact.payer_identifier,
            payer_name=fact.payer_name,
            payee_identifier=fact.payee_identifier,
            batch_number=fact.batch_number,
            report_number=fact.report_number,
            standing=fact.standing.value,
            category=fact.category,
            status=fact.status,
            statuses=fact.statuses,
            message=fact.message,
            charge=fact.charge,
            service_from=fact.service_from,
            service_to=fact.service_to,
            received_on=fact.received_on,
            status_on=fact.status_on,
            position=fact.position,
            message_sha256=self.context.sha256,
            correlation_id=self.context.correlation_id,
        )

"""Records the scenes of the Tryton target anew: `python -m tests.counterparts.record`.

Starts a fresh Tryton, whose keys and passwords are in no recording.
"""

import json
import sys
import tempfile
from datetime import date
from pathlib import Path

from billing_portal.embedded.home import PortalHome
from billing_portal.embedded.tryton.shelf import free_port, tryton_of
from integrations.connectors.tryton import journals, rest
from integrations.ports.commands import TargetFailure
from tests.counterparts.erp import People
from tests.integrations.connectors.tryton.replay import RECORDED
from tests.integrations.connectors.tryton.scenes import BEGUN, IN_APRIL, INVOICE, JOURNAL, SCENES


def main():
    """Every scene, each in a file of its own."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o711)
        tryton = tryton_of(PortalHome(Path(folder) / "tryton"), free_port())
        try:
            record(tryton.start())
        finally:
            tryton.stop()


def record(tryton):
    """Let people do what each scene needs, then play it."""
    people = People(tryton)
    settings = people.settings()
    people.close(IN_APRIL.posting_on)
    people.invoice(INVOICE.vendor, INVOICE.invoice_number, str(INVOICE.amount))
    journals.enter(JOURNAL, key=BEGUN, books=rest.Books(settings))
    for name, scene in SCENES.items():
        exchanges = play(scene, settings)
        text = json.dumps(exchanges, indent=1) + "\n"
        (RECORDED / f"{name}.json").write_text(text, encoding="utf-8")
        sys.stdout.write(f"{date.today()} {name}: {len(exchanges)} exchanges\n")  # noqa: DTZ011


def play(scene, settings):
    """What was asked and answered."""
    exchanges, ask = [], rest.ask

    def listen(method, path, *, settings, body=None, headers=None):
        answer = ask(method, path, settings=settings, body=body, headers=headers)
        request = {"method": method, "path": f"/tryton/{path}", "body": body}
        response = {"status": answer.status, "body": answer.body}
        exchanges.append({"request": request, "response": response})
        return answer

    rest.ask = listen
    try:
        scene(settings)
    except TargetFailure as failure:
        sys.stdout.write(f"{failure}\n")
    finally:
        rest.ask = ask
    return exchanges


if __name__ == "__main__":
    main()

from datetime import timedelta

from cases.work.models import Wake, WakeEvent
from cases.work.services import wake_on
from tests.factories.cases import OPENED

UNTIL = OPENED + timedelta(days=3)


def test_the_newest_deferral_says_what_wakes_a_case(case):
    wake_on(case=case, event=WakeEvent.PAYER, until=OPENED, seen={"notes_seen": 3})
    wake_on(case=case, event=WakeEvent.DOCUMENT, until=UNTIL, seen={"files_seen": 7})

    wake = Wake.objects.get()
    assert (wake.event, wake.until, wake.files_seen) == (WakeEvent.DOCUMENT, UNTIL, 7)

    assert wake_on(case=case, event=None, until=UNTIL, seen={}) is None
    assert not Wake.objects.exists()

"""Only interfaces read the clock; everything below is told the time."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.tree import Source, dotted, sources

READS = re.compile(
    r"(^|\.)(timezone\.(now|localdate)|datetime\.(now|utcnow|today)|date\.today|time\.time)$"
)
DOORS = re.compile(
    r"""(^|/)(web|api|admin|ops|people|management|embedded)/  # views, commands, the supervisor
    |(^|/)(tasks|api|admin|web|health)\.py$
    |(^|/)(middleware|adapter|authentication|setup_site|reasoned_admin|idempotency)\.py$
    """,
    re.VERBOSE,
)
BARE = {"now", "localdate"}  # `from django.utils.timezone import now`


def clock_reads(source: Source) -> Iterator[str]:
    """Calls of the clock, and imports that would hide one."""
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Attribute) and READS.search(dotted(node)):
            yield f"{source.path}:{node.lineno}: {dotted(node)}"
        if isinstance(node, ast.ImportFrom) and node.module == "django.utils.timezone":
            yield from (
                f"{source.path}:{node.lineno}: {name.name}"
                for name in node.names
                if name.name in BARE
            )


def test_only_interfaces_read_the_clock():
    below = [each for each in sources() if not DOORS.search(each.path)]

    assert [found for each in below for found in clock_reads(each)] == []


def test_a_hidden_reading_would_be_found():
    planted = """
from django.utils.timezone import now
from django.utils import timezone
from datetime import date, datetime
now(); timezone.now(); datetime.now(tz=None); date.today()
"""

    assert len(list(clock_reads(Source("cases/sla/services.py", planted)))) == 4
    assert not DOORS.search("cases/sla/services.py")
    assert DOORS.search("cases/web/views/queue.py")

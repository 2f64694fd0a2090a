"""Reports that other people made, as they are and mutated: the same records or a stated reason."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.ports.acknowledgements import Standing
from tests.integrations.connectors.x12_277ca.reading import Read, read

# number, standing, set aside, whether the report's own totals tie; worked out by hand
SAID = {
    "x12_277CA_accepted.txt": ([("5781", Standing.ACCEPTED)], 0, True),
    "x12_277CA_rejected.txt": ([("3920394930203", Standing.REJECTED)], 0, False),
    "277CA.test.0001.edi": (
        [("4001/1339", Standing.RECEIVED), ("2890/4", Standing.REJECTED)],
        1,
        False,
    ),
}


def paths(folder: Path) -> list[Path]:
    """The sample reports."""
    return sorted(path for path in (folder / "x12-277ca").rglob("*") if path.is_file())


def contents(folder: Path) -> list[bytes]:
    """Their bytes."""
    return [path.read_bytes() for path in paths(folder)]


def segments_of(content: bytes) -> list[bytes]:
    """A file's segments, each with its terminator."""
    return [segment + b"~" for segment in content.split(b"~") if segment.strip()]


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_sample_says_what_it_says(samples_folder, name):
    [path] = [
        each for each in (samples_folder / "x12-277ca").rglob("*") if each.name.endswith(name)
    ]

    found = read(path.read_bytes())

    claims, set_aside, is_balanced = SAID[name]
    assert [(each.patient_control_number, each.standing) for each in found.claims] == claims
    assert len(found.set_aside) == set_aside
    assert [closed.is_balanced for closed in found.closed] == [is_balanced]


def test_every_sample_is_in_the_table(samples_folder):
    assert len(paths(samples_folder)) == len(SAID)


@pytest.mark.parametrize("kind", ["x12-835", "x12-837", "x12-ack", "x12-claimstatus"])
def test_other_transactions_are_refused(samples_folder, kind):
    for path in (samples_folder / kind).rglob("*"):
        if path.is_file():
            found = read(path.read_bytes())
            assert not found.claims, path.name
            assert any(problem.is_fatal for problem in found.problems), path.name


def mutations(segments: list[bytes]) -> Iterator[list[bytes]]:
    """Every cut, and each segment left out, doubled anywhere, or moved anywhere."""
    for at in range(1, len(segments)):
        rest = segments[:at] + segments[at + 1 :]
        yield segments[:at]
        yield rest
        for to in range(1, len(segments)):
            yield [*segments[:to], segments[at], *segments[to:]]
            yield [*rest[:to], segments[at], *rest[to:]]


def standings(found: Read) -> set[tuple[str, Standing]]:
    """What is said of whom."""
    return {(claim.patient_control_number, claim.standing) for claim in found.claims}


@pytest.mark.parametrize("name", sorted(SAID))
def test_a_mutated_report_says_the_same_of_each_claim_or_states_a_reason(samples_folder, name):
    [path] = [each for each in paths(samples_folder) if each.name.endswith(name)]
    content = path.read_bytes()
    before = read(content)

    for segments in mutations(segments_of(content)):
        found = read(b"".join(segments))
        is_same = standings(found) == standings(before)
        assert is_same or found.reasons() != before.reasons(), segments
        assert len(found.opened) == len(found.closed)


@given(data=st.data())
def test_no_bytes_whatever_raise_or_leave_a_report_open(samples_folder, data):
    content = bytearray(data.draw(st.sampled_from(contents(samples_folder))))
    for _ in range(data.draw(st.integers(1, 8))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))

    found = read(bytes(content))

    assert len(found.opened) == len(found.closed)
    assert found.claims or found.reasons()

"""Files that other people made: each is read, and its totals are those a plain count gives."""

from decimal import Decimal
from pathlib import Path

import pytest

from tests.integrations.connectors.x12_835.reading import read

# claims, lines, charge, paid, set aside; worked out from the files by hand
TOTALS = {
    "demo-file__demo.835": (2, 0, "226366.97", "149998.73", 0),
    "cob-contractural-adjustment.835": (1, 1, "541.00", "34.00", 0),
    "managed-care.835": (2, 2, "2000.00", "945.00", 0),
    "secondary-payment.835": (2, 2, "11075.14", "1222.00", 0),
    "tertiary-payment.835": (0, 0, "0", "0", 1),
    "835_mult_loops.txt": (1, 3, "915.39", "0", 0),
    "835id.source.x12": (3, 3, "-510.25", "-510.25", 0),
    "sample-835.edi": (0, 0, "0", "0", 3),
    "error_validation.edi": (2, 2, "2000", "945", 0),
    "emedny_sample.txt": (3, 10, "102.50", "45.75", 0),
    "united_healthcare_legacy_sample.txt": (2, 5, "1157.52", "349.99", 0),
    "notes__recover.txt": (0, 0, "0", "0", 1),
    "dollars-and-data-sent-together.edi": (2, 0, "226366.97", "149998.73", 0),
    "era-sample.edi": (1, 5, "226", "132", 0),
    "multiple-claims-single-check.edi": (9, 33, "2819", "810.8", 0),
    "835.test.0001.edi": (1, 1, "541", "34", 0),
    "example_5010_835__sample2.txt": (0, 0, "0", "0", 1),
    "835-example.txt": (2, 2, "23476.58", "12200.67", 0),
    "multi-line-not-delimited.edi": (3, 10, "102.50", "45.75", 0),
}
UNBALANCED = {"835id.source.x12", "835-example.txt"}


def file_of(folder: Path, name: str) -> Path:
    """The one sample whose name ends so."""
    (found,) = [path for path in folder.rglob("*") if path.name.endswith(name)]
    return found


def naive_claim_count(content: str) -> int:
    """How many CLP segments stand in a file, whatever its separators."""
    header = content[content.index("ISA") :]
    return content.count(f"CLP{header[3]}")


@pytest.mark.parametrize("name", sorted(TOTALS))
def test_totals(samples_folder, name):
    path = file_of(samples_folder / "x12-835", name)

    found = read(path.read_bytes())

    claims, lines, charge, paid, set_aside = TOTALS[name]
    assert len(found.claims) == claims
    assert sum(len(claim.lines) for claim in found.claims) == lines
    assert sum((claim.charge for claim in found.claims), Decimal(0)) == Decimal(charge)
    assert found.paid == Decimal(paid)
    assert len(found.set_aside) == set_aside
    assert [closed.is_balanced for closed in found.closed] == [name not in UNBALANCED]


def test_every_sample_is_in_the_table_and_loses_no_claim(samples_folder):
    paths = [path for path in (samples_folder / "x12-835").rglob("*") if path.is_file()]

    assert len(paths) == len(TOTALS)
    for path in paths:
        found = read(path.read_bytes())
        count = naive_claim_count(path.read_text("latin-1"))
        assert len(found.claims) + len(found.set_aside) == count, path.name


@pytest.mark.parametrize("kind", ["x12-837", "x12-277ca", "x12-eligibility", "x12-ack"])
def test_other_transactions_are_refused(samples_folder, kind):
    for path in (samples_folder / kind).rglob("*"):
        if path.is_file():
            found = read(path.read_bytes())
            assert not found.claims, path.name
            assert any(problem.is_fatal for problem in found.problems), path.name

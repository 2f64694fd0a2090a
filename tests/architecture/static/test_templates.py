"""Pages run under a strict content security policy, and hold no patient data in their titles."""

import re
from collections.abc import Iterator

import pytest

from tests.architecture.tree import Source, texts

INLINE = re.compile(
    r"""<style|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\ssrc=)""",
    re.IGNORECASE,
)
OUTSIDE = re.compile(r"""(src|href|action)\s*=\s*["'](https?:)?//""", re.IGNORECASE)
PATIENT_TITLE = re.compile(
    r"<title>[^<]*patient[^<]*</title>|block title[^%]*%}[^{]*{{[^}]*patient", re.IGNORECASE
)


def templates() -> list[Source]:
    return [each for each in texts() if each.path.endswith(".html")]


def found_in(source: Source, pattern: re.Pattern[str]) -> Iterator[str]:
    for match in pattern.finditer(source.text):
        line = source.text.count("\n", 0, match.start()) + 1
        yield f"{source.path}:{line}: {match.group()}"


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        (INLINE, "inline script or style"),
        (OUTSIDE, "something from elsewhere"),
        (PATIENT_TITLE, "a patient in the title"),
    ],
)
def test_no_template_holds(pattern, why):
    assert [found for each in templates() for found in found_in(each, pattern)] == [], why


def test_there_are_templates_to_check():
    assert templates()


@pytest.mark.parametrize(
    ("html", "pattern"),
    [
        ('<p style="color:red">', INLINE),
        ("<script>alert(1)</script>", INLINE),
        ('<a onclick="go()">', INLINE),
        ('<script src="https://cdn.example/x.js"></script>', OUTSIDE),
        ("{% block title %}{{ case.claim.patient }}{% endblock %}", PATIENT_TITLE),
    ],
)
def test_each_of_these_would_be_found(html, pattern):
    assert list(found_in(Source("x.html", html), pattern))


def test_a_script_of_our_own_is_fine():
    assert not list(
        found_in(Source("x.html", '<script type="module" src="/static/x.js"></script>'), INLINE)
    )

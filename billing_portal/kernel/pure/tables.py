"""Cells of files that people open in a spreadsheet. Pure."""

BEGIN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")


def harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula: what begins one is quoted."""
    return f"'{text}" if text.startswith(BEGIN_FORMULAS) else text

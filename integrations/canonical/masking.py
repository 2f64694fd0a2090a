"""How patient data is shown to somebody who did not ask to see it. Pure."""

HIDDEN = "•••"


def masked_name(*, family_name: str, given_name: str) -> str:
    """Enough to tell two people of one list apart: "D•••, J•••"; empty for an unnamed person."""
    parts = [f"{name[0].upper()}{HIDDEN}" for name in (family_name, given_name) if name]
    return ", ".join(parts)


def masked_number(number: str) -> str:
    """The last four characters of a long number: "•••4471"; nothing of a short one."""
    if not number:
        return ""
    return f"{HIDDEN}{number[-4:]}" if len(number) >= 8 else HIDDEN

"""What decided cases do to the books: accounts, periods, templates, journals and their effects.

`INSTALLED` names the modules whose `EFFECTS` belong to no case type; `CasesConfig.ready` registers
them beside those of the types.
"""

INSTALLED: list[str] = [
    "cases.actions.backdating",
    "cases.actions.voiding",
]

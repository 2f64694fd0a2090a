"""Governed configuration: books of rules whose editions a second person releases.

One line here installs a book.
"""

INSTALLED = [
    "cases.actions.books.routing",
    "cases.actions.books.targets",
    "cases.actions.books.priority",
    "cases.actions.books.approvals",
    "cases.types.denial.book",
]

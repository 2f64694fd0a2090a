"""A squash that copies nothing: what many migrations make step by step, made at once.

Django renders every related model anew after each step, which keeps an empty database waiting for
minutes. Here the steps, as they stand in their own files, change the state alone; then each table
is made once, in its last shape. What is no table (guards, functions, rows) follows in the order of
the files. See `docs/decisions/0030-an-empty-database-skips-the-steps.md`.
"""

from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Any

from django.db import models
from django.db.migrations import RunSQL
from django.db.migrations.operations.base import Operation
from django.db.migrations.operations.fields import FieldOperation
from django.db.migrations.operations.models import IndexOperation, ModelOperation
from django.db.migrations.state import ProjectState

OF_TABLES = (ModelOperation, FieldOperation, IndexOperation)
SETTLED = "SET CONSTRAINTS ALL IMMEDIATE; SET CONSTRAINTS ALL DEFERRED"


def at_once(package: str, names: Iterable[str]) -> list[Operation]:
    """The operations of a package's migrations, those of their tables taken together.

    What is no table must not change the state: no `RunSQL` with `state_operations`.
    """
    migrations = [import_module(f"{package}.{name}").Migration.operations for name in names]
    tables = [step for steps in migrations for step in steps if isinstance(step, OF_TABLES)]
    return [AtOnce(tables), *(step for steps in migrations for step in beside(steps))]


def beside(steps: Iterable[Operation]) -> Iterator[Operation]:
    """What one migration does that is no table, and the checks that its end would have made."""
    others = [step for step in steps if not isinstance(step, OF_TABLES)]
    yield from others
    if others:
        yield RunSQL(SETTLED, RunSQL.noop)


class AtOnce(Operation):
    """The tables of an app in the shape that some steps leave them in."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, steps: Sequence[Operation]) -> None:
        self.steps = steps

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return (type(self).__name__, [self.steps], {})

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Every step, before the models are rendered: once and whole, when somebody asks."""
        state.__dict__.pop("apps", None)
        state.is_delayed = False
        for step in self.steps:
            step.state_forwards(app_label, state)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Make the tables, with their keys and indexes: rows come in the same transaction."""
        for model in added(from_state, to_state):
            schema_editor.create_model(model)
        for statement in schema_editor.deferred_sql:
            schema_editor.execute(statement)
        schema_editor.deferred_sql.clear()

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Remove them."""
        for model in reversed(added(to_state, from_state)):
            schema_editor.delete_model(model)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"Make tables at once, by {len(self.steps)} steps"


def added(before: ProjectState, after: ProjectState) -> list[type[models.Model]]:
    """The models that one state has beyond the other."""
    return [after.apps.get_model(*key) for key in after.models if key not in before.models]

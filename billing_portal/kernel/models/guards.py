"""Migration operations that let the database keep what the code promises.

`Track` demands, when a transaction commits, that every change of a row has an equal history row of
that transaction. `AppendOnly` refuses every change of a row, for everybody, and takes the privilege
from the application's role. Both use functions of this package's first migration.
"""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState

from billing_portal.kernel.models.history import OWN_COLUMNS


def app_role() -> str:
    """The role the application connects as."""
    return str(settings.DATABASES["default"]["USER"])


def quote(name: str) -> str:
    """A quoted identifier."""
    return '"' + name.replace('"', '""') + '"'


class GuardOperation(Operation):
    """Something about one model's table that Django's state does not know."""

    reduces_to_sql = True
    reversible = True

    def __init__(self, app_label: str, model: str) -> None:
        self.app_label, self.model = app_label, model

    def state_forwards(self, app_label: str, state: ProjectState) -> None:
        """Nothing: the state has no word for guards."""

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        """For the migration writer."""
        return (type(self).__name__, [self.app_label, self.model], {})

    def model_in(self, state: ProjectState) -> type[models.Model]:
        """The model as of this migration."""
        return state.apps.get_model(self.app_label, self.model)

    def describe(self) -> str:
        """For `migrate --plan`."""
        return f"{type(self).__name__} {self.app_label}.{self.model}"


def make_append_only(schema_editor: Any, table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of a table, by trigger and by privilege."""
    name = quote(table)
    schema_editor.execute(
        f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON {name}"
        " FOR EACH ROW EXECUTE FUNCTION portal_refuse_change()"
    )
    schema_editor.execute(
        f"CREATE TRIGGER append_only_truncate BEFORE TRUNCATE ON {name}"
        " FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change()"
    )
    schema_editor.execute(f"REVOKE UPDATE, DELETE, TRUNCATE ON {name} FROM {quote(app_role())}")


def drop_append_only(schema_editor: Any, table: str) -> None:
    """The reverse of `make_append_only`."""
    name = quote(table)
    schema_editor.execute(f"DROP TRIGGER append_only ON {name}")
    schema_editor.execute(f"DROP TRIGGER append_only_truncate ON {name}")
    schema_editor.execute(f"GRANT UPDATE, DELETE ON {name} TO {quote(app_role())}")


class AppendOnly(GuardOperation):
    """Rows of this model are written once."""

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Guard the table."""
        make_append_only(schema_editor, self.model_in(to_state)._meta.db_table)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Open the table."""
        drop_append_only(schema_editor, self.model_in(from_state)._meta.db_table)


class Track(GuardOperation):
    """Every change of a row of this model has a history row, and history is append-only."""

    def tables(self, state: ProjectState) -> tuple[str, str, list[str]]:
        """Table, history table, and the columns that history leaves out."""
        model = self.model_in(state)
        history = state.apps.get_model(self.app_label, f"Historical{self.model}")
        kept = {field.column for field in history._meta.concrete_fields} - set(OWN_COLUMNS)
        left_out = [f.column for f in model._meta.concrete_fields if f.column not in kept]
        return model._meta.db_table, history._meta.db_table, left_out

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Demand history, deferred to the end of the transaction."""
        table, history, left_out = self.tables(to_state)
        pk = self.model_in(to_state)._meta.pk.column
        arguments = ", ".join(f"'{word}'" for word in [history, pk, *left_out])
        schema_editor.execute(
            f"CREATE CONSTRAINT TRIGGER history_demanded AFTER INSERT OR UPDATE OR DELETE"
            f" ON {quote(table)} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
            f" EXECUTE FUNCTION portal_demand_history({arguments})"
        )
        schema_editor.execute(
            f"CREATE TRIGGER no_truncate BEFORE TRUNCATE ON {quote(table)}"
            " FOR EACH STATEMENT EXECUTE FUNCTION portal_refuse_change()"
        )
        make_append_only(schema_editor, history)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Demand nothing any more."""
        table, history, _left_out = self.tables(from_state)
        schema_editor.execute(f"DROP TRIGGER history_demanded ON {quote(table)}")
        schema_editor.execute(f"DROP TRIGGER no_truncate ON {quote(table)}")
        drop_append_only(schema_editor, history)

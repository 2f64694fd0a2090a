"""Migration operations that let the database keep what the code promises.

`Track` demands, when a transaction commits, that every change of a row has an equal history row of
that transaction. `AppendOnly` refuses every change of a row, for everybody, and takes the privilege
from the application's role. Both use functions of this package's first migration.
See `docs/decisions/0003-history-the-database-demands.md`.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg.conninfo import conninfo_to_dict

from billing_portal.kernel.models.history import OWN_COLUMNS

DEMANDED, NO_TRUNCATE = "history_demanded", "no_truncate"
APPEND_ONLY, APPEND_ONLY_TRUNCATE = "append_only", "append_only_truncate"
STAMPED = "history_stamped"
LONGEST_NAME = 63

# One text for every tracked table, made into a function per table: a statement that PostgreSQL
# plans once is three times as fast as one that a shared function would put together for every row.
# Rows are compared as JSON, so a new column needs no new function. Arguments: the columns that
# history leaves out.
DEMAND_HISTORY = """
CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $guard$
#variable_conflict use_variable
DECLARE
    own constant text[] := '{{{own}}}';
    left_out constant text[] := coalesce(TG_ARGV[0:], '{{}}');
    kind constant text := CASE TG_OP WHEN 'INSERT' THEN '+' WHEN 'UPDATE' THEN '~' ELSE '-' END;
    changed jsonb;
    key {key_type};
    written bigint;
    is_told boolean;
    stands jsonb;
    ends jsonb;
BEGIN
    IF TG_OP = 'DELETE' THEN
        changed := to_jsonb(OLD) - left_out;
    ELSE
        changed := to_jsonb(NEW) - left_out;
        IF TG_OP = 'UPDATE' AND changed = to_jsonb(OLD) - left_out THEN
            RETURN NULL;  -- only columns outside history changed
        END IF;
    END IF;
    key := (changed ->> {key_text})::{key_type};
    SELECT count(*), bool_or(h.history_type = kind AND to_jsonb(h) - own = changed)
        INTO written, is_told
        FROM {history} h WHERE h.{key} = key AND h.history_txid = pg_current_xact_id();
    IF is_told IS NOT TRUE THEN
        RAISE EXCEPTION '% of % without its history', TG_OP, TG_TABLE_NAME
            USING ERRCODE = 'integrity_constraint_violation',
                  HINT = 'Write through the service: it leaves who, when and why.';
    END IF;
    IF written > 1 THEN  -- changed more than once: the last word must be how the row stands
        SELECT to_jsonb(t) - left_out INTO stands FROM {table} t WHERE t.{key} = key;
        SELECT CASE h.history_type WHEN '-' THEN NULL ELSE to_jsonb(h) - own END INTO ends
            FROM {history} h WHERE h.{key} = key ORDER BY h.history_id DESC LIMIT 1;
        IF stands IS DISTINCT FROM ends THEN
            RAISE EXCEPTION 'the history of % ends otherwise than the row', TG_TABLE_NAME
                USING ERRCODE = 'integrity_constraint_violation';
        END IF;
    END IF;
    RETURN NULL;
END $guard$
"""


def app_role() -> str:
    """The role the application connects as."""
    return str(conninfo_to_dict(settings.DATABASE_URL).get("user", ""))


def has_own_role() -> bool:
    """Whether the application's role is another than the owner of the tables.

    Installations with a single role have the triggers alone; `doctor` says so.
    """
    owner = str(conninfo_to_dict(settings.DATABASE_OWNER_URL).get("user", ""))
    return app_role() not in {"", owner}


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


def refuse(schema_editor: Any, table: str, *, name: str, of: str, each: str) -> None:
    """Refuse some statements on a table, for everybody."""
    schema_editor.execute(
        f"CREATE TRIGGER {name} BEFORE {of} ON {quote(table)}"
        f" FOR EACH {each} EXECUTE FUNCTION portal_refuse_change()"
    )


def make_append_only(schema_editor: Any, table: str) -> None:
    """Refuse UPDATE, DELETE and TRUNCATE of a table, by trigger and by privilege."""
    refuse(schema_editor, table, name=APPEND_ONLY, of="UPDATE OR DELETE", each="ROW")
    refuse(schema_editor, table, name=APPEND_ONLY_TRUNCATE, of="TRUNCATE", each="STATEMENT")
    take_privileges(schema_editor, table, "UPDATE, DELETE, TRUNCATE")


def drop_append_only(schema_editor: Any, table: str) -> None:
    """The reverse of `make_append_only`."""
    for trigger in (APPEND_ONLY, APPEND_ONLY_TRUNCATE):
        schema_editor.execute(f"DROP TRIGGER {trigger} ON {quote(table)}")
    give_privileges(schema_editor, table, "UPDATE, DELETE")


def take_privileges(schema_editor: Any, table: str, privileges: str) -> None:
    """Take privileges on a table from the application's role.

    Never from an owner: its own foreign keys would fail.
    """
    if has_own_role():
        schema_editor.execute(f"REVOKE {privileges} ON {quote(table)} FROM {quote(app_role())}")


def give_privileges(schema_editor: Any, table: str, privileges: str) -> None:
    """The reverse of `take_privileges`."""
    if has_own_role():
        schema_editor.execute(f"GRANT {privileges} ON {quote(table)} TO {quote(app_role())}")


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


@dataclass(frozen=True, slots=True)
class TrackedTable:
    """A tracked table, its history, its key and the columns that history leaves out."""

    table: str
    history: str
    key: str
    key_type: str
    left_out: list[str]

    @classmethod
    def of(cls, model: type[models.Model], history: type[models.Model]) -> "TrackedTable":
        """Of a model and its history's model, today's or a migration's."""
        kept = {field.column for field in history._meta.concrete_fields} - set(OWN_COLUMNS)
        key = model._meta.pk
        return cls(
            table=model._meta.db_table,
            history=history._meta.db_table,
            key=str(key.column),
            key_type=str(key.cast_db_type(connection)),
            left_out=[
                str(field.column)
                for field in model._meta.concrete_fields
                if field.column not in kept
            ],
        )

    @property
    def function(self) -> str:
        """The name of the trigger's function. Raises ValueError when it would be cut short."""
        name = f"{self.table}_{DEMANDED}"
        if len(name.encode()) > LONGEST_NAME:
            raise ValueError(f"{self.table} is too long a name for a tracked table.")
        return name

    def statements(self) -> list[str]:
        """The function and triggers that demand history."""
        function = f"public.{quote(self.function)}"
        arguments = ", ".join(f"'{column}'" for column in self.left_out)
        return [
            DEMAND_HISTORY.format(
                function=function,
                own=",".join(OWN_COLUMNS),
                table=f"public.{quote(self.table)}",
                history=f"public.{quote(self.history)}",
                key=quote(self.key),
                key_text=f"'{self.key}'",
                key_type=self.key_type,
            ),
            (
                f"CREATE CONSTRAINT TRIGGER {DEMANDED} AFTER INSERT OR UPDATE OR DELETE"
                f" ON {quote(self.table)} DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
                f" EXECUTE FUNCTION {function}({arguments})"
            ),
            (
                f"CREATE TRIGGER {STAMPED} BEFORE INSERT ON {quote(self.history)}"
                " FOR EACH ROW EXECUTE FUNCTION portal_stamp_history()"
            ),
        ]


class Track(GuardOperation):
    """Every change of a row of this model has a history row, and history is append-only."""

    def table_in(self, state: ProjectState) -> TrackedTable:
        """The table as of this migration."""
        history = state.apps.get_model(self.app_label, f"Historical{self.model}")
        return TrackedTable.of(self.model_in(state), history)

    def database_forwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Demand history, deferred to the end of the transaction."""
        tracked = self.table_in(to_state)
        for statement in tracked.statements():
            schema_editor.execute(statement, params=None)
        refuse(schema_editor, tracked.table, name=NO_TRUNCATE, of="TRUNCATE", each="STATEMENT")
        make_append_only(schema_editor, tracked.history)

    def database_backwards(
        self, app_label: str, schema_editor: Any, from_state: ProjectState, to_state: ProjectState
    ) -> None:
        """Demand nothing any more."""
        tracked = self.table_in(from_state)
        for trigger in (DEMANDED, NO_TRUNCATE):
            schema_editor.execute(f"DROP TRIGGER {trigger} ON {quote(tracked.table)}")
        schema_editor.execute(f"DROP TRIGGER {STAMPED} ON {quote(tracked.history)}")
        schema_editor.execute(f"DROP FUNCTION public.{quote(tracked.function)}()")
        drop_append_only(schema_editor, tracked.history)

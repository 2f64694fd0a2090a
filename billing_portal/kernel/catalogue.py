"""What the database's catalogue says about the guards, compared with what the models promise.

For `doctor` and for the tests: a trigger that was dropped or switched off, a column that history
leaves out without the guard knowing, a privilege that the application's role should not have.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection, models

from billing_portal.kernel.checks import append_only_models, tracked_models
from billing_portal.kernel.models.guards import (
    APPEND_ONLY,
    APPEND_ONLY_TRUNCATE,
    DEMANDED,
    NO_TRUNCATE,
    STAMPED,
    TrackedTable,
    app_role,
    has_own_role,
)

TRIGGERS = """
SELECT c.relname, t.tgname, t.tgenabled IN ('O', 'A'),
       string_to_array(encode(t.tgargs, 'escape'), '\\000')
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
"""
TABLES = """
SELECT c.relname, pg_get_userbyid(c.relowner) = %(role)s,
       array(SELECT p FROM unnest(ARRAY['UPDATE', 'DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) p
             WHERE has_table_privilege(%(role)s, c.oid, p))
FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
"""
ROLE = """
SELECT rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication OR rolbypassrls
       OR has_schema_privilege(rolname, 'public', 'CREATE')
FROM pg_roles WHERE rolname = %(role)s
"""
NEVER = {"TRUNCATE", "TRIGGER", "REFERENCES"}


@dataclass(frozen=True, slots=True)
class Trigger:
    """A trigger as the catalogue has it."""

    is_on: bool
    arguments: list[str]


def gaps() -> list[str]:
    """Every promise about the record that this database does not keep, in words."""
    return [*trigger_gaps(), *privilege_gaps()]


def trigger_gaps() -> Iterator[str]:
    """Tables whose guards are missing, off or out of date."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS)
        found = {(row[0], row[1]): Trigger(row[2], row[3][:-1]) for row in cursor.fetchall()}
    for table, name in wanted_triggers():
        trigger = found.get((table, name))
        if trigger is None:
            yield f"{table} has no trigger {name}."
        elif not trigger.is_on:
            yield f"The trigger {name} of {table} is switched off."
    for tracked in map(tracked_table, tracked_models()):
        trigger = found.get((tracked.table, DEMANDED))
        if trigger is not None and sorted(trigger.arguments) != sorted(tracked.left_out):
            yield f"{DEMANDED} of {tracked.table} leaves out other columns than its history."


def wanted_triggers() -> Iterator[tuple[str, str]]:
    """Table and trigger of every guard that the models promise."""
    facts = [model._meta.db_table for model in append_only_models()]
    for tracked in map(tracked_table, tracked_models()):
        yield from ((tracked.table, DEMANDED), (tracked.table, NO_TRUNCATE))
        yield tracked.history, STAMPED
        facts.append(tracked.history)
    for table in facts:
        yield from ((table, APPEND_ONLY), (table, APPEND_ONLY_TRUNCATE))


def tracked_table(model: type[models.Model]) -> TrackedTable:
    """The table of a tracked model of today."""
    return TrackedTable.of(model, model.history.model)  # type: ignore[attr-defined]


def privilege_gaps() -> Iterator[str]:
    """What the application's role may do that it should not be able to."""
    role = app_role()
    if not has_own_role():
        yield "The application connects as the owner of the tables: guards are triggers alone."
        return
    with connection.cursor() as cursor:
        cursor.execute(ROLE, {"role": role})
        if any(is_mighty for (is_mighty,) in cursor.fetchall()):
            yield f"The role {role} may do more than read and write rows."
        cursor.execute(TABLES, {"role": role})
        tables = cursor.fetchall()
    kept = {model._meta.db_table for model in append_only_models()}
    kept |= {tracked_table(model).history for model in tracked_models()}
    for table, is_owner, privileges in tables:
        refused = NEVER | ({"UPDATE", "DELETE"} if table in kept else set())
        if is_owner:
            yield f"{table} belongs to the role {role}."
        elif too_many := sorted(refused & set(privileges)):
            yield f"The role {role} may {', '.join(too_many)} on {table}."

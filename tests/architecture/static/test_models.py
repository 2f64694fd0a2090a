"""What every table promises, read from the models."""

import ast
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.db import models

from billing_portal.kernel.models.bases import AppendOnlyModel, is_choice
from tests.architecture.tree import Source, sources

APPS = ("accounts", "access", "audit", "integrations", "cases")
MODELS = [model for label in APPS for model in apps.get_app_config(label).get_models()]
OURS = [model for model in MODELS if not hasattr(model, "instance_type")]


def unconstrained(model: type[models.Model]) -> Iterator[str]:
    """Choice columns that the database would let hold anything."""
    conditions = " ".join(
        str(each.condition)
        for each in model._meta.constraints
        if isinstance(each, models.CheckConstraint)
    )
    for field in model._meta.concrete_fields:
        if field.choices and f"{field.name}__in" not in conditions:
            yield f"{model._meta.label}.{field.name}"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_choice_columns_are_constrained_in_the_database(model):
    assert list(unconstrained(model)) == []


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_amounts_are_exact(model):
    assert not [f for f in model._meta.concrete_fields if isinstance(f, models.FloatField)]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_every_constraint_and_index_has_a_name_of_its_own(model):
    names = [each.name for each in [*model._meta.constraints, *model._meta.indexes]]

    assert all(names)
    assert len(names) == len(set(names))


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_a_fact_keeps_no_history_since_it_never_changes(model):
    assert not (issubclass(model, AppendOnlyModel) and hasattr(model, "history"))


def test_history_is_kept_of_what_people_decide():
    tracked = {model._meta.label for model in OURS if hasattr(model, "history")}

    assert {
        "cases.Case",
        "cases.Queue",
        "cases.RoutingRule",
        "integrations.Claim",
        "integrations.Patient",
        "integrations.Source",
        "accounts.User",
        "accounts.Membership",
    } <= tracked


class Worded(models.Model):
    class Meta:
        abstract = True

    def __str__(self) -> str:
        return ""


def test_an_unconstrained_choice_would_be_found():
    class Words(models.TextChoices):
        ONE = "one"

    class Loose(Worded):
        word = models.TextField(choices=Words.choices)

        class Meta:
            app_label = "architecture"

    class Tight(Worded):
        word = models.TextField(choices=Words.choices)

        class Meta:
            app_label = "architecture"
            constraints = [models.CheckConstraint(condition=is_choice("word", Words), name="tight")]

    assert list(unconstrained(Loose)) == ["architecture.Loose.word"]
    assert list(unconstrained(Tight)) == []


def modules_with_tables(package: str) -> Iterator[Source]:
    """Modules of a package that define concrete models."""
    for source in sources(package):
        if re.search(r"(^|/)models(/|\.py$)", source.path) and any(map(is_table, source.tree.body)):
            yield source


def is_table(node: ast.stmt) -> bool:
    return isinstance(node, ast.ClassDef) and any(
        ast.unparse(base).endswith(("Model", "PermissionBase")) for base in node.bases
    )


@pytest.mark.parametrize("package", ["cases", "integrations"])
def test_every_model_is_gathered(package):
    """`<package>/models.py` imports each package of tables, so that Django knows them early."""
    (gathering,) = [each for each in sources(package) if each.path == f"{package}/models.py"]
    imported = {
        module
        for node in ast.walk(gathering.tree)
        for module in (
            [node.module or ""]
            if isinstance(node, ast.ImportFrom)
            else [name.name for name in getattr(node, "names", []) if isinstance(node, ast.Import)]
        )
    }

    missed = [
        each.path
        for each in modules_with_tables(package)
        if each.path != gathering.path
        and not any(each.module == name or each.module.startswith(f"{name}.") for name in imported)
    ]
    assert missed == []


def test_nobody_imports_the_gathering_modules():
    importers = [
        each.path
        for each in sources()
        if re.search(
            r"from (cases|integrations)\.models import|import (cases|integrations)\.models",
            each.text,
        )
    ]

    assert importers == []

"""Every model has a factory; every module that decides or writes has a test of its own name."""

import importlib
import pkgutil
import re
from pathlib import Path

import factory
from django.apps import apps

from tests.architecture.static.test_models import OURS
from tests.architecture.tree import ROOT, Source, sources

DECIDES = re.compile(
    r"""(^|/)(services|policy|rules|lifecycle|queries|delivery|conditions|business_time|detect|fold
        |steps|details|fields|visibility|grants|roles|leases|applying|crosswalks|masking|reader)\.py$
    |/services/[a-z_]+\.py$
    |^cases/actions/[a-z_]+\.py$
    """,
    re.VERBOSE,
)
THROUGH_TABLES = {"QueueGroupObjectPermission", "FacilityGroupObjectPermission"}


def gathered() -> set[str]:
    """The models for which there is a factory."""
    folder = ROOT / "tests" / "factories"
    for module in pkgutil.iter_modules([str(folder)]):
        importlib.import_module(f"tests.factories.{module.name}")
    found = set()
    todo = [factory.django.DjangoModelFactory]
    while todo:
        for made in todo.pop().__subclasses__():
            todo.append(made)
            if made._meta.model is not None:
                found.add(made._meta.get_model_class()._meta.label)
    return found


def test_every_model_has_a_factory():
    wanted = {model._meta.label for model in OURS if model.__name__ not in THROUGH_TABLES}

    assert sorted(wanted - gathered()) == []


def mirror(source: Source) -> Path:
    """Where a module's test lives: the same package below `tests`, `test_` before its name."""
    path = Path(source.path)
    return ROOT / "tests" / path.parent / f"test_{path.name}"


def deciding() -> list[Source]:
    return [
        each
        for each in sources()
        if DECIDES.search(each.path) and not each.path.endswith("__init__.py")
    ]


def test_every_module_that_decides_has_a_mirror_test():
    missing = [mirror(each) for each in deciding() if not mirror(each).is_file()]

    assert [str(path.relative_to(ROOT)) for path in missing] == []


def test_a_module_without_one_would_be_noticed():
    assert not mirror(Source("cases/sla/services/never_written.py", "")).is_file()
    assert DECIDES.search("cases/sla/services/never_written.py")


def test_history_models_need_no_factory():
    assert not [m for m in OURS if m.__name__.startswith("Historical")]
    assert apps.get_model("cases", "HistoricalCase") is not None

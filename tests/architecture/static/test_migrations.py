"""The migrations make the models, whole."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

from billing_portal.kernel.models.at_once import AtOnce

OURS = {"kernel", "accounts", "access", "audit", "integrations", "cases"}


def missing(models: ProjectState, written: ProjectState | None = None) -> dict[str, list[str]]:
    """What `makemigrations` would write for our apps, by app."""
    written = written or MigrationLoader(None).project_state()
    detector = MigrationAutodetector(
        written, models, NonInteractiveMigrationQuestioner(specified_apps=OURS, dry_run=True)
    )
    changes = detector.changes(graph=MigrationLoader(None).graph)
    return {
        app: [operation.describe() for migration in found for operation in migration.operations]
        for app, found in changes.items()
        if app in OURS
    }


def test_no_migration_is_missing():
    assert missing(ProjectState.from_apps(apps)) == {}


def test_a_changed_model_would_be_noticed():
    models = ProjectState.from_apps(apps)
    models.models["cases", "queue"] = ModelState(
        "cases",
        "Queue",
        [(n, f) for n, f in models.models["cases", "queue"].fields.items() if n != "team"],
    )

    assert missing(models)["cases"]


def test_each_app_has_one_last_migration():
    assert MigrationLoader(None).detect_conflicts() == {}


def squashes(loader: MigrationLoader) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The squashes on disk, and the steps that each stands for."""
    found = loader.disk_migrations.items()
    return {key: migration.replaces for key, migration in found if migration.replaces}


def test_an_empty_database_takes_no_step_that_a_squash_stands_for():
    loader = MigrationLoader(None)
    plan = {key for leaf in loader.graph.leaf_nodes() for key in loader.graph.forwards_plan(leaf)}
    stood_for = squashes(loader)

    assert {app for app, _ in stood_for} == {"integrations", "cases"}
    assert set(stood_for) <= plan
    for (app, name), steps in stood_for.items():
        assert name == f"{steps[0][1]}_squashed_{steps[-1][1]}".replace("_initial", "")
        before = {key for key in loader.disk_migrations if key[0] == app and key <= steps[-1]}
        assert before - {(app, name)} == set(steps)
        assert not plan & set(steps)


def test_a_squash_leaves_the_models_that_its_steps_leave():
    loader = MigrationLoader(None, replace_migrations=False)

    for squash, steps in squashes(loader).items():
        at_once, by_steps = loader.project_state([squash]), loader.project_state([steps[-1]])
        assert isinstance(loader.disk_migrations[squash].operations[0], AtOnce)
        assert squash[0] not in missing(by_steps, at_once)
        assert columns(by_steps, squash[0]) == columns(at_once, squash[0])


def columns(state: ProjectState, app: str) -> dict[str, list[str]]:
    """The fields of an app's models, in the order of their columns."""
    return {key[1]: list(model.fields) for key, model in state.models.items() if key[0] == app}


def test_later_migrations_follow_steps_so_that_a_squash_may_grow():
    loader = MigrationLoader(None)
    follow = {key for each in loader.disk_migrations.values() for key in each.dependencies}

    assert not follow & set(squashes(loader))

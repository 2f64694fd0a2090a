"""The migrations make the models, whole."""

from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ModelState, ProjectState

OURS = {"kernel", "accounts", "access", "audit", "integrations", "cases"}


def missing(models: ProjectState) -> dict[str, list[str]]:
    """What `makemigrations` would write for our apps, by app."""
    written = MigrationLoader(None).project_state()
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

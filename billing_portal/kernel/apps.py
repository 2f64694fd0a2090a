"""The kernel as a Django app: it brings the guard functions into the database."""

from django.apps import AppConfig


class KernelConfig(AppConfig):
    """The kernel."""

    name = "billing_portal.kernel"
    label = "kernel"

    def ready(self) -> None:
        from billing_portal.kernel import checks  # noqa: F401 -- registers the checks

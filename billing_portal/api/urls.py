"""The addresses under `/api/v1/`."""

from django.urls import URLPattern, URLResolver, path, re_path
from drf_spectacular.views import SpectacularAPIView
from rest_framework.routers import SimpleRouter

from billing_portal.api import schema  # noqa: F401 -- registers how to sign in, for the description
from billing_portal.api.docs import Documentation
from billing_portal.api.nothing import Nothing
from cases.api.appeals import AppealViewSet
from cases.api.approvals import ApprovalViewSet
from cases.api.bulk import BatchViewSet
from cases.api.calendars import CalendarViewSet
from cases.api.cases import CaseViewSet
from cases.api.creditlists import CreditViewSet
from cases.api.delegations import DelegationViewSet
from cases.api.editions import EditionViewSet
from cases.api.emergencies import EmergencyViewSet
from cases.api.jobs import JobViewSet
from cases.api.notifications import NotificationViewSet
from cases.api.projects import ProjectViewSet
from cases.api.quality import ReviewViewSet
from cases.api.queues import QueueViewSet
from cases.api.saved import SavedViewViewSet
from cases.api.team import TeamViewSet
from cases.api.ways import WayViewSet
from integrations.api.claims import ClaimViewSet
from integrations.api.messages import MessageViewSet
from integrations.api.outbox import OutboxViewSet
from integrations.api.remittances import RemittanceViewSet

app_name = "api"

router = SimpleRouter()
router.register("cases", CaseViewSet, basename="case")
router.register("appeals", AppealViewSet, basename="appeal")
router.register("ways", WayViewSet, basename="way")
router.register("approvals", ApprovalViewSet, basename="approval")
router.register("delegations", DelegationViewSet, basename="delegation")
router.register("emergencies", EmergencyViewSet, basename="emergency")
router.register("credits", CreditViewSet, basename="credit")
router.register("projects", ProjectViewSet, basename="project")
router.register("queues", QueueViewSet, basename="queue")
router.register("bulk", BatchViewSet, basename="batch")
router.register("reviews", ReviewViewSet, basename="review")
router.register("team", TeamViewSet, basename="team")
router.register("calendars", CalendarViewSet, basename="calendar")
router.register("editions", EditionViewSet, basename="edition")
router.register("views", SavedViewViewSet, basename="view")
router.register("jobs", JobViewSet, basename="job")
router.register("notifications", NotificationViewSet, basename="notification")
router.register("claims", ClaimViewSet, basename="claim")
router.register("remittances", RemittanceViewSet, basename="remittance")
router.register("messages", MessageViewSet, basename="message")
router.register("outbox", OutboxViewSet, basename="outbox")

urlpatterns: list[URLPattern | URLResolver] = [
    *router.urls,
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", Documentation.as_view(url_name="api:schema"), name="docs"),
    re_path(r"^.*$", Nothing.as_view(), name="nothing"),
]

"""Every address of the portal."""

from django.contrib import admin
from django.urls import include, path

from billing_portal import health

urlpatterns = [
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("healthz/work", health.work, name="healthz_work"),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("billing_portal.api.urls")),
    path("ops/", include("integrations.ops.urls")),
    path("", include("cases.web.urls")),
]

handler400 = "billing_portal.api.lastresort.bad_request"
handler403 = "cases.web.views.errors.permission_denied"
handler404 = "cases.web.views.errors.not_found"
handler500 = "billing_portal.api.lastresort.server_error"

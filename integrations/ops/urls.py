"""The operators' addresses."""

from django.urls import path

from integrations.ops import views

app_name = "ops"

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<uuid:public_id>/", views.message, name="message"),
    path("messages/<uuid:public_id>/download/", views.download, name="download"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/<slug:reason>/", views.cause, name="cause"),
    path("quarantine/<slug:reason>/replay/", views.replay_cause, name="replay_cause"),
]

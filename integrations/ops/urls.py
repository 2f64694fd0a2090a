"""The operators' addresses."""

from django.urls import path

from integrations.ops import outbox, views

app_name = "ops"

urlpatterns = [
    path("messages/", views.messages, name="messages"),
    path("messages/<uuid:public_id>/", views.message, name="message"),
    path("messages/<uuid:public_id>/download/", views.download, name="download"),
    path("quarantine/", views.quarantine, name="quarantine"),
    path("quarantine/<slug:reason>/", views.cause, name="cause"),
    path("quarantine/<slug:reason>/replay/", views.replay_cause, name="replay_cause"),
    path("outbox/", outbox.outbox, name="outbox"),
    path("outbox/<uuid:public_id>/", outbox.sending, name="sending"),
    path("outbox/<uuid:public_id>/<slug:verb>/", outbox.decide, name="decide_sending"),
    path("outbox/waiting/", outbox.stuck, name="stuck"),
    path("outbox/waiting/<slug:code>/", outbox.stuck_cause, name="stuck_cause"),
    path("outbox/waiting/<slug:code>/replay/", outbox.replay_stuck, name="replay_stuck"),
]

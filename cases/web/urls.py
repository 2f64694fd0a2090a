"""The addresses of the portal's own pages."""

from django.urls import path

from cases.web.views import (
    case,
    home,
    imports,
    inbox,
    jobs,
    notices,
    people,
    queue,
    search,
    undo,
    verbs,
)

app_name = "cases"

CASE = "cases/<uuid:public_id>/"

urlpatterns = [
    path("", home.home, name="home"),
    path("ping/", home.ping, name="ping"),
    path("work/", queue.mine, name="mine"),
    path("queues/all/", queue.everything, name="all"),
    path("queues/<slug:slug>/", queue.one, name="queue"),
    path("cases/claim-next/", verbs.claim_next, name="claim_next"),
    path(CASE, case.show, name="case"),
    path(f"{CASE}claim/", verbs.Claim.as_view(), name="claim"),
    path(f"{CASE}assign/", verbs.Assign.as_view(), name="assign"),
    path(f"{CASE}release/", verbs.Release.as_view(), name="release"),
    path(f"{CASE}transfer/", verbs.Transfer.as_view(), name="transfer"),
    path(f"{CASE}defer/", verbs.Defer.as_view(), name="defer"),
    path(f"{CASE}wait-payer/", verbs.WaitPayer.as_view(), name="wait_payer"),
    path(f"{CASE}wait-info/", verbs.WaitInfo.as_view(), name="wait_info"),
    path(f"{CASE}resume/", verbs.Resume.as_view(), name="resume"),
    path(f"{CASE}comment/", verbs.Comment.as_view(), name="comment"),
    path(f"{CASE}step/", verbs.Step.as_view(), name="step"),
    path(f"{CASE}attach/", verbs.Attach.as_view(), name="attach"),
    path(f"{CASE}resolve/", verbs.Resolve.as_view(), name="resolve"),
    path(f"{CASE}reopen/", verbs.Reopen.as_view(), name="reopen"),
    path(f"{CASE}undo/", undo.undo, name="undo"),
    path(f"{CASE}reveal/", case.Reveal.as_view(), name="reveal"),
    path("attachments/<uuid:public_id>/", case.attachment, name="attachment"),
    path("inbox/", inbox.inbox, name="inbox"),
    path("inbox/done/", inbox.finish_all, name="inbox_done"),
    path("inbox/settings/", inbox.wishes, name="inbox_settings"),
    path("inbox/<uuid:public_id>/open/", inbox.follow, name="inbox_open"),
    path("inbox/<uuid:public_id>/done/", inbox.finish, name="inbox_finish"),
    path("inbox/<uuid:public_id>/again/", inbox.take_up, name="inbox_again"),
    path("notices/", notices.notices, name="notices"),
    path("notices/<int:pk>/clear/", notices.clear, name="notice_clear"),
    path("search/", search.search, name="search"),
    path("imports/", imports.imports, name="imports"),
    path("imports/result/", imports.result, name="import_result"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:public_id>/", jobs.job, name="job"),
    path("jobs/<uuid:public_id>/stop/", jobs.stop, name="job_stop"),
    path("settings/", people.settings, name="settings"),
    path("keyboard/", people.keys, name="keys"),
]

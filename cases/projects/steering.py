"""Who may begin projects, and who may change one."""

from billing_portal.access.duties import READS_ONLY
from billing_portal.access.grants import scope_ids
from billing_portal.accounts.models import User
from cases.projects.models import Project, ProjectCase
from cases.work.visibility import LEAD_QUEUE, WORK_QUEUE, MayNotWork, scope_of


def require_worker(user: User) -> None:
    """Raises MayNotWork unless somebody works queues and does not only read."""
    if not user.is_active or not scope_ids(user, WORK_QUEUE) or READS_ONLY in user.role_names:
        message = f"{user} works no queue, so projects are not theirs."
        raise MayNotWork(message)


def may_steer(user: User, project: Project) -> bool:
    """Whether somebody may change a project: its owner, and who leads a queue of its cases."""
    if project.owner_id == user.pk and user.is_active:
        return True
    led = scope_ids(user, LEAD_QUEUE)
    facilities = scope_of(user).facilities
    members = ProjectCase.objects.filter(project=project)
    return members.filter(case__queue__in=led, case__facility__in=facilities).exists()

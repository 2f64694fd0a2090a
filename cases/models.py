"""Gathers the tables of this app for Django; nobody imports it."""

from cases.approvals.models import *  # noqa: F403 -- Django looks for models here
from cases.bulk.models import *  # noqa: F403 -- Django looks for models here
from cases.collaboration.models import *  # noqa: F403 -- Django looks for models here
from cases.detection.models import *  # noqa: F403 -- Django looks for models here
from cases.editions.models import *  # noqa: F403 -- Django looks for models here
from cases.effects.models import *  # noqa: F403 -- Django looks for models here
from cases.evidence.models import *  # noqa: F403 -- Django looks for models here
from cases.jobs.models import *  # noqa: F403 -- Django looks for models here
from cases.joining.models import *  # noqa: F403 -- Django looks for models here
from cases.notices.models import *  # noqa: F403 -- Django looks for models here
from cases.payers.models import *  # noqa: F403 -- Django looks for models here
from cases.priority.models import *  # noqa: F403 -- Django looks for models here
from cases.projects.models import *  # noqa: F403 -- Django looks for models here
from cases.quality.models import *  # noqa: F403 -- Django looks for models here
from cases.routing.models import *  # noqa: F403 -- Django looks for models here
from cases.sla.models import *  # noqa: F403 -- Django looks for models here
from cases.types.denial.appeals.models import *  # noqa: F403 -- Django looks for models here
from cases.types.denial.models import *  # noqa: F403 -- Django looks for models here
from cases.types.emergency_access.models import *  # noqa: F403 -- Django looks for models here
from cases.types.invoice_exception.models import *  # noqa: F403 -- Django looks for models here
from cases.types.payment_variance.models import *  # noqa: F403 -- Django looks for models here
from cases.types.refund.models import *  # noqa: F403 -- Django looks for models here
from cases.types.small_balance.models import *  # noqa: F403 -- Django looks for models here
from cases.views.models import *  # noqa: F403 -- Django looks for models here
from cases.work.models import *  # noqa: F403 -- Django looks for models here

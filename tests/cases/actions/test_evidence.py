from datetime import timedelta

from django.core.files.base import ContentFile

from cases.actions import evidence, working
from cases.work.models import Lease
from tests.cases.evidence.test_filetypes import PDF
from tests.factories.cases import OPENED


def test_attaching_a_file_keeps_one_at_the_case(case, worker, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    claimed = working.claim(case=case, by=worker, at=OPENED + timedelta(hours=1), seen_version=1)
    before = Lease.objects.get(case=case).until

    kept = evidence.attach(case=claimed, by=worker, file=ContentFile(PDF, name="proof.pdf"))

    assert kept.case == case
    assert Lease.objects.get(case=case).until > before

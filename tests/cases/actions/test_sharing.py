import pytest

from cases.actions import sharing
from cases.collaboration.models import CaseLink
from cases.collaboration.queries import is_watching, labels_on
from cases.collaboration.services import LinkRefused
from cases.collaboration.vocabulary import LinkKind
from tests.factories.cases import CaseFactory
from tests.factories.sharing import LabelFactory

pytestmark = pytest.mark.django_db


def test_people_watch_link_and_label(case, worker):
    other = CaseFactory(queue=case.queue, facility=case.facility)
    label = LabelFactory()

    sharing.watch(case=case, by=worker)
    made = sharing.link(case=case, other=other, kind=LinkKind.BLOCKS, by=worker, reason="Same")
    sharing.set_labels(case=case, labels=[label], by=worker)

    assert is_watching(worker, case)
    assert labels_on(case) == [label]

    sharing.unlink(link=made, case=case, by=worker, reason="Not the same")
    sharing.unwatch(case=case, by=worker)

    assert not CaseLink.objects.exists()
    assert not is_watching(worker, case)


@pytest.mark.parametrize("kind", [LinkKind.MERGED, LinkKind.SPLIT])
def test_merging_and_splitting_are_not_linked_by_hand(case, worker, kind):
    other = CaseFactory(queue=case.queue, facility=case.facility)

    with pytest.raises(LinkRefused):
        sharing.link(case=case, other=other, kind=kind, by=worker, reason="No")

    assert not CaseLink.objects.exists()

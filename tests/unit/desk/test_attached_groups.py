"""A rehearsal plays what a plan deployed: its groups of tranches too, by the same people."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from salvor.demo import prepare
from salvor.rehearsal import attached
from tests.utils.worked import set_worked


class Named:
    """A lab's contracts by name, as a project has them."""

    def __init__(self, lab):
        self._lab = lab

    def __getattr__(self, name):
        return SimpleNamespace(at=partial(self._lab.at, name))


@pytest.fixture(scope="module")
def worked(tmp_path_factory, request):
    file = request.config.rootpath / Path("deals/two-speeds/deal.yaml")
    made = set_worked(prepare(file, tape_file=None, out=tmp_path_factory.mktemp("two")), request.config.rootpath)
    yield made
    made.lab.close()


def test_groups_are_attached_with_the_deal(worked):
    people = replace(worked.live.parties, owner=worked.outsider)
    there = attached(worked.live, Named(worked.lab), replace(worked.live, parties=people, first_block=7))
    [planned], [quick] = worked.live.liquidation.groups, there.liquidation.groups
    assert (quick.parties, quick.first_block) == (people, 7)
    assert (quick.pool.address, quick.waterfall.address) == (planned.pool.address, planned.waterfall.address)
    assert quick.pool is not planned.pool
    assert [note.address for note in quick.notes] == [note.address for note in planned.notes]

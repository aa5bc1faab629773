"""A vault of each kind over one note."""

import pytest

from tests.utils.vaulted import KINDS, PAYING, REINVESTING, supervised, vaulted


@pytest.fixture(params=KINDS)
def either(request, lab):
    """What must hold of both kinds."""
    return vaulted(lab, request.param)


@pytest.fixture(params=KINDS)
def watched(request, lab):
    """Of both kinds, over a token with ERC-3643's pause and freezes."""
    return supervised(lab, request.param)


@pytest.fixture
def paying(lab):
    return vaulted(lab, PAYING)


@pytest.fixture
def reinvesting(lab):
    return vaulted(lab, REINVESTING)


@pytest.fixture
def holder(lab):
    return lab.actor("holder")


@pytest.fixture
def other(lab):
    return lab.actor("other")


@pytest.fixture
def third(lab):
    return lab.actor("third")


@pytest.fixture
def outsider(lab):
    return lab.actor("outsider")

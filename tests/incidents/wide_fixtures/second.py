"""Another module with other funds, and a second chain."""

import pytest
from conftest import HOLDER, OTHER, money


@pytest.fixture(scope="module")
def funded(note):
    note.mint(HOLDER, 7, sender=HOLDER)
    yield note
    assert note.balanceOf(HOLDER) in (7, 10)


@pytest.fixture(scope="module")
def funded_there(other_note, funded):
    other_note.mint(HOLDER, 2 * funded.balanceOf(HOLDER), sender=HOLDER)
    return other_note


@pytest.fixture(scope="module")
def same_lab(shared_lab, note):
    note.mint(HOLDER, 3, sender=HOLDER)
    return shared_lab


def test_funds_here(funded):
    assert money(funded) == (7, 0)
    funded.transfer(OTHER, 7, sender=HOLDER)


def test_two_chains(shared_lab, other_lab, funded_there, note):
    assert (money(note), money(funded_there)) == ((7, 0), (14, 0))
    funded_there.transfer(OTHER, 1, sender=HOLDER)


def test_the_other_chain_only(other_note):
    assert money(other_note) == (0, 0)
    other_note.mint(OTHER, 5, sender=HOLDER)


def test_a_chain_of_its_own(lab, funded):
    lab.deploy("SettlementToken", "Own", "O", 2, sender=lab.actor("issuer"))
    assert money(funded) == (7, 0)


def test_late_here(late, note):
    assert (late, money(note)) == (0, (0, 1_000))


def test_the_same_lab_by_another_name(same_lab, funded):
    assert money(funded) == (10, 0)


class TestOfAnotherClass:
    @pytest.fixture(scope="class")
    def late(self, request):
        return request.getfixturevalue("late")

    def test_funds_ahead(self, funded):
        assert money(funded) == (7, 0)

    def test_late_in_its_body(self, request):
        assert request.getfixturevalue("late") == 0
        assert money(request.getfixturevalue("note")) == (0, 1_000)

"""Wide fixtures on Ape's chain, under Ape's own isolation: a session fixture deploys, narrower ones fund.

What Ape 0.8.51 does right is shown here. It also adds up the parameters of a wide fixture, leaves what a module or a
session fixture did to tests that do not ask for it, as the order has it, and warns of a session fixture that comes
late; with `shared_lab` none of this matters (`test_h01_wide_fixtures_vanish.py`).
"""

import pytest


@pytest.fixture(scope="session")
def note(project, accounts):
    return accounts[0].deploy(project.SettlementToken, "Note", "N", 2)


@pytest.fixture(scope="module")
def funded(note, accounts):
    note.mint(accounts[1], 100, sender=accounts[1])
    return note


def test_spends(funded, accounts):
    funded.transfer(accounts[2], 40, sender=accounts[1])
    assert (funded.balanceOf(accounts[1]), funded.balanceOf(accounts[2])) == (60, 40)


def test_finds_the_funds_again(funded, accounts):
    assert (funded.balanceOf(accounts[1]), funded.balanceOf(accounts[2])) == (100, 0)


class TestOfAClass:
    @pytest.fixture(scope="class")
    def topped_up(self, funded, accounts):
        funded.mint(accounts[1], 11, sender=accounts[1])

    def test_spends_the_top(self, topped_up, funded, accounts):
        funded.transfer(accounts[2], 111, sender=accounts[1])
        assert funded.balanceOf(accounts[1]) == 0

    def test_finds_it_again(self, topped_up, funded, accounts):
        assert funded.balanceOf(accounts[1]) == 111


def test_after_the_class(funded, accounts):
    assert funded.balanceOf(accounts[1]) == 100

"""A module that funds the session's note, in every way that fixtures can ask for each other."""

import pytest
from conftest import HOLDER, OTHER, money


@pytest.fixture(scope="module")
def funded(shared_lab, note):
    note.mint(HOLDER, 100, sender=HOLDER)
    shared_lab.wait(1_000)
    return note


@pytest.fixture(scope="module", params=[3, 5])
def tranche(request, note):
    note.mint(OTHER, request.param, sender=OTHER)
    return request.param


@pytest.fixture(scope="module")
def unforeseen(request):
    note = request.getfixturevalue("note")
    supply = note.totalSupply()
    note.mint(OTHER, 20, sender=OTHER)
    return supply


@pytest.fixture(scope="module")
def around(request, note):
    note.mint(OTHER, 1, sender=OTHER)
    request.getfixturevalue("funded")
    assert request.getfixturevalue("late") == 101
    note.mint(OTHER, 2, sender=OTHER)


@pytest.fixture(scope="module")
def around_tranche(request, note):
    note.mint(OTHER, 10, sender=OTHER)
    size = request.getfixturevalue("tranche")
    note.mint(OTHER, 10 * size, sender=OTHER)
    return size


@pytest.fixture
def spent(funded):
    funded.transfer(OTHER, 40, sender=HOLDER)
    yield
    assert funded.balanceOf(HOLDER) == 60


@pytest.fixture
def balances(request):
    return money(request.getfixturevalue("note"))


def test_spends(spent, funded):
    assert money(funded) == (60, 40)


def test_finds_the_funds_again(funded):
    assert money(funded) == (100, 0)
    funded.transfer(OTHER, 100, sender=HOLDER)


def test_without_funds(note):
    assert money(note) == (0, 0)


def test_asks_for_a_late_one(funded, late):
    assert (late, money(funded)) == (0, (100, 1_000))


def test_funds_then_tranche(funded, tranche):
    assert money(funded) == (100, tranche)


def test_tranche_then_funds(tranche, funded, late):
    assert money(funded) == (100, 1_000 + tranche)


def test_around_tranche(around_tranche, tranche, note):
    assert (around_tranche, money(note)) == (tranche, (0, 10 + 11 * tranche))


def test_after_the_unforeseen(unforeseen, funded):
    assert (unforeseen, money(funded)) == (0, (100, 20))


def test_unforeseen(unforeseen, note):
    assert (unforeseen, money(note)) == (0, (0, 20))
    note.mint(OTHER, 5, sender=OTHER)


def test_unforeseen_again(unforeseen):
    assert unforeseen == 0


def test_before_the_unforeseen(funded, unforeseen):
    assert (unforeseen, money(funded)) == (100, (100, 20))


def test_built_in_the_middle_of_another(around, note):
    assert money(note) == (100, 1_003)


def test_asks_in_its_body(request, note):
    note.mint(HOLDER, 1, sender=HOLDER)
    assert request.getfixturevalue("unforeseen") == 1
    assert money(request.getfixturevalue("funded")) == (101, 20)


def test_asks_for_everything_in_its_body(request):
    assert money(request.getfixturevalue("note")) == (0, 0)
    request.getfixturevalue("around")
    assert money(request.getfixturevalue("note")) == (100, 1_003)


def test_finds_what_is_around_something_in_its_body(request):
    request.getfixturevalue("around")
    assert money(request.getfixturevalue("note")) == (100, 1_003)


def test_asks_in_its_fixture(balances):
    assert balances == (0, 0)


def test_asks_for_a_late_one_in_its_body(request):
    assert money(request.getfixturevalue("funded")) == (100, 0)
    assert request.getfixturevalue("late") == 100


class TestOfAClass:
    @pytest.fixture(scope="class")
    def funded(self, funded):
        funded.mint(HOLDER, 11, sender=HOLDER)

    def test_more(self, funded, note):
        assert money(note) == (111, 0)

    def test_none(self, note):
        assert money(note) == (0, 0)

    def test_more_again(self, funded, note):
        assert money(note) == (111, 0)

    @pytest.fixture(scope="class")
    def extra(self, note):
        supply = note.totalSupply()
        note.mint(OTHER, 9, sender=OTHER)
        return supply

    def test_extra(self, extra, note):
        assert (extra, money(note)) == (0, (0, 9))

    def test_more_and_extra(self, funded, extra, note):
        assert (extra, money(note)) == (111, (111, 9))

"""Fixtures that fail, while they are set up or while they are taken down."""

import pytest
from conftest import HOLDER, OTHER, money


def half_done(note):
    note.mint(HOLDER, 1, sender=HOLDER)
    raise ValueError("half done")


@pytest.fixture(scope="module")
def half(note):
    half_done(note)


@pytest.fixture(scope="module")
def half_inside(note):
    half_done(note)


@pytest.fixture(scope="module")
def half_later(note):
    half_done(note)


@pytest.fixture(scope="module")
def around_half(request, note):
    note.mint(HOLDER, 20, sender=HOLDER)
    with pytest.raises(ValueError, match="half done"):
        request.getfixturevalue("half_inside")
    note.mint(HOLDER, 30, sender=HOLDER)


@pytest.fixture(scope="module")
def inner(note):
    note.mint(HOLDER, 4, sender=HOLDER)


@pytest.fixture(scope="module")
def half_around(request, note):
    request.getfixturevalue("inner")
    half_done(note)


@pytest.fixture(scope="module")
def ask(request):
    return request.getfixturevalue


@pytest.fixture(scope="module")
def whole(note):
    note.mint(OTHER, 1, sender=OTHER)
    yield
    raise ValueError("not tidied up")


def test_half(half):
    pass


def test_after_half(note):
    assert money(note) == (0, 0)


def test_around_half(around_half, note):
    assert money(note) == (50, 0)


def test_half_in_its_body(request, note):
    note.mint(HOLDER, 5, sender=HOLDER)
    with pytest.raises(ValueError, match="half done"):
        request.getfixturevalue("half_later")
    assert money(note) == (5, 0)


def test_half_around(half_around):
    pass


def test_inner_is_built_again(inner, note):
    assert money(note) == (4, 0)


def test_whole(whole, note):
    assert money(note) == (0, 1)


def test_after_whole(note):
    assert money(note) == (0, 0)


def test_whole_again(whole, note):
    assert money(note) == (0, 1)


def test_asks_through_its_fixture(ask, note):
    note.mint(HOLDER, 2, sender=HOLDER)
    assert money(ask("note")) == (2, 0)


def test_after_that(note):
    assert money(note) == (0, 0)

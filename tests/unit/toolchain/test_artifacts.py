"""Compiled contracts are dropped when anything they were made from has changed."""

import pytest

from salvor.toolchain.artifacts import drop_stale

FILES = ("contracts/notes/A.sol", "interfaces/IA.sol", "ape-config.yaml", "package-lock.json")


@pytest.fixture
def checkout(tmp_path):
    """A checkout that was compiled as it stands."""
    for name in FILES:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("one")
    drop_stale(tmp_path)
    (tmp_path / ".build/__local__.json").write_text("{}")
    return tmp_path


def manifest(checkout):
    return checkout / ".build/__local__.json"


def test_keeps_what_is_fresh(checkout):
    assert not drop_stale(checkout)
    assert manifest(checkout).exists()


@pytest.mark.parametrize("name", FILES)
def test_drops_all_when_one_file_changed(checkout, name):
    (checkout / name).write_text("two")
    assert drop_stale(checkout)
    assert not manifest(checkout).exists()
    assert not drop_stale(checkout)


def test_drops_all_when_a_file_went(checkout):
    (checkout / FILES[1]).unlink()
    assert drop_stale(checkout)


def test_drops_all_when_a_file_was_renamed(checkout):
    (checkout / FILES[0]).rename(checkout / "contracts/notes/B.sol")
    assert drop_stale(checkout)


def test_drops_what_was_compiled_before_the_first_stamp(tmp_path, checkout):
    (checkout / ".build/made-from").unlink()
    assert drop_stale(checkout)
    assert not manifest(checkout).exists()

"""Compiled contracts are dropped when anything they were made from has changed, or another process wrote over them."""

import json

import pytest

from salvor.chain.artifacts import read_artifacts
from salvor.toolchain import artifacts
from salvor.toolchain.artifacts import (
    drop_outlived,
    drop_stale,
    fingerprint,
    is_compiled,
    keep_compiled,
    settle,
    start_afresh,
)

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


def contracts(abi=(), code="0x60", **more):
    """What Ape writes of one contract, beside the sources of the day."""
    types = {"A": {"abi": list(abi), "deploymentBytecode": {"bytecode": code}}}
    return json.dumps({"contractTypes": types, "sources": {}} | more)


@pytest.fixture
def compiled(checkout):
    """A checkout whose contracts are known to be of its sources."""
    manifest(checkout).write_text(contracts())
    keep_compiled(checkout)
    assert is_compiled(checkout)
    return checkout


class TestWrittenOver:
    """By a process that began before an edit and holds the contracts of then."""

    def test_is_kept_when_the_same_is_written_again(self, compiled):
        manifest(compiled).write_text(contracts(compilers=[], name="written again"))
        assert is_compiled(compiled)
        assert not drop_stale(compiled)

    @pytest.mark.parametrize(
        "other",
        [contracts(code="0x61"), contracts(abi=[{"name": "old"}]), "{}", "cut off"],
        ids=lambda text: text[-20:],
    )
    def test_is_dropped_when_the_contracts_are_others(self, compiled, other):
        manifest(compiled).write_text(other)
        assert not is_compiled(compiled)
        assert drop_stale(compiled)
        assert not manifest(compiled).exists()

    def test_is_not_compiled_when_a_source_changed_since(self, compiled):
        (compiled / FILES[0]).write_text("two")
        assert not is_compiled(compiled)

    def test_is_not_compiled_before_somebody_has(self, checkout):
        assert not is_compiled(checkout)


class TestBeingWritten:
    """Ape deletes its manifest, and writes the next one some tenths of a second later."""

    def test_is_not_taken_for_written_over(self, compiled):
        manifest(compiled).unlink()
        assert not drop_stale(compiled)
        manifest(compiled).write_text(contracts())
        assert is_compiled(compiled)

    @pytest.mark.parametrize("meanwhile", [None, "cut off"])
    def test_is_waited_for(self, compiled, meanwhile, monkeypatch):
        def write(_seconds):
            manifest(compiled).write_text(contracts())

        manifest(compiled).unlink()
        if meanwhile:
            manifest(compiled).write_text(meanwhile)
        monkeypatch.setattr(artifacts.time, "sleep", write)
        settle(compiled)
        assert is_compiled(compiled)

    def test_is_not_waited_for_by_whoever_reads_it_when_it_is_there(self, compiled, monkeypatch):
        monkeypatch.setattr(artifacts.time, "sleep", lambda seconds: pytest.fail("waited"))
        assert "A" in read_artifacts(compiled / ".build")
        start_afresh(compiled)
        settle(compiled)

    def test_is_read_once_it_is_there(self, compiled, monkeypatch):
        manifest(compiled).unlink()
        monkeypatch.setattr(artifacts.time, "sleep", lambda seconds: manifest(compiled).write_text(contracts()))
        assert "A" in read_artifacts(compiled / ".build")


class TestOutlived:
    """A process of Ape ends, and the sources may be others than when it began."""

    def test_keeps_what_is_of_the_same_sources(self, checkout):
        assert not drop_outlived(fingerprint(checkout), checkout)
        assert manifest(checkout).exists()

    def test_drops_what_may_be_its_own(self, checkout):
        began = fingerprint(checkout)
        (checkout / FILES[0]).write_text("two")
        drop_stale(checkout)  # by somebody who begins meanwhile
        manifest(checkout).write_text(contracts())
        assert drop_outlived(began, checkout)
        assert not manifest(checkout).exists()

    def test_keeps_what_was_compiled_meanwhile(self, compiled):
        assert not drop_outlived("of older sources", compiled)
        assert manifest(compiled).exists()

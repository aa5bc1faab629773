"""Compiled contracts are those of the sources, also after a process from before an edit wrote over them."""

import json
from pathlib import Path

import pytest

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build

ROOT = Path(__file__).parents[3]
SOURCE = "pragma solidity 0.8.37; contract A { function named() external {} }"
OLD, NEW = (SOURCE.replace("named", name) for name in ("old", "fresh"))


@pytest.fixture
def project(tmp_path):
    """One contract, with the settings of this project."""
    (tmp_path / "ape-config.yaml").write_bytes((ROOT / "ape-config.yaml").read_bytes())
    (tmp_path / "package-lock.json").write_text("{}")
    (tmp_path / "contracts").mkdir()
    return tmp_path


def functions(project):
    return [each["name"] for each in read_artifacts(build(project))["A"].abi]


def test_a_manifest_that_was_written_over_is_made_again(project):
    """Beside the new source stand the contracts of the old one, as Ape writes them."""
    source, manifest = project / "contracts/A.sol", project / ".build/__local__.json"
    source.write_text(OLD)
    assert functions(project) == ["old"]
    before = json.loads(manifest.read_text())
    source.write_text(NEW)
    assert functions(project) == ["fresh"]
    after = json.loads(manifest.read_text())
    manifest.write_text(json.dumps(after | {"contractTypes": before["contractTypes"]}))
    assert functions(project) == ["fresh"]


def test_what_is_fresh_is_not_made_again(project):
    (project / "contracts/A.sol").write_text(OLD)
    made = (build(project) / "__local__.json").stat().st_mtime_ns
    assert (build(project) / "__local__.json").stat().st_mtime_ns == made

"""The environment of every process in .venv, and the compiler behind it."""

import atexit
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from salvor.toolchain import artifacts, environment, paths


class TestActivate:
    def test_was_switched_on_when_python_started(self):
        names = "os.environ['SOLCX_BINARY_PATH'], shutil.which('anvil'), os.environ['APE_DATA_FOLDER']"
        probe = f"import os, shutil; print({names})"
        clean = {"HOME": os.environ["HOME"], "PATH": "/usr/bin:/bin"}
        said = subprocess.run(
            [str(paths.PYTHON), "-c", probe], env=clean, cwd="/", capture_output=True, text=True, check=True
        )
        assert said.stdout.split() == [str(paths.SOLCX), str(paths.BIN / "anvil"), str(paths.APE_DATA)]

    def test_puts_our_tools_first_once(self, monkeypatch):
        monkeypatch.setenv("PATH", f"/somewhere:{paths.BIN}:/usr/bin")
        environment.activate()
        environment.activate()
        assert os.environ["PATH"] == f"{paths.BIN}:/somewhere:/usr/bin"

    def test_leaves_a_data_folder_that_the_user_chose(self, monkeypatch):
        monkeypatch.setenv("APE_DATA_FOLDER", "/elsewhere")
        environment.activate()
        assert os.environ["APE_DATA_FOLDER"] == "/elsewhere"

    @pytest.mark.parametrize(("command", "done"), [("ape", ["drop_stale", "drop_outlived"]), ("python", [])])
    def test_drops_what_is_old_when_ape_begins_and_when_it_ends(self, monkeypatch, command, done):
        called, at_the_end = [], []
        monkeypatch.setattr(sys, "orig_argv", ["python", f"/somewhere/{command}", "test"])
        monkeypatch.setattr(artifacts, "drop_stale", lambda: called.append("drop_stale"))
        monkeypatch.setattr(artifacts, "drop_outlived", lambda began: called.append("drop_outlived") or began)
        monkeypatch.setattr(atexit, "register", lambda *call: at_the_end.append(call))
        environment.activate()
        assert [call(began) for call, began in at_the_end] == [artifacts.fingerprint()] * len(at_the_end)
        assert called == done


class TestCompiler:
    solc = str(paths.SOLCX / f"solc-v{paths.SOLC_VERSION}")

    def test_answers_version(self):
        said = subprocess.run([self.solc, "--version"], capture_output=True, text=True, check=True).stdout
        assert f"Version: {paths.SOLC_VERSION}" in said

    def test_compiles_more_than_a_pipe_takes_at_once(self):
        many = "\n".join(f"function f{i}() external pure returns (uint256) {{ return {i}; }}" for i in range(300))
        source = f"pragma solidity 0.8.37; contract Many {{ {many} }}"
        job = {
            "language": "Solidity",
            "sources": {"Many.sol": {"content": source}},
            "settings": {"outputSelection": {"*": {"*": ["abi", "evm.bytecode.object", "metadata"]}}},
        }
        said = subprocess.run(
            [self.solc, "--standard-json"], input=json.dumps(job), capture_output=True, text=True, check=True
        ).stdout
        assert len(said) > 65_536
        assert len(json.loads(said)["contracts"]["Many.sol"]["Many"]["abi"]) == 300


class TestDoctor:
    command = (sys.executable, "-B", "-m", "salvor.toolchain.doctor")

    def test_finds_everything_here(self):
        done = subprocess.run(self.command, cwd=paths.ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
        assert "chain id 31337" in done.stdout
        assert "everything is there" in done.stdout

    def test_says_what_is_missing_and_how_to_mend_it(self, tmp_path):
        # A checkout where no set-up has run.
        shutil.copytree(paths.ROOT / "salvor", tmp_path / "salvor", ignore=shutil.ignore_patterns("__pycache__"))
        clean = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(tmp_path)}
        base = Path(sys.base_prefix) / "bin" / "python3"
        done = subprocess.run(
            [str(base), *self.command[1:]], cwd=tmp_path, env=clean, capture_output=True, text=True, check=False
        )
        assert done.returncode == 1
        assert "MISSING  anvil" in done.stdout
        assert "to mend: run `make setup`" in done.stdout
        assert "ok       Python" in done.stdout

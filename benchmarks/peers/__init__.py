"""The peers' contracts: fetched into `out/peers`, compiled by the project's solc with the project's settings.

The peer is no dependency of the project, so it stands in no lock file; its version is fixed here.
"""

from __future__ import annotations

import json
import os
import subprocess
import tarfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from salvor.errors import ChainTrouble
from salvor.toolchain.paths import BIN, ROOT, SOLC_VERSION, SOLCX

if TYPE_CHECKING:
    from ape.contracts import ContractContainer

OPENZEPPELIN = "4.9.6"  # the last with PaymentSplitter is of the 4.9 line; 5.0 dropped it
_CACHE = ROOT / "out" / "peers"
_PACKAGES = _CACHE / "node_modules"
_SPLITTER = "@openzeppelin/contracts/finance/PaymentSplitter.sol"
_PUSH = "PushDistributor.sol"


class PeerMissing(ChainTrouble):
    """A peer that could not be fetched or compiled: there is nothing to measure beside."""

    def __init__(self, peer: str, reason: str) -> None:
        super().__init__(f"the peer {peer} could not be had: {reason}")


def payment_splitter() -> ContractContainer:
    """OpenZeppelin's PaymentSplitter as published."""
    _install()
    return _compile(_SPLITTER, "PaymentSplitter", (_PACKAGES / _SPLITTER).read_text())


def push_distributor() -> ContractContainer:
    """The loop over all holders that this project does without."""
    _install()
    return _compile(_PUSH, "PushDistributor", Path(__file__).with_name(_PUSH).read_text())


def _install() -> None:
    """Once: later runs find the version that is wanted and need no network."""
    package = _PACKAGES / "@openzeppelin" / "contracts" / "package.json"
    if package.exists() and json.loads(package.read_text())["version"] == OPENZEPPELIN:
        return
    run_npm_install(_CACHE, f"@openzeppelin/contracts@{OPENZEPPELIN}")


def run_npm_install(folder: Path, name: str) -> None:
    """Fetch one package of a fixed version, which no lock file has."""
    folder.mkdir(parents=True, exist_ok=True)
    quiet = ["--no-save", "--no-package-lock", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    run_peer([str(BIN / "npm"), "install", "--prefix", str(folder), *quiet, name], peer=name)


def unpack_npm(folder: Path, name: str) -> Path:
    """The same of a package whose files are enough: none of what it depends on is fetched. Whole or not at all."""
    if folder.is_dir():
        return folder
    folder.parent.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder.parent) as beside:
        said = run_peer([str(BIN / "npm"), "pack", name, "--silent", "--pack-destination", beside], peer=name)
        with tarfile.open(Path(beside) / said.strip().splitlines()[-1]) as archive:
            archive.extractall(beside, filter="data")
        if not folder.is_dir():  # else another process was faster
            (Path(beside) / "package").replace(folder)
    return folder


def _compile(source: str, contract: str, text: str) -> ContractContainer:
    from ape import project
    from ape.contracts import ContractContainer
    from ethpm_types import ContractType

    project_settings = project.config.get_config("solidity")  # both sides are optimised alike
    optimizer = {"enabled": project_settings.optimize, "runs": project_settings.optimization_runs}
    wanted = {"*": {"*": ["abi", "evm.bytecode.object", "evm.deployedBytecode.object"]}}
    question = {
        "language": "Solidity",
        "sources": {source: {"content": text}},
        "settings": {
            "optimizer": optimizer,
            "evmVersion": project_settings.evm_version,
            "outputSelection": wanted,
        },
    }
    solc = [str(SOLCX / f"solc-v{SOLC_VERSION}"), "--base-path", str(_PACKAGES), "--standard-json"]
    answer = json.loads(run_peer(solc, peer=contract, stdin=json.dumps(question)))
    if errors := [each["message"] for each in answer.get("errors", []) if each["severity"] == "error"]:
        raise PeerMissing(contract, errors[0])
    compiled = answer["contracts"][source][contract]
    return ContractContainer(
        ContractType.model_validate(
            {
                "contractName": contract,
                "abi": compiled["abi"],
                "deploymentBytecode": {"bytecode": "0x" + compiled["evm"]["bytecode"]["object"]},
                "runtimeBytecode": {"bytecode": "0x" + compiled["evm"]["deployedBytecode"]["object"]},
            }
        )
    )


def run_peer(command: list[str], *, peer: str, stdin: str | None = None) -> str:
    """What a program prints; whatever stops it is `PeerMissing`."""
    try:
        done = subprocess.run(command, input=stdin, capture_output=True, text=True, check=False, env=os.environ)
    except OSError as error:
        raise PeerMissing(peer, str(error)) from None
    if done.returncode != 0:
        first = (done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[0]
        raise PeerMissing(peer, f"`{Path(command[0]).name}` says: {first}")
    return done.stdout

"""Nodes beside a hub: an anvil that mines by itself, the contracts on it, a configuration and a key for each node."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from eth_keyfile.keyfile import create_keyfile_json

from salvor.lab import open_lab
from salvor.model.oracle import Policy
from salvor.model.oracle_keys import name_of
from salvor.node.config import NodeSettings, load_node
from salvor.node.keyring import Signer
from salvor.node.reading import KeyState, OnChain
from salvor.node.rpc import Rpc
from salvor.tape.merkle import keccak
from tests.utils.oracle import Stage, set_stage

ETHER = 10**18
PASSPHRASE = "a passphrase of the tests"
PASSPHRASE_ENV = "SALVOR_TEST_PASSPHRASE"
_NODE = "import sys; from scripts.oracle.node import cli; cli(sys.argv[1:])"
HEADER = "hpi_type,hpi_flavor,frequency,level,place_name,place_id,yr,period,index_nsa,index_sa\n"


def month_rows(place: str, year: int, values: list[str]) -> str:
    """Rows of the index file, from January of a year on."""
    return "".join(
        f"traditional,purchase-only,monthly,USA or Census Division,Somewhere,{place},"
        f"{year + number // 12},{number % 12 + 1},{value},{value}\n"
        for number, value in enumerate(values)
    )


@dataclass
class Beside:
    """The stage, and where nodes reach its chain."""

    stage: Stage
    folder: Path
    secrets: dict[str, bytes] = field(default_factory=dict)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.stage.lab.engine._port}"

    def ask(self, method: str, *params: Any) -> Any:
        return self.stage.lab.engine.ask(method, *params)

    def mine_by_itself(self, yes: bool = True) -> None:
        """A block for each transaction at once, or none until `mine`."""
        self.ask("evm_setAutomine", yes)

    def mine(self, at: int | None = None) -> None:
        """A block, at a second; the chain's clock goes on from there as the wall's does."""
        if at is not None:
            self.ask("anvil_removeBlockTimestampInterval")
            self.ask("evm_setNextBlockTimestamp", at)
        self.ask("evm_mine")

    def state(self, signer: str, key: bytes) -> KeyState:
        """As `status` reads it: the engine does not know of blocks that nodes have mined."""
        chain_id, hub, reports = 31_337, self.stage.hub.address, self.stage.reports.address
        return OnChain(Rpc(self.url, seconds=30), chain_id=chain_id, hub=hub, reports=reports).state(key, signer)

    def signer(self, name: str, *, add: bool = True) -> Signer:
        """A signer with ether, known to the reports."""
        self.secrets[name] = keccak(f"node of a test: {name}".encode())
        signer = Signer(self.secrets[name])
        self.stage.lab.engine.set_balance(signer.address, 10 * ETHER)
        if add:
            self.stage.reports.addSigner(signer.address, name.encode().ljust(32, b"\0"), sender=self.stage.keeper)
        return signer

    def policy(self, signers: list[Signer], key: bytes, **changes: Any) -> None:
        """A policy over these signers."""
        sources = tuple(self.stage.signer_source(signer, changes.pop("max_age", 10**9)) for signer in signers)
        self.stage.set_policy(Policy(**{"sources": sources, "quorum": 2, "max_deviation": ETHER // 20} | changes), key)

    def configure(self, name: str, keys: list[bytes], *, body: str, **changes: Any) -> Path:
        """A folder with configuration, key file and an index file; `changes` replace lines of the configuration."""
        folder = self.folder / name
        folder.mkdir()
        (folder / "index.csv").write_text(body)
        content = create_keyfile_json(self.secrets[name], PASSPHRASE.encode(), kdf="pbkdf2", iterations=2)
        (folder / "key.json").write_text(json.dumps(content))
        source = changes.pop("source", "{ file: index.csv }")
        lines = {
            "salvor_node": "1",
            "name": name,
            "chain": f'{{ rpc: "{changes.pop("rpc", self.url)}", chain_id: 31337, hub: "{self.stage.hub.address}", '
            f'reports: "{self.stage.reports.address}" }}',
            "key": f"{{ file: key.json, passphrase_env: {PASSPHRASE_ENV} }}",
            "journal": "node.sqlite",
            "health": "{ port: 0 }",
            "batch": "{ most: 100, wait: 1 s }",
            "backoff": "{ first: 1 s, most: 2 s, seed: 7 }",
            "valid_for": "1 h",
        } | changes
        watched = "".join(
            f'      - {{ key: "{name_of(key)}", place_id: {place_of(key)}, heartbeat: 1 h }}\n' for key in keys
        )
        text = "".join(f"{key}: {value}\n" for key, value in lines.items())
        text += f"sources:\n  - name: index\n    kind: house_prices\n    from: {source}\n    every: 1 s\n    values:\n"
        (folder / "node.yaml").write_text(text + watched)
        return folder / "node.yaml"

    def settings(self, path: Path) -> NodeSettings:
        return load_node(path)


def place_of(key: bytes) -> str:
    """The place that a key of these tests stands for."""
    return name_of(key).removeprefix("HPI/")


def beside(folder: Path, *, genesis: int | None = None) -> Beside:
    """A fresh chain; its clock is the wall's unless it is told."""
    return Beside(set_stage(open_lab("anvil", genesis=genesis or int(time.time()) - 3_600)), folder)


class Process:
    """`ape run oracle node` without Ape around it, in a process of its own."""

    def __init__(self, config: Path, root: Path) -> None:
        self.config, self.root = config, root
        self.log = config.parent / "log"
        self.start()

    def start(self) -> None:
        command = [sys.executable, "-c", _NODE, str(self.config)]
        environment = os.environ | {PASSPHRASE_ENV: PASSPHRASE}
        with self.log.open("a") as log:
            self.running = subprocess.Popen(command, cwd=self.root, env=environment, stderr=log, stdout=log)

    def said(self) -> str:
        return self.log.read_text()

    def until(self, wanted: Callable[[], Any]) -> Any:
        """Wait for what must come; only a node that ended will not bring it."""
        while not (found := wanted()):
            assert self.running.poll() is None, self.said()
            time.sleep(0.05)
        return found

    def kill(self) -> None:
        self.running.kill()
        assert self.running.wait() == -signal.SIGKILL

    def stop(self) -> int:
        self.running.terminate()
        return self.running.wait()

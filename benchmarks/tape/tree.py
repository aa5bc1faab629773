"""The tree over a report of many loans, beside OpenZeppelin's own library in Node."""

from __future__ import annotations

import json
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from eth_hash.auto import keccak

from benchmarks.peers import PeerMissing
from benchmarks.tape.files import ROOT
from salvor.errors import NotAsExpected
from salvor.tape.commitment.leaves import COLLECTION_LEAF, collection_value
from salvor.tape.merkle import StandardMerkleTree
from salvor.toolchain.paths import BIN

_SCRIPT = ROOT / "benchmarks" / "peers" / "tree.mjs"
_LARGEST = 10**9  # settlement units


@dataclass(frozen=True)
class Trees:
    """Seconds that each took, of the same root."""

    ours: float
    peer: float
    root: str


def compare(leaves: int, scratch: Path) -> Trees:
    """Build both; raises `NotAsExpected` when their roots differ."""
    values = [_leaf(number) for number in range(leaves)]
    began = time.perf_counter()
    root = "0x" + StandardMerkleTree(values, COLLECTION_LEAF).root.hex()
    ours = time.perf_counter() - began
    shown = [[f"0x{part.hex()}" if isinstance(part, bytes) else str(part) for part in value] for value in values]
    file = scratch / "tree.json"
    file.write_text(json.dumps({"values": shown, "encoding": COLLECTION_LEAF}))
    told = _peer(file)
    if told["root"] != root:
        raise NotAsExpected(f"the roots differ: {root} is ours, {told['root']} the peer's")
    return Trees(ours, float(told["seconds"]), root)


def _leaf(number: int) -> tuple[bytes, int, bytes, int, bytes]:
    drawn = bytes(keccak(number.to_bytes(32)))
    return collection_value(1, drawn, int.from_bytes(drawn[:8]) % _LARGEST, bytes(keccak(drawn)))


def _peer(file: Path) -> dict[str, str]:
    done = subprocess.run([BIN / "node", _SCRIPT, file], capture_output=True, text=True, cwd=ROOT, check=False)
    if done.returncode:
        raise PeerMissing("@openzeppelin/merkle-tree", done.stderr.strip()[-200:])
    told: dict[str, str] = json.loads(done.stdout)
    return told

"""Chainlink's own aggregator and proxy, as Chainlink compiled and published them, and readers to measure.

`@chainlink/contracts` 0.1.9 is the last version whose package has the code of both; it is fetched into `out/peers`.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from benchmarks.peers import PeerMissing, unpack_npm
from salvor.chain.artifacts import Artifact
from salvor.chain.handles import Blueprint, Contract, blueprint_of
from salvor.chain.solc import compile_sources
from salvor.lab import Actor, Lab
from salvor.toolchain.paths import ROOT

VERSION = "0.1.9"
_CACHE = ROOT / "out" / "peers" / f"chainlink-{VERSION}"
_READERS = "benchmarks/peers/NaiveReader.sol"
NO_ADDRESS = "0x" + "00" * 20


def published(name: str) -> Blueprint:
    """One of Chainlink's contracts; raises when the package can't be had."""
    package = unpack_npm(_CACHE, f"@chainlink/contracts@{VERSION}")
    file = package / "abi" / "v0.6" / f"{name}.json"
    try:
        content = json.loads(file.read_text())["compilerOutput"]
        code = content["evm"]["bytecode"]["object"].removeprefix("0x")
        return blueprint_of(Artifact(f"Chainlink{name}", str(file), tuple(content["abi"]), code))
    except (OSError, KeyError, ValueError) as error:
        raise PeerMissing(f"@chainlink/contracts@{VERSION}", f"{name}: {error}") from None


def readers() -> dict[str, Blueprint]:
    """The naive reader and the meter, compiled as the project is."""
    compiled = compile_sources(ROOT, {_READERS: (ROOT / _READERS).read_text()}, outputs=["abi", "evm.bytecode.object"])[
        _READERS
    ]
    return {
        name: blueprint_of(Artifact(name, _READERS, tuple(one["abi"]), one["evm"]["bytecode"]["object"]))
        for name, one in compiled.items()
        if one["evm"]["bytecode"]["object"]
    }


@dataclass
class RealFeed:
    """A proxy, its aggregator, and the one oracle that submits rounds to it."""

    proxy: Contract
    aggregator: Contract
    oracle: Actor
    round: int = 0

    def submit(self, answer: int) -> None:
        """The next round."""
        self.round += 1
        self.aggregator.submit(self.round, answer, sender=self.oracle)


def real_feed(lab: Lab, owner: Actor, *, decimals: int = 8, lowest: int = 1, highest: int = 10**17) -> RealFeed:
    """Chainlink's aggregator behind Chainlink's proxy; rounds pay no LINK."""
    limits = (NO_ADDRESS, lowest, highest, decimals, "bench")
    aggregator = published("AccessControlledAggregator").deploy(lab.engine, NO_ADDRESS, 0, 3_600, *limits, sender=owner)
    oracle = lab.actor("chainlink oracle")
    aggregator.changeOracles([], [oracle], [oracle], 1, 1, 0, sender=owner)
    proxy = published("EACAggregatorProxy").deploy(lab.engine, aggregator, NO_ADDRESS, sender=owner)
    aggregator.addAccess(proxy, sender=owner)
    return RealFeed(proxy, aggregator, oracle)

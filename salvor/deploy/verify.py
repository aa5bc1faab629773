"""Proof that what stands on a chain is what the sources say, and that nobody has a right whom the deal does not name.

The sources are compiled anew, and the code on the chain is compared byte by byte, immutables masked where solc says
that they are. Rights are read from every event of the AccessManager, and followed through timelocks and Safes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.chain.solc import compile_sources
from salvor.deploy.compare import Comparison, compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.plan.rpc import bytes_in
from salvor.deploy.plan.steps import without_metadata
from salvor.deploy.rights import ADMIN, PUBLIC
from salvor.files import write_whole
from salvor.toolchain.artifacts import fingerprint

_OUTPUTS = ("evm.deployedBytecode.object", "evm.deployedBytecode.immutableReferences")


@dataclass(frozen=True)
class Rebuilt:
    """Runtime code out of the sources, and where its immutables are."""

    code: bytes
    holes: tuple[tuple[int, int], ...]  # place and length


@dataclass(frozen=True)
class CodeVerdict:
    """One contract: `exact`, `same code` from other source texts, or in words what is wrong with it."""

    name: str
    address: str
    verdict: str

    @property
    def holds(self) -> bool:
        """Whether the chain has what the sources and the file say."""
        return self.verdict in ("exact", "same code")


@dataclass(frozen=True)
class Right:
    """A function that not everybody may call, and who may."""

    function: str
    role: str
    who: tuple[str, ...]


@dataclass(frozen=True)
class Verified:
    """What was found of a live deal."""

    codes: tuple[CodeVerdict, ...]
    rights: tuple[Right, ...]
    comparison: Comparison

    @property
    def findings(self) -> list[str]:
        """Everything that is not as it should be."""
        wrong = [f"{each.name}: its code {each.verdict}" for each in self.codes if not each.holds]
        return wrong + [f"{each.what}: {each.chain}, by the file {each.file}" for each in self.comparison.findings]


def verify(deployment: Deployment, rebuilt: Mapping[str, Rebuilt]) -> Verified:
    """Code, immutables, arguments and rights."""
    comparison = compare(deployment)
    planned = list(comparison.made.steps.contracts.values())
    answers = deployment.node.ask_all([("eth_getCode", (each.address, "latest")) for each in planned])
    codes = []
    for each, answer in zip(planned, answers, strict=True):
        expected = comparison.made.engine.code(each.address)
        found = verdict(rebuilt[each.artifact.name], bytes_in(answer) or b"", expected)
        codes.append(CodeVerdict(each.name, each.address, found))
    return Verified(tuple(codes), rights_table(comparison), comparison)


def verdict(built: Rebuilt, code: bytes, expected: bytes) -> str:
    """`expected` is the code as the deal's file makes it in memory, immutables included."""
    if not code:
        return "is not there"
    if len(code) != len(built.code) or _masked(code, built) != _masked(built.code, built):
        texts_only = len(code) == len(built.code) and (
            without_metadata(_masked(code, built)) == without_metadata(_masked(built.code, built))
        )
        return "same code" if texts_only else "differs"
    if without_metadata(code) != without_metadata(expected):
        return "has immutables that are not the file's"
    return "exact"


def rebuild(root: Path, artifacts: Sequence[Artifact]) -> dict[str, Rebuilt]:
    """Compiled by the project's solc, by no cache of Ape's; kept beside the build as long as the sources stand."""
    kept, stamp = root / ".build" / "rebuilt.json", fingerprint(root)
    content = json.loads(kept.read_text()) if kept.is_file() else {}
    built = content.get("contracts", {}) if content.get("made-from") == stamp else {}
    if missing := sorted({each.source for each in artifacts if each.name not in built}):
        compiled = compile_sources(root, {name: (root / name).read_text("utf-8") for name in missing}, outputs=_OUTPUTS)
        for source in missing:
            for name, output in compiled[source].items():
                built[name] = output["evm"]["deployedBytecode"]
        write_whole(kept, json.dumps({"made-from": stamp, "contracts": built}))
    return {each.name: _rebuilt(built[each.name]) for each in artifacts}


def rights_table(comparison: Comparison) -> tuple[Right, ...]:
    """Every function with a role, and the admin's, with everybody who can call it in the end."""
    rights, names = comparison.rights, comparison.names
    table = [
        Right(names.function(target, selector), names.role(role), _who(comparison, role))
        for (target, selector), role in sorted(rights.functions.items())
        if role != ADMIN
    ]
    return (*table, Right("every other restricted function, and all roles", "ADMIN", _who(comparison, ADMIN)))


def _who(comparison: Comparison, role: int) -> tuple[str, ...]:
    if role == PUBLIC:
        return ("anybody",)
    said = []
    for account, delay in comparison.rights.holders(role).items():
        after = f", after {delay} seconds" if delay else ""
        power = comparison.powers[account]
        said.append(f"{comparison.names.who(account)}: {power}{after}")
    return tuple(said)


def _rebuilt(output: Mapping[str, Any]) -> Rebuilt:
    places = [each for references in output["immutableReferences"].values() for each in references]
    holes = tuple(sorted((each["start"], each["length"]) for each in places))
    return Rebuilt(bytes.fromhex(output["object"]), holes)


def _masked(code: bytes, built: Rebuilt) -> bytes:
    masked = bytearray(code)
    for place, length in built.holes:
        masked[place : place + length] = bytes(length)
    return bytes(masked)

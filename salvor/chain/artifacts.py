"""Compiled contracts as Ape, Foundry or Hardhat left them: ABI, creation code, and libraries still to be linked."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.codec import Abi, address_of
from salvor.errors import ArtifactAmbiguous, ArtifactMissing, FileMissing, FileUnreadable, LibraryMissing, NotDeployable
from salvor.toolchain.artifacts import settle

_PLACEHOLDER = re.compile(r"__\$([0-9a-f]{34})\$__")  # where solc leaves room for a library's address
_NOT_ARTIFACTS = {"build-info", "cache"}


@dataclass(frozen=True, eq=False)
class Artifact:
    """One compiled contract. `code` is hexadecimal text without 0x, with placeholders where libraries are missing."""

    name: str
    source: str
    abi: tuple[Abi, ...]
    code: str
    libraries: Mapping[str, str] = field(default_factory=dict)  # placeholder -> library, as far as known
    explanations: Mapping[str, str] = field(default_factory=dict)  # signature of an error -> sentence
    runtime: str = ""  # what stands on a chain afterwards, with zeros where immutables are; as text like `code`

    def creation_code(self) -> bytes:
        """What a deployment sends ahead of the constructor's arguments; raises for interfaces and missing libraries."""
        if not self.code:
            raise NotDeployable(self.name, self.source)
        if missing := set(_PLACEHOLDER.findall(self.code)):
            raise LibraryMissing(self.name, sorted(self.libraries.get(each, f"__${each}$__") for each in missing))
        return bytes.fromhex(self.code)

    def link(self, **addresses: Any) -> Artifact:
        """With libraries at these addresses, by library name; by `source:name` where two have the same."""
        code, runtime = self.code, self.runtime
        for library, address in addresses.items():
            found = [mark for mark, full in self.libraries.items() if library in (full, full.split(":")[-1])]
            if not found:
                raise LibraryMissing(self.name, [f"{library} (given, but not asked for)"])
            if len(found) > 1:
                raise ArtifactAmbiguous(library, [self.libraries[mark] for mark in found])
            mark, place = f"__${found[0]}$__", address_of(address)[2:].lower()
            code, runtime = code.replace(mark, place), runtime.replace(mark, place)
        return replace(self, code=code, runtime=runtime)


class Artifacts(Mapping[str, Artifact]):
    """Contracts by name, or by `source:name` where two sources have the same."""

    def __init__(self, path: Path, found: list[Artifact]) -> None:
        self.path = path
        self._by_name: dict[str, list[Artifact]] = {}
        for artifact in found:
            self._by_name.setdefault(artifact.name, []).append(artifact)

    def __getitem__(self, name: str) -> Artifact:
        source, _, short = name.rpartition(":")
        found = [each for each in self._by_name.get(short, []) if source in ("", each.source)]
        if not found:
            raise ArtifactMissing(self.path, name, list(self._by_name))
        if len(found) > 1:
            raise ArtifactAmbiguous(short, [f"{each.source}:{each.name}" for each in found])
        return found[0]

    @property
    def all(self) -> list[Artifact]:
        """Also those that share a name."""
        return [artifact for found in self._by_name.values() for artifact in found]

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_name)

    def __len__(self) -> int:
        return len(self._by_name)


def read_artifacts(path: Path) -> Artifacts:
    """All contracts of a folder: Ape's `.build` (or its manifest), Foundry's `out`, Hardhat's `artifacts`."""
    if path.name == ".build" and not (path / "__local__.json").is_file():
        settle(path.parent)
    if path.is_dir() and (path / "__local__.json").is_file():
        path = path / "__local__.json"
    if path.is_file():
        return Artifacts(path, _name_libraries(list(_from_ape(path))))
    if not path.is_dir():
        raise FileMissing(path, "folder of artifacts; compile first, for example by `ape compile`")
    files = (each for each in sorted(path.rglob("*.json")) if not _NOT_ARTIFACTS & set(each.parts))
    found = [artifact for file in files if (artifact := _from_file(file))]
    if not found:
        raise FileUnreadable(path, "a folder of Ape, Foundry or Hardhat artifacts", "no JSON file in it has an ABI")
    return Artifacts(path, _name_libraries(found))


def _from_ape(manifest: Path) -> Iterator[Artifact]:
    for name, contract in _load(manifest).get("contractTypes", {}).items():
        code = (contract.get("deploymentBytecode") or {}).get("bytecode") or ""
        abi, said = tuple(contract["abi"]), explanations_of(contract.get("userdoc"), contract.get("devdoc"))
        runtime = ((contract.get("runtimeBytecode") or {}).get("bytecode") or "").removeprefix("0x")
        source = contract.get("sourceId") or ""
        yield Artifact(name, source, abi, code.removeprefix("0x"), explanations=said, runtime=runtime)


def _from_file(file: Path) -> Artifact | None:
    """A Foundry or Hardhat artifact; None when the file is something else."""
    content = _load(file)
    if not isinstance(content, dict) or "abi" not in content or "bytecode" not in content:
        return None
    if "contractName" in content:
        name, source, code = content["contractName"], content["sourceName"], content["bytecode"]
        links, runtime = content.get("linkReferences", {}), content.get("deployedBytecode") or ""
    else:
        target = (content.get("metadata") or {}).get("settings", {}).get("compilationTarget", {})
        source, name = next(iter(target.items()), (file.parent.name, file.stem))
        code, links = content["bytecode"]["object"], content["bytecode"].get("linkReferences", {})
        runtime = (content.get("deployedBytecode") or {}).get("object") or ""
    named = [f"{library_file}:{library}" for library_file, libraries in links.items() for library in libraries]
    marks = {mark_of(full): full for full in named}
    docs = (content.get("metadata") or {}).get("output", {}) if "contractName" not in content else {}
    said = explanations_of(docs.get("userdoc"), docs.get("devdoc"))
    abi, code, runtime = tuple(content["abi"]), code.removeprefix("0x"), runtime.removeprefix("0x")
    return Artifact(name, source, abi, code, marks, said, runtime)


def explanations_of(userdoc: Mapping[str, Any] | None, devdoc: Mapping[str, Any] | None) -> dict[str, str]:
    """What NatSpec says of each error, by its signature: the notice, else what is meant for developers."""
    told = [((devdoc or {}).get("errors", {}), "details"), ((userdoc or {}).get("errors", {}), "notice")]
    sentences = {
        name: said[0][key] for errors, key in told for name, said in errors.items() if said and said[0].get(key)
    }
    return {name: " ".join(sentence.split()).removesuffix(".") for name, sentence in sentences.items()}


def mark_of(full_name: str) -> str:
    """How solc marks the place of a library, from its `source:name`."""
    return bytes(keccak(full_name.encode())).hex()[:34]


def _name_libraries(found: list[Artifact]) -> list[Artifact]:
    """Ape's manifest does not say which library a placeholder stands for; the sources' own names tell it."""
    marks = {mark_of(full): full for each in found for full in (f"{each.source}:{each.name}",)}
    named = []
    for each in found:
        own = {mark: marks[mark] for mark in _PLACEHOLDER.findall(each.code) if mark in marks}
        named.append(replace(each, libraries=own | dict(each.libraries)) if own else each)
    return named


def _load(file: Path) -> Any:
    try:
        return json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise FileUnreadable(file, "JSON", str(error)) from None

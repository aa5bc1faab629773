"""The project's compiler: whether it may compile the sources, and what Ape does not ask it.

That is storage layouts, and sources outside `contracts/`. One version is pinned; nothing is ever downloaded here.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from salvor.chain.pragmas import check_pragmas, closure
from salvor.errors import CompilerMissing, FileUnreadable


def check_project(root: Path) -> None:
    """Raises when the project's compiler is not there, or may not compile a contract or what it imports."""
    settings = _settings(root)
    _compiler(settings)
    sources = {str(file.relative_to(root)): file.read_text("utf-8") for file in (root / "contracts").rglob("*.sol")}
    check_pragmas(root, sources, version=settings["version"], remappings=settings["import_remapping"])


def compile_sources(root: Path, sources: Mapping[str, str], *, outputs: Sequence[str]) -> dict[str, Any]:
    """Outputs by source and contract, with the version and settings of the project's `ape-config.yaml`.

    `sources` are texts by their name relative to `root`; `outputs` as standard JSON names them: `storageLayout`.
    """
    settings = _settings(root)
    compiler = _compiler(settings)
    check_pragmas(root, sources, version=settings["version"], remappings=settings["import_remapping"])
    asked = {
        "language": "Solidity",
        "sources": {name: {"content": text} for name, text in sources.items()},
        "settings": {
            "evmVersion": settings["evm_version"],
            "remappings": settings["import_remapping"],
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {"*": {"*": list(outputs)}},
        },
    }
    command = [str(compiler), "--standard-json", "--base-path", str(root), "--allow-paths", str(root)]
    done = subprocess.run(command, input=json.dumps(asked), capture_output=True, text=True, cwd=root, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise FileUnreadable(compiler, "a compiler that answers", done.stderr[-200:]) from None
    if errors := [each for each in answer.get("errors", ()) if each["severity"] == "error"]:
        file = (errors[0].get("sourceLocation") or {}).get("file") or next(iter(sources))
        raise FileUnreadable(root / file, "Solidity that compiles", errors[0]["formattedMessage"])
    contracts: dict[str, Any] = answer["contracts"]
    return contracts


def standard_json(root: Path, source: str) -> dict[str, Any]:
    """All that compiles one source as the project does: what explorers call standard JSON input."""
    settings, name = _settings(root), str(source)
    texts = closure(root, {name: (root / name).read_text("utf-8")}, settings["import_remapping"])
    return {
        "language": "Solidity",
        "sources": {each: {"content": text} for each, text in sorted(texts.items())},
        "settings": {
            "evmVersion": settings["evm_version"],
            "remappings": settings["import_remapping"],
            "optimizer": {"enabled": True, "runs": 200},
            "outputSelection": {"*": {"*": ["abi", "evm.bytecode", "evm.deployedBytecode", "metadata"]}},
        },
    }


def compiler_version(root: Path) -> str:
    """With the commit, as explorers ask for it: 0.8.37+commit.f401782d."""
    compiler = _compiler(_settings(root))
    said = subprocess.run([str(compiler), "--version"], capture_output=True, text=True, check=False).stdout
    if not (match := re.search(r"(\d+\.\d+\.\d+\+commit\.[0-9a-f]+)", said)):
        raise FileUnreadable(compiler, "a compiler that tells its version", said[-200:])
    return match[1]


def _settings(root: Path) -> dict[str, Any]:
    import yaml

    settings: dict[str, Any] = yaml.safe_load((root / "ape-config.yaml").read_text())["solidity"]
    return settings


def _compiler(settings: Mapping[str, Any]) -> Path:
    folder = Path(os.environ["SOLCX_BINARY_PATH"])
    compiler = folder / f"solc-v{settings['version']}"
    if not compiler.exists():
        raise CompilerMissing(settings["version"], folder)
    return compiler

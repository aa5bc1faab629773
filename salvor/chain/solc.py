"""The project's compiler, for what Ape does not ask it: storage layouts, and sources outside `contracts/`."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from salvor.errors import FileUnreadable


def compile_sources(root: Path, sources: Mapping[str, str], *, outputs: Sequence[str]) -> dict[str, Any]:
    """Outputs by source and contract, with the version and settings of the project's `ape-config.yaml`.

    `sources` are texts by their name relative to `root`; `outputs` as standard JSON names them: `storageLayout`.
    """
    import yaml

    settings = yaml.safe_load((root / "ape-config.yaml").read_text())["solidity"]
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
    compiler = Path(os.environ["SOLCX_BINARY_PATH"]) / f"solc-v{settings['version']}"
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

"""Steps as a batch for the Safe Transaction Builder: the Safe's owners load the file, sign, and execute it.

Format and checksum are those of the builder (github.com/safe-global/safe-react-apps, apps/tx-builder).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_hash.auto import keccak

from salvor.deploy.plan.steps import Step

_VERSION, _BUILDER = "1.0", "1.16.5"
_MOST_GAS = 12_000_000  # of one batch: what fits into a block beside other people's transactions


@dataclass(frozen=True)
class Batch:
    """One file of the builder; several batches are executed in their order."""

    number: int
    of: int
    gas: int
    content: dict[str, Any]

    def text(self) -> str:
        """As it is written."""
        return json.dumps(self.content, indent=2) + "\n"


def batches(
    title: str, chain_id: int, safe: str, steps: Sequence[Step], gas: Sequence[int], *, created: int
) -> list[Batch]:
    """As many as the gas needs, the steps in their order; `created` is in milliseconds since 1970."""
    parts: list[tuple[list[Step], int]] = []
    for step, own in zip(steps, gas, strict=True):
        if not parts or parts[-1][1] + own > _MOST_GAS:
            parts.append(([], 0))
        parts[-1] = ([*parts[-1][0], step], parts[-1][1] + own)
    made = []
    for number, (some, total) in enumerate(parts, start=1):
        name = f"{title}, {number} of {len(parts)}"
        content = _content(name, chain_id, safe, some, created)
        made.append(Batch(number, len(parts), total, content))
    return made


def _content(name: str, chain_id: int, safe: str, steps: Sequence[Step], created: int) -> dict[str, Any]:
    content: dict[str, Any] = {
        "version": _VERSION,
        "chainId": str(chain_id),
        "createdAt": created,
        "meta": {
            "name": name,
            "description": "; ".join(step.name for step in steps),
            "txBuilderVersion": _BUILDER,
            "createdFromSafeAddress": safe,
            "createdFromOwnerAddress": "",
        },
        "transactions": [
            {
                "to": step.to,
                "value": str(step.value),
                "data": f"0x{step.data.hex()}",
                "contractMethod": None,
                "contractInputsValues": None,
            }
            for step in steps
        ],
    }
    content["meta"]["checksum"] = checksum(content)
    return content


def checksum(content: dict[str, Any]) -> str:
    """Over everything but the name and the checksum itself."""
    meta = {name: value for name, value in content["meta"].items() if name != "checksum"} | {"name": None}
    return f"0x{bytes(keccak(_serialised(content | {'meta': meta}).encode())).hex()}"


def _serialised(value: Any) -> str:
    """Keys in order, then the values in that order: not JSON, and what the builder hashes."""
    if isinstance(value, list):
        return f"[{','.join(map(_serialised, value))}]"
    if isinstance(value, dict):
        keys = sorted(value)
        shown = json.dumps(keys, separators=(",", ":"), ensure_ascii=False)
        return "{" + shown + "".join(f"{_serialised(value[key])}," for key in keys) + "}"
    return json.dumps(value, ensure_ascii=False)

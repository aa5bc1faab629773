"""How far sources of a key were from the truth in a period, as the chain keeps it; nothing follows from it itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi import decode, encode
from eth_abi.exceptions import DecodingError
from rich.table import Table

from salvor.amounts import format_percent
from salvor.chain import refusal
from salvor.model.oracle_accuracy import Score, source_id
from salvor.model.oracle_keys import name_of
from salvor.node.errors import RpcFailed
from salvor.node.reading import POLICY_OF
from salvor.node.rpc import Rpc
from salvor.node.telling import shown
from salvor.tape.merkle import keccak

# Function and what it gives; a test compares both with the contracts.
CALLS = {
    "hub": ("hub()", "address"),
    "hasPolicy": ("hasPolicy(bytes32)", "bool"),
    "periodAt": ("periodAt(uint256)", "uint32"),
    "policyOf": POLICY_OF,
    "score": ("score(bytes32,uint32)", "(uint32,uint64,uint80,int80)"),
    "truthOf": ("truthOf(bytes32,uint32)", "uint128"),
}


@dataclass(frozen=True)
class SourceScore:
    """One source of the key's policy of today; its score is over all keys of the period."""

    adapter: str
    config: bytes
    score: Score

    @property
    def mean_error(self) -> int | None:
        """WAD of the truth, rounded up; None where nothing was compared."""
        return -(-self.score.errors // self.score.count) if self.score.count else None

    @property
    def mean_bias(self) -> int | None:
        """WAD of the truth, towards zero: above it the source says too much."""
        if not self.score.count:
            return None
        size = abs(self.score.biases) // self.score.count
        return size if self.score.biases >= 0 else -size


@dataclass(frozen=True)
class Compared:
    """A key in a period; the truth is WAD, 0 while nobody has told it."""

    key: bytes
    period: int
    truth: int
    sources: tuple[SourceScore, ...]


def read_accuracy(rpc: Rpc, accuracy: str, key: bytes, period: int | None = None) -> Compared:
    """Asks the chain; without a period, that of the latest block."""
    if period is None:
        now = int(rpc.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        period = int(_call(rpc, accuracy, "periodAt", ("uint256",), now))
    hub = _call(rpc, accuracy, "hub", ())
    if not _call(rpc, hub, "hasPolicy", ("bytes32",), key):
        raise RpcFailed("policyOf", f"the hub has no policy for {name_of(key)}")
    policy = _call(rpc, hub, "policyOf", ("bytes32",), key)
    scores = []
    for adapter, _, _, config in policy[0]:
        found = _call(rpc, accuracy, "score", ("bytes32", "uint32"), source_id(adapter, config), period)
        scores.append(SourceScore(adapter, config, Score(*found)))
    truth = _call(rpc, accuracy, "truthOf", ("bytes32", "uint32"), key, period)
    return Compared(key, period, int(truth), tuple(scores))


def accuracy_table(compared: Compared) -> Table:
    """For people."""
    told = f"truth {shown(compared.truth)}" if compared.truth else "no truth told"
    title = f"{name_of(compared.key)}, period {compared.period}, {told}"
    table = Table(title=title, title_justify="left")
    for heading in ("source", "compared", "mean error", "mean bias", "largest error"):
        table.add_column(heading, justify="left" if heading == "source" else "right", overflow="fold")
    for each in compared.sources:
        count = each.score.count
        figures = (each.mean_error, each.mean_bias, each.score.worst if count else None)
        table.add_row(f"{each.adapter} of 0x{each.config.hex()}", str(count), *map(_percent, figures))
    return table


def accuracy_as_json(compared: Compared) -> dict[str, object]:
    """For tools; numbers as decimal text, since they are longer than a JSON number can be trusted with."""
    return {
        "key": name_of(compared.key),
        "period": compared.period,
        "truth": str(compared.truth),
        "sources": [
            {
                "adapter": each.adapter,
                "config": f"0x{each.config.hex()}",
                "compared": each.score.count,
                "errors": str(each.score.errors),
                "biases": str(each.score.biases),
                "worst": str(each.score.worst),
            }
            for each in compared.sources
        ],
    }


def _percent(share: int | None) -> str:
    if share is None:
        return "-"
    return f"-{format_percent(-share, 2)}" if share < 0 else format_percent(share, 2)


def _call(rpc: Rpc, contract: str, name: str, kinds: Sequence[str], *given: Any) -> Any:
    function, gives = CALLS[name]
    data = keccak(function.encode())[:4] + bytes(encode(kinds, given))
    try:
        output = rpc.ask("eth_call", {"to": contract, "data": f"0x{data.hex()}"}, "latest")
        return decode([gives], bytes.fromhex(output[2:]))[0]
    except RpcFailed as error:
        if isinstance(error.data, str):
            raise RpcFailed(name, f"refused: {refusal.read(bytes.fromhex(error.data[2:]))}") from None
        raise
    except (DecodingError, TypeError, ValueError):
        raise RpcFailed(name, f"{contract} answered something else; is it the right contract?") from None

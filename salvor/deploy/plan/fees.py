"""What a unit of gas may cost: as EIP-1559 has it, else a plain price; and how much more a replacement must offer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from salvor.deploy.plan.refusals import NodeWrong
from salvor.deploy.plan.rpc import Node, Refused, number_in

_GWEI = 10**9


@dataclass(frozen=True)
class Fee:
    """Wei a unit of gas; `tip` of it at most for who builds the block. Without a base fee there is `most` alone."""

    most: int
    tip: int
    has_base: bool = True

    def fields(self) -> dict[str, Any]:
        """As transactions have it."""
        if self.has_base:
            return {"type": 2, "maxFeePerGas": self.most, "maxPriorityFeePerGas": self.tip}
        return {"type": 0, "gasPrice": self.most}

    def raised(self, above: Fee) -> Fee:
        """At least an eighth more than `above`, up: nodes take no replacement for less than a tenth."""
        return Fee(max(self.most, _eighth_more(above.most)), max(self.tip, _eighth_more(above.tip)), self.has_base)


def fee_now(node: Node, *, tip: int | None = None) -> Fee:
    """Twice the next base fee and a tip: enough for six full blocks in a row."""
    block, suggested, price = node.ask_all(
        [("eth_getBlockByNumber", ("latest", False)), ("eth_maxPriorityFeePerGas", ()), ("eth_gasPrice", ())]
    )
    if not isinstance(block, dict):
        raise NodeWrong(node.where, "it shows no latest block")
    base = number_in(block.get("baseFeePerGas"))
    if base is None:
        asked = number_in(price) if not isinstance(price, Refused) else None
        if asked is None:
            raise NodeWrong(node.where, "it tells neither a base fee nor a gas price")
        return Fee(asked if tip is None else max(asked, tip), 0, has_base=False)
    offered = number_in(suggested) if not isinstance(suggested, Refused) else None
    own = tip if tip is not None else offered if offered is not None else _GWEI
    return Fee(2 * base + own, own)


def _eighth_more(wei: int) -> int:
    return -(-wei * 9 // 8) + 1

"""What stands on the chain about a node's keys, asked by plain calls: no artifacts and no key are needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi import decode, encode
from eth_abi.exceptions import DecodingError

from salvor.amounts import WAD
from salvor.chain import refusal
from salvor.chain.codec import address_of
from salvor.node.errors import RpcFailed
from salvor.node.rpc import Rpc
from salvor.tape.merkle import keccak

_READING = "(uint128,uint128,uint40,uint40,uint8,uint8,uint8,uint8)"
_ANSWER = "(uint8,uint128,uint128,uint40)"
_LANDED = "(uint128,uint40,uint32,uint40,uint8)"
_SOURCE = "(address,uint32,uint32,bytes)"
POLICY_OF = (
    "policyOf(bytes32)",
    f"({_SOURCE}[],uint8,uint64,uint64,uint32,uint128,uint128,uint8,uint64,uint64,uint32)",
)
# Function and what it gives; a test compares both with the contracts.
CALLS = {
    "peek": ("peek(bytes32)", _READING),
    "answers": ("answers(bytes32)", f"{_ANSWER}[]"),
    "policyOf": POLICY_OF,
    "landed": ("landed(address,bytes32)", _LANDED),
    "isSigner": ("isSigner(address)", "bool"),
    "voidedUpTo": ("voidedUpTo(address)", "uint32"),
}
STATUS = ("refused", "held", "good")
FAILURE = ("", "no policy", "no quorum", "too far apart", "too fast")
_NO_POLICY = 1
REASONS = (
    "counts",
    "unreachable",
    "no value",
    "negative",
    "incomplete",
    "at limit",
    "too large",
    "sequencer down",
    "uncertain",
    "stale",
    "from future",
    "out of bounds",
    "deviates",
    "disputed",
    "signer removed",
    "too thin",
)


@dataclass(frozen=True)
class Said:
    """What one source of a key says: WAD, the second of which it speaks, and why it does not count (`counts`)."""

    who: str
    value: int
    at: int
    reason: str


@dataclass(frozen=True)
class KeyState:
    """A key on the chain. `landed_at` and `landed_nonce` are of the asked signer's last report, 0 before the first."""

    key: bytes
    value: int
    status: str
    why: str
    at: int
    age: int
    counted: int
    quorum: int
    sources: tuple[Said, ...]
    landed_value: int
    landed_time: int
    landed_nonce: int
    landed_at: int

    @property
    def spread(self) -> int | None:
        """Largest less smallest counted answer, WAD of the smallest, rounded up; None with none, or with one at 0."""
        values = [said.value for said in self.sources if said.reason == "counts"]
        if not values or min(values) == 0:
            return None
        return -(-(max(values) - min(values)) * WAD // min(values))


class OnChain:
    """The hub and the reports of one configuration."""

    def __init__(self, rpc: Rpc, *, chain_id: int, hub: str, reports: str) -> None:
        self._rpc, self._hub, self._reports = rpc, hub, reports
        if (found := rpc.number("eth_chainId")) != chain_id:
            raise RpcFailed("eth_chainId", f"this is chain {found}, the configuration names {chain_id}")
        for name, address in (("hub", hub), ("reports", reports)):
            if rpc.ask("eth_getCode", address, "latest") in ("0x", None):
                raise RpcFailed("eth_getCode", f"no contract at {address} (chain.{name})")

    def now(self) -> int:
        """Second of the latest block."""
        return int(self._rpc.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def is_signer(self, signer: str) -> bool:
        """Whether the account may sign."""
        return bool(self._call(self._reports, "isSigner", ("address",), signer))

    def voided_up_to(self, signer: str) -> int:
        """Nonce up to which the signer has declared its signatures void."""
        return int(self._call(self._reports, "voidedUpTo", ("address",), signer))

    def last_nonce(self, signer: str, keys: Sequence[bytes]) -> int:
        """The highest nonce that landed for one of these keys."""
        return max((self._landed(signer, key)[2] for key in keys), default=0)

    def state(self, key: bytes, signer: str) -> KeyState:
        """A key, whatever is wrong with it."""
        value, _, at, age, counted, quorum, status, why = self._call(self._hub, "peek", ("bytes32",), key)
        sources = () if why == _NO_POLICY else self._sources(key)
        told, of, nonce, landed_at, _ = self._landed(signer, key)
        return KeyState(
            key,
            value,
            _named(STATUS, status),
            _named(FAILURE, why),
            at,
            age,
            counted,
            quorum,
            sources,
            told,
            of,
            nonce,
            landed_at,
        )

    def _sources(self, key: bytes) -> tuple[Said, ...]:
        asked = [self._who(adapter, config) for adapter, _, _, config in self._call_hub("policyOf", key)[0]]
        answers = self._call_hub("answers", key)
        pairs = zip(asked, answers, strict=True)
        return tuple(Said(who, value, at, _named(REASONS, reason)) for who, (reason, value, _, at) in pairs)

    def _who(self, adapter: str, config: bytes) -> str:
        """A signer of these reports, else the adapter with its config, which may be a feed's address and more."""
        if address_of(adapter) == address_of(self._reports) and len(config) == 32:
            return f"signer {address_of('0x' + config[12:].hex())}"
        return f"{address_of(adapter)} of 0x{config.hex()}"

    def _call_hub(self, name: str, key: bytes) -> Any:
        return self._call(self._hub, name, ("bytes32",), key)

    def _landed(self, signer: str, key: bytes) -> Any:
        return self._call(self._reports, "landed", ("address", "bytes32"), signer, key)

    def _call(self, contract: str, name: str, kinds: tuple[str, ...], *given: Any) -> Any:
        function, gives = CALLS[name]
        data = keccak(function.encode())[:4] + bytes(encode(kinds, given))
        try:
            output = self._rpc.ask("eth_call", {"to": contract, "data": f"0x{data.hex()}"}, "latest")
            return decode([gives], bytes.fromhex(output[2:]))[0]
        except RpcFailed as error:
            if isinstance(error.data, str):
                raise RpcFailed(name, f"refused: {refusal.read(bytes.fromhex(error.data[2:]))}") from None
            raise
        except (DecodingError, TypeError, ValueError):
            raise RpcFailed(name, f"{contract} answered something else; is it the right contract?") from None


def _named(names: Sequence[str], number: int) -> str:
    return names[number] if number < len(names) else f"number {number}"

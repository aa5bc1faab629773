"""Ape's own provider: slow, and with everything Ape has. A receipt's `trace` is Ape's receipt with its call tree.

The chain is the one that Ape is connected to, so handles, Ape's fixtures and `ape.reverts` meet on it, and it is not
written to by handles alone: height and time are asked for. `in_ape` gives the Ape instance of a handle.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from salvor.chain.engines.anvil import NodeRefused, Rpc
from salvor.errors import EngineGone


class Ape(Rpc):
    """A connection that is Ape's stays Ape's; one that was opened here is closed here."""

    name = "ape"

    def __init__(self, *, genesis: int) -> None:
        import ape

        self._context, self._closed = None, False
        if ape.networks.active_provider is None:
            self._context = ape.networks.parse_network_choice("ethereum:local:foundry")
            self._context.__enter__()
        self._provider = ape.networks.active_provider
        self._now = 0
        super().__init__(now=max(genesis, self.now) + 1)

    @property
    def now(self) -> int:
        """As it was set, or later when Ape has let time pass."""
        return max(self._now, int(self.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16))

    @now.setter
    def now(self, seconds: int) -> None:
        self._now = seconds

    @property
    def number(self) -> int:
        """With the blocks of Ape's own transactions."""
        return int(self.ask("eth_blockNumber"), 16)

    @number.setter
    def number(self, number: int) -> None:
        """The node counts."""

    def ask(self, method: str, *params: Any) -> Any:
        """Through Ape's web3."""
        return self._result(method, self._reach(lambda web3: web3.make_request(method, list(params))))

    def ask_all(self, method: str, params: Sequence[Sequence[Any]]) -> list[Any]:
        """One request of Ape's web3."""
        if not params:
            return []
        answers = self._reach(lambda web3: web3.make_batch_request([(method, list(each)) for each in params]))
        return [self._result(method, answer) for answer in answers]

    def in_ape(self, name: str, address: str) -> Any:
        """The same contract as an Ape instance, by its name in the project."""
        import ape

        return getattr(ape.project, name).at(address)

    def close(self) -> None:
        """Give Ape its clock back; end the connection if it was opened here."""
        if not self._closed:
            self._closed = True
            with suppress(EngineGone):
                self.ask("anvil_removeBlockTimestampInterval")
        if self._context is not None:
            self._context.__exit__(None)
            self._context = None

    def _send(self, transaction: dict[str, Any]) -> tuple[dict[str, Any], Any]:
        """Signed and sent by Ape, from an account that the node impersonates."""
        import ape

        self.ask("evm_setNextBlockTimestamp", self.now)
        sender = ape.accounts.test_accounts.impersonate_account(transaction["from"])
        made = self._provider.network.ecosystem.create_transaction(
            receiver=transaction.get("to"),
            data=transaction["data"],
            value=int(transaction["value"], 16),
            gas=int(transaction["gas"], 16),
            gas_price=0,
            nonce=sender.nonce,
            chainId=self._provider.chain_id,
            **({"accessList": transaction["accessList"], "type": 1} if "accessList" in transaction else {"type": 0}),
        )
        receipt = sender.call(made)
        return self.ask("eth_getTransactionReceipt", receipt.txn_hash), receipt

    def _reach(self, question: Any) -> Any:
        from requests.exceptions import ConnectionError as NodeGone

        try:
            return question(self._provider.web3.provider)
        except (NodeGone, ConnectionError) as error:
            raise EngineGone(self.name, f"{type(error).__name__}: {error}".splitlines()[0]) from None

    def _result(self, method: str, answer: Any) -> Any:
        if error := answer.get("error"):
            raise NodeRefused(self.name, method, error)
        return answer["result"]

"""Every way in which a plan is refused or a deployment stops: one line each, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from salvor.errors import CHECK_FAILED, ChainTrouble, SalvorError, near

_RESUME = "run the same command again and it goes on from here"


class NameTwice(SalvorError):
    def __init__(self, name: str) -> None:
        super().__init__(f"two steps are called '{name}'; give one of them a name of its own")


class PlanChanged(SalvorError):
    """What is to be deployed is not what was reviewed, or not what was begun."""

    def __init__(self, where: str, changes: Sequence[str]) -> None:
        super().__init__(
            f"{where} is another plan: {'; '.join(changes)}; nothing was sent: bring the old inputs back, "
            "or plan once more under another --salt"
        )


class PlanUnreadable(SalvorError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a plan that `deploy plan --out` wrote: {reason}")


class NotOurCode(SalvorError):
    """An address of the plan is taken by something else."""

    exit_code = CHECK_FAILED

    def __init__(self, step: str, address: str, contract: str) -> None:
        super().__init__(
            f"{step}: at {address} stands other code than {contract}'s; plan once more under another --salt"
        )


class NotAsPlanned(SalvorError):
    """Everything was mined, and the chain does not show it."""

    exit_code = CHECK_FAILED

    def __init__(self, findings: Sequence[str]) -> None:
        super().__init__(f"the chain is not as planned: {'; '.join(findings)}")


class StepRefused(SalvorError):
    """Found out before anything was sent."""

    def __init__(self, step: str, reason: str) -> None:
        super().__init__(f"{step} would be refused: {reason}; nothing more was sent")


class StepFailed(ChainTrouble):
    """Mined, and reverted."""

    def __init__(self, step: str, transaction: str, reason: str) -> None:
        super().__init__(f"{step} failed in transaction {transaction}: {reason}; the steps after it were not sent")


class NodeSilent(ChainTrouble):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"the node at {where} does not answer: {reason}; {_RESUME}")


class NodeWrong(ChainTrouble):
    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"the node at {where} answers wrongly: {reason}; {_RESUME}, or name another node")


class OtherChain(ChainTrouble):
    def __init__(self, found: int, planned: int) -> None:
        super().__init__(f"the node is of chain {found}, the plan is for chain {planned}; name the right --network")


class OtherHistory(ChainTrouble):
    """The same number, and yet another chain: a local one that was started afresh."""

    def __init__(self, journal: Path, chain: int) -> None:
        super().__init__(
            f"{journal} was written for another chain with the number {chain} (its first block differs); "
            "name another --out, the old journal stays as it is"
        )


class BalanceLow(ChainTrouble):
    def __init__(self, account: str, has: int, needs: int) -> None:
        super().__init__(
            f"{account} has {_ether(has)} and needs up to {_ether(needs)} for the steps that are left; "
            f"send it {_ether(needs - has)}, then {_RESUME}"
        )


class NoncesUsed(ChainTrouble):
    def __init__(self, account: str, nonce: int) -> None:
        super().__init__(
            f"nonce {nonce} of {account} was used, and the node does not show by which transaction; ask a node that "
            f"keeps older states, or wait; {_RESUME}"
        )


class Stalled(ChainTrouble):
    def __init__(self, step: str, seconds: float, said: str) -> None:
        because = f" (the node said: {said})" if said else ""
        super().__init__(f"{step} has not been mined for {seconds:.0f} seconds{because}; {_RESUME}")


class FactoryImpossible(ChainTrouble):
    def __init__(self, createx: str, arachnid: str) -> None:
        super().__init__(
            f"this chain has neither CreateX ({createx}) nor the deterministic deployment proxy ({arachnid}); "
            "ask whoever runs it for one of them"
        )


class FactoryGone(ChainTrouble):
    """A deployment was begun through a factory that the chain does not show."""

    def __init__(self, name: str, address: str) -> None:
        super().__init__(
            f"this deployment was begun through {name}, and the node shows other code at {address}, or none; "
            "ask another node, or name another --folder where the chain is another one"
        )


class OtherFactory(SalvorError):
    def __init__(self, where: Path, begun: str, now: str) -> None:
        super().__init__(
            f"{where} was begun through the factory {begun}, this plan takes {now}, with which all addresses differ; "
            f"nothing was sent: make the plan with factory_on(node, begun_with='{begun}')"
        )


class KeyMissing(SalvorError):
    def __init__(self, variable: str) -> None:
        super().__init__(
            f"this explorer asks for a key: put it into the environment as {variable}; "
            "or publish to Sourcify, which asks for none: --to sourcify"
        )


class SignerMissing(SalvorError):
    def __init__(self, account: str, known: Sequence[str]) -> None:
        super().__init__(f"nobody signs for {account}; given: {', '.join(known) or 'nobody'}")


class NetworkMissing(SalvorError):
    def __init__(self, network: str, known: Sequence[str]) -> None:
        super().__init__(
            f"the deal file does not say who is who on '{network}'{near(network, known)}; add a part "
            f"`networks: {{ {network}: {{ accounts: ... }} }}` (docs/deploying.md shows one)"
        )


class NetworkUnfit(SalvorError):
    """What stands on a network, or is known of it, does not fit the deal."""


class ChangeImpossible(SalvorError):
    """Part of what differs can't be changed; then nothing of it is proposed."""

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__(f"the live deal can't become what the file says: {'; '.join(reasons)}")


class SafeSigns(SalvorError):
    def __init__(self) -> None:
        super().__init__(
            "a Safe signs elsewhere: `deploy safe` writes its batch, `deploy resume` sees what it executed"
        )


class SafeWaits(ChainTrouble):
    def __init__(self, safe: str, left: int) -> None:
        super().__init__(f"{left} steps are not executed by {safe} yet; execute the batch, then run this again")


class JournalInUse(SalvorError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: another run is at work with this journal; wait until it ends")


class JournalUnfit(SalvorError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a journal that can be used: {reason}")


class ViewUnanswered(SalvorError):
    def __init__(self, called: str, reason: str) -> None:
        super().__init__(f"{called}: can't be answered while a plan is made: {reason}")


def _ether(wei: int) -> str:
    """Exact, in ether."""
    whole, rest = divmod(wei, 10**18)
    return f"{whole}.{rest:018d}".rstrip("0").rstrip(".") + " ETH"

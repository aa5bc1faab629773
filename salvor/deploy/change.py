"""From a live deal to a changed file: just the calls that bring it there, for whoever has the last word.

An account calls them one by one, a Safe as a batch, a timelock as a proposal that waits. What is part of a contract
can't be changed; then nothing is proposed, and the reason is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.chain.handles import Function
from salvor.deploy.compare import ACCESS, NOBODY_CAN, Comparison, Cure, Finding, compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.listed import LISTS
from salvor.deploy.plan.refusals import ChangeImpossible
from salvor.deploy.plan.steps import Planned, Step, function_of
from salvor.deploy.plan.words import arguments_in_words
from salvor.deploy.powers import Power
from salvor.deploy.rights import ADMIN, PUBLIC

_COUNTS = "HolderCount"
_TAKES = ("revokeRole", *(each.takes_out for each in LISTS))


@dataclass(frozen=True)
class Change:
    """The calls, and by whom; `proposal` is what a timelock is given instead of them.

    `first` are contracts that the deployer puts where the calls find them; `then` is what nobody can call yet.
    """

    by: Power
    steps: tuple[Step, ...]
    proposal: tuple[Step, ...] = ()
    first: tuple[Step, ...] = ()
    then: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For whoever reviews and sends it."""
        return {
            "salvor_change": "1",
            "by": self.by.account,
            "kind": self.by.kind,
            "waits_seconds": self.by.delay,
            "first": [_shown(step) for step in self.first],
            "calls": [_shown(step) for step in self.steps],
            "proposal": [_shown(step) for step in self.proposal],
            "then": list(self.then),
        }


def change(deployment: Deployment, *, salt: bytes = bytes(32)) -> Change | None:
    """None when nothing differs. Raises when something differs that can't be changed."""
    comparison = compare(deployment)
    if fixed := [each for each in comparison.findings if each.cure is None and each.deploys is None]:
        raise ChangeImpossible([_why(each) for each in fixed])
    if not comparison.findings:
        return None
    admin = _admin(comparison)
    # Rights, rules and agents are given before others are taken: nothing is without anybody, or open, in between.
    cures = sorted((each.cure for each in comparison.findings if each.cure), key=lambda each: each.function in _TAKES)
    steps = tuple(_step(comparison, each, admin.account) for each in cures)
    proposal = _proposal(admin, steps, salt) if admin.kind == "timelock" and steps else ()
    first = tuple(each.deploys for each in comparison.findings if each.deploys)
    return Change(admin, steps, proposal, first, tuple(_then(each) for each in first if each.contract == _COUNTS))


def _then(step: Step) -> str:
    return (
        f"{step.name} knows no count yet and lets nobody begin to hold: an agent of the note hands in the wallets of "
        "all holders (rebuild, finishRebuild)"
    )


def _why(each: Finding) -> str:
    reason = "it is part of the contract" if each.changeable == NOBODY_CAN else each.changeable
    return f"{each.what} is {each.chain}, by the file {each.file} ({reason})"


def _admin(comparison: Comparison) -> Power:
    """Who acts: an admin without a delay of his own before one with it."""
    holders = comparison.rights.holders(ADMIN)
    if not holders:
        raise ChangeImpossible(["nobody is admin of the deal any more"])
    return comparison.powers[min(holders, key=lambda account: (holders[account], account))]


def _step(comparison: Comparison, cure: Cure, sender: str) -> Step:
    planned = comparison.made.steps.contracts[cure.contract]
    function = function_of(planned.blueprint, cure.function, cure.args)
    _may_call(comparison, planned, function, sender)
    words = arguments_in_words([{"type": "constructor", "inputs": function.params}], cure.args, _names(comparison))
    shown = f"{cure.contract}.{cure.function}({words})"
    data = function.encode(*cure.args)
    return Step(shown, "call", sender, planned.address, data, 0, words, (), planned.artifact.name)


def _may_call(comparison: Comparison, planned: Planned, function: Function, sender: str) -> None:
    """Whoever has the last word calls all of it; a function that was given to others is theirs."""
    rights = comparison.rights
    role = rights.functions.get((planned.address, function.selector), ADMIN)
    if planned.name != ACCESS and role != PUBLIC and (role, sender) not in rights.members:
        who = ", ".join(rights.holders(role)) or "nobody"
        raise ChangeImpossible([f"{planned.name}.{function.name} may be called by {who} only, not by {sender}"])


def _names(comparison: Comparison) -> dict[str, str]:
    selectors = {f"0x{selector.hex()}": name for selector, name in comparison.names.selectors.items()}
    return {**comparison.names.addresses, **selectors}


def _proposal(timelock: Power, steps: Sequence[Step], salt: bytes) -> tuple[Step, ...]:
    """OpenZeppelin's TimelockController: schedule now, execute the same when its delay is over."""
    batch = [step.to for step in steps], [step.value for step in steps], [step.data for step in steps]
    kinds = ["address[]", "uint256[]", "bytes[]", "bytes32", "bytes32"]
    common = (*batch, bytes(32), salt)
    proposer = next((who for what, who in timelock.behind if what == "PROPOSER"), "")
    executor = next((who for what, who in timelock.behind if what == "EXECUTOR"), proposer)
    schedule = _selector("scheduleBatch", [*kinds, "uint256"]) + encode([*kinds, "uint256"], [*common, timelock.delay])
    execute = _selector("executeBatch", kinds) + encode(kinds, common)
    made: list[Step] = []
    for name, sender, data in (("scheduleBatch", proposer, schedule), ("executeBatch", executor, execute)):
        says = f"{len(steps)} calls, {timelock.delay} seconds"
        before = () if not made else (made[0].name,)
        made.append(Step(f"timelock.{name}", "call", sender, timelock.account, data, 0, says, before))
    return tuple(made)


def _selector(name: str, kinds: Sequence[str]) -> bytes:
    return bytes(keccak(f"{name}({','.join(kinds)})".encode())[:4])


def _shown(step: Step) -> dict[str, str]:
    return {"call": step.name, "from": step.sender, "to": step.to, "data": f"0x{step.data.hex()}"}

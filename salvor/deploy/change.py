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

from salvor.deploy.compare import NOBODY_CAN, Comparison, Finding, compare
from salvor.deploy.deployment import Deployment
from salvor.deploy.plan.refusals import ChangeImpossible
from salvor.deploy.plan.steps import Step, function_of
from salvor.deploy.plan.words import arguments_in_words
from salvor.deploy.powers import Power
from salvor.deploy.rights import ADMIN

_GRANT = "grantRole"


@dataclass(frozen=True)
class Change:
    """The calls, and by whom; `proposal` is what a timelock is given instead of them."""

    by: Power
    steps: tuple[Step, ...]
    proposal: tuple[Step, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """For whoever reviews and sends it."""
        return {
            "salvor_change": "1",
            "by": self.by.account,
            "kind": self.by.kind,
            "waits_seconds": self.by.delay,
            "calls": [_shown(step) for step in self.steps],
            "proposal": [_shown(step) for step in self.proposal],
        }


def change(deployment: Deployment, *, salt: bytes = bytes(32)) -> Change | None:
    """None when nothing differs. Raises when something differs that can't be changed."""
    comparison = compare(deployment)
    if fixed := [each for each in comparison.findings if each.cure is None]:
        raise ChangeImpossible([_why(each) for each in fixed])
    if not comparison.findings:
        return None
    admin = _admin(comparison)
    # Rights are given before they are taken, so that no function is without anybody in between.
    ordered = sorted(comparison.findings, key=lambda each: each.cure is not None and each.cure[0] != _GRANT)
    steps = tuple(_step(comparison, each, admin.account) for each in ordered)
    proposal = _proposal(admin, steps, salt) if admin.kind == "timelock" else ()
    return Change(admin, steps, proposal)


def _why(each: Finding) -> str:
    reason = "it is part of the contract" if each.changeable == NOBODY_CAN else each.changeable
    return f"{each.what} is {each.chain}, by the file {each.file} ({reason})"


def _admin(comparison: Comparison) -> Power:
    """Who acts: an admin without a delay of his own before one with it."""
    holders = comparison.rights.holders(ADMIN)
    if not holders:
        raise ChangeImpossible(["nobody is admin of the deal any more"])
    return comparison.powers[min(holders, key=lambda account: (holders[account], account))]


def _step(comparison: Comparison, finding: Finding, sender: str) -> Step:
    access: Any = comparison.made.live.access
    name, args = finding.cure or ("", ())
    function = function_of(access.blueprint, name, args)
    words = arguments_in_words([{"type": "constructor", "inputs": function.params}], args, _names(comparison))
    shown = f"DealAccess.{name}({words})"
    return Step(shown, "call", sender, comparison.access, function.encode(*args), 0, words, (), "DealAccess")


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

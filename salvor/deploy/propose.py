"""Batches handed to a Safe's owners through its transaction service, by the plugin ape-safe where that is installed.

The plugin is not one of ours: who deploys from a Safe installs it beside. Without it the batches are files.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from importlib.util import find_spec
from typing import Any

from salvor.chain.codec import address_of
from salvor.deploy.plan.safe import Batch
from salvor.errors import OptionInvalid, near

_PLUGIN = "ape_safe"


def safe_account(safe: str) -> Any:
    """Ape's account of a Safe, by its address; raises when there is no plugin, or the Safe was not added to it."""
    if find_spec(_PLUGIN) is None:
        raise OptionInvalid(
            "--propose needs the plugin ape-safe (`ape plugins install safe`); without it, load the files into the "
            "Safe Transaction Builder"
        )
    from ape import accounts
    from ape.exceptions import ApeException

    known = [each for each in accounts if each.__class__.__module__.startswith(f"{_PLUGIN}.")]
    for each in known:
        try:
            if address_of(each.address) == address_of(safe):
                return each
        except ApeException:
            continue  # one of another chain
    names = ", ".join(str(each.alias) for each in known) or "none"
    raise OptionInvalid(f"Ape knows no Safe at {safe} (there is: {names}); `ape safe add {safe} NAME` adds it")


def proposer(name: str) -> Any:
    """Ape's account of an owner, who signs the proposal."""
    from ape import accounts

    if name.upper().startswith("TEST::"):
        return accounts.test_accounts[int(name[6:])]
    aliases = list(accounts.aliases)
    if name not in aliases:
        raise OptionInvalid(f"--propose {name}: Ape has no such account{near(name, aliases)}")
    return accounts.load(name)


def propose(made: Sequence[Batch], safe: Any, by: Any) -> Iterator[str]:
    """Each as one transaction of the Safe, nonces rising, so that its owners execute them in their order; the hashes.

    Nothing is executed here.
    """
    first, waits = int(safe.next_nonce), int(safe.new_nonce) - int(safe.next_nonce)
    if waits:  # the same batch twice would be refused by the chain, and one between others would come too late
        raise OptionInvalid(
            f"{waits} transactions of the Safe wait already: execute or reject them, then propose these"
        )
    for place, batch in enumerate(made):
        calls = safe.create_batch()
        for each in batch.content["transactions"]:
            data = bytes.fromhex(each["data"][2:])
            calls.calls.append({"target": each["to"], "value": int(each["value"]), "callData": data})
        yield str(calls.propose(submitter=by, nonce=first + place))

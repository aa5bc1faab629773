"""What of an evergreen fund's terms may change on a live deal, as the file has it and as it was last said.

The contract shows only what holds now; what was said for the epoch after it stands in its events.
"""

from __future__ import annotations

from typing import Any

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import decoder
from salvor.deploy.plan.creation import arguments_in
from salvor.deploy.plan.logs import logs_of
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.steps import Planned

FUND, CHANGE = "EvergreenFund", "change"
CHANGEABLE = "terms.changeable"  # of its constructor's arguments
_CHANGED = "Changed"


def changeable(artifact: Artifact, code: bytes) -> Any:
    """As a fund was made with it; `code` with the arguments behind it."""
    inputs = next(each["inputs"] for each in artifact.abi if each["type"] == "constructor")
    *_, terms = decoder(inputs, f"{artifact.name}.constructor")(arguments_in(artifact, code) or b"")
    return terms.changeable


def changeable_now(fund: Planned, code: bytes, node: Node, *, since: int) -> Any:
    """As it was last said, at its deployment or since."""
    [kind] = fund.blueprint.events[_CHANGED]
    said = [each for each in logs_of(node, fund.address, since=since) if each.topics[:1] == (kind.topic,)]
    return kind.read(said[-1]).terms if said else changeable(fund.artifact, code)

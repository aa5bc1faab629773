"""What somebody who reviews a plan should think about: who has power, and what is not the real thing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from salvor.deploy.deal_plan import Accounts, Token
from salvor.deploy.plan.rpc import Node, bytes_in


def warnings_of(accounts: Accounts, token: Token, node: Node) -> Iterator[str]:
    """A sentence each."""
    asked = {"owner": accounts.owner, "oracle": accounts.oracle}
    known = {name: address for name, address in asked.items() if address}
    answers = node.ask_all([("eth_getCode", (address, "latest")) for address in known.values()])
    has_code = {name: bool(bytes_in(answer)) for name, answer in zip(known, answers, strict=True)}
    if not accounts.owner:
        yield (
            f"no owner is named: the deployer {accounts.admin} stays admin and can give itself any role; "
            "name a timelock or a Safe as `owner`"
        )
    elif not has_code["owner"]:
        yield f"the owner {accounts.owner} is no contract: one key can give itself any role; name a timelock or a Safe"
    if not token.address:
        yield f"{token.symbol} is a test token: anybody can make as much of it as they like"
    if accounts.oracle and not has_code["oracle"]:
        yield f"no contract stands at the oracle's address {accounts.oracle}: nobody will tell the index"
    elif accounts.oracle:
        yield f"the oracle {accounts.oracle} is believed: its number is taken between floor and cap"
    for name, issuer in accounts.claim_issuers.items():
        said = ", ".join(issuer.topics)
        yield f"claims of {name} ({issuer.address}) are believed ({said}): who may hold hangs on its signature"
    if accounts.seller == accounts.servicer:
        yield "seller and servicer are one account: who reports is who gains"


def past_closing(closing: int) -> str:
    """Of a deal that is brought to a chain whose clock is later."""
    day = datetime.fromtimestamp(closing, UTC).date()
    return f"by the chain's clock the deal's closing, {day}, is over: nobody could order a note any more; move it"

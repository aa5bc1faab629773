"""A deployment tried out on a fork of its network: the very plan, and then every month of the deal to its end.

First each step is sent as it will be, by the same sender to the same addresses, and the fork is compared with the file.
Nobody here can sign for a deal's seller or investors: so it is deployed once more beside that, with test accounts in
their parts and with the network's own settlement asset, and played. What comes of it must equal the reference model.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.chain.codec import address_of
from salvor.chain.handles import Contract
from salvor.chain.send import learn_errors_of
from salvor.demo import Audience, Prepared, play_out, prepare
from salvor.deploy.compare import compare
from salvor.deploy.deal_plan import Accounts, Token, deal_steps
from salvor.deploy.deployment import Deployment
from salvor.deploy.live import LiveDeal, LiveLiquidation, LiveOracle, LiveRegulated, LiveVault
from salvor.deploy.plan.create3 import factory_on
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.plan import make_plan
from salvor.deploy.plan.refusals import NetworkUnfit, NotAsPlanned
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.run import Applied, Options, apply_plan
from salvor.deploy.plan.signers import Impersonated, Key
from salvor.deploy.warnings import past_closing
from salvor.desk.cast import Cast, cast_for
from salvor.desk.terminal import LocalChain, on_a_local_chain
from salvor.investors.in_a_deal import ISSUER
from salvor.report.statement import Statement
from salvor.report.table import print_statement
from salvor.toolchain.paths import ROOT

_SALT = "rehearsal"  # so that it does not stand where the very plan's contracts do
_ETHER = 10**22  # wei of each test account
_PAUSE = 0.02  # seconds between two looks at a chain that mines at once


@dataclass(frozen=True)
class Rehearsed:
    """What the deployment took, and what the deal came to."""

    block: int  # the latest of the network, from which all was tried
    planned: Applied
    statement: Statement


def rehearse(deal_file: Path, deployment: Deployment, *, console: Console) -> Rehearsed:
    """Apply the very plan and play the deal to its end; raises what goes wrong, as it would go wrong there."""
    out = deployment.folder / "rehearsal"
    ready = prepare(deal_file, tape_file=None, out=out)
    closing, months = ready.terms.closing, len(ready.collections)
    at, task = deployment.node.url, "rehearsal by period"
    with on_a_local_chain(console, closing=closing, task=task, total=months, fork_of=at) as chain:
        head = chain.provider.get_block("latest")
        if head.timestamp > closing:
            raise NetworkUnfit(past_closing(closing))
        planned = _as_planned(deployment, str(chain.provider.uri), out / "plan")
        _make_ready(chain)
        cast = cast_for(ready.deal, chain.accounts, wallets=ready.holders_behind)
        oracle = cast.parties.admin.deploy(chain.project.IndexBoard) if ready.indices else None
        live = _deploy(ready, chain, cast, oracle, deployment.token, out)
        statement = play_out(ready, live, oracle, chain.provider, cast, Audience(lambda said: None, chain.tick))
    return Rehearsed(int(head.number or 0), planned, statement)


def rehearse_first(deal_file: Path, deployment: Deployment, *, quiet: bool) -> None:
    """With what a user sees of it; whatever goes wrong there stops the command here."""
    console = Console(stderr=quiet, highlight=False)
    done = rehearse(deal_file, deployment, console=console)
    print_statement(done.statement, console)
    console.print(
        f"rehearsed on a fork of chain {deployment.chain_id} at block {done.block}: {len(done.planned.mined)} "
        f"transactions as planned, gas {done.planned.gas:,}; the deal played to its end and equals the model"
    )


def _as_planned(deployment: Deployment, url: str, folder: Path) -> Applied:
    """The very steps from the very sender, whom a fork lets anybody send from; and then the chain beside the file."""
    node, sender = Node(url), deployment.accounts.admin
    there = replace(deployment, node=node)
    node.ask("anvil_impersonateAccount", sender)
    with _new_journal(folder) as journal:
        applied = apply_plan(there.plan(), node, [Impersonated(sender)], journal, Options(pause=_PAUSE))
    findings = compare(replace(there, folder=folder)).findings
    node.close()
    if findings:
        raise NotAsPlanned([f"{each.what}: {each.chain}, by the file {each.file}" for each in findings])
    return applied


def _make_ready(chain: LocalChain) -> None:
    """Everybody knows the keys of test accounts: on a public network somebody has left code at their addresses."""
    for place in range(len(chain.accounts)):
        address = chain.accounts[place].address
        chain.provider.make_request("anvil_setCode", [address, "0x"])
        chain.provider.make_request("anvil_setBalance", [address, hex(_ETHER)])


def _new_journal(folder: Path) -> Journal:
    """Not one of an earlier rehearsal, whose chain is gone."""
    for old in folder.glob("journal.sqlite*"):
        old.unlink()
    return Journal(folder / "journal.sqlite")


class _Dealt:
    """A token that is not ours to make: on a fork the node gives it to whoever needs some."""

    def __init__(self, token: Any, provider: Any) -> None:
        self._token, self._provider = token, provider

    def mint(self, to: Any, units: int, **_: Any) -> None:
        """As test tokens have it."""
        holder, token = address_of(to), self._token.address
        has = self._token.balanceOf(holder)
        self._provider.make_request("anvil_dealERC20", [holder, token, hex(has + units)])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._token, name)


def _deploy(ready: Prepared, chain: LocalChain, cast: Cast, oracle: Any, token: Token, out: Path) -> LiveDeal:
    """A second time beside the very plan, by accounts that can act, handed over to somebody else in the end."""
    owner = chain.accounts[len(chain.accounts) - 1]
    parties = replace(cast.parties, owner=owner)
    node = Node(str(chain.provider.uri))
    accounts = Accounts(
        admin=str(parties.admin.address),
        seller=str(parties.seller.address),
        servicer=str(parties.servicer.address),
        transfer_agent=str(parties.transfer_agent.address),
        arranger=str(parties.arranger.address),
        others={name: str(account.address) for name, account in parties.others.items()},
        owner=str(owner.address),
        oracle=str(oracle.address) if oracle else "",
        claim_issuers={"rehearsal": ISSUER} if ready.regulation else {},
    )
    made = deal_steps(
        ready.deal.name,
        ready.terms,
        read_artifacts(build(ROOT)),
        accounts,
        token,
        chain_id=int(chain.provider.chain_id),
        now=int(chain.provider.get_block("latest").timestamp),
        factory=factory_on(node),
        salt=_SALT,
        rules=ready.regulation.rules if ready.regulation else None,
    )
    plan = make_plan(made.steps, node)
    with _new_journal(out / "play") as journal:
        apply_plan(plan, node, [Key(parties.admin.private_key)], journal, Options(pause=_PAUSE))
    node.close()
    head = int(chain.provider.get_block("latest").number)  # no cash moves before
    live = attached(made.live, chain.project, replace(made.live, parties=parties, first_block=head))
    return _dealt(live, _Dealt(live.settlement, chain.provider)) if token.address else live


def _dealt(live: LiveDeal, token: Any) -> LiveDeal:
    """The same for its groups of tranches: there is one asset."""
    sold = live.liquidation
    if sold:
        sold = replace(sold, groups=tuple(_dealt(each, token) for each in sold.groups))
    return replace(live, settlement=token, liquidation=sold)


def attached(planned: LiveDeal, project: Any, live: LiveDeal) -> LiveDeal:
    """A live deal as Ape's contracts, at the addresses that it was planned at."""

    def at(value: Any) -> Any:
        if isinstance(value, Contract):
            found = getattr(project, value.blueprint.name).at(value.address)
            learn_errors_of(found)
            return found
        if isinstance(value, tuple):
            return tuple(map(at, value))
        if isinstance(value, Mapping):
            return {name: at(each) for name, each in value.items()}
        if isinstance(value, LiveDeal):  # a group of tranches: played by the same people
            return attached(value, project, replace(value, parties=live.parties, first_block=live.first_block))
        if isinstance(value, LiveOracle | LiveVault | LiveRegulated | LiveLiquidation):
            return replace(value, **{each.name: at(getattr(value, each.name)) for each in fields(value)})
        return value

    found = {each.name: at(getattr(planned, each.name)) for each in fields(planned)}
    return replace(live, **(found | {"parties": live.parties, "first_block": live.first_block}))

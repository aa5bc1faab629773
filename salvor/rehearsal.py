"""A deployment tried out: the whole plan on a local chain, handed over, and then every month of the deal to its end.

The chain is a fresh one, the accounts are Ape's test accounts, the asset is a test token; code, terms, steps, roles and
the hand-over are those of the real deployment. What comes of it is compared with the reference model, like the demo.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.chain.handles import Contract
from salvor.chain.send import learn_errors_of
from salvor.demo import Audience, Prepared, play_out, prepare
from salvor.deploy.deal_plan import Accounts, Token, deal_steps
from salvor.deploy.live import LiveDeal, LiveLiquidation, LiveOracle, LiveRegulated, LiveVault
from salvor.deploy.plan.create3 import factory_on
from salvor.deploy.plan.plan import make_plan
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.run import Applied, Options, apply_plan
from salvor.deploy.plan.signers import Key
from salvor.desk.cast import Cast, cast_for
from salvor.desk.terminal import LocalChain, on_a_local_chain
from salvor.investors.in_a_deal import ISSUER
from salvor.report.statement import Statement
from salvor.toolchain.paths import ROOT

if TYPE_CHECKING:
    from rich.console import Console

_PAUSE = 0.02  # seconds between two looks at a chain that mines at once


@dataclass(frozen=True)
class Rehearsed:
    """What the deployment took, and what the deal came to."""

    applied: Applied
    statement: Statement


def rehearse(deal_file: Path, *, out: Path, console: Console) -> Rehearsed:
    """Deploy by plan and play to the end; raises what goes wrong, as it would go wrong there."""
    ready = prepare(deal_file, tape_file=None, out=out)
    closing, months = ready.terms.closing, len(ready.collections)
    with on_a_local_chain(console, closing=closing, task="rehearsal by period", total=months) as chain:
        cast = cast_for(ready.deal, chain.accounts)
        oracle = cast.parties.admin.deploy(chain.project.IndexBoard) if ready.indices else None
        live, applied = _deploy(ready, chain, cast, oracle, out)
        statement = play_out(ready, live, oracle, chain.provider, cast, Audience(lambda said: None, chain.tick))
    return Rehearsed(applied, statement)


def _deploy(ready: Prepared, chain: LocalChain, cast: Cast, oracle: Any, out: Path) -> tuple[LiveDeal, Applied]:
    """By the plan, with a journal, handed over to somebody else in the end."""
    owner = chain.accounts[len(chain.accounts) - 1]
    parties, token = replace(cast.parties, owner=owner), ready.deal.settlement
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
        Token(token.name, token.symbol, token.decimals),
        chain_id=int(chain.provider.chain_id),
        now=int(chain.provider.get_block("latest").timestamp),
        factory=factory_on(node)[0],
        rules=ready.regulation.rules if ready.regulation else None,
    )
    journal = out / "rehearsal.sqlite"
    for old in out.glob(f"{journal.name}*"):
        old.unlink()  # of an earlier rehearsal, whose chain is gone
    options = Options(pause=_PAUSE)
    applied = apply_plan(make_plan(made.steps, node), node, [Key(parties.admin.private_key)], journal, options)
    node.close()
    head = int(chain.provider.get_block("latest").number)  # no cash moves before
    return attached(made.live, chain.project, replace(made.live, parties=parties, first_block=head)), applied


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
        if isinstance(value, LiveOracle | LiveVault | LiveRegulated | LiveLiquidation):
            return replace(value, **{each.name: at(getattr(value, each.name)) for each in fields(value)})
        return value

    found = {each.name: at(getattr(planned, each.name)) for each in fields(planned)}
    return replace(live, **(found | {"parties": live.parties, "first_block": live.first_block}))

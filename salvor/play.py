"""A deal's whole life: rehearsed on the model, then played on a chain, both compared after every call.

The rehearsal comes first, so a life that can't happen is told with its line in the file and nothing is deployed. What
`salvor/demo.py` tells of one deal in a straight line, this does for whatever an issuer writes into a life.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salvor.chain.clock import at
from salvor.deal.life import Do, Life
from salvor.deal.load import load_life, load_tape_mapping, refuse_event
from salvor.deal.schema import Deal
from salvor.deal.servicing import Servicing, nothing, read_servicing
from salvor.demo import Audience, Prepared, assumed_indices, prepare
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal
from salvor.desk.acts import Script, acts_of
from salvor.desk.cast import Cast
from salvor.desk.on_chain import OnChain
from salvor.desk.on_model import OnModel
from salvor.desk.reporting import Tapes, reports_of
from salvor.errors import ChainPastClosing, LoanTwice, OptionInvalid, ReconciliationFailed, RowsRejected
from salvor.investors.in_a_deal import Regulation
from salvor.investors.on_stage import RegulatedOnChain, RegulatedOnModel, row_of
from salvor.report.from_chain import read_statement
from salvor.report.from_model import statement_of
from salvor.report.life import LifeStatement
from salvor.report.side_by_side import Stage, perform, rehearse
from salvor.report.statement import differences
from salvor.tape.check import check_tape, first_reject
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment, checked_part, commit_tape
from salvor.tape.loans import read_balances

if TYPE_CHECKING:
    from ape.api import ProviderAPI
    from ape.managers.project import ProjectManager


WHOLE = "no loan of this deal is worked alone in a life: `ape run demo` plays two, `ape run sell` acts on a live deal"


@dataclass(frozen=True)
class LifePrepared:
    """All that is known of a life before anything is deployed; it was rehearsed and can happen."""

    ready: Prepared
    life_file: Path
    script: Script
    calls: int  # that the chain will be asked to do
    doubts: tuple[str, ...] = ()  # what is odd in the collections and no error


def prepare_life(deal_file: Path, life_file: Path, *, out: Path) -> LifePrepared:
    """Read deal, tapes, life and collections, and rehearse them; raises an error of the file that is to blame."""
    ready = prepare(deal_file, tape_file=None, out=out)
    if ready.groups:
        raise OptionInvalid(f"{deal_file} has further groups of tranches: `ape run demo` plays all, a life one")
    deal, life = ready.deal, load_life(life_file, ready.deal)
    if ready.regulation:
        _refuse_whom_no_row_names(ready.regulation, life, life_file)
    further = _further(life, life_file, deal, out)
    tapes = [(ready.commitment, ready.secret), *((each.commitment, each.secret) for each in further.values())]
    _refuse_loans_twice(tapes, ["the deal's tape", *further])
    balances = read_balances(ready.tape)
    for each in further.values():
        balances |= each.balances
    serviced = _serviced(life, life_file, deal, balances)
    reports = reports_of(serviced.reports, life, tapes)
    acts = acts_of(deal, life, ready.terms, reports, assumed_indices(deal, len(reports)))
    bought = {name: each.commitment.public for name, each in further.items()}
    script = Script(deal, ready.terms, acts, bought, tuple(life.wallets), deal_file)
    doubts = (*serviced.doubts, WHOLE) if deal.liquidation else serviced.doubts
    prepared = LifePrepared(ready, life_file, script, 0, doubts)
    return replace(prepared, calls=rehearse(model_of(prepared), life_file).calls)


def model_of(prepared: LifePrepared) -> OnModel:
    """At its beginning; of a deal with jurisdictions the books of rules have a say."""
    if prepared.ready.regulation is None:
        return OnModel(prepared.script)
    return RegulatedOnModel(prepared.script, regulation=prepared.ready.regulation)


def chain_of(
    prepared: LifePrepared, live: LiveDeal, accounts: Mapping[str, Any], outsider: Any, clock: Callable[[int], None]
) -> OnChain:
    """The same of a deal that was deployed."""
    around = (prepared.script, live, accounts, outsider, clock)
    if prepared.ready.regulation is None:
        return OnChain(*around)
    return RegulatedOnChain(*around, regulation=prepared.ready.regulation)


def _refuse_whom_no_row_names(regulation: Regulation, life: Life, life_file: Path) -> None:
    """Whoever is admitted is registered with the claims of a row of that name."""
    for place, event in life.events:
        if event.do is Do.ADMIT and row_of(regulation, event.who or "") is None:
            reason = f"investors.csv has no row of '{event.who}': a deal with jurisdictions registers whom it names"
            refuse_event(life_file, (*place, "who"), reason)


def play(
    prepared: LifePrepared, project: ProjectManager, provider: ProviderAPI, cast: Cast, audience: Audience
) -> LifeStatement:
    """Deploy the deal and play its life; raises unless chain and model agree on all of it and no unit is missing."""
    script, parties = prepared.script, cast.parties
    terms, token = script.terms, script.deal.settlement
    if (now := provider.get_block("latest").timestamp) > terms.closing:
        raise ChainPastClosing(now, terms.closing)
    settlement = parties.admin.deploy(project.SettlementToken, token.name, token.symbol, token.decimals)
    first_block = provider.get_block("latest").number
    board = parties.admin.deploy(project.IndexBoard) if prepared.ready.indices else None
    if prepared.ready.regulation:
        terms = prepared.ready.regulation.terms(terms, settlement.address)
    live = apply(project, terms, parties=parties, settlement=settlement, oracle=board, first_block=first_block)
    audience.say(f"deployed: pool {live.pool.address} over {terms.tape.loan_count} loans")
    chain = chain_of(prepared, live, cast.investors, cast.outsider, lambda seconds: at(provider, seconds))
    chain.board = board
    stage = Stage(script, prepared.life_file, model_of(prepared), chain)
    perform(stage, tick=lambda calls, sentence: _tell(audience, calls, sentence))
    statement = read_statement(live, script.deal, investors=cast.investors)
    if found := differences(statement, statement_of(stage.model)):
        raise ReconciliationFailed(found)
    return stage.statement(statement)


def _tell(audience: Audience, calls: int, sentence: str) -> None:
    audience.say(sentence)
    audience.tick(calls)


@dataclass(frozen=True)
class _Further:
    """A tape that may be bought later."""

    commitment: Commitment
    secret: Secret
    balances: dict[str, int]


def _further(life: Life, life_file: Path, deal: Deal, out: Path) -> dict[str, _Further]:
    """The tapes that may be bought later, each checked and committed as the first is."""
    found = {}
    for number, (name, files) in enumerate(life.further_tapes.items(), start=1):
        source, folder = life_file.parent / files.file, out / f"further-{number}"
        mapping = load_tape_mapping(life_file.parent / files.mapping)
        tape = check_tape(source, mapping, decimals=deal.settlement.decimals, out=folder)
        if tape.totals.rows_rejected > deal.tape.max_rejected_rows or not tape.totals.rows_accepted:
            raise RowsRejected(source, first_reject(tape), tape.totals, deal.tape.max_rejected_rows, tape.exceptions)
        secret = Secret.draw()
        found[name] = _Further(commit_tape([checked_part(folder)], secret), secret, read_balances(tape))
    return found


def _serviced(life: Life, life_file: Path, deal: Deal, balances: Mapping[str, int]) -> Servicing:
    periods = life.last_period(deal)
    if life.collections is None:
        return nothing(periods)
    return read_servicing(
        life_file.parent / life.collections,
        balances,
        periods=periods,
        decimals=deal.settlement.decimals,
        costs=deal.calendar.costs,
        missing=[period for period, terms in life.reports.items() if terms.missing],
    )


def _refuse_loans_twice(tapes: Tapes, names: list[str]) -> None:
    """Collections tell loans apart by their identifiers alone."""
    seen: dict[str, str] = {}
    for name, (commitment, _) in zip(names, tapes, strict=True):
        for loan in commitment.identifiers:
            if (first := seen.setdefault(loan, name)) != name:
                raise LoanTwice(loan, first, name)

"""Read this first: one deal from the bank's tape to the last claim, each step one call.

`prepare` reads files and raises before anything is deployed; `play` runs the story on a chain and returns the closing
statement that it read back there. Who wants to know what happens to one unit of money follows the calls from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from salvor.amounts import Units, format_units
from salvor.chain.clock import at
from salvor.chain.refusal import refusal_of
from salvor.deal.allotment import allotted, orders
from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.schedule import Collected, collections
from salvor.deal.schema import Deal
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal
from salvor.deploy.terms import DealTerms, as_played, compile_terms
from salvor.desk import actions as desk
from salvor.desk import visits
from salvor.desk.appraisers import Appraisers, with_played_signers
from salvor.desk.cast import Cast
from salvor.desk.tapes import Proofs
from salvor.desk.worked import KEEPER, SERVICER, Story, Telling, story_of, without
from salvor.desk.worked_on_chain import Clock, OnChain
from salvor.errors import ChainPastClosing, OptionInvalid, ReconciliationFailed, RowsRejected
from salvor.investors.in_a_deal import (
    Regulation,
    keep_retention,
    prepare_transfer,
    register_cast,
    regulation_of,
)
from salvor.report.from_chain import read_statement
from salvor.report.from_model import Course, forecast, in_order
from salvor.report.statement import Statement, differences
from salvor.tape.check import Checked, check_tape, first_reject
from salvor.tape.commitment.disclosure import disclose
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import Commitment, checked_part, commit_collections, commit_tape
from salvor.tape.loans import EXPECTED, Loan, read_loans

if TYPE_CHECKING:
    from ape.api import AccountAPI, ProviderAPI
    from ape.contracts import ContractInstance
    from ape.managers.project import ProjectManager

CLAIM_EVERY = 12  # periods; and after the last


@dataclass(frozen=True)
class Prepared:
    """Everything that is known before anything is deployed."""

    deal: Deal
    tape: Checked
    loans: tuple[Loan, ...]
    commitment: Commitment
    secret: Secret  # drawn for this run; an issuer keeps one (`ape run tape commit`)
    terms: DealTerms
    collections: list[Collected]  # by period: what each loan pays, and what is reported beside it
    claims_after: list[int]
    indices: list[int]  # by period, of a deal with floating rates: what the play takes the index for
    regulation: Regulation | None = None  # of a deal that names jurisdictions
    story: Story | str = ""  # of two loans that are worked alone, or why none is told
    groups: tuple[Prepared, ...] = ()  # further tranches behind the same cases

    @property
    def course(self) -> Course:
        """What the model needs of it."""
        return Course(self.deal, self.terms, self.collections, self.claims_after, self.indices)

    @property
    def holders_behind(self) -> list[str]:
        """Investors of further tranches, by name."""
        return [investor.name for each in self.groups for investor in each.deal.investors]


@dataclass(frozen=True)
class Audience:
    """Where the story is told: lines, and how many periods are done."""

    say: Callable[[str], None]
    tick: Callable[[int], None]


def prepare(deal_file: Path, *, tape_file: Path | None, out: Path) -> Prepared:
    """Read deal and tape, check and commit the tape, and reckon what will be collected when."""
    deal = load_deal(deal_file)
    regulation = None if deal.compliance is None else regulation_of(deal_file)
    mapping = load_tape_mapping(deal_file.parent / deal.tape.mapping)
    source = tape_file or deal_file.parent / deal.tape.file
    tape = check_tape(source, mapping, decimals=deal.settlement.decimals, out=out / "tape")
    if tape.totals.rows_rejected > deal.tape.max_rejected_rows or not tape.totals.rows_accepted:
        raise RowsRejected(source, first_reject(tape), tape.totals, deal.tape.max_rejected_rows, tape.exceptions)
    loans, secret = read_loans(tape), Secret.draw()
    commitment = commit_tape([checked_part(out / "tape")], secret)
    groups = _groups(deal_file, deal, out)
    behind = tuple(each.terms for each in groups)
    terms = with_played_signers(as_played(compile_terms(deal, loans, commitment.public, behind)))
    if others := [each.deal.name for each in groups if each.terms.closing != terms.closing]:
        raise OptionInvalid(f"'{others[0]}' closes on another day than '{deal.name}': a play closes all groups on one")
    periods = len(terms.period_ends)
    claims_after = sorted({*range(CLAIM_EVERY, periods, CLAIM_EVERY), periods})
    story = story_of(deal, terms, loans)
    cash = collections(without(story, loans), deal.calendar)
    indices = assumed_indices(deal, periods)
    known = (deal, tape, loans, commitment, secret, terms, cash, claims_after, indices)
    return Prepared(*known, regulation, story, groups)


def _groups(deal_file: Path, deal: Deal, out: Path) -> tuple[Prepared, ...]:
    """Further tranches that the deal names, each from its own file and tape."""
    named = deal.liquidation.groups if deal.liquidation else {}
    return tuple(
        prepare(deal_file.parent / each.deal, tape_file=None, out=out / f"group {name}") for name, each in named.items()
    )


def play(ready: Prepared, project: ProjectManager, provider: ProviderAPI, cast: Cast, audience: Audience) -> Statement:
    """Deploy, sell, collect, run, claim; raises unless the chain equals the model and no unit is missing."""
    terms, token, parties = ready.terms, ready.deal.settlement, cast.parties
    if (now := provider.get_block("latest").timestamp) > terms.closing:
        raise ChainPastClosing(now, terms.closing)
    settlement = parties.admin.deploy(project.SettlementToken, token.name, token.symbol, token.decimals)
    first_block = provider.get_block("latest").number
    indices = any(each.indices for each in (ready, *ready.groups))
    oracle = parties.admin.deploy(project.IndexBoard) if indices else None
    if ready.regulation:
        terms = ready.regulation.terms(terms, settlement.address)
    live = apply(project, terms, parties=parties, settlement=settlement, oracle=oracle, first_block=first_block)
    audience.say(
        f"deployed: pool {live.pool.address} over {terms.tape.loan_count} loans, tape root 0x{terms.tape.root.hex()}"
    )
    return play_out(ready, live, oracle, provider, cast, audience)


def play_out(
    ready: Prepared,
    live: LiveDeal,
    oracle: ContractInstance | None,
    provider: ProviderAPI,
    cast: Cast,
    audience: Audience,
) -> Statement:
    """The same of a deal that was deployed and has sold nothing yet, by whatever way it came to the chain."""
    terms = ready.terms
    _prove_one_loan(ready, live, audience)

    if ready.regulation:
        now = provider.get_block("latest").timestamp
        done = register_cast(live, ready.regulation, cast.investors.items(), now)
        audience.say(f"registered: {len(done.of('registered'))} investors with signed claims of class and country")
    parts = [(ready, live), *zip(ready.groups, live.liquidation.groups if live.liquidation else (), strict=True)]
    for own, each in parts:
        if ready.groups:
            audience.say(f"{own.deal.name}: pool {each.pool.address} over {own.terms.tape.loan_count} loans")
        _order(own, each, cast, audience)
    at(provider, terms.closing)
    for own, each in parts:
        _close(own, each, cast, audience)

    worked = _worked(ready, live, provider, cast, audience)
    for place, period in in_order([each.course.ends for each, _ in parts]):
        own, each = parts[place]
        end = own.terms.period_ends[period - 1]
        visits.ask(each, own.deal, cast.investors, period, audience.say)
        _tell_index(own, each, oracle, cast, period)
        if worked:
            worked.until(end)
        at(provider, end)
        _end_period(own, each, cast, period)
        if worked:
            _tell_proceeds(own, each, audience, period)
        visits.settle(each, cast.investors.values(), by=cast.outsider)
        _trade(own, each, cast, audience, period)
        _claim(own, each, cast, period)
        if place == 0:
            audience.tick(period)

    visits.take_earned(live, cast.investors.values(), by=cast.outsider)
    behind = [each.deal for each in ready.groups]
    chain = read_statement(live, ready.deal, investors=cast.investors, groups=behind)
    story = None if isinstance(ready.story, str) else ready.story
    model = forecast(ready.course, story=story, groups=[each.course for each in ready.groups])
    if found := differences(chain, model):
        raise ReconciliationFailed(found)
    return chain


def _end_period(ready: Prepared, live: LiveDeal, cast: Cast, period: int) -> None:
    """The servicer reports what came in and hands it over; anybody runs the waterfall."""
    collected = ready.collections[period - 1]
    tree = commit_collections(period, collected.cash, ready.commitment, ready.secret)
    live.settlement.mint(live.parties.servicer, collected.net, sender=live.parties.servicer)
    desk.collect(live, period, collected, tree)
    desk.run_waterfall(live, period, by=cast.outsider)


def _worked(ready: Prepared, live: LiveDeal, provider: ProviderAPI, cast: Cast, audience: Audience) -> Telling | None:
    """Two loans that do not pay, where the deal sells such loans alone."""
    if isinstance(ready.story, str):
        if ready.story:
            audience.say(f"no loan of this deal is worked alone in a play: {ready.story}")
        return None
    own: Any = ready.deal.liquidation
    clock = Clock(lambda: provider.get_block("latest").timestamp, lambda seconds: at(provider, seconds))
    appraisers = Appraisers(live, ready.terms, int(provider.chain_id), cast.outsider)
    proofs = Proofs(ready.commitment, own.claim, ready.secret)
    people = {**cast.bidders, KEEPER: cast.outsider, SERVICER: live.parties.servicer}
    name, groups = list(own.triggers)[ready.story.trigger], list(own.groups)
    side = OnChain(ready.story, live, proofs, appraisers, people, name, clock, audience.say, groups)
    return Telling(ready.story, side)


def _tell_proceeds(ready: Prepared, live: LiveDeal, audience: Audience, period: int) -> None:
    """Where sales brought something: how far the most senior notes came by the run."""
    before, record = live.pool.record(period - 1), live.pool.record(period)
    decimals = ready.deal.settlement.decimals
    if proceeds := record.net - before.net - ready.collections[period - 1].net:
        cash, left = (format_units(each, decimals) for each in (proceeds, live.waterfall.tranche(0).principal))
        name, end = ready.deal.tranches[0].name, datetime.fromtimestamp(record.end, UTC)
        whose = "" if live.liquidation else f" of '{ready.deal.name}'"
        audience.say(
            f"{end:%Y-%m-%d}  period {period}{whose} run: {cash} of its cash from sales; {name} principal left {left}"
        )


def _order(ready: Prepared, live: LiveDeal, cast: Cast, audience: Audience) -> None:
    """Everybody in the book orders once admitted; who is not admitted is refused."""
    deal, token = ready.deal, ready.deal.settlement
    desk.open_sale(live)
    _fund(live.settlement, cast.outsider, 1)
    refusal = refusal_of(lambda: desk.order(live, cast.outsider, tranche=0, units=Units(1)))
    audience.say(f"refused: an outsider who is not admitted wants to order notes: {refusal}")
    for (name, tranche), units in orders(deal).items():
        account = cast.investors[name]
        if not ready.regulation:
            desk.admit(live, account, until=ready.terms.period_ends[-1] + 1)
        _fund(live.settlement, account, units)
        desk.order(live, account, tranche=deal.place_of(tranche), units=units)
        amount = format_units(units, token.decimals)
        audience.say(f"subscribed: {name}, {amount} {token.symbol} of {tranche}")


def _close(ready: Prepared, live: LiveDeal, cast: Cast, audience: Audience) -> None:
    """The notes go to who ordered them, the price to the seller."""
    deal, token = ready.deal, ready.deal.settlement
    desk.close(live, by=cast.outsider)
    for name, tranche in allotted(deal):
        desk.settle(live, cast.investors[name], tranche=deal.place_of(tranche), by=cast.outsider)
    if ready.regulation:
        for tranche, units in keep_retention(live, ready.regulation, cast.investors).items():
            amount = format_units(units, token.decimals)
            audience.say(f"kept: {amount} {token.symbol} of {tranche} stay with the originator")
    seller = live.parties.seller
    price = format_units(live.distributor.creditOf(seller), token.decimals)
    desk.pay_credit(live, seller, by=cast.outsider)
    audience.say(f"closed: all notes sold, {price} {token.symbol} paid to the seller")


def assumed_indices(deal: Deal, periods: int) -> list[int]:
    """The assumed index of each period, the last one for all that follow; nothing where no rate floats."""
    if deal.index is None or not any(tranche.floating for tranche in deal.tranches):
        return []
    known = deal.index.assumed or [deal.index.first]
    return [int(known[min(place, len(known) - 1)]) for place in range(periods)]


def _tell_index(ready: Prepared, live: LiveDeal, oracle: ContractInstance | None, cast: Cast, period: int) -> None:
    """At a period's start the index is written on the test chain's board, and anybody has the deal read it."""
    if oracle is not None:
        oracle.write(ready.terms.rules.begin(period), ready.indices[period - 1], sender=cast.outsider)
        desk.tell_index(live, period, by=cast.outsider)


def _prove_one_loan(ready: Prepared, live: LiveDeal, audience: Audience) -> None:
    """The pool holds one root, and still knows each field of each loan."""
    loan = ready.loans[0].loan_id
    shown = disclose(ready.commitment, ready.secret, loan, [EXPECTED])
    if not live.pool.verifyField(*shown.for_pool(EXPECTED)):
        raise ReconciliationFailed([f"account {loan} can't be proved against the tape root"])
    expected = format_units(ready.loans[0].expected_recovery, ready.deal.settlement.decimals)
    audience.say(f"proved on chain, without showing anything else: of account {loan} the bank expected {expected}")


def _trade(ready: Prepared, live: LiveDeal, cast: Cast, audience: Audience, period: int) -> None:
    deal = ready.deal
    for trade in deal.trades:
        if trade.after_period == period:
            seller, buyer = cast.investors[trade.seller], cast.investors[trade.buyer]
            units = deal.units(trade.amount)
            prepare_transfer(live, deal.place_of(trade.tranche), seller, buyer, units)
            desk.transfer(live, seller=seller, buyer=buyer, tranche=deal.place_of(trade.tranche), units=units)
            amount = format_units(units, deal.settlement.decimals)
            audience.say(f"traded after period {period}: {amount} of {trade.tranche}, {trade.seller} to {trade.buyer}")


def _claim(ready: Prepared, live: LiveDeal, cast: Cast, period: int) -> None:
    if period not in ready.claims_after:
        return
    for tranche, note in enumerate(live.notes):
        for account in cast.investors.values():
            if note.claimable(account):
                desk.claim(live, account, tranche=tranche)
    for name in ready.deal.payees:
        if live.distributor.creditOf(payee := live.parties.account(name)):
            desk.pay_credit(live, payee, by=cast.outsider)


def _fund(settlement: ContractInstance, account: AccountAPI, units: int) -> None:
    """The settlement asset of a test chain gives everybody what they ask for."""
    settlement.mint(account, units, sender=account)

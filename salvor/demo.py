"""Read this first: one deal from the bank's tape to the last claim, each step one call.

`prepare` reads files and raises before anything is deployed; `play` runs the story on a chain and returns the closing
statement that it read back there. Who wants to know what happens to one unit of money follows the calls from here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from salvor.amounts import Units, format_units
from salvor.chain.clock import at
from salvor.chain.refusal import refusal_of
from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.schedule import collections
from salvor.deal.schema import Deal
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal
from salvor.deploy.terms import DealTerms, compile_terms
from salvor.desk import actions as desk
from salvor.desk.cast import Cast
from salvor.errors import ChainPastClosing, ReconciliationFailed, RowsRejected
from salvor.report.from_chain import read_statement
from salvor.report.from_model import forecast
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
    collections: list[dict[str, Units]]  # by period: what each loan pays
    claims_after: list[int]


@dataclass(frozen=True)
class Audience:
    """Where the story is told: lines, and how many periods are done."""

    say: Callable[[str], None]
    tick: Callable[[int], None]


def prepare(deal_file: Path, *, tape_file: Path | None, out: Path) -> Prepared:
    """Read deal and tape, check and commit the tape, and reckon what will be collected when."""
    deal = load_deal(deal_file)
    mapping = load_tape_mapping(deal_file.parent / deal.tape.mapping)
    source = tape_file or deal_file.parent / deal.tape.file
    tape = check_tape(source, mapping, decimals=deal.settlement.decimals, out=out / "tape")
    if tape.totals.rows_rejected > deal.tape.max_rejected_rows or not tape.totals.rows_accepted:
        raise RowsRejected(source, first_reject(tape), tape.totals, deal.tape.max_rejected_rows, tape.exceptions)
    loans, secret = read_loans(tape), Secret.draw()
    commitment = commit_tape([checked_part(out / "tape")], secret)
    terms = compile_terms(deal, loans, commitment.public)
    periods = len(terms.period_ends)
    claims_after = sorted({*range(CLAIM_EVERY, periods, CLAIM_EVERY), periods})
    cash = collections(loans, deal.calendar.timing_curve)
    return Prepared(deal, tape, loans, commitment, secret, terms, cash, claims_after)


def play(ready: Prepared, project: ProjectManager, provider: ProviderAPI, cast: Cast, audience: Audience) -> Statement:
    """Deploy, sell, collect, run, claim; raises unless the chain equals the model and no unit is missing."""
    terms, token, parties = ready.terms, ready.deal.settlement, cast.parties
    if (now := provider.get_block("latest").timestamp) > terms.closing:
        raise ChainPastClosing(now, terms.closing)
    settlement = parties.admin.deploy(project.SettlementToken, token.name, token.symbol, token.decimals)
    first_block = provider.get_block("latest").number
    live = apply(project, terms, parties=parties, settlement=settlement, first_block=first_block)
    audience.say(
        f"deployed: pool {live.pool.address} over {terms.tape.loan_count} loans, tape root 0x{terms.tape.root.hex()}"
    )
    _prove_one_loan(ready, live, audience)

    _sell(ready, live, cast, audience)
    at(provider, terms.closing)
    desk.close(live, by=cast.outsider)
    price = format_units(terms.purchase_price, token.decimals)
    audience.say(f"closed: all notes sold, {price} {token.symbol} paid to the seller")

    for period, cash in enumerate(ready.collections, start=1):
        at(provider, terms.period_ends[period - 1])
        total, tree = sum(cash.values()), commit_collections(period, cash, ready.commitment, ready.secret)
        settlement.mint(parties.servicer, total, sender=parties.servicer)
        desk.collect(live, period, total, tree)
        desk.run_waterfall(live, period, by=cast.outsider)
        _trade(ready, live, cast, audience, period)
        _claim(ready, live, cast, period)
        audience.tick(period)

    chain = read_statement(live, ready.deal, investors=cast.investors)
    model = forecast(ready.deal, terms, ready.collections, claims_after=ready.claims_after)
    if found := differences(chain, model):
        raise ReconciliationFailed(found)
    return chain


def _sell(ready: Prepared, live: LiveDeal, cast: Cast, audience: Audience) -> None:
    """Everybody in the book buys once admitted; who is not admitted is refused."""
    deal, token = ready.deal, ready.deal.settlement
    for investor in deal.investors:
        account, units = cast.investors[investor.name], deal.units(investor.amount)
        desk.admit(live, account, until=ready.terms.period_ends[-1] + 1)
        _fund(live.settlement, account, units)
        if investor is deal.investors[0]:
            _fund(live.settlement, cast.outsider, units)
            refusal = refusal_of(lambda: desk.subscribe(live, cast.outsider, tranche=0, units=Units(1)))
            audience.say(f"refused: an outsider who is not admitted wants to subscribe: {refusal}")
        desk.subscribe(live, account, tranche=deal.place_of(investor.tranche), units=units)
        amount = format_units(units, token.decimals)
        audience.say(f"subscribed: {investor.name}, {amount} {token.symbol} of {investor.tranche}")


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
    desk.claim_fees(live, by=cast.outsider)


def _fund(settlement: ContractInstance, account: AccountAPI, units: int) -> None:
    """The settlement asset of a test chain gives everybody what they ask for."""
    settlement.mint(account, units, sender=account)

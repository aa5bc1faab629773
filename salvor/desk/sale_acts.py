"""What people do with a case: each act looks where the case stands, chooses the call, and says what came of it.

An act that can't be is told before anything is sent, with what can be. Cash is approved to the house first, as much as
the call takes and no more.
"""

from __future__ import annotations

import json
import secrets
from datetime import UTC
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from salvor.amounts import Units, format_units, to_units
from salvor.chain.refusal import CallRefused
from salvor.desk.sale_cases import CaseNow, Waiting, case_of, when
from salvor.desk.sales import NOBODY, Sales
from salvor.desk.tapes import Tapes
from salvor.errors import FileMissing, FileUnreadable, OptionInvalid
from salvor.files import write_whole
from salvor.model.liquidation.state import Plan, Stage, Strategy

_DAY = 86_400
_SEALED = ("sealed", "vickrey")


def open_case(
    sales: Sales,
    proofs: Tapes,
    loans: list[str],
    *,
    kind: str,
    by_rank: bool,
    debtor: str | None,
    sender: Any,
) -> str:
    """The servicer opens a case of these loans, proved one by one; what secures them is valued as KIND/number."""
    claims = proofs.claims
    _must_be_free(sales, proofs, loans)
    subject = f"{kind}/{sales.book.cases() + 1}".encode().ljust(32, b"\0")
    opening = (claims[loans[0]], 0, by_rank, debtor or NOBODY, subject)
    receipt = sales.book.open(proofs.of(loans[0]), opening, sender=sender)
    [event] = receipt.events_of(sales.book, "CaseOpened")
    for loan in loans[1:]:
        sales.book.join(event.caseId, proofs.of(loan), claims[loan], 0, sender=sender)
    owed = sum(claims[loan] for loan in loans)
    return (
        f"case {event.caseId} opened: {', '.join(loans)}, claim {money(sales, owed)}, "
        f"valued as {kind}/{event.caseId}; it waits for the overseer: `sell confirm`"
    )


def join(sales: Sales, proofs: Tapes, number: int, loans: list[str], *, sender: Any) -> str:
    """The servicer adds loans to a case that is opened or held, proved one by one."""
    case_of(sales, number)
    _must_be_free(sales, proofs, loans)
    for loan in loans:
        sales.book.join(number, proofs.of(loan), proofs.claims[loan], 0, sender=sender)
    owed = money(sales, sum(proofs.claims[loan] for loan in loans))
    return f"case {number}: {', '.join(loans)}, claim {owed}, join when the overseer confirms them: `sell confirm`"


def _must_be_free(sales: Sales, proofs: Tapes, loans: list[str]) -> None:
    """Every loan is in a tape, has a claim and is in no case."""
    for loan in loans:
        proofs.must_have(loan)
        if not proofs.claims.get(loan):
            raise OptionInvalid(f"loan '{loan}' has no claim by its tape ({claim_of(sales)}): it can't be in a case")
        if number := sales.book.loanOf(proofs.leaf(loan)).caseId:
            raise OptionInvalid(f"loan '{loan}' is in case {number} already")


def claim_of(sales: Sales) -> str:
    """The field of its tapes that is a loan's claim."""
    return sales.deal.liquidation.claim if sales.deal.liquidation else ""


def confirm(sales: Sales, number: int, *, seen: str | None = None, sender: Any) -> str:
    """The overseer has looked at loans, claim, debtor and what it is valued as; `seen` is what waited then."""
    waiting = _waiting(sales, number, "confirm")
    if seen is not None and seen != waiting.content:
        raise OptionInvalid(
            f"case {number}: something else waits than --seen {seen}: {waiting.content}; look again: `sell status`"
        )
    sales.book.confirm(number, bytes.fromhex(waiting.content), sender=sender)
    return f"case {number}: confirmed with {case_of(sales, number).loans} loans"


def reject(sales: Sales, number: int, *, sender: Any) -> str:
    """The overseer does not take what waits."""
    waiting, opened = _waiting(sales, number, "reject"), case_of(sales, number).stage is Stage.OPENED
    sales.book.reject(number, sender=sender)
    if opened:
        return f"case {number}: rejected and closed; its loans are in no case"
    return f"case {number}: {waiting.loans} loans that waited are rejected and in no case; it goes on as it is"


def _waiting(sales: Sales, number: int, act: str) -> Waiting:
    case = case_of(sales, number)
    if case.waiting is None:
        raise OptionInvalid(f"case {number}: nothing of it waits for the overseer: there is nothing to {act}")
    return case.waiting


def plan(sales: Sales, number: int, strategy: Strategy, own: Plan, *, act: str, sender: Any) -> str:
    """The servicer proposes, the overseer approves or switches."""
    call = {"propose": sales.book.propose, "approve": sales.book.approve, "switch": sales.book.switchTo}[act]
    call(number, int(strategy), (own.amount, own.due, own.interval), sender=sender)
    begun = case_of(sales, number).strategy is strategy
    words = strategy.name.lower().replace("_", " ")
    return f"case {number}: {words} {'begins' if begun else 'is proposed; it waits for the overseer'}"


def start(sales: Sales, number: int, *, sender: Any) -> str:
    """After a cure by anyone, else by the servicer."""
    case = case_of(sales, number)
    if case.stage is Stage.CURE:
        sales.book.startSale(number, sender=sender)
    else:
        _must_be(case, Stage.HELD, "start")
        sales.book.sell(number, sender=sender)
    return _round_said(sales, number)


def take(sales: Sales, number: int, units: int, highest: int | None, *, sender: Any) -> str:
    """Units of a falling price, at no more than `highest` for the whole lot; at what it is now where none is named."""
    case = _in_auction(sales, number, ("dutch",), "take")
    auction, round_ = _auction(sales, case), case.round
    most = round_.price if highest is None else highest  # type: ignore[union-attr]
    whole: int = round_.units  # type: ignore[union-attr]
    _approve(sales, -(-most * min(units, whole) // whole), sender)
    receipt = auction.take(number, units, 0, most, sender=sender)
    [event] = receipt.events_of(auction, "Taken")
    return f"case {number}: {event.units} of {whole} units for {money(sales, event.cash)}; {_after(sales, number)}"


def bid(sales: Sales, number: int, cash: int, *, sender: Any) -> str:
    """In a climbing one; the cash comes in at once."""
    case = _in_auction(sales, number, ("english",), "bid")
    _approve(sales, cash, sender)
    _auction(sales, case).bid(number, cash, sender=sender)
    end = next(each.at for each in case_of(sales, number).deadlines)
    return f"case {number}: {money(sales, cash)} leads; the round is over at {when(end)}"


def commit(sales: Sales, number: int, price: int, seal_file: Path, *, sender: Any) -> str:
    """A sealed price with its deposit; price and salt are kept in a file before anything is sent."""
    case = _in_auction(sales, number, _SEALED, "commit")
    auction = _auction(sales, case)
    round_, of = auction.roundOf(number)
    if seal_file.exists():
        raise OptionInvalid(f"{seal_file} is there: it may be what a commitment needs to be told; name another --seal")
    salt = secrets.token_bytes(32)
    kept: dict[str, Any] = {"case": number, "auction": case.round.auction} if case.round else {}
    kept |= {"round": of, "bidder": sender.address, "price": str(price), "salt": f"0x{salt.hex()}"}
    write_whole(seal_file, json.dumps(kept, indent=2) + "\n", mode=0o600)
    try:
        _approve(sales, round_.deposit, sender)
        auction.commit(number, of, auction.sealOf(of, sender.address, price, salt), sender=sender)
    except CallRefused:
        seal_file.unlink()  # nothing was committed that it could tell
        raise
    return f"case {number}: committed with a deposit of {money(sales, round_.deposit)}; {seal_file} is needed to reveal"


def reveal(sales: Sales, seal_file: Path, *, sender: Any) -> str:
    """What was committed, from its file."""
    kept = read_seal(seal_file)
    case = _in_auction(sales, kept["case"], _SEALED, "reveal")
    auction = _auction(sales, case)
    receipt = auction.reveal(kept["case"], kept["price"], kept["salt"], sender=sender)
    [event] = receipt.events_of(auction, "Revealed")
    stands = "stands" if event.stands else "is out of the contest: below the floor, or not admitted"
    return f"case {kept['case']}: {money(sales, kept['price'])} told; it {stands}"


def pay(sales: Sales, number: int, *, sender: Any) -> str:
    """The winner of sealed prices, less the deposit."""
    case = _in_auction(sales, number, _SEALED, "pay")
    auction = _auction(sales, case)
    price, deposit = auction.priceOf(number), auction.roundOf(number)[0].deposit
    _approve(sales, max(0, price - deposit), sender)
    auction.pay(number, sender=sender)
    return f"case {number}: won for {money(sales, price)}; {_after(sales, number)}"


def settle(sales: Sales, number: int, *, sender: Any) -> str:
    """By anyone, once an English round is over."""
    case = _in_auction(sales, number, ("english",), "settle")
    _auction(sales, case).settle(number, sender=sender)
    return f"case {number}: sold; {_after(sales, number)}"


def relist(sales: Sales, number: int, *, sender: Any) -> str:
    """By anyone, once a round is over and has no buyer."""
    _must_be(case_of(sales, number), Stage.FOR_SALE, "relist")
    sales.house.relist(number, sender=sender)
    if case_of(sales, number).stage is Stage.FOR_SALE:
        return _round_said(sales, number)
    return f"case {number}: the sale is over; {_after(sales, number)}"


def expire(sales: Sales, number: int, *, sender: Any) -> str:
    """By anyone, once a deadline is past or a plan broken."""
    case_of(sales, number)
    sales.book.expire(number, sender=sender)
    return f"case {number}: the strategy is over; it is hold again"


def repay(sales: Sales, number: int, cash: int, *, sender: Any) -> str:
    """By the debtor, or anyone; no more is taken than is left to pay."""
    case_of(sales, number)
    _approve(sales, cash, sender)
    [event] = sales.book.pay(number, cash, sender=sender).events_of(sales.book, "Paid")
    return f"case {number}: {money(sales, event.cash)} paid; {_after(sales, number)}"


def calm(sales: Sales, number: int, *, sender: Any) -> str:
    """By anyone who can show that the cause of the trigger that fired is gone."""
    case_of(sales, number)
    fired = sales.triggers.firedBy(number) if sales.triggers else 0
    if not fired:
        raise OptionInvalid(f"no trigger of case {number} has fired: there is nothing to calm")
    sales.triggers.calm(number, fired - 1, sender=sender)  # type: ignore[union-attr]
    stage = case_of(sales, number).stage.name.lower().replace("_", " ")
    return f"case {number}: '{sales.trigger_names[fired - 1]}' is calmed and can fire again; it is {stage}"


def reclaim(sales: Sales, seal_file: Path, *, sender: Any) -> str:
    """The deposit of who revealed and did not win, as soon as it was beaten; the house owes it then."""
    kept = read_seal(seal_file)
    if kept["auction"] not in sales.auctions:
        raise OptionInvalid(f"{seal_file} is of an auction '{kept['auction']}', which the deal does not have")
    sales.auctions[kept["auction"]].reclaim(kept["round"], kept["bidder"], sender=sender)
    return f"case {kept['case']}: the deposit of {kept['bidder']} can be collected"


def collect(sales: Sales, account: str, *, group: int | None = None, sender: Any) -> str:
    """What the house owes an account: beaten bids, fees, deposits; of all groups of tranches, or of one."""
    owed = sales.house.owed(account)
    if group is None:
        sales.house.payOut(account, sender=sender)
    else:
        sales.house.payOutOf(account, group, sender=sender)
    owed -= sales.house.owed(account)
    return f"{account}: {money(sales, owed)} paid out"


def read_seal(path: Path) -> dict[str, Any]:
    """What a commitment left."""
    if not path.is_file():
        raise FileMissing(path, "file of a sealed price: `ape run sell commit` writes one")
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
        numbers = {name: int(kept[name]) for name in ("case", "round", "price")}
        names = {name: str(kept[name]) for name in ("auction", "bidder")}
        return {**numbers, **names, "salt": bytes.fromhex(kept["salt"][2:])}
    except (ValueError, KeyError, TypeError):
        raise FileUnreadable(path, "a sealed price", "`ape run sell commit` writes one") from None


def money(sales: Sales, units: int) -> str:
    """For people."""
    return f"{format_units(Units(units), sales.decimals)} {sales.deal.settlement.symbol}"


def plan_of(sales: Sales, amount: str | None, due: Any, every: int | None) -> Plan:
    """Of a command line: what a strategy does not need is nothing, and the book refuses what does not fit."""
    units = 0 if amount is None else cash_of(sales, amount, "--amount")
    seconds = 0 if due is None else int(due.replace(tzinfo=UTC).timestamp())
    return Plan(units, seconds, (every or 0) * _DAY)


def cash_of(sales: Sales, text: str, option: str, *, least: int = 1) -> int:
    """An amount of the command line in settlement units; above 0 where nothing else is said."""
    try:
        units = to_units(Decimal(text), sales.decimals)
    except (InvalidOperation, ValueError):
        raise OptionInvalid(f"{option} {text}: no amount of at most {sales.decimals} decimals") from None
    if units < least:
        raise OptionInvalid(f"{option} {text}: must {'be above' if least else 'not be below'} 0")
    return units


def _approve(sales: Sales, cash: int, sender: Any) -> None:
    if sales.token.allowance(sender, sales.house.address) < cash:
        sales.token.approve(sales.house.address, cash, sender=sender)


def _auction(sales: Sales, case: CaseNow) -> Any:
    return sales.auctions[case.round.auction] if case.round else None


def _in_auction(sales: Sales, number: int, kinds: tuple[str, ...], act: str) -> CaseNow:
    case = case_of(sales, number)
    _must_be(case, Stage.FOR_SALE, act)
    if case.round is None or case.round.kind not in kinds:
        own = f"'{case.round.auction}' ({case.round.kind})" if case.round else "no auction"
        raise OptionInvalid(f"case {number} is sold in {own}: `sell {act}` is for {' and '.join(kinds)}")
    return case


def _must_be(case: CaseNow, stage: Stage, act: str) -> None:
    if case.stage is not stage:
        words = case.stage.name.lower().replace("_", " ")
        raise OptionInvalid(
            f"case {case.number} is {words}: `sell {act}` needs one that is {stage.name.lower().replace('_', ' ')}"
        )


def _round_said(sales: Sales, number: int) -> str:
    case = case_of(sales, number)
    if (own := case.round) is None:
        return _after(sales, number)
    price, floor = money(sales, own.price), money(sales, own.floor)
    return f"case {number}: round {own.number} of {own.rounds} in '{own.auction}' begins, at {price}, not below {floor}"


def _after(sales: Sales, number: int) -> str:
    """Where the case stands now."""
    case = case_of(sales, number)
    brought = f"{money(sales, case.brought)} went to the pool"
    if case.stage is Stage.CLOSED:
        lost = max(0, case.outstanding - case.brought)
        return f"{brought}, {money(sales, lost)} written off, closed"
    return f"{brought}, it is {case.stage.name.lower().replace('_', ' ')}"

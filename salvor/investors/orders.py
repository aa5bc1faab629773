"""The arranger's book against the rules: whether each order may be taken at closing, after those before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from salvor.amounts import format_units, timestamp
from salvor.deal.schedule import period_ends
from salvor.errors import OrderAgainstRules
from salvor.investors.explaining import Answer, Files, register_at
from salvor.investors.file import day_of, read_investors
from salvor.jurisdictions.answers import Verdict, verdicts
from salvor.jurisdictions.of_deal import load_deal_rules
from salvor.jurisdictions.register import Move, Register, moved


def judged(files: Files) -> tuple[Answer, ...]:
    """Every order of the deal file, then every trade, each after those before it that may be.

    An investor whom the investors' file does not name is nobody.
    """
    deal = files.rules.deal
    closing = timestamp(deal.calendar.closing)
    registers: dict[str, Register] = {each.name: register_at(files, each.name, closing) for each in deal.tranches}
    ends = [timestamp(day) for day in period_ends(deal.calendar)]
    moves = [(order.tranche, Move(None, order.name, deal.units(order.amount), closing)) for order in deal.investors]
    for trade in deal.trades:
        at = ends[trade.after_period - 1]
        moves.append((trade.tranche, Move(trade.seller, trade.buyer, deal.units(trade.amount), at)))
    answers = []
    for tranche, move in moves:
        found = verdicts(files.rules.book(tranche), registers[tranche], move, deal.settlement.decimals)
        answer = Answer(move.giver or "", move.taker or "", tranche, move.units, day_of(move.at), found)
        answers.append(answer)
        if answer.allowed:
            registers[tranche] = moved(registers[tranche], move)
    return (*answers, *_too_little_kept(files, registers, closing))


def _too_little_kept(files: Files, registers: Mapping[str, Register], closing: int) -> Iterator[Answer]:
    """Tranches of which the originator does not order what it has to keep; trades are judged one by one above."""
    deal = files.rules.deal
    originator = deal.compliance.originator if deal.compliance else None
    if originator is None or not deal.investors:
        return
    for book in files.rules.books:
        kept = book.retained(registers[book.tranche].supply)
        ordered = sum(
            deal.units(each.amount)
            for each in deal.investors
            if (each.name, each.tranche) == (originator, book.tranche)
        )
        if ordered < kept:
            decimals = deal.settlement.decimals
            said = f"the originator keeps {format_units(kept, decimals)}; it orders {format_units(ordered, decimals)}"
            verdict = Verdict("retention", False, said)
            yield Answer("", originator, book.tranche, ordered, day_of(closing), (verdict,))


def named(answer: Answer, decimals: int) -> str:
    """An order or a trade in a few words."""
    units = f"{format_units(answer.units, decimals)} of {answer.tranche}"
    if answer.giver:
        return f"trade from {answer.giver} to {answer.taker}, {units} on {answer.day}"
    return f"order of {answer.taker}, {units}"


def refuse_what_rules_refuse(deal_file: Path) -> None:
    """Raises where a deal that names jurisdictions has an order or a trade that they do not allow."""
    rules = load_deal_rules(deal_file)
    found = judged(Files(rules, read_investors(deal_file.parent / "investors.csv", today=None)))
    refused = [each for each in found if not each.allowed]
    if refused:
        reasons = "; ".join(f"{each.rule}: {each.said}" for each in refused[0].verdicts if not each.allowed)
        raise OrderAgainstRules(named(refused[0], rules.deal.settlement.decimals), reasons, len(refused) - 1)

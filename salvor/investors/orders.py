"""The arranger's book against the rules: whether each order may be taken at closing, after those before it."""

from __future__ import annotations

from salvor.amounts import timestamp
from salvor.investors.explaining import Answer, Files, register_at
from salvor.jurisdictions.answers import verdicts
from salvor.jurisdictions.register import Move, Register, moved


def judged(files: Files) -> tuple[Answer, ...]:
    """Every order of the deal file in its order; an investor whom the investors' file does not name is nobody."""
    deal = files.rules.deal
    closing = timestamp(deal.calendar.closing)
    registers: dict[str, Register] = {each.name: register_at(files, each.name, closing) for each in deal.tranches}
    answers = []
    for order in deal.investors:
        move = Move(None, order.name, deal.units(order.amount), closing)
        found = verdicts(files.rules.book(order.tranche), registers[order.tranche], move, deal.settlement.decimals)
        answer = Answer("", order.name, order.tranche, move.units, deal.calendar.closing, found)
        answers.append(answer)
        if answer.allowed:
            registers[order.tranche] = moved(registers[order.tranche], move)
    return tuple(answers)

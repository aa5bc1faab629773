"""Terms offered to both sides: what the contracts and the model say to them when a deal is made of them."""

from __future__ import annotations

from typing import Any

from salvor.chain.refusal import CallRefused
from salvor.deploy.apply import apply
from salvor.deploy.terms import DealTerms
from salvor.errors import ArgumentInvalid
from salvor.model.deal import Deal
from salvor.model.refusal import Refused
from salvor.model.terms import Terms
from salvor.tape.committed import ClassTotal, CommittedTape


def on_chain(ground: Any, terms: DealTerms) -> tuple[Any, ...]:
    """Deploy it; returns the error and its values with which the contracts refuse it, nothing where they take it."""
    try:
        apply(ground.lab.contracts, terms, parties=ground.parties, settlement=ground.token, oracle=ground.board)
    except CallRefused as said:
        return said.refusal.error, *said.refusal.values
    except ArgumentInvalid:  # too large for the chain's type
        return ("ArgumentInvalid",)
    return ()


def in_the_model(rules: Terms) -> tuple[Any, ...]:
    """The same of the model."""
    try:
        Deal(rules)
    except Refused as refused:
        return refused.error, *refused.values
    return ()


def named(rules: Terms) -> DealTerms:
    """Terms with a tape and names for their notes."""
    names = tuple((f"T-{place}", f"T{place}") for place in range(len(rules.tranches)))
    tape = CommittedTape(b"\2" * 32, (ClassTotal("sme_loans", b"\1" * 32, rules.loan_count, rules.gross_balance),))
    return DealTerms(names, tape, rules)

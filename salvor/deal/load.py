"""Read the files of a deal into their typed models; every error names file, line and column."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from pydantic import BaseModel

from salvor.deal import life, networks, rules, schema
from salvor.deal.checks import findings
from salvor.deal.document import compose, refuse, validate
from salvor.deal.life import Life, life_findings
from salvor.deal.liquidation_checks import group_findings, tape_findings
from salvor.deal.schema import Deal
from salvor.deal.screening import screening_findings, screening_terms
from salvor.tape import plan
from salvor.tape.plan import TapeMapping
from salvor.tape.review.terms import Terms


def load_deal(path: Path, *, mapping: TapeMapping | None = None) -> Deal:
    """Read and check a deal file; its screening must fit a mapping, which is the deal's own unless one is given."""
    root = compose(path, "deal file")
    deal = validate(path, root, Deal, _known_keys)
    for place, reason in findings(deal):
        refuse(path, root, place, reason)
    if deal.screening:
        mapping = mapping or load_tape_mapping(path.parent / deal.tape.mapping)
        for place, reason in screening_findings(deal, mapping):
            refuse(path, root, place, reason)
    if deal.liquidation:
        mapping = mapping or load_tape_mapping(path.parent / deal.tape.mapping)
        for place, reason in tape_findings(deal.liquidation, mapping):
            refuse(path, root, place, reason)
        for name, group in load_groups(path, deal).items():
            for reason in group_findings(deal, group):
                refuse(path, root, ("liquidation", "groups", name, "deal"), reason)
    return deal


def load_groups(path: Path, deal: Deal) -> dict[str, Deal]:
    """The deals whose tranches are groups behind those of this deal, by name."""
    named = deal.liquidation.groups if deal.liquidation else {}
    return {name: load_deal(path.parent / each.deal) for name, each in named.items()}


def load_screening(path: Path, *, mapping: TapeMapping, decimals: int) -> tuple[Deal, Terms]:
    """A deal and what it demands of a tape that was checked through this mapping, in money of these decimals."""
    deal = load_deal(path, mapping=mapping)
    root = compose(path, "deal file")
    if deal.screening is None:
        refuse(path, root, ("screening",), "is missing: the deal demands nothing of its loans")
    if deal.settlement.decimals != decimals:
        reason = f"is {deal.settlement.decimals}, and the tape was checked with {decimals}: check it once more"
        refuse(path, root, ("settlement", "decimals"), reason)
    return deal, screening_terms(deal, mapping)


def load_life(path: Path, deal: Deal) -> Life:
    """Read what happens to a deal, and check that it fits the deal."""
    root = compose(path, "life of a deal")
    found = validate(path, root, Life, _known_keys)
    for place, reason in life_findings(found, deal):
        refuse(path, root, place, reason)
    return found


def refuse_event(path: Path, place: tuple[str | int, ...], reason: str) -> NoReturn:
    """Tell where in a life the event stands that can't be."""
    refuse(path, compose(path, "life of a deal"), place, reason)


def load_tape_mapping(path: Path) -> TapeMapping:
    """Read the mapping file of an asset class."""
    return validate(path, compose(path, "mapping file"), TapeMapping, _known_keys)


def _known_keys() -> list[str]:
    places = (schema, rules, networks, life, plan)
    found = [each for place in places for each in vars(place).values()]
    models = [each for each in found if isinstance(each, type) and issubclass(each, BaseModel)]
    return [field for model in models for field in model.model_fields]

"""What a book of rules makes a compliance on chain do: rules that are put on, contracts that are deployed.

The retention of the originator is no rule of the compliance: so many of the originator's units are frozen.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pycountry
from eth_abi import decode, encode
from eth_abi.exceptions import DecodingError

from salvor.amounts import timestamp
from salvor.jurisdictions.book import Rulebook
from salvor.jurisdictions.rules import CLASSES

# As the enumeration in interfaces/IRegulatedCompliance.sol.
RULES = (
    "COUNTRY_ALLOW",
    "COUNTRY_DENY",
    "INVESTOR_CLASS",
    "MIN_HOLDING",
    "MAX_HOLDING",
    "DENOMINATION",
    "SUPPLY_SHARE",
    "SUPPLY_LIMIT",
    "TRANSFER_WINDOW",
    "COUNTERPARTIES",
    "MIN_INVESTMENT",
)
# Reason codes of contracts/compliance/Codes.sol: name, number, and the word of the rule in a jurisdiction file.
CODES = (
    ("NOT_ENOUGH_UNITS", 4, "balance"),
    ("UNITS_FROZEN", 5, "retention"),
    ("RECEIVER_UNKNOWN", 10, "identity"),
    ("RECEIVER_UNVERIFIED", 11, "identity"),
    ("COUNTRY_UNKNOWN", 16, "country_allow"),
    ("COUNTRY_NOT_ALLOWED", 17, "country_allow"),
    ("COUNTRY_DENIED", 18, "country_deny"),
    ("CLASS_NOT_ALLOWED", 19, "investor_class"),
    ("BELOW_MINIMUM", 20, "minimum_holding"),
    ("REST_BELOW_MINIMUM", 21, "minimum_holding"),
    ("ABOVE_MAXIMUM", 22, "maximum_holding"),
    ("ABOVE_SHARE", 23, "share_of_supply"),
    ("WINDOW_CLOSED", 25, "transfer_window"),
    ("BELOW_INVESTMENT", 27, "minimum_investment"),
    ("NOT_A_DENOMINATION", 28, "denomination"),
)
WORDS = {number: word for _, number, word in CODES}
# Parameters of each rule as `setRule` takes them, and how they are said.
_PARAMS: dict[str, tuple[str, ...]] = {
    "COUNTRY_ALLOW": ("uint16[]",),
    "COUNTRY_DENY": ("uint16[]",),
    "INVESTOR_CLASS": ("uint8",),
    "MIN_HOLDING": ("uint112",),
    "MAX_HOLDING": ("uint112",),
    "DENOMINATION": ("address", "uint64"),
    "SUPPLY_SHARE": ("uint64",),
    "SUPPLY_LIMIT": ("uint112",),
    "TRANSFER_WINDOW": ("uint40", "uint40", "uint8", "uint24", "uint24"),
    "COUNTERPARTIES": ("address[]",),
    "MIN_INVESTMENT": ("uint112",),
}
_NO_LIMIT = 2**32 - 1
_NEVER = 2**40 - 1
_DAY = 86_400
_EVERY_DAY = 127


@dataclass(frozen=True)
class RuleOn:
    """`setRule(rule, params)`."""

    rule: str
    params: bytes

    @property
    def number(self) -> int:
        """Of the enumeration on chain."""
        return RULES.index(self.rule)


@dataclass(frozen=True)
class Module:
    """A contract that is deployed with the compliance's address first, and added."""

    word: str  # of the rule in a jurisdiction file
    contract: str
    arguments: tuple[Any, ...]


def country_number(code: str) -> int:
    """ISO 3166-1 numeric of two letters."""
    found = pycountry.countries.get(alpha_2=code)
    if found is None:
        raise KeyError(code)
    return int(found.numeric)


def class_number(klass: str) -> int:
    """1 retail, 2 professional, 3 institutional."""
    return CLASSES.index(klass) + 1


def rules_on(book: Rulebook, settlement: str) -> tuple[RuleOn, ...]:
    """The rules that only compare; `settlement` is the asset that the tranche pays in."""
    return tuple(RuleOn(rule, encode(_PARAMS[rule], values)) for rule, values in _rules(book, settlement))


def rule_in_words(number: int, params: bytes) -> str:
    """Parameters of a rule as people read them; as they are where they are not of its form."""
    rule = RULES[number] if number < len(RULES) else ""
    try:
        values = decode(_PARAMS[rule], params)
    except (KeyError, DecodingError):
        return f"0x{params.hex()}"
    if rule in ("COUNTRY_ALLOW", "COUNTRY_DENY"):
        return ", ".join(sorted(map(_country, values[0]))) or "none"
    if rule == "INVESTOR_CLASS":
        return ", ".join(each for each in CLASSES if values[0] >> class_number(each) & 1) or "none"
    return ", ".join(map(str, values))


def _country(number: int) -> str:
    found = pycountry.countries.get(numeric=f"{number:03}")
    return str(found.alpha_2) if found else str(number)


def _rules(book: Rulebook, settlement: str) -> Iterator[tuple[str, list[Any]]]:
    yield "COUNTRY_ALLOW", [[country_number(each) for each in book.opened]]
    if book.closed:
        yield "COUNTRY_DENY", [[country_number(each) for each in book.closed]]
    yield "INVESTOR_CLASS", [sum(1 << class_number(each) for each in book.classes)]
    if book.minimum_holding:
        yield "MIN_HOLDING", [book.minimum_holding]
    if book.maximum_holding is not None:
        yield "MAX_HOLDING", [book.maximum_holding]
    if book.share_of_supply is not None:
        yield "SUPPLY_SHARE", [book.share_of_supply]
    if book.first is not None:
        until = timestamp(book.last) + _DAY if book.last else _NEVER
        yield "TRANSFER_WINDOW", [timestamp(book.first), until, _EVERY_DAY, 0, _DAY]
    if book.minimum_investment:
        yield "MIN_INVESTMENT", [book.minimum_investment]
    if book.denomination > 1:
        yield "DENOMINATION", [settlement, book.denomination]


def _counts(book: Rulebook) -> tuple[Any, ...]:
    """All, each class by its number, countries and the limit of each; the merge leaves no other group."""
    everybody, classes = _NO_LIMIT, [_NO_LIMIT] * 4
    countries: list[int] = []
    most: list[int] = []
    for count in book.counts:
        if count.klass is not None:
            classes[class_number(count.klass)] = count.at_most
        elif count.countries is not None:
            countries.append(country_number(count.countries[0]))
            most.append(count.at_most)
        else:
            everybody = count.at_most
    return everybody, classes, countries, most


def modules(book: Rulebook) -> tuple[Module, ...]:
    """The rules with a memory."""
    found = []
    if book.counts:
        found.append(Module("holder_count", "HolderCount", _counts(book)))
    if book.lock_up:
        found.append(Module("lock_up", "LockUp", (book.lock_up, 0)))
    if book.hold_period:
        durations = [0, *(book.hold_period.get(each, 0) for each in CLASSES)]
        found.append(Module("hold_period", "HoldPeriod", (durations,)))
    if book.velocity is not None:
        found.append(Module("velocity", "Velocity", book.velocity))
    if book.sanctions:
        found.append(Module("sanctions", "SanctionsRoot", ()))
    if book.approved_in_advance:
        found.append(Module("approved_in_advance", "ApprovedTransfers", ()))
    if book.travel_rule is not None:
        found.append(Module("travel_rule", "TravelRule", (book.travel_rule + 1,)))
    return tuple(found)

"""The values that a deal reads, as its file says them: who signs, which sources, and what is believed of them.

Rules stand in docs/oracles.md. Addresses are those of the network to which the deal goes.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from salvor.amounts import WAD, Wad, to_units
from salvor.deal.fields import Amount, Name, Part, Percent, Whole
from salvor.deal.networks import Address

# As the hub has them (a test compares): kinds of values, sources of a value, the largest value in WAD.
KINDS = ("COLLATERAL", "SCORE", "HPI", "DEFAULT", "FX", "RATE", "GROWTH", "RECOVERY", "BALANCE", "CASE", "POOL")
MOST_SOURCES = 15
LARGEST = 2**128 - 1

_MOST_HOURS = (2**32 - 1) // 3_600
_MOST_DAYS = _MOST_HOURS // 24
_SOURCES = ("signer", "chainlink", "band", "pyth", "market")
Hours = Annotated[Whole, Field(ge=1, le=_MOST_HOURS)]
Days = Annotated[Whole, Field(ge=1, le=_MOST_DAYS)]


def _key(text: object) -> str:
    kind, slash, subject = text.partition("/") if isinstance(text, str) else ("", "", "")
    if kind not in KINDS or not slash:
        raise ValueError(f"'{text}' is no key, such as HPI/ES-MD: {', '.join(KINDS)}, a slash, and whose value it is")
    if not subject or not all(33 <= ord(letter) <= 126 for letter in subject):
        raise ValueError(f"'{text}' is no key: after the slash stand visible ASCII characters")
    return f"{kind}/{subject}"


Key = Annotated[str, BeforeValidator(_key)]


class BandPair(Part):
    """A pair of Band's standard reference."""

    reference: Address
    base: Name
    quote: Name


class PythFeed(Part):
    """A feed of Pyth; a price whose confidence interval is wider does not count."""

    contract: Address
    feed: Annotated[str, Field(pattern="^0x[0-9a-f]{64}$")]
    uncertainty: Percent = Wad(WAD // 100)


class Market(Part):
    """A pair that accumulates price times seconds; the price of one of its tokens in the other."""

    pair: Address
    of_token: Annotated[Whole, Field(le=1)] = 0
    base_decimals: Annotated[Whole, Field(le=36)]
    quote_decimals: Annotated[Whole, Field(le=36)]
    window_minutes: Annotated[Whole, Field(ge=1, le=_MOST_HOURS * 60)] = 60
    least_reserve: Annotated[Whole, Field(le=2**112 - 1)] = 0  # units of the token in which the price is given


class Chainlink(Part):
    """A feed of Chainlink; on a rollup the uptime feed of its sequencer."""

    feed: Address
    uptime: Address | None = None
    grace_minutes: Annotated[Whole, Field(le=_MOST_HOURS * 60)] = 60

    @model_validator(mode="before")
    @classmethod
    def _an_address_alone_is_a_feed(cls, given: object) -> object:
        return {"feed": given} if isinstance(given, str) else given


class ValueSource(Part):
    """One source of a value: who or what says it, and for how long an answer is fresh."""

    signer: Name | None = None
    chainlink: Chainlink | None = None
    band: BandPair | None = None
    pyth: PythFeed | None = None
    market: Market | None = None
    hours: Hours
    gas: Annotated[Whole, Field(ge=20_000, le=500_000)] = 100_000

    @model_validator(mode="after")
    def _one(self) -> ValueSource:
        given = [name for name in ("signer", "chainlink", "band", "pyth", "market") if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"is one of signer, chainlink, band, pyth and market; here {' and '.join(given) or 'none'}"
            )
        return self


class Change(Part):
    """How far a value may move within so many days."""

    share: Percent
    days: Days = 1


class Value(Part):
    """How one value is made."""

    key: Key
    quorum: Annotated[Whole, Field(ge=1)]
    sources: Annotated[list[ValueSource], Field(min_length=1, max_length=MOST_SOURCES)]
    deviation: Percent = Wad(WAD // 10)  # from the median
    change: Change | None = None
    lowest: Amount = Decimal("0.000000000000000001")  # what is believed, zero not
    highest: Amount | None = None
    while_failing: Literal["refuse", "hold_lower", "hold_higher"] = "refuse"
    haircut: Percent = Wad(0)
    haircut_a_day: Percent = Wad(0)
    hold_days: Annotated[Whole, Field(le=_MOST_DAYS)] = 0

    @property
    def bounds(self) -> tuple[int, int]:
        """WAD; raises ValueError where a bound has more decimals."""
        return to_units(self.lowest, 18), LARGEST if self.highest is None else to_units(self.highest, 18)


class Challenges(Part):
    """What a challenge of a signed report costs, and how long things take."""

    bond: Amount
    days: Days = 2
    decide_days: Days = 5
    tolerance: Percent = Wad(WAD // 20)
    lapse_cost: Percent = Wad(WAD // 10)  # of the bond, where nobody decides
    forfeits_to: Literal["seller", "servicer"] = "seller"


class Oracle(Part):
    """The values that the deal reads."""

    signers: Annotated[dict[Name, Address], Field(max_length=100)] = Field(default_factory=dict)
    challenges: Challenges
    accuracy_days: Days = 30  # of a period in which sources are compared with the truth
    values: Annotated[list[Value], Field(min_length=1, max_length=1_000)]

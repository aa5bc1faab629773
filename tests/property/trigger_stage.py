"""Sales with a book of triggers over a real hub; the sources are played, as outside systems are."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from eth_abi import encode

from salvor.chain.handles import Contract
from salvor.deploy.liquidation import deploy_triggers
from salvor.lab import Lab
from salvor.model.liquidation.state import Strategy
from salvor.model.liquidation.watch import Condition, Looks, TriggerTerms
from salvor.model.oracle import Policy, Source, Strike, with_strike
from tests.property.liquidation_stage import HOUR, Sales, set_sales
from tests.utils.world import DAY, PERCENT, WAD

FRESH = 6 * HOUR
KEYS = ("COLLATERAL/1", "SCORE/1", "COLLATERAL/2")
COVERED = Condition(Looks.COVERAGE_BELOW, "COLLATERAL/", 80 * PERCENT, 10**8)
TRIGGERS = (
    TriggerTerms((COVERED,), (frozenset({0}),), hold=2 * DAY, gap=DAY, age=DAY, cure=3 * DAY, fee=50),
    TriggerTerms(
        (
            Condition(Looks.VALUE_FELL, "SCORE/", 100 * WAD, 2 * 10**8, 10 * DAY),
            replace(COVERED, level=120 * PERCENT),
            Condition(Looks.PLAN_BROKEN),
        ),
        (frozenset({0, 1}), frozenset({2})),
        Strategy.LOAN_SALE,
        gap=DAY,
        age=DAY,
        cure=DAY,
    ),
    TriggerTerms(
        (
            Condition(Looks.REPORT_MISSED, window=20 * DAY),
            Condition(Looks.LOAN_TO_VALUE_ABOVE, "COLLATERAL/", 110 * PERCENT, 5 * 10**7),
            Condition(Looks.COURT_OVERDUE),
            Condition(Looks.VALUE_ABOVE, "SCORE/", 900 * WAD),
            Condition(Looks.VALUE_BELOW, "SCORE/", 300 * WAD, 10**8),
        ),
        (frozenset({0, 1}), frozenset({2}), frozenset({3, 4})),
        hold=DAY,
        gap=2 * DAY,
        age=3 * DAY,
    ),
)


def key_bytes(key: str) -> bytes:
    """As the hub takes it."""
    return key.encode().ljust(32, b"\0")


@dataclass
class PlayedHub:
    """The hub as the model sees it: one source a key, fresh for six hours."""

    said: dict[str, tuple[int, int, int]] = field(default_factory=dict)  # reason, value, time
    kept: dict[str, tuple[int, int]] = field(default_factory=dict)
    strikes: dict[str, tuple[Strike, ...]] = field(default_factory=dict)

    def good_now(self, key: str, now: int) -> int | None:
        reason, value, at = self.said.get(key, (2, 0, 0))
        return value if reason == 0 and 0 < at <= now <= at + FRESH and value else None

    def last_good(self, key: str) -> tuple[int, int]:
        return self.kept.get(key, (0, 0))

    def struck(self, key: str, second: int) -> bool:
        return any(since <= second <= at for since, at in self.strikes.get(key, ()))

    def forget(self, key: str, now: int) -> None:
        self.kept.pop(key, None)
        self.strikes[key] = with_strike(self.strikes.get(key, ()), 0, now)

    def poke(self, key: str, now: int) -> None:
        if (value := self.good_now(key, now)) is not None:
            self.kept[key] = value, self.said[key][2]


@dataclass(frozen=True)
class Watched:
    """Sales, the hub, its played sources by key, and the book of triggers."""

    sales: Sales
    hub: Contract
    sources: dict[str, Contract]
    book: Contract
    beginning: Any

    def teach(self, key: str, reason: int, value: int, at: int) -> None:
        """What the source of a key says from now on."""
        answer = encode(("uint256",) * 4, (reason, value, 0, at))
        self.sources[key].teach(bytes.fromhex("47b0045b"), answer, sender=self.sales.stage.outsider)

    def poke(self, key: str) -> Any:
        """By anyone."""
        return self.hub.poke(key_bytes(key), sender=self.sales.stage.outsider)


def set_triggers(lab: Lab, terms: tuple[TriggerTerms, ...] = TRIGGERS) -> Watched:
    """Deploy all of it."""
    sales = set_sales(lab)
    live, admin = sales.stage.live, sales.stage.live.parties.admin
    hub = lab.deploy("OracleHub", live.access, sender=admin)
    selectors = [hub.setPolicy.selector, hub.forget.selector]
    live.access.setTargetFunctionRole(hub, selectors, live.access.ORACLE_KEEPER(), sender=admin)
    live.access.grantRole(live.access.ORACLE_KEEPER(), admin, 0, sender=admin)
    sources = {}
    for key in KEYS:
        sources[key] = lab.deploy("PlayedSystem", sender=admin)
        policy = Policy((Source(sources[key].address, b"", FRESH),), 1)
        hub.setPolicy(key_bytes(key), policy.words, sender=admin)
    triggers = deploy_triggers(lab.contracts, live, sales.live, terms, hub=hub, decimals=2)
    lab.call_it(triggers, "triggers")
    return Watched(sales, hub, sources, triggers, lab.snapshot())


def spelling(watched: Watched, case: int) -> int:
    """Gas of making the key of a case, without what the number itself costs as data (EIP-2028)."""
    given = watched.book.keyOf.encode(b"COLLATERAL/", case)
    done = watched.sales.lab.engine.execute(watched.sales.stage.outsider.address, watched.book.address, given)
    return int(done.gas_used) - 12 * (8 - case.to_bytes(8, "big").count(0))

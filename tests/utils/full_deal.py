"""A deal of any terms on a lab's chain, from the whole waterfall's contracts: sold, reported and run in a few words.

Amounts are settlement units; dates are seconds. Every tranche has one holder, `holder 0` and so on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.handles import Contract
from salvor.chain.send import selector_of
from salvor.lab import Lab
from tests.utils.regulated import Office

NOBODY = "0x" + "00" * 20
WAD = 10**18
PERCENT = 10**16
DAY = 86_400
YEAR = 365 * DAY
MOST = 2**112 - 1
ROOT = keccak(b"root")

KINDS = (
    "fee",
    "interest",
    "interest up to",
    "principal",
    "pro rata",
    "to target",
    "top up",
    "release",
    "draw",
    "deficiency",
    "hurdle",
    "split",
    "residual",
)
TRIGGERS = (
    "over-collateralisation",
    "interest coverage",
    "collection ratio",
    "profitability ratio",
    "cumulative loss",
    "reserve below target",
    "servicer late",
    "interest missed",
    "clean-up",
    "final maturity",
    "event of default",
)
WHEN = ("always", "while any is on", "while none is on")
FIXED, STEP_UP, FLOATING = range(3)
ACTUAL_365, ACTUAL_360, THIRTY_360 = range(3)
AMOUNT, COLLECTIONS, POOL_BALANCE, TRANCHE_PRINCIPAL = range(4)
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)


def step(
    kind: str, tranches: int = 0, *, lines: int = 0, share: int = 0, when: str = "always", triggers: int = 0
) -> int:
    """One step as the chain keeps it (`Step` in interfaces/DealTerms.sol)."""
    parts = (KINDS.index(kind), 8), (WHEN.index(when), 8), (triggers, 16), (tranches, 8), (lines, 16), (share, 64)
    word = place = 0
    for value, bits in parts:
        word |= value << place
        place += bits
    return word


@dataclass(frozen=True)
class Tranche:
    """`rates` are four pairs of a step-up (period, rate), or floor and cap of a floating rate with period 0."""

    size: int
    rate: int = 0
    kind: int = FIXED
    count: int = ACTUAL_365
    deferrable: bool = True
    compounds: bool = False
    rates: Sequence[tuple[int, int]] = ()
    minimum: int | None = None

    def terms(self, note: Contract) -> tuple[Any, ...]:
        """`TrancheTerms`."""
        return note, self.rate, self.kind, self.count, self.deferrable, self.compounds

    def path(self) -> tuple[list[int], list[int]]:
        """`RatePath`."""
        pairs = [*self.rates, *[(0, 0)] * (4 - len(self.rates))]
        return [rate for _, rate in pairs], [period for period, _ in pairs]


@dataclass(frozen=True)
class Line:
    """A fee line; `tranche` where it is counted on one."""

    rate: int = 0
    basis: int = COLLECTIONS
    tranche: int = 0
    count: int = ACTUAL_365
    floor: int = 0
    cap: int = MOST
    carried: bool = False
    senior: bool = False


@dataclass(frozen=True)
class Terms:
    """Everything that makes a deal; what is not named is not there."""

    tranches: Sequence[Tranche]
    steps: Sequence[int]
    accelerated: Sequence[int] = ()
    lines: Sequence[Line] = ()
    hurdles: Sequence[tuple[int, int, int]] = ()
    triggers: Sequence[tuple[str, int, int, int]] = ()
    reserve: tuple[int, int, int, int] = (0, MOST, 0, 0)
    ledgers: bool = False
    carrying_ratio: int = WAD
    revolves_to: int = 0
    stops: int = 0
    first_index: int = 0
    price: int | None = None
    gross: int = 130_000
    periods: int = 4
    length: int = 30 * DAY
    plan: int = 30_000
    grace: int = 5 * DAY
    window: int = 10 * DAY
    share: int = PERCENT * 50


@dataclass
class Deal:
    """The contracts of a deal, and how far it is."""

    lab: Lab
    terms: Terms
    closing: int
    token: Contract
    access: Contract
    rule: Contract
    distributor: Contract
    notes: list[Contract]
    pool: Contract
    offering: Contract
    waterfall: Contract
    board: Contract
    record: Contract
    vote: Contract
    figures: Contract
    reported: int = 0
    holders: list[Any] = field(default_factory=list)

    def end(self, period: int) -> int:
        """When a period ends."""
        return self.closing + period * self.terms.length

    def order(self, tranche: int, units: int, who: Any) -> None:
        """Bring cash for notes."""
        self.token.mint(who, units, sender=who)
        self.token.approve(self.offering, units, sender=who)
        self.offering.order(tranche, units, sender=who)

    def sell(self) -> Deal:
        """Open, sell every tranche to one holder, close, hand the notes over."""
        self.offering.open(self.waterfall, sender=self.lab.actor("arranger"))
        for place, tranche in enumerate(self.terms.tranches):
            self.holders.append(self.lab.actor(f"holder {place}"))
            self.order(place, tranche.size, self.holders[-1])
        self.lab.now = max(self.lab.now, self.closing)
        self.offering.close(sender=self.lab.actor("outsider"))
        for place, holder in enumerate(self.holders):
            self.offering.settle(place, holder, sender=self.lab.actor("outsider"))
        return self

    def report(self, gross: int, *, late: int = 0, correction: tuple[Any, ...] = NO_CORRECTION, **other: int) -> None:
        """The next period's report, with its cash."""
        period, servicer = self.reported + 1, self.lab.actor("servicer")
        self.lab.now = max(self.lab.now, self.end(period) + late)
        net = gross - other.get("costs", 0)
        self.token.mint(servicer, net, sender=servicer)
        self.token.approve(self.pool, net, sender=servicer)
        names = ("costs", "written_off", "recovered", "closed_value", "closed_plan")
        amounts = [other.get(name, 0) for name in names]
        report = (gross, *amounts, ROOT if gross else bytes(32), 1 if gross else 0, bool(other.get("last", 0)))
        self.pool.report(period, report, correction, sender=servicer)
        self.reported = period

    def run(self, gross: int = 0, **other: Any) -> Any:
        """Report the next period, preview and run it; the preview is checked against what happened."""
        self.report(gross, **other)
        return self.run_reported()

    def run_reported(self) -> Any:
        """Run the next period that is reported; gives the preview, which is what happened."""
        period = self.waterfall.lastRun() + 1
        preview = self.waterfall.previewRun(period)
        before = [self.tranche(place) for place in range(len(self.terms.tranches))]
        receipt = self.waterfall.run(period, sender=self.lab.actor("outsider"))
        self.receipt = receipt
        (told,) = receipt.events_of(self.waterfall, "StepsPaid")
        (ran,) = receipt.events_of(self.waterfall, "PeriodRun")
        assert (told.due, told.paid) == (preview.due, preview.paid)
        assert (ran.cash, ran.on, ran.passedOver) == (preview.cash, preview.on, preview.passedOver)
        assert (ran.accelerated, ran.revolving) == (preview.accelerated, preview.revolving)
        for place, old in enumerate(before):
            new = self.tranche(place)
            assert new.interestPaid - old.interestPaid == preview.interest[place]
            assert new.principalPaid - old.principalPaid == preview.principal[place]
        triggers = range(len(self.terms.triggers))
        assert [self.waterfall.trigger(place).figure for place in triggers] == list(preview.figures)
        assert self.waterfall.reserve()[0] == preview.reserve
        assert (self.waterfall.revolvingAccount(), self.waterfall.cashLeft()) == (
            preview.revolvingAccount,
            preview.left,
        )
        self.check_books()
        return preview

    def check_books(self) -> None:
        """Cash in = cash out + cash held, and the sum of claims is at most what is held for them."""
        distributor = self.distributor
        waterfall = self.waterfall
        deal = waterfall.reserve()[0] + waterfall.revolvingAccount() + waterfall.cashLeft()
        assert distributor.heldForDeal() == deal
        held = distributor.heldForHolders() + distributor.heldForCredits() + deal + self.pool.cashToRun()
        assert self.token.balanceOf(distributor) == held
        claims = [note.claimable(holder) for note, holder in zip(self.notes, self.holders, strict=False)]
        assert sum(claims) <= distributor.heldForHolders()
        assert self.token.balanceOf(self.offering) == self.offering.cashHeld()

    def tranche(self, place: int) -> Any:
        """Where a tranche stands."""
        return self.waterfall.tranche(place)


def build(
    lab: Lab,
    terms: Terms,
    *,
    rule: str = "OpenCompliance",
    token: Contract | None = None,
    office: Office | None = None,
) -> Deal:
    """Deploy the deal and hand out its roles; nothing is sold yet. Of one tranche, its note may be an office's."""
    admin = lab.actor("admin")
    closing = lab.now + 10 * DAY
    if office:
        token, access, compliance, distributor = office.cash, office.access, office.compliance, office.distributor
        notes = [office.note]
    else:
        token = token or lab.deploy("SettlementToken", "Euro", "EUR", 2, sender=admin)
        access = lab.deploy("DealAccess", admin, sender=admin)
        compliance = lab.deploy(rule, *([access] if rule == "AllowList" else []), sender=admin)
        distributor = lab.deploy("Distributor", access, token, sender=admin)
        names = [f"T-{place}" for place in range(len(terms.tranches))]
        notes = [lab.deploy("TrancheNote", access, distributor, compliance, name, name, sender=admin) for name in names]
    sizes = [tranche.size for tranche in terms.tranches]
    price = sum(sizes) if terms.price is None else terms.price
    ends = [closing + number * terms.length for number in range(1, terms.periods + 1)]
    tape = (ROOT, 100, terms.gross, [("accounts", keccak(b"schema"), 100, terms.gross)])
    plan = [terms.plan] * terms.periods
    pool_terms = (token, lab.actor("seller"), price, tape, closing, terms.grace, ends, plan, terms.carrying_ratio)
    pool = lab.deploy("LoanPool", access, distributor, pool_terms, sender=admin)
    minima = [tranche.size if tranche.minimum is None else tranche.minimum for tranche in terms.tranches]
    offers = list(zip(notes, sizes, minima, strict=True))
    offering = lab.deploy("Offering", access, pool, offers, sender=admin)
    board = lab.deploy("IndexBoard", sender=admin)
    record = lab.deploy("IndexRecord", pool, board, sender=admin)
    vote = lab.deploy("DefaultVote", pool, terms.share, terms.window, sender=admin)
    floating = any(tranche.kind == FLOATING for tranche in terms.tranches)
    payees = [lab.actor(f"payee {place}") for place in range(len(terms.lines))]
    rules = (
        [tranche.terms(note) for tranche, note in zip(terms.tranches, notes, strict=True)],
        [tranche.path() for tranche in terms.tranches],
        [
            (who, each.rate, each.basis, each.tranche, each.count, each.floor, each.cap, each.carried, each.senior)
            for who, each in zip(payees, terms.lines, strict=True)
        ],
        list(terms.hurdles),
        [(TRIGGERS.index(kind), tranche, level, cure) for kind, tranche, level, cure in terms.triggers],
        terms.reserve,
        list(terms.steps),
        list(terms.accelerated),
        terms.ledgers,
        terms.revolves_to,
        terms.stops,
        lab.actor("dust owner"),
        vote if terms.accelerated else NOBODY,
        record if floating else NOBODY,
        terms.first_index,
        NOBODY,
    )
    waterfall = lab.deploy("Waterfall", offering, rules, sender=admin)
    figures = lab.deploy("DealFigures", waterfall, sender=admin)
    named = {"distributor": distributor, "notes": notes, "pool": pool, "offering": offering, "waterfall": waterfall}
    deal = Deal(
        lab, terms, closing, token, access, compliance, **named, board=board, record=record, vote=vote, figures=figures
    )
    _set_roles(deal)
    return deal


def _set_roles(deal: Deal) -> None:
    access, admin, actor = deal.access, deal.lab.actor("admin"), deal.lab.actor
    agent = [(note, ["setFrozen", "forceTransfer", "recover"]) for note in deal.notes]
    agent.append((deal.offering, ["recoverOrder"]))
    if deal.rule.blueprint.name == "AllowList":
        agent.append((deal.rule, ["admit", "remove"]))
    issue = [(note, ["issue", "handOver"]) for note in deal.notes]
    roles = {
        access.SERVICER(): ([(deal.pool, ["report"])], actor("servicer")),
        access.TRANSFER_AGENT(): (agent, actor("agent")),
        access.OFFERING(): ([(deal.pool, ["purchase"]), (deal.distributor, ["appoint"]), *issue], deal.offering),
        access.ARRANGER(): ([(deal.offering, ["open"])], actor("arranger")),
        access.MANAGER(): ([(deal.pool, ["buyFurther"])], actor("manager")),
        access.VOTE(): ([(deal.distributor, ["snapshotOf"])], deal.vote),
    }
    for role, (targets, holder) in roles.items():
        for target, functions in targets:
            selectors = [selector_of(target, name) for name in functions]
            access.setTargetFunctionRole(target, selectors, role, sender=admin)
        access.grantRole(role, holder, 0, sender=admin)

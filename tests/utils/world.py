"""One small deal on a local chain, built once; every test starts from it as it was just deployed.

Three tranches of 60,000, 25,000 and 15,000 units, four periods of 30 days, a tape of five loans, a fee of 6 %,
mezzanine interest behind senior principal while collections are below 90 % of plan. Money has 2 decimals: amounts are
cents.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, fields, replace

from salvor.chain.send import send
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.model.terms import (
    FeeKind,
    FeeLine,
    Rate,
    ReserveTerms,
    Step,
    StepKind,
    Terms,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    When,
)
from tests.utils.leaves import SmallTape

DAY = 86_400
SENIOR, MEZZANINE, EQUITY = 0, 1, 2
TAPE = SmallTape((("0007", 40_000, 0), ("12", 30_000, 1), ("13", 30_000, 1), ("14", 20_000, 0), ("15", 10_000, 0)))
LOANS = TAPE.loans
SIZES = (60_000, 25_000, 15_000)
PLAN = (40_000, 40_000, 30_000, 20_000)
PERCENT = 10**16
WAD = 10**18
ROOT = b"\x01" * 32
NO_CORRECTION = (0, bytes(32), 0, 0, 0, 0)
BEHIND_PLAN = TriggerTerms(TriggerKind.COLLECTION_RATIO, 90 * PERCENT)

STEPS = (
    Step(StepKind.FEE, line=0, level=WAD),
    Step(StepKind.INTEREST, SENIOR),
    Step(StepKind.INTEREST, MEZZANINE, when=When.NONE_ON, triggers=frozenset({0})),
    Step(StepKind.PRINCIPAL, SENIOR),
    Step(StepKind.INTEREST, MEZZANINE),
    Step(StepKind.PRINCIPAL, MEZZANINE),
    Step(StepKind.RESIDUAL, EQUITY),
)


def tranche(size: int, percent: int = 0, **changes) -> TrancheTerms:
    """A tranche that sells in full or not at all, at a fixed rate."""
    return TrancheTerms(size, size, Rate(rate=percent * PERCENT), **changes)


def small_terms(closing: int, **changes) -> DealTerms:
    """The small deal's terms; `changes` replace fields of the deal, or cash rules by their names in the model."""
    terms = DealTerms(
        note_names=(("T-A senior", "T-A"), ("T-B mezzanine", "T-B"), ("T-J equity", "T-J")),
        tape=TAPE.committed,
        rules=Terms(
            seller="seller",
            dust_owner="seller",
            servicer="servicer",
            price=sum(SIZES),
            closing=closing,
            period_ends=tuple(closing + 30 * DAY * number for number in range(1, 5)),
            plan=PLAN,
            gross_balance=TAPE.committed.gross_balance,
            loan_count=TAPE.committed.loan_count,
            tranches=(tranche(SIZES[0], 7), tranche(SIZES[1], 11), tranche(SIZES[2])),
            steps=STEPS,
            fees=(FeeLine("servicer", FeeKind.OF_COLLECTIONS, rate=6 * PERCENT, carried_on=False),),
            reserve=ReserveTerms(cap=0),
            triggers=(BEHIND_PLAN,),
            grace=5 * DAY,
        ),
    )
    return changed(terms, **changes)


def changed(terms: DealTerms, **changes) -> DealTerms:
    """The terms with some fields replaced; a tape brings its totals along."""
    own = {field.name for field in fields(DealTerms)}
    if tape := changes.get("tape"):
        changes = {"gross_balance": tape.gross_balance, "loan_count": tape.loan_count, **changes}
    rules = replace(terms.rules, **{name: value for name, value in changes.items() if name not in own})
    return replace(terms, rules=rules, **{name: value for name, value in changes.items() if name in own})


@dataclass(frozen=True)
class World:
    """A live deal and everybody around it."""

    provider: object
    project: object
    live: LiveDeal
    terms: DealTerms
    holders: tuple  # one a tranche, by seniority
    outsider: object
    accounts: object

    @classmethod
    def closed_end(cls, project, provider, accounts, **changes) -> World:
        """Deploy the small deal; nobody is admitted, nothing is sold."""
        admin, seller, servicer, agent, arranger, senior, mezzanine, equity, outsider = (accounts[i] for i in range(9))
        settlement = admin.deploy(project.SettlementToken, "Test Dollar", "TUSD", changes.pop("decimals", 2))
        closing = changes.pop("closing", provider.get_block("latest").timestamp + 10 * DAY)
        terms = small_terms(closing, **changes)
        parties, block = Parties(admin, seller, servicer, agent, arranger), provider.get_block("latest").number
        live = apply(project, terms, parties=parties, settlement=settlement, first_block=block)
        return cls(provider, project, live, terms, (senior, mezzanine, equity), outsider, accounts)

    @property
    def now(self) -> int:
        """The timestamp that the next transaction will have, unless the clock is moved."""
        return self.provider.web3.eth.get_block("pending").timestamp

    def at(self, seconds: int) -> None:
        """Give the next block exactly this timestamp."""
        self.provider.set_timestamp(seconds)

    @contextmanager
    def as_contract(self, contract):
        """Act as one of the deal's contracts: the only way to reach what only contracts may call."""
        account = self.accounts[contract.address]
        self.provider.set_balance(contract.address, 10**18)
        yield account

    def fund(self, account, units: int) -> None:
        """Give an account settlement units."""
        self.live.settlement.mint(account, units, sender=self.outsider)

    def admit(self, investor, until: int | None = None) -> None:
        """Admit until after the last period, or until `until`."""
        until = self.terms.period_ends[-1] + 365 * DAY if until is None else until
        send(self.live.allow_list.admit, investor, until, sender=self.live.parties.transfer_agent)

    def open(self) -> World:
        """The arranger opens the sale."""
        send(self.live.offering.open, self.live.waterfall, sender=self.live.parties.arranger)
        return self

    def order(self, investor, tranche: int, units: int) -> None:
        """Fund, approve and order."""
        self.fund(investor, units)
        send(self.live.settlement.approve, self.live.offering, units, sender=investor)
        send(self.live.offering.order, tranche, units, sender=investor)

    def sell_all(self) -> World:
        """The sale is opened; each holder is admitted and orders its whole tranche."""
        self.open()
        for tranche, holder in enumerate(self.holders):
            self.admit(holder)
            self.order(holder, tranche, self.terms.sizes[tranche])
        return self

    def settle(self, investor, tranche: int) -> None:
        """An order's notes are handed over."""
        send(self.live.offering.settle, tranche, investor, sender=self.outsider)

    def close(self) -> World:
        """Everything sold and handed over, and the loans bought, on the closing date."""
        self.sell_all()
        self.at(self.terms.closing)
        send(self.live.offering.close, sender=self.outsider)
        for tranche, holder in enumerate(self.holders):
            self.settle(holder, tranche)
        return self

    def report(self, period: int, gross: int, **other) -> None:
        """The servicer reports cash on one loan, at the period's end or later."""
        servicer, net = self.live.parties.servicer, gross - other.get("costs", 0)
        self.at(max(self.terms.period_ends[period - 1], self.now))
        self.fund(servicer, net)
        send(self.live.settlement.approve, self.live.pool, net, sender=servicer)
        send(self.live.pool.report, period, report_of(gross, **other), NO_CORRECTION, sender=servicer)

    def run(self, period: int, gross: int, **other):
        """Report and run a period."""
        self.report(period, gross, **other)
        return send(self.live.waterfall.run, period, sender=self.outsider)


def report_of(gross: int, *, root: bytes | None = None, loans: int | None = None, last: bool = False, **other) -> tuple:
    """The struct `Report`; one loan paid what came."""
    names = ("costs", "written_off", "recovered", "closed_value", "closed_plan")
    amounts = [other.pop(name, 0) for name in names]
    assert not other
    root = (ROOT if gross else bytes(32)) if root is None else root
    return (gross, *amounts, root, int(gross > 0) if loans is None else loans, last)

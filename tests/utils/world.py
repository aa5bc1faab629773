"""One small deal on a local chain, built once; every test starts from it as it was just deployed.

Three tranches of 60,000, 25,000 and 15,000 units, four periods of 30 days, a tape of five loans, a fee of 6 %,
mezzanine interest behind senior principal while collections are below 90 % of plan. Money has 2 decimals: amounts are
cents.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace

from salvor.chain.send import send
from salvor.deploy.apply import apply
from salvor.deploy.live import LiveDeal, Parties
from salvor.deploy.terms import DealTerms
from salvor.model.waterfall import Step, StepKind
from tests.utils.leaves import SmallTape

DAY = 86_400
SENIOR, MEZZANINE, EQUITY = 0, 1, 2
TAPE = SmallTape((("0007", 40_000, 0), ("12", 30_000, 1), ("13", 30_000, 1), ("14", 20_000, 0), ("15", 10_000, 0)))
LOANS = TAPE.loans
SIZES = (60_000, 25_000, 15_000)
PLAN = (40_000, 40_000, 30_000, 20_000)
PERCENT = 10**16

STEPS = (
    Step(StepKind.FEE, rate=6 * PERCENT),
    Step(StepKind.INTEREST, SENIOR),
    Step(StepKind.INTEREST, MEZZANINE, skip_behind_plan=True),
    Step(StepKind.PRINCIPAL, SENIOR),
    Step(StepKind.INTEREST, MEZZANINE),
    Step(StepKind.PRINCIPAL, MEZZANINE),
    Step(StepKind.RESIDUAL, EQUITY),
)


def small_terms(closing: int, **changes) -> DealTerms:
    """The small deal's terms; `changes` replace fields."""
    terms = DealTerms(
        note_names=(("T-A senior", "T-A"), ("T-B mezzanine", "T-B"), ("T-J equity", "T-J")),
        sizes=SIZES,
        rates=(7 * PERCENT, 11 * PERCENT, 0),
        steps=STEPS,
        trigger=90 * PERCENT,
        purchase_price=sum(SIZES),
        tape=TAPE.committed,
        closing=closing,
        period_ends=tuple(closing + 30 * DAY * number for number in range(1, 5)),
        plan=PLAN,
    )
    return replace(terms, **changes)


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
        admin, seller, servicer, agent, fees, senior, mezzanine, equity, outsider = (accounts[i] for i in range(9))
        settlement = admin.deploy(project.SettlementToken, "Test Dollar", "TUSD", changes.pop("decimals", 2))
        closing = changes.pop("closing", provider.get_block("latest").timestamp + 10 * DAY)
        terms = small_terms(closing, **changes)
        parties, block = Parties(admin, seller, servicer, agent, fees), provider.get_block("latest").number
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

    def subscribe(self, investor, tranche: int, units: int) -> None:
        """Fund, approve and subscribe."""
        self.fund(investor, units)
        send(self.live.settlement.approve, self.live.offering, units, sender=investor)
        send(self.live.offering.subscribe, tranche, units, sender=investor)

    def sell_all(self) -> World:
        """Each holder is admitted and buys its whole tranche."""
        for tranche, holder in enumerate(self.holders):
            self.admit(holder)
            self.subscribe(holder, tranche, self.terms.sizes[tranche])
        return self

    def close(self) -> World:
        """Everything sold and the loans bought, on the closing date."""
        self.sell_all()
        self.at(self.terms.closing)
        send(self.live.offering.close, sender=self.outsider)
        return self

    def report(self, period: int, cash: int) -> None:
        """The servicer reports cash on one loan, at the period's end or later."""
        servicer = self.live.parties.servicer
        self.at(max(self.terms.period_ends[period - 1], self.now))
        self.fund(servicer, cash)
        send(self.live.settlement.approve, self.live.pool, cash, sender=servicer)
        root, paying = (b"\x01" * 32, 1) if cash else (bytes(32), 0)
        send(self.live.pool.report, period, cash, root, paying, sender=servicer)

    def run(self, period: int, cash: int) -> None:
        """Report and run a period."""
        self.report(period, cash)
        send(self.live.waterfall.run, period, sender=self.outsider)

"""Two loans that do not pay, on a local chain beside the model: one is sold after its value fell, one nobody bids for.

The deal is a real one from its files; its loans are proved against the tape that was sold. Values come from three
appraisers that the oracle hub asks; here they are told what to say. Each call goes to the model of
docs/liquidation.md first, and at the end every figure of both is compared.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.amounts import WAD, Units, format_units
from salvor.deal.allotment import orders
from salvor.demo import Prepared
from salvor.deploy.apply import apply
from salvor.deploy.liquidation import deploy_liquidation, deploy_triggers
from salvor.deploy.liquidation_terms import LiquidationTerms
from salvor.deploy.live import LiveDeal, Parties
from salvor.desk import actions as desk
from salvor.errors import ReconciliationFailed
from salvor.lab import Actor, Lab
from salvor.model.deal import NOBODY, Deal
from salvor.model.liquidation import book, house
from salvor.model.liquidation.english import English
from salvor.model.liquidation.state import Case, Plan, State, Strategy, StrategyTerms
from salvor.model.liquidation.watch import Condition, Looks, Triggers, TriggerTerms
from salvor.model.pool import Report
from salvor.tape.commitment.disclosure import disclose
from salvor.tape.commitment.tape import commit_collections
from salvor.tape.loans import EXPECTED

DAY = 86_400
PERCENT = WAD // 100
FRESH = 2 * DAY
ANSWER = keccak(b"answer(bytes32,bytes)")[:4]
SALE = StrategyTerms(
    0, approval=True, cost=5_000, start_share=WAD, floor_share=60 * PERCENT, rounds=2, haircut=10 * PERCENT
)
STRATEGIES = (StrategyTerms(), StrategyTerms(approval=True, duration=60 * DAY), StrategyTerms(), SALE, SALE)
BIDS = English(duration=10 * DAY, window=DAY, extension=5 * DAY, increment=1_000, increment_share=5 * PERCENT)
FELL = TriggerTerms(
    (Condition(Looks.COVERAGE_BELOW, "COLLATERAL/", 80 * PERCENT, 10**8),),
    (frozenset({0}),),
    hold=14 * DAY,
    gap=7 * DAY,
    age=7 * DAY,
    cure=30 * DAY,
    fee=1_500,
)


@dataclass
class Values:
    """The hub as the model sees it: all appraisers say the same, and all are fresh or none is."""

    said: dict[str, tuple[int, int]] = field(default_factory=dict)

    def good_now(self, key: str, now: int) -> int | None:
        """The value while it is fresh."""
        value, at = self.said.get(key, (0, 0))
        return value if 0 < at <= now <= at + FRESH else None

    def last_good(self, key: str) -> tuple[int, int]:
        """It is poked whenever it is told."""
        return self.said.get(key, (0, 0))


@dataclass
class Story:
    """The deal, its house, and the model beside them."""

    ready: Prepared
    lab: Lab
    say: Callable[[str], None]

    def __post_init__(self) -> None:
        lab, deal = self.lab, self.ready.deal
        admin, seller, servicer, agent, arranger = map(
            lab.actor, ("admin", "seller", "servicer", "transfer agent", "arranger")
        )
        investors = {each.name: lab.actor(each.name) for each in deal.investors}
        named = {name: lab.actor(name) for name in deal.payees if name not in ("seller", "servicer")}
        self.parties = Parties(admin, seller, servicer, agent, arranger, {**named, **investors})
        self.investors, self.outsider = investors, lab.actor("outsider")
        self.first, self.second, self.debtor = map(lab.actor, ("first bidder", "second bidder", "debtor"))
        token = deal.settlement
        settlement = lab.deploy("SettlementToken", token.name, token.symbol, token.decimals, sender=admin)
        self.live: LiveDeal = apply(lab.contracts, self.ready.terms, parties=self.parties, settlement=settlement)
        terms = LiquidationTerms(keccak(EXPECTED.encode()), 5 * DAY, STRATEGIES, (BIDS,))
        self.hub = lab.deploy("OracleHub", self.live.access, sender=admin)
        values = lab.deploy("HubValues", self.hub, token.decimals, sender=admin)
        self.sold = deploy_liquidation(lab.contracts, self.live, terms, values=values)
        self.triggers = deploy_triggers(
            lab.contracts, self.live, self.sold, (FELL,), hub=self.hub, decimals=token.decimals
        )
        self.appraisers = [lab.deploy("PlayedSystem", sender=admin) for _ in range(3)]
        self.state = State(_deal(self), STRATEGIES, (BIDS,), servicer.address, NOBODY, 5 * DAY)
        self.watch = Triggers((FELL,), Values(), 10**token.decimals)
        self.cases: list[str] = []

    # What happens

    def both(self, rule: Callable[..., Any], *args: Any, method: Any, given: tuple[Any, ...], by: Actor) -> None:
        """On the model, then on the chain."""
        self.state.attempt(partial(rule, self.state, *args))
        method(*given, sender=by)

    def close(self) -> None:
        """The notes are sold and the loans bought."""
        live, until = self.live, self.ready.terms.period_ends[-1]
        desk.open_sale(live)
        for (name, tranche), units in orders(self.ready.deal).items():
            who = self.investors[name]
            desk.admit(live, who, until=until)
            self.fund(who, units)
            desk.order(live, who, tranche=self.ready.deal.place_of(tranche), units=units)
        self.lab.now = self.ready.terms.closing
        desk.close(live, by=self.outsider)
        for who in (self.first, self.second):
            desk.admit(live, who, until=until)
            self.state.deal.admissions.until[who.address] = until
        for who in (self.first, self.second, self.debtor):
            self.fund(who, 10**9)
            self.state.deal.asset.mint(who.address, 10**9)
            live.settlement.approve(self.sold.house, 10**12, sender=who)
        self.tell("closed: all notes sold, the loans bought")

    def open(self, loans: list[str], value: int) -> int:
        """A case of these loans, whose claims are proved; its value is told, and the trigger watches it."""
        number = len(self.cases) + 1
        for place, loan in enumerate(loans):
            field_, field_proof, proved, proof = disclose(
                self.ready.commitment, self.ready.secret, loan, [EXPECTED]
            ).for_pool(EXPECTED)
            claim = next(each.expected_recovery for each in self.ready.loans if each.loan_id == loan)
            where = self.ready.commitment.tree
            leaf = where.nodes[where.places[self.ready.commitment.place_of[loan]]]
            struct = (0, proved, proof, field_, field_proof)
            subject = _key(f"COLLATERAL/{number}")
            method, by = self.sold.book, self.parties.servicer
            if place == 0:
                given = (struct, (claim, 0, True, self.debtor.address, subject))
                case = Case(True, subject)
                args: tuple[Any, ...] = (leaf, claim, claim, 0, case, self.debtor.address)
                self.both(book.open_case, *args, method=method.open, given=given, by=by)
            else:
                args = (number, leaf, claim, claim, 0)
                self.both(book.join, *args, method=method.join, given=(number, struct, claim, 0), by=by)
        seen = (number, len(loans))
        self.both(book.confirm, *seen, method=self.sold.book.confirm, given=seen, by=self.parties.manager)
        self.cases.append(", ".join(loans))
        sources = [(each.address, FRESH, 100_000, b"") for each in self.appraisers]
        policy = (sources, 2, WAD // 10, WAD // 2, 0, 1, 2**127, 0, 0, 0, 0)
        self.hub.setPolicy(subject, policy, sender=self.parties.admin)  # what no role was given is the admin's
        self.value(number, value)
        self.watch.watch(self.state, number, 0)
        self.triggers.watch(number, 0, sender=self.outsider)
        owed, worth = self.money(self.state.accounts[number].rest), self.money(value)
        self.tell(f"case {number}: accounts {self.cases[-1]}, claim {owed}, worth {worth}")
        return number

    def value(self, case: int, units: int) -> None:
        """What all three appraisers say from now on, in WAD of money; the hub keeps it."""
        wad = units * WAD // 10**self.ready.deal.settlement.decimals
        for each in self.appraisers:
            each.teach(ANSWER, encode(("uint256",) * 4, (0, wad, 0, self.lab.now)), sender=self.outsider)
        self.hub.poke(_key(f"COLLATERAL/{case}"), sender=self.outsider)
        self.watch.hub.said[f"COLLATERAL/{case}"] = (wad, self.lab.now)  # type: ignore[attr-defined]
        self.state.values[_key(f"COLLATERAL/{case}")] = units, True

    def fall(self, case: int, units: int) -> None:
        """The value falls, somebody looks once a week, and fires when it has held for two; then the debtor may cure."""
        for week in range(2):
            self.value(case, units)
            if week == 0:
                self.tell(f"case {case}: now worth {self.money(units)}, below 80 % of the claim")
            self.watch.check(self.state, case, 0, self.lab.now)
            self.triggers.check(case, 0, sender=self.outsider)
            self.lab.wait(7 * DAY)
        self.value(case, units)
        self.watch.fire(self.state, case, 0, self.outsider.address, self.lab.now)
        self.triggers.fire(case, 0, sender=self.outsider)
        self.tell(f"case {case}: trigger fired after 14 days; the debtor has 30 days to cure")
        self.lab.wait(30 * DAY)
        self.value(case, units)
        self.both(book.start_sale, case, self.lab.now, method=self.sold.book.startSale, given=(case,), by=self.outsider)
        round_ = self.state.rounds[case]
        self.tell(f"case {case}: not cured; anyone starts the sale, bids from {self.money(round_.floor)}")
        self.run_due()

    def bid(self, case: int, who: Actor, units: int) -> None:
        """By a bidder whom compliance admits."""
        bid = partial(BIDS.bid, self.state, case, who.address, units, self.lab.now)
        self.both(lambda _: bid(), method=self.sold.auctions[0].bid, given=(case, units), by=who)
        self.tell(f"case {case}: {who.role} bids {self.money(units)}")

    def settle(self, case: int) -> None:
        """The best bidder has title, the pool the proceeds and the loss."""
        self.lab.now = self.state.rounds[case].end
        settle = partial(BIDS.settle, self.state, case, self.lab.now)
        self.both(lambda _: settle(), method=self.sold.auctions[0].settle, given=(case,), by=self.outsider)
        brought, lost = (self.money(each) for each in (self.state.accounts[case].brought, self.state.lost[case]))
        self.tell(f"case {case}: sold; {brought} to the pool, {lost} written off, closed")
        self.run_due()

    def nobody_bids(self, case: int) -> None:
        """Two rounds, the second with a haircut; then back to the servicer."""
        for _ in range(2):
            self.lab.now = self.state.rounds[case].end
            self.both(house.relist, case, self.lab.now, method=self.sold.house.relist, given=(case,), by=self.outsider)
            round_ = self.state.rounds.get(case)
            ends = f"again, bids from {self.money(round_.floor)}" if round_ else "back to the servicer, held again"
            self.tell(f"case {case}: nobody bid; {ends}")
            self.run_due()

    def pay_off(self, case: int, units: int) -> None:
        """The debtor pays what was agreed, and the rest is lost."""
        plan, now, own = Plan(units), self.lab.now, self.sold.book
        struct, kind, admin = (units, 0, 0), Strategy.DISCOUNTED_PAY_OFF, self.parties.admin
        self.both(book.switch_to, case, kind, plan, now, method=own.switchTo, given=(case, kind, struct), by=admin)
        account = self.state.accounts[case]
        cash = units + account.costs_due + account.keeper_due
        self.both(book.pay, case, self.debtor.address, cash, now, method=own.pay, given=(case, cash), by=self.debtor)
        lost = self.money(self.state.lost[case])
        self.tell(f"case {case}: discounted pay-off of {self.money(units)} agreed and paid; {lost} written off, closed")

    def run_due(self) -> None:
        """All periods that have ended."""
        self.run_to(sum(1 for end in self.ready.terms.period_ends if end <= self.lab.now))

    def run_to(self, period: int) -> None:
        """The servicer reports what the other loans paid, and each period is run."""
        deal, terms = self.state.deal, self.ready.terms
        while deal.pool.reported < period:
            number = deal.pool.reported + 1
            collected = self.ready.collections[number - 1]
            self.lab.now = max(self.lab.now, terms.period_ends[number - 1])
            tree = commit_collections(number, collected.cash, self.ready.commitment, self.ready.secret)
            self.fund(self.parties.servicer, collected.net)
            desk.collect(self.live, number, collected, tree)
            deal.asset.mint(self.parties.servicer.address, collected.net)
            root, paying = (tree.root, len(tree.values)) if tree else (bytes(32), 0)
            sums = (collected.gross, collected.costs, collected.written_off, 0)
            said = Report(number, *sums, collected.closed_value, collected.closed_plan, root, paying)
            deal.report(said, self.lab.now)
            desk.run_waterfall(self.live, number, by=self.outsider)
            brought = deal.pool.net(number) - collected.net
            (_, senior), *_ = deal.run(number).tranches
            cash = self.money(deal.pool.net(number))
            more = f" (of it {self.money(brought)} proceeds)" if brought else ""
            left = deal.books.tranches[0].principal if deal.books else 0
            paid = f"senior principal paid {self.money(senior)}, left {self.money(left)}"
            self.tell(f"period {number} run: cash {cash}{more}; {paid}")

    def claim(self) -> None:
        """The senior holders are paid what their notes have earned, proceeds among it."""
        live, deal, now = self.live, self.state.deal, self.lab.now
        for name, tranche in orders(self.ready.deal):
            if (place := self.ready.deal.place_of(tranche)) != 0:
                continue
            who = self.investors[name]
            deal.hand_over(who.address, place, now)
            desk.settle(live, who, tranche=place, by=self.outsider)
            paid, before = deal.claim(who.address, place), live.settlement.balanceOf(who)
            desk.claim(live, who, tranche=place)
            if (got := live.settlement.balanceOf(who) - before) != paid:
                raise ReconciliationFailed([f"{name} was paid {got}, the model says {paid}"])
            self.tell(f"{name} claims {self.money(paid)} of {tranche}")

    # How it is told and compared

    def fund(self, who: Actor, units: int) -> None:
        """The settlement asset of a test chain gives everybody what they ask for."""
        self.live.settlement.mint(who, units, sender=self.outsider)

    def money(self, units: int) -> str:
        """An amount for people."""
        return format_units(Units(units), self.ready.deal.settlement.decimals)

    def tell(self, text: str) -> None:
        """With its day."""
        self.say(f"{datetime.fromtimestamp(self.lab.now, UTC):%Y-%m-%d}  {text}")

    def differences(self) -> list[str]:
        """Every figure in which chain and model differ."""
        deal, found = self.state.deal, []
        pairs: list[tuple[str, Any, Any]] = []
        for number, own in self.state.accounts.items():
            told = self.sold.house.accountOf(number)
            chain: tuple[Any, ...] = (
                told.standing,
                told.outstanding,
                told.brought,
                told.costsDue,
                told.keeperDue,
                told.exposed,
            )
            model = (own.standing, own.outstanding, own.brought, own.costs_due, own.keeper_due, own.exposed)
            pairs.append((f"account of case {number}", chain, model))
        for who in (self.first, self.second, self.debtor, self.outsider, self.parties.servicer):
            pairs.append((f"owed to {who.role}", self.sold.house.owed(who), self.state.owed[who.address]))
        for period in range(1, deal.pool.reported + 1):
            record, sums = self.live.pool.record(period), deal.pool.totals[period]
            chain = (record.gross, record.net, record.writtenOff, record.recovered)
            pairs.append((f"period {period}", chain, (sums.gross, sums.net, sums.written_off, sums.recovered)))
        for place, tranche in enumerate(deal.books.tranches if deal.books else []):
            state = self.live.waterfall.tranche(place)
            chain = (state.principal, state.loss, state.deficiency)
            pairs.append((f"tranche {place}", chain, (tranche.principal, tranche.written_down, tranche.deficiency)))
        held = sum(self.live.cash_held().values())
        pairs.append(
            ("cash held", held, sum(deal.asset.balances[each] for each in ("pool", "waterfall", *_notes(deal))))
        )
        found += [f"{name}: chain {chain}, model {model}" for name, chain, model in pairs if chain != model]
        return found


def play(ready: Prepared, lab: Lab, say: Callable[[str], None]) -> Story:
    """The whole story; raises unless every figure is the model's."""
    story = Story(ready, lab, say)
    story.close()
    paying = {loan for each in ready.collections for loan, cash in each.cash.items() if cash}
    silent = [each for each in ready.loans if each.loan_id not in paying] or list(ready.loans)
    worst = sorted(silent, key=lambda each: (-each.expected_recovery, each.loan_id))[:3]
    two, one = [each.loan_id for each in worst[:2]], [worst[2].loan_id]
    first = story.open(two, sum(each.expected_recovery for each in worst[:2]) * 12 // 10)
    second = story.open(one, worst[2].expected_recovery)
    story.run_to(1)
    story.fall(first, story.state.accounts[first].rest * 7 // 10)
    floor = story.state.rounds[first].floor
    story.bid(first, story.first, floor)
    story.lab.wait(9 * DAY)
    story.bid(first, story.second, floor * 12 // 10)
    story.settle(first)
    story.fall(second, story.state.accounts[second].rest // 2)
    story.nobody_bids(second)
    story.pay_off(second, story.state.accounts[second].rest // 5)
    story.run_to(story.state.deal.pool.reported + 1)
    story.claim()
    if found := story.differences():
        raise ReconciliationFailed(found)
    return story


def prepare_lab(ready: Prepared, engine: str, root: Path) -> Lab:
    """A chain whose clock stands before the deal's closing."""
    from salvor.lab import open_lab

    return open_lab(engine, root=root, genesis=ready.terms.closing - 9 * DAY)


def _deal(story: Story) -> Deal:
    """The model's deal at closing, accounts by address."""
    own, account = story.ready.terms.rules, story.parties.account
    fees = tuple(replace(line, payee=account(line.payee).address) for line in own.fees)
    named = {name: account(getattr(own, name)).address for name in ("seller", "dust_owner", "servicer")}
    deal = Deal(replace(own, fees=fees, **named))
    deal.open(own.closing - DAY)
    for (name, tranche), units in orders(story.ready.deal).items():
        who = story.investors[name].address
        deal.admit(who, own.period_ends[-1], own.closing - DAY)
        deal.asset.mint(who, units)
        deal.order(who, story.ready.deal.place_of(tranche), units, own.closing - DAY)
    deal.close(own.closing)
    return deal


def _notes(deal: Deal) -> list[str]:
    return [f"note {place}" for place in range(len(deal.notes))]


def _key(text: str) -> bytes:
    return text.encode().ljust(32, b"\0")

"""A deal file and its tape, turned into what the model and the chain take: integers, dates in seconds, places.

Payees stand by name, as in the deal file; which account each name is, the deployment says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from salvor.amounts import WAD, format_percent, mul_div_up, timestamp
from salvor.deal import rules
from salvor.deal.oracle import Oracle
from salvor.deal.schedule import period_ends, plan
from salvor.deal.schema import Deal
from salvor.deploy.liquidation_terms import LiquidationTerms, liquidation_terms
from salvor.deploy.regulated import RegulatedTerms
from salvor.deploy.steps import Places, compile_steps
from salvor.deploy.vaults import VaultTerms, vault_terms
from salvor.errors import CarryingRatiosDiffer
from salvor.model.evergreen.terms import EvergreenTerms
from salvor.model.terms import (
    LARGEST,
    DayCount,
    FeeKind,
    FeeLine,
    HurdleTerms,
    Losses,
    Rate,
    RateKind,
    ReserveTerms,
    Revolving,
    Terms,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    Unpaid,
    Vote,
)
from salvor.tape.committed import CommittedTape
from salvor.tape.loans import Loan

SELLER, SERVICER = "seller", "servicer"
_COUNTS = dict(zip(rules.DayCount, DayCount, strict=True))
_FEES = dict(zip(rules.FeeOf, FeeKind, strict=True))
_TESTS = dict(zip(rules.TriggerTest, TriggerKind, strict=True))
_UNPAID = {
    rules.Unpaid.MISSED: Unpaid.MISSED,
    rules.Unpaid.DEFERRED: Unpaid.DEFERRED,
    rules.Unpaid.DEFERRED_WITH_INTEREST: Unpaid.DEFERRED_WITH_INTEREST,
}


@dataclass(frozen=True)
class OracleTerms:
    """The values that a deal reads, as its file says them; the bond of a challenge in settlement units.

    `fund_reads` and `index_reads` are keys, none where empty; `index_within` is seconds after a period's start.
    """

    section: Oracle
    bond: int
    fund_reads: str = ""
    index_reads: str = ""
    index_within: int = 0


@dataclass(frozen=True)
class DealTerms:
    """Names of the notes by seniority, the tape's commitment, all cash rules, and the vaults beside the deal."""

    note_names: tuple[tuple[str, str], ...]
    tape: CommittedTape
    rules: Terms
    vaults: tuple[VaultTerms, ...] = ()
    oracle: OracleTerms | None = None
    liquidation: LiquidationTerms | None = None  # of a deal whose oracle says what loans are worth
    regulated: RegulatedTerms | None = None  # notes ask identities and rules; None: the allow-list
    groups: tuple[DealTerms, ...] = ()  # further tranches behind the same book of loans

    @property
    def closing(self) -> int:
        """Seconds since 1970; orders end and interest begins."""
        return self.rules.closing

    @property
    def period_ends(self) -> tuple[int, ...]:
        """Seconds since 1970."""
        return self.rules.period_ends

    @property
    def sizes(self) -> tuple[int, ...]:
        """Units of each tranche that are sold at most."""
        return tuple(tranche.cap for tranche in self.rules.tranches)


def compile_terms(
    deal: Deal, loans: Sequence[Loan], committed: CommittedTape, groups: tuple[DealTerms, ...] = ()
) -> DealTerms:
    """Everything that the chain needs to know of a deal whose file was checked; `groups` are those that it names."""
    names = Places.of(deal)
    steps, unnamed = compile_steps(deal.waterfall, names)
    accelerated, more = compile_steps(deal.accelerated, names.after(unnamed))
    terms = Terms(
        seller=SELLER,
        dust_owner=deal.dust_owner or SELLER,
        servicer=SERVICER,
        price=deal.units(deal.purchase_price),
        closing=timestamp(deal.calendar.closing),
        period_ends=tuple(timestamp(day) for day in period_ends(deal.calendar)),
        plan=tuple(plan(loans, deal.calendar)),
        gross_balance=committed.gross_balance,
        loan_count=committed.loan_count,
        tranches=tuple(_tranche(deal, tranche) for tranche in deal.tranches),
        steps=steps,
        accelerated_steps=accelerated,
        fees=(*(_fee(deal, line, names) for line in deal.fees.values()), *unnamed, *more),
        reserve=_reserve(deal, names),
        hurdles=tuple(
            HurdleTerms(names.tranche(each.tranche), each.rate, _COUNTS[each.day_count])
            for each in deal.hurdles.values()
        ),
        triggers=tuple(_trigger(each, names) for each in deal.triggers.values()),
        losses=Losses.BY_LEDGER if deal.losses.by == "ledgers" else Losses.BY_NET_ASSET_VALUE,
        carrying_ratio=_carrying_ratio(deal, committed.gross_balance),
        revolving=_revolving(deal, names),
        vote=Vote(deal.vote.share, deal.vote.days * 86_400) if deal.vote else Vote(),
        grace=deal.calendar.grace_days * 86_400,
        first_index=deal.index.first if deal.index else 0,
        evergreen=_evergreen(deal, names),
    )
    for name, group in zip(deal.liquidation.groups if deal.liquidation else (), groups, strict=True):
        if (given := group.rules.carrying_ratio) != (needed := terms.carrying_ratio):
            raise CarryingRatiosDiffer(name, format_percent(given, 4), format_percent(needed, 4))
    named = tuple((each.note_name, each.symbol) for each in deal.tranches)
    classes = [each for tape in (committed, *(group.tape for group in groups)) for each in tape.classes]
    sold = liquidation_terms(deal, classes)
    return DealTerms(named, committed, terms, vault_terms(deal), _oracle(deal), sold, groups=groups)


def as_played(terms: DealTerms) -> DealTerms:
    """The terms of a play. Nobody signs there: the plan says what loans are worth, and the play's board the index."""
    oracle, own = terms.oracle, terms.rules.evergreen
    if oracle:
        oracle = replace(oracle, section=_without_feeds(oracle.section), fund_reads="", index_reads="")
    own = replace(own, source=False) if own else None
    return replace(terms, oracle=oracle, rules=replace(terms.rules, evergreen=own))


def _without_feeds(section: Oracle) -> Oracle:
    """No feed stands on a play's chain: a value is made of its signers there, and one of feeds alone has no policy."""
    values = []
    for value in section.values:
        if left := [source for source in value.sources if source.signer]:
            values.append(value.model_copy(update={"sources": left, "quorum": min(value.quorum, len(left))}))
    return section.model_copy(update={"values": values})


def _oracle(deal: Deal) -> OracleTerms | None:
    if deal.oracle is None:
        return None
    fund = (deal.evergreen.value_source if deal.evergreen else None) or ""
    index, within = (deal.index.value or "", deal.index.within_hours * 3_600) if deal.index else ("", 0)
    return OracleTerms(deal.oracle, deal.units(deal.oracle.challenges.bond), fund, index, within)


def _tranche(deal: Deal, tranche: rules.Tranche) -> TrancheTerms:
    if tranche.step_up:
        rate = Rate(RateKind.STEP_UP, steps=tuple((each.from_period, each.rate) for each in tranche.step_up))
    elif tranche.floating:
        own = tranche.floating
        rate = Rate(RateKind.FLOATING, margin=own.margin, floor=own.floor, cap=own.cap)
    else:
        rate = Rate(rate=tranche.rate)
    size = deal.units(tranche.size)
    minimum = size if tranche.minimum is None else deal.units(tranche.minimum)
    return TrancheTerms(size, minimum, rate, _COUNTS[tranche.day_count], _UNPAID[tranche.unpaid_interest])


def _fee(deal: Deal, line: rules.FeeLine, names: Places) -> FeeLine:
    return FeeLine(
        payee=line.payee,
        kind=_FEES[line.of],
        amount=deal.units(line.amount) if line.amount else 0,
        rate=line.rate or 0,
        tranche=names.tranche(line.tranche),
        count=_COUNTS[line.day_count],
        floor=deal.units(line.floor) if line.floor else 0,
        cap=deal.units(line.cap) if line.cap else LARGEST,
        carried_on=line.carried,
        senior=line.senior,
    )


def _carrying_ratio(deal: Deal, gross_balance: int) -> int:
    """What was paid for a unit of claim, unless the deal names it (rule 20); 100 % at most, and without balances.

    Up: when all of the tape is written off, the notes have lost no less than what was paid for it.
    """
    if deal.losses.carrying_ratio is not None:
        return deal.losses.carrying_ratio
    if not gross_balance:
        return WAD
    return min(WAD, mul_div_up(deal.units(deal.purchase_price), WAD, gross_balance))


def _reserve(deal: Deal, names: Places) -> ReserveTerms:
    own = deal.reserve
    if own is None:
        return ReserveTerms(cap=0)
    return ReserveTerms(
        tranches=frozenset(names.tranche(name) for name in own.tranches),
        share=own.share,
        floor=deal.units(own.floor) if own.floor else 0,
        cap=deal.units(own.cap) if own.cap else LARGEST,
    )


def _trigger(trigger: rules.Trigger, names: Places) -> TriggerTerms:
    cured = {"never": 0, "at_once": 1}.get(str(trigger.cured))
    return TriggerTerms(
        _TESTS[trigger.test],
        level=trigger.below or trigger.above or trigger.period or 0,
        tranche=names.tranche(trigger.tranche),
        cured_after=int(trigger.cured) if cured is None else cured,
    )


def _evergreen(deal: Deal, names: Places) -> EvergreenTerms | None:
    own = deal.evergreen
    if own is None:
        return None
    limits = {names.tranche(each.tranche): each.at_least for each in own.limits}
    return EvergreenTerms(
        every=own.periods,
        cut_off=own.cut_off_days * 86_400,
        rate=own.discount_rate,
        limits=tuple(limits.get(place, 0) for place in range(len(deal.tranches) - 1)),
        fees=own.fees,
        senior_first=own.exits == "senior_first",
        source=own.value_source is not None,
    )


def _revolving(deal: Deal, names: Places) -> Revolving:
    if deal.revolving is None:
        return Revolving()
    return Revolving(deal.revolving.to_period, frozenset(names.trigger(name) for name in deal.revolving.stops_on))

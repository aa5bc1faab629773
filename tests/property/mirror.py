"""The live deal beside its model: every figure by its place in storage, and what must hold of them besides."""

from __future__ import annotations

from salvor.lab.assertions import conserved, equal, never_falls
from salvor.lab.mirror import Mirror
from salvor.model.system import OFFERING, POOL, WATERFALL, System, note_account
from tests.property.stage import Stage


def cash_accounts(stage: Stage) -> dict[str, str]:
    """The model's names of all who can hold cash, and their addresses."""
    parties = stage.live.parties
    people = (*stage.investors, parties.seller, parties.fee_account, parties.servicer)
    named = {name: contract.address for name, contract in stage.live.cash_contracts().items()}
    return named | {person.address: person.address for person in people}


def places(stage: Stage) -> dict:
    """Where the chain keeps each figure, by a name that is told when it differs."""
    lab, live = stage.lab, stage.live
    cash, pool, offering = lab.slots(live.settlement), lab.slots(live.pool), lab.slots(live.offering)
    waterfall, admitted = lab.slots(live.waterfall), lab.slots(live.allow_list).admittedUntil
    found = {f"cash of {lab.name_of(a)}": cash._balances[a] for a in cash_accounts(stage).values()}
    found |= {"raised": offering.raised, "closed": offering.closed}
    found |= {"last reported": pool.lastReported, "last released": pool.lastReleased}
    found |= {f"collected to period {n}": pool._records[n].collected for n in range(1, len(stage.terms.plan) + 1)}
    found |= {"last run": waterfall.lastRun, "fees earned": waterfall._feesEarned}
    found |= {"fees claimed": waterfall._feesClaimed}
    found |= {f"admission of {each.role}": admitted[each] for each in stage.investors}
    for place, note in enumerate(live.notes):
        slots, name = lab.slots(note), lab.name_of(note)
        state = waterfall._state.tranches[place]
        found |= {f"{name} {field}": getattr(state, field) for field in _TRANCHE_FIELDS}
        found[f"{name} subscribed"] = offering._tranches[place].subscribed
        found |= {f"{name} index": slots.index, f"{name} remainder": slots.remainder}
        found |= {f"{name} distributed": slots._distributed, f"{name} claimed": slots._claimed}
        found[f"{name} supply"] = slots._totalSupply
        for each in stage.investors:
            credit, holder = slots._credits[each], f"of {each.role}"
            found |= {f"{name} held {holder}": slots._balances[each], f"{name} seen {holder}": credit.index}
            found[f"{name} earned {holder}"] = credit.earned
    return found


_TRANCHE_FIELDS = ("principal", "interestDue", "interestPaid", "principalPaid", "loss")


class Twin:
    """The deal's model, and its figures in the order of `places`."""

    def __init__(self, stage: Stage) -> None:
        parties = stage.live.parties
        names = {
            "seller": parties.seller.address,
            "fee_account": parties.fee_account.address,
            "servicer": parties.servicer.address,
        }
        self.system = System(stage.terms.for_model(**names))
        self._accounts = list(cash_accounts(stage))
        self._investors = [each.address for each in stage.investors]

    def figures(self) -> list[int]:
        """One pass; the only thing that a check costs besides reading."""
        s = self.system
        total, collected = 0, []
        for cash in s.collected:
            total += cash
            collected.append(total)
        collected += [0] * (s.terms.periods - len(collected))
        supplies = [note.supply for note in s.notes]
        found = [s.cash.balances[name] for name in self._accounts]
        found += [sum(supplies), int(s.closed), len(s.collected), s.last_run, *collected]
        found += [s.last_run, s.fees_earned, s.fees_claimed]
        found += [s.admissions.until[each] for each in self._investors]
        for note, supply, tranche in zip(s.notes, supplies, s.waterfall.tranches, strict=True):
            found += [tranche.principal, tranche.interest_due, tranche.interest_paid]
            found += [tranche.principal_paid, tranche.loss]
            found += [supply, note.index, note.remainder, note.distributed, note.claimed, supply]
            for each in self._investors:
                found += [note.held[each], note.seen[each], note.earned[each]]
        return found


class DealMirror(Mirror):
    """One run of the deal on chain and in the model."""

    def __init__(self, stage: Stage, figures: dict) -> None:
        self.twin = Twin(stage)
        super().__init__(stage.lab, self.twin, figures, refusals="WF-06", agreement="WF-02")
        self.stage, self.live, self.system = stage, stage.live, self.twin.system
        self.indexes = [0] * len(stage.live.notes)

    @property
    def now(self) -> int:
        return self.lab.now

    def fund(self, account, units: int) -> None:
        """Settlement units out of nowhere, on both."""
        self.system.cash.mint(account.address, units)
        self.live.settlement.mint(account, units, sender=account)

    def check(self) -> list[int]:
        """Every figure, then what holds after every call."""
        chain = super().check()
        s = self.system
        conserved("WF-01", paid_in=s.paid_in, paid_out=s.paid_out, held=s.cash_held)
        unreleased, balances = sum(s.collected[s.last_run :]), s.cash.balances
        assert balances[POOL] == unreleased, "WF-01"
        assert balances[WATERFALL] == s.fees_earned - s.fees_claimed, "WF-01"
        assert balances[OFFERING] == (0 if s.closed else sum(note.supply for note in s.notes)), "OF-01"
        for place, (note, tranche) in enumerate(zip(s.notes, s.waterfall.tranches, strict=True)):
            held = balances[note_account(place)]
            assert held == note.cash_held, "WF-01"
            assert sum(map(note.claimable, note.held)) <= held, "NT-02"
            size = s.terms.sizes[place]
            assert size == tranche.principal + tranche.principal_paid + tranche.loss, "WF-04"
            never_falls("NT-03", "index", self.indexes[place], note.index)
            self.indexes[place] = note.index
        return chain

    def check_views(self) -> None:
        """What the contracts tell in their views, which the figures are behind."""
        live, s = self.live, self.system
        ours = {name: contract.cashHeld() for name, contract in live.cash_contracts().items()}
        equal("WF-01", ours, {name: s.cash.balances[name] for name in ours})
        for place, (note, model) in enumerate(zip(live.notes, s.notes, strict=True)):
            claimable = {each.role: note.claimable(each) for each in self.stage.investors}
            equal("NT-01", claimable, {each.role: model.claimable(each.address) for each in self.stage.investors})
            assert live.offering.subscribed(place) == note.totalSupply() == model.supply, "OF-01"
            state, tranche = live.waterfall.tranche(place), s.waterfall.tranches[place]
            assert (state.principal, state.loss) == (tranche.principal, tranche.loss), "WF-02"

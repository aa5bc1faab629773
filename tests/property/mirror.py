"""The live deal beside its model: the same call on both, the same state afterwards."""

from __future__ import annotations

from salvor.chain.send import CallRefused, send
from salvor.model.refusal import Refused
from salvor.model.system import OFFERING, POOL, WATERFALL, System, note_account
from tests.utils.batch import Batch
from tests.utils.world import DAY, World

UNLIMITED = 2**256 - 1


def beginning(world: World) -> int:
    """When every run starts. Not by the wall clock: a replay must meet every date at the same distance."""
    return world.terms.closing - 9 * DAY


def prepare(world: World) -> Batch:
    """Once for all runs: everybody approves everything, and the view calls of a check are encoded."""
    live = world.live
    spenders = [(investor, live.offering) for investor in (*world.holders, world.outsider)]
    for owner, spender in (*spenders, (live.parties.servicer, live.pool)):
        world.at(beginning(world))
        send(live.settlement.approve, spender, UNLIMITED, sender=owner)
    return Batch(world.provider, _view_calls(world))


def cash_accounts(world: World) -> dict[str, str]:
    """Addresses of all who can hold cash, by the model's name for them."""
    parties = world.live.parties
    people = [*world.holders, world.outsider, parties.seller, parties.fee_account, parties.servicer]
    named = {name: contract.address for name, contract in world.live.cash_contracts().items()}
    return named | {person.address: person.address for person in people}


def _view_calls(world: World):
    """In the order in which `Mirror.check` reads the answers."""
    live, investors = world.live, (*world.holders, world.outsider)
    yield from ((live.settlement.balanceOf, address) for address in cash_accounts(world).values())
    yield from ((contract.cashHeld,) for contract in live.cash_contracts().values())
    yield from ((live.offering.raised,), (live.offering.closed,), (live.pool.lastReported,))
    yield from ((live.waterfall.lastRun,), (live.waterfall.feesEarned,))
    for place, note in enumerate(live.notes):
        yield from ((note.index,), (note.remainder,), (note.totalSupply,), (note.distributed,))
        yield from ((note.balanceOf, investor) for investor in investors)
        yield from ((note.claimable, investor) for investor in investors)
        yield (live.offering.subscribed, place)
        yield (live.waterfall.tranche, place)


class Mirror:
    """One deployed deal and one model; investors are known by their addresses on both."""

    def __init__(self, world: World, batch: Batch) -> None:
        live = world.live
        self.world, self.live = world, live
        self.investors = [*world.holders, world.outsider]
        parties = live.parties
        self.model = System(
            world.terms.for_model(
                seller=parties.seller.address,
                fee_account=parties.fee_account.address,
                servicer=parties.servicer.address,
            )
        )
        self.now = beginning(world)
        self._accounts = cash_accounts(world)
        self._batch = batch
        self.last_index = [0] * len(live.notes)

    def both(self, expected, method, *args, sender) -> object:
        """Do it on the model, then on chain: the same success or the same refusal. Returns the model's answer."""
        try:
            answer, refused = expected(), None
        except Refused as refusal:
            answer, refused = refusal, refusal
        said = None
        try:
            self._send(method, *args, sender=sender)
        except CallRefused as refusal:
            said = refusal.refusal
        ours = (said.error, said.values) if said else None
        theirs = (refused.error, refused.values) if refused else None
        assert ours == theirs, f"WF-06: the chain says {said}, the model {refused}"
        return answer

    def fund(self, account, units: int) -> None:
        """Settlement units out of nowhere, on both."""
        self.model.cash.mint(account.address, units)
        self.world.at(self.now)
        self.world.fund(account, units)

    def check(self) -> None:
        """Every figure of the chain against the model, and the properties that hold after every call."""
        answers = iter(self._batch.read())
        cash = {name: next(answers)[0] for name in self._accounts}
        books = {name: next(answers)[0] for name in self.live.cash_contracts()}
        assert cash == {name: self.model.cash.balances[name] for name in self._accounts}, "WF-02"
        assert books == {name: cash[name] for name in books}, "WF-01"
        assert self.model.paid_in == self.model.paid_out + sum(books.values()), "WF-01"
        self._check_deal(answers)
        for place in range(len(self.live.notes)):
            self._check_note(place, answers, cash[note_account(place)])
            self._check_tranche(place, answers)
        assert next(answers, None) is None

    def _send(self, method, *args, sender) -> None:
        self.world.at(self.now)  # each block, or the wall clock creeps in
        send(method, *args, sender=sender)

    def _check_deal(self, answers) -> None:
        raised, closed, reported, run, fees = (next(answers)[0] for _ in range(5))
        supply = sum(note.supply for note in self.model.notes)
        assert (raised, bool(closed)) == (supply, self.model.closed), "WF-02"
        assert self.model.closed or self.model.cash.balances[OFFERING] == supply, "OF-01"
        assert (reported, run, fees) == (len(self.model.collected), self.model.last_run, self.model.fees_earned), (
            "WF-02"
        )
        unreleased = sum(self.model.collected[self.model.last_run :])
        assert self.model.cash.balances[POOL] == unreleased, "WF-01"
        assert self.model.cash.balances[WATERFALL] == fees - self.model.fees_claimed, "WF-01"

    def _check_note(self, place: int, answers, cash: int) -> None:
        model = self.model.notes[place]
        index, remainder, supply, distributed = (next(answers)[0] for _ in range(4))
        assert (index, remainder, supply) == (model.index, model.remainder, model.supply), "WF-02"
        assert distributed == model.distributed, "WF-02"
        assert index >= self.last_index[place], "NT-03"
        self.last_index[place] = index
        held = [next(answers)[0] for _ in self.investors]
        claimable = [next(answers)[0] for _ in self.investors]
        assert held == [model.held[investor.address] for investor in self.investors], "WF-02"
        assert claimable == [model.claimable(investor.address) for investor in self.investors], "NT-01"
        assert sum(claimable) <= cash, "NT-02"
        assert next(answers)[0] == supply, "OF-01"

    def _check_tranche(self, place: int, answers) -> None:
        model = self.model.waterfall.tranches[place]
        _, _, principal, due, interest, paid, loss = next(answers)
        assert (principal, due, interest) == (model.principal, model.interest_due, model.interest_paid), "WF-02"
        assert (paid, loss) == (model.principal_paid, model.loss), "WF-02"
        assert self.world.terms.sizes[place] == principal + paid + loss, "WF-04"

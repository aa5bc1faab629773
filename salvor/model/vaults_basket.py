"""A basket of notes (docs/vaults.md, section 6): each unit is so many units of each note, and earns what they earn.

To a vault it is what a note is, so it has the same names.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from salvor.amounts import MAX_AMOUNT, mul_div_down
from salvor.model.holders import PARTS, Note, Stream
from salvor.model.refusal import Refused
from salvor.model.vaults_asset import Rule
from salvor.model.whole import whole


@dataclass
class Harvested:
    """Where the last harvest left one note; `rest` is less than a settlement unit of each, in parts."""

    mark: int = 0
    taken: int = 0
    indices: list[int] = field(default_factory=lambda: [0, 0])
    rest: list[int] = field(default_factory=lambda: [0, 0])


@dataclass
class Member:
    """One holder; `paid` is interest and principal, of which a basket knows the first only."""

    units: int = 0
    seen: int = 0
    parts: int = 0
    paid: list[int] = field(default_factory=lambda: [0, 0])
    frozen: bool = False


class Members(Mapping[str, Member]):
    """Holders as a vault asks for them: frozen is who is frozen at any note."""

    def __init__(self, basket: Basket) -> None:
        self._basket = basket

    def __getitem__(self, account: str) -> Member:
        member = self._basket.members[account]
        member.frozen = any(note.holders[account].frozen for note in self._basket.notes)
        return member

    def __iter__(self) -> Iterator[str]:
        return iter(self._basket.members)

    def __len__(self) -> int:
        return len(self._basket.members)


@dataclass
class Basket:
    """At `address`; `names`, `weights` and `rules` are one a note. `shut`: the settlement asset refuses the basket."""

    notes: list[Note]
    names: list[str]
    weights: list[int]
    rules: list[Rule]
    address: str
    supply: int = 0
    index: int = 0
    remainder: int = 0
    cash_here: int = 0
    held: int = 0
    shut: bool = False
    harvested: list[Harvested] = field(default_factory=list)
    members: defaultdict[str, Member] = field(default_factory=lambda: defaultdict(Member))

    def __post_init__(self) -> None:
        """What was given before the basket was made is not its."""
        self.harvested = [Harvested(_mark(note), 0, [one.index for one in note.streams]) for note in self.notes]

    # what a vault asks

    @property
    def holders(self) -> Members:
        """By account."""
        return Members(self)

    @property
    def streams(self) -> tuple[Stream, Stream]:
        """All cash is told as interest; what is frozen away counts as far as it was harvested."""
        given = sum(
            found.mark if note.holders[self.address].frozen else _mark(note)
            for note, found in zip(self.notes, self.harvested, strict=True)
        )
        return Stream(index=self._index_now(), distributed=given), Stream()

    def can(self, source: str, target: str, units: int) -> bool:
        """Whether every note's compliance lets the basket send its units of the note."""
        if units > MAX_AMOUNT:
            return False
        pairs = zip(self.rules, self.weights, strict=True)
        return all(rule.can(self.address, target, weight * units) for rule, weight in pairs)

    def refuse_frozen(self, account: str) -> None:
        """Frozen at one note is frozen."""
        if self.holders[account].frozen:
            raise Refused("HolderFrozen", account)

    def claimable(self, account: str) -> tuple[int, int]:
        """What a claim would pay, were nobody frozen."""
        member = self.members[account]
        return (member.parts + member.units * (self._index_now() - member.seen)) // PARTS, 0

    @whole
    def settle(self, account: str) -> None:
        """Harvest, and pay the whole units; the caller moves the cash."""
        self.refuse_frozen(account)
        if self.harvest()[1]:
            raise Refused("CashOutOfReach")
        member = self._settled(account)
        cash, member.parts = divmod(member.parts, PARTS)
        if cash and self.shut:
            raise Refused("Refused", self.address)
        member.paid[0] += cash
        self.held -= cash
        self.cash_here -= cash

    def transfer(self, source: str, target: str, units: int) -> None:
        """Units change hands, of which the source holds enough."""
        if (held := self.members[source].units) < units:
            raise Refused("ERC20InsufficientBalance", source, held, units)
        self._touch(source, target)
        self.members[source].units -= units
        self.members[target].units += units

    # in and out

    @whole
    def send(self, source: str, target: str, units: int) -> None:
        """A transfer by its holder."""
        self.refuse_frozen(source)
        self._refuse_ineligible(source, target, units)
        self.transfer(source, target, units)

    @whole
    def bundle(self, caller: str, units: int, receiver: str) -> None:
        """Rule 21."""
        supply = self.supply + units
        if supply > MAX_AMOUNT:
            raise Refused("AboveLimit", units, MAX_AMOUNT)
        if not self.harvest()[0]:
            raise Refused("CashOutOfReach")
        for note, weight, rule in zip(self.notes, self.weights, self.rules, strict=True):
            _move(note, rule, caller, self.address, weight * units)
        for note, name, weight in zip(self.notes, self.names, self.weights, strict=True):
            if (found := note.holders[self.address].units) < weight * supply:
                raise Refused("BooksMoved", name, found, weight * supply)
        self._refuse_ineligible(caller, receiver, units)
        self._touch(receiver)
        self.supply = supply
        self.members[receiver].units += units

    @whole
    def unbundle(self, caller: str, units: int, receiver: str) -> list[int]:
        """Rule 21; the notes of each kind."""
        self.refuse_frozen(caller)
        if (held := self.members[caller].units) < units:
            raise Refused("ERC20InsufficientBalance", caller, held, units)
        self._touch(caller)
        supply = self.supply
        self.supply -= units
        self.members[caller].units -= units
        leaving = []
        for note, weight, rule in zip(self.notes, self.weights, self.rules, strict=True) if units else ():
            here = min(note.holders[self.address].units, weight * supply)
            leaving.append(mul_div_down(units, here, supply))
            _move(note, rule, self.address, receiver, leaving[-1])
        return leaving

    @whole
    def force_transfer(self, source: str, target: str, units: int) -> int:
        """Rule 8; the parts of cash that went along."""
        if not units:
            raise Refused("ZeroUnits")
        self._refuse_ineligible(source, target, units)
        held = self.members[source].units
        self.transfer(source, target, units)
        return self._carry(source, target, units, held)

    @whole
    def recover(self, lost: str, found: str) -> int:
        """Rule 8; the parts of cash that went along."""
        if lost == found:
            raise Refused("SameWallet", lost)
        units = self.members[lost].units
        self._refuse_ineligible(lost, found, units)
        self.transfer(lost, found, units)
        parts = self._carry(lost, found, 1, 1)
        if not units + parts:
            raise Refused("NothingToRecover", lost)
        return parts

    # cash

    def harvest(self) -> tuple[bool, bool, int]:
        """Rule 22: whether nothing was left behind, whether a claim failed, and the cash credited."""
        reached, failed, credit = True, False, 0
        for place, (note, found) in enumerate(zip(self.notes, self.harvested, strict=True)):
            if found.mark == _mark(note):
                continue
            if note.holders[self.address].frozen:
                reached = False
                continue
            due = sum(note.claimable(self.address))
            if self.shut and due:
                reached, failed = False, True
                continue
            note.settle(self.address)
            self.cash_here += due
            one, found.rest = self._count(place, 0)
            found.taken += one
            found.mark, found.indices = _mark(note), [stream.index for stream in note.streams]
            credit += one
        if credit := min(credit, max(0, self.cash_here - self.held)):
            growth, self.remainder = divmod(credit * PARTS + self.remainder, self.supply)
            self.index += growth
            self.held += credit
        return reached, failed, credit

    # within

    def _count(self, place: int, coming: int) -> tuple[int, list[int]]:
        note, found = self.notes[place], self.harvested[place]
        paid = sum(note.holders[self.address].paid) + coming
        booked = self.weights[place] * self.supply
        grown = [stream.index - seen for stream, seen in zip(note.streams, found.indices, strict=True)]
        earned = [rest + booked * growth for rest, growth in zip(found.rest, grown, strict=True)]
        whole_units = sum(parts // PARTS for parts in earned) if self.supply else 0
        return min(paid - found.taken, whole_units), [parts % PARTS for parts in earned]

    def _index_now(self) -> int:
        credit, here = 0, self.cash_here
        for place, (note, found) in enumerate(zip(self.notes, self.harvested, strict=True)):
            if found.mark != _mark(note) and not note.holders[self.address].frozen:
                coming = sum(note.claimable(self.address))
                credit += self._count(place, coming)[0]
                here += coming
        credit = min(credit, max(0, here - self.held))
        return self.index + ((credit * PARTS + self.remainder) // self.supply if credit else 0)

    def _touch(self, *accounts: str) -> None:
        self.harvest()
        for account in accounts:
            self._settled(account)

    def _settled(self, account: str) -> Member:
        member = self.members[account]
        member.parts += member.units * (self.index - member.seen)
        member.seen = self.index
        return member

    def _carry(self, source: str, target: str, share: int, total: int) -> int:
        parts = self.members[source].parts * share // total
        self.members[source].parts -= parts
        self.members[target].parts += parts
        return parts

    def _refuse_ineligible(self, source: str, target: str, units: int) -> None:
        if not self.can(source, target, units):
            raise Refused("NotEligible", source, target, units)


def _mark(note: Note) -> int:
    return sum(stream.distributed for stream in note.streams)


def _move(note: Note, rule: Rule, source: str, target: str, units: int) -> None:
    note.refuse_frozen(source)
    if not rule.can(source, target, units):
        raise Refused("NotEligible", source, target, units)
    note.transfer(source, target, units)

"""A tranche's note: units in hands, cash earned by an index for interest and one for principal (rules 29 to 34).

All units sold earn from closing on, handed over or not, so the supply never changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from salvor.model.allowances import Allowances
from salvor.model.refusal import Refused

PARTS = 2**34 * 3**10 * 5**28 * 7**4  # of a settlement unit
INTEREST, PRINCIPAL = 0, 1  # places of the two streams


@dataclass
class Admissions:
    """The allow-list: first second at which each investor is no longer admitted."""

    until: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))

    def admitted(self, target: str, now: int) -> bool:
        """Whether who receives is admitted at this second."""
        return now < self.until[target]

    def refuse(self, source: str, target: str, units: int, now: int) -> None:
        """Rule 34: raises when the receiver is not admitted at this second."""
        if not self.admitted(target, now):
            raise Refused("NotEligible", source, target, units)


@dataclass
class Stream:
    """Cash spread over all units; `index` and `remainder` are in parts of a settlement unit."""

    index: int = 0
    remainder: int = 0
    distributed: int = 0
    claimed: int = 0

    def distribute(self, cash: int, supply: int) -> None:
        """Rule 29."""
        growth, self.remainder = divmod(cash * PARTS + self.remainder, supply)
        self.index += growth
        self.distributed += cash


@dataclass
class Holder:
    """What one account holds, has earned and not claimed (parts), and was ever paid; by stream."""

    units: int = 0
    earned: list[int] = field(default_factory=lambda: [0, 0])
    seen: list[int] = field(default_factory=lambda: [0, 0])
    paid: list[int] = field(default_factory=lambda: [0, 0])
    frozen: bool = False


@dataclass
class Note:
    """One tranche's register of holders."""

    supply: int = 0
    streams: tuple[Stream, Stream] = field(default_factory=lambda: (Stream(), Stream()))
    holders: defaultdict[str, Holder] = field(default_factory=lambda: defaultdict(Holder))
    allowances: Allowances = field(default_factory=Allowances)

    @property
    def cash_held(self) -> int:
        """Distributed and not yet claimed."""
        return sum(stream.distributed - stream.claimed for stream in self.streams)

    def distribute(self, interest: int, principal: int) -> None:
        """Spread the cash of a run."""
        for stream, cash in zip(self.streams, (interest, principal), strict=True):
            if cash:
                stream.distribute(cash, self.supply)

    def hand_over(self, account: str, units: int) -> None:
        """Units sold at closing come into the hands of who ordered them, with all they earned since."""
        holder = self._touched(account)
        holder.units += units
        for place, stream in enumerate(self.streams):
            holder.earned[place] += units * stream.index

    def transfer(self, source: str, target: str, units: int) -> None:
        """Units change hands, of which the source holds enough; the past stays with the giver (rule 30)."""
        if (held := self.holders[source].units) < units:
            raise Refused("ERC20InsufficientBalance", source, held, units)
        giver, receiver = self._touched(source), self._touched(target)
        giver.units -= units
        receiver.units += units

    def force_transfer(self, source: str, target: str, units: int) -> list[int]:
        """Units move with their share of what was earned and not claimed (rule 32), down; the parts moved."""
        held = self.holders[source].units
        self.transfer(source, target, units)
        return self._carry(source, target, units, held)

    def remake(self, gate: str, made: int, ended: int) -> None:
        """Units made for the gate of an evergreen tranche, and ended there; the indices keep what they have reached."""
        if not made and not ended:
            return
        self._touched(gate).units += made - ended
        self.supply += made - ended
        for stream in self.streams:
            stream.remainder = 0

    def recover(self, lost: str, new: str) -> list[int]:
        """All units and all that was earned and not claimed go to the new wallet (rule 32); the parts moved."""
        units = self.holders[lost].units
        if not (units or any(self._earned(self.holders[lost]))):
            raise Refused("NothingToRecover", lost)
        self.transfer(lost, new, units)
        self.holders[new].frozen = self.holders[new].frozen or self.holders[lost].frozen
        return self._carry(lost, new, 1, 1)

    def parts_of(self, account: str) -> tuple[int, int]:
        """What is earned and not claimed, of interest and of principal, in parts of a settlement unit."""
        interest, principal = self._earned(self.holders[account])
        return interest, principal

    def claimable(self, account: str) -> tuple[int, int]:
        """Whole units of interest and of principal that are earned and not claimed, frozen or not."""
        interest, principal = self.parts_of(account)
        return interest // PARTS, principal // PARTS

    def refuse_frozen(self, account: str) -> None:
        """Raises when the holder is frozen."""
        if self.holders[account].frozen:
            raise Refused("HolderFrozen", account)

    def settle(self, account: str) -> None:
        """Take off all whole units earned, as they are paid; the fractions stay (rule 30)."""
        holder = self._touched(account)
        for place, stream in enumerate(self.streams):
            paid, holder.earned[place] = divmod(holder.earned[place], PARTS)
            holder.paid[place] += paid
            stream.claimed += paid

    def _carry(self, source: str, target: str, share: int, whole: int) -> list[int]:
        """Move `share / whole` of what was earned and not claimed, down; both sides are up to date."""
        giver, receiver = self.holders[source], self.holders[target]
        moved = [parts * share // whole for parts in giver.earned]
        for place, parts in enumerate(moved):
            giver.earned[place] -= parts
            receiver.earned[place] += parts
        return moved

    def _earned(self, holder: Holder) -> Iterator[int]:
        for place, stream in enumerate(self.streams):
            yield holder.earned[place] + holder.units * (stream.index - holder.seen[place])

    def _touched(self, account: str) -> Holder:
        holder = self.holders[account]
        holder.earned = list(self._earned(holder))
        holder.seen = [stream.index for stream in self.streams]
        return holder

"""A regulated note (docs/compliance.md): who holds what, what agents did, and every reason against a movement.

Wallets and contracts are addresses as text. Errors and their values are those of the contracts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.model.compliance_identities import Identities
from salvor.model.compliance_modules import HolderCount, Module
from salvor.model.compliance_rules import MOST_UNITS, OF_RECEIVER, Code, Kind, Moment, Movement, Side, Table
from salvor.model.refusal import Refused

NOBODY = "0x" + "00" * 20
WORDS = {
    Code.RECEIVER_UNKNOWN: "The receiver's wallet is nobody's.",
    Code.RECEIVER_UNVERIFIED: "The receiver lacks a claim that is needed.",
    Code.UNITS_OUT_OF_RANGE: "There can't be so many units.",
    Code.COUNTRY_UNKNOWN: "The receiver's country is not known.",
    Code.COUNTRY_NOT_ALLOWED: "The receiver's country is not on the list.",
    Code.COUNTRY_DENIED: "The receiver's country is denied.",
    Code.CLASS_NOT_ALLOWED: "The receiver's class may not hold this tranche.",
    Code.BELOW_MINIMUM: "The receiver would hold less than the least.",
    Code.REST_BELOW_MINIMUM: "The sender would keep less than the least.",
    Code.ABOVE_MAXIMUM: "The receiver would hold more than the most.",
    Code.ABOVE_SHARE: "The receiver would hold too large a share.",
    Code.ABOVE_SUPPLY: "There would be more units than may be.",
    Code.WINDOW_CLOSED: "Transfers are closed at this time.",
    Code.NOT_A_COUNTERPARTY: "Neither side is a listed counterparty.",
    Code.BELOW_INVESTMENT: "The first investment would be too small.",
    Code.NOT_A_DENOMINATION: "The units are no whole pieces.",
}


@dataclass
class RegulatedNote:
    """One note whose units agents make; `modules` has a module and its address by place; `suspended` are not asked."""

    address: str
    identities: Identities
    table: Table = field(default_factory=Table)
    modules: dict[int, tuple[str, Module]] = field(default_factory=dict)
    suspended: set[int] = field(default_factory=set)
    units: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    frozen: set[str] = field(default_factory=set)
    frozen_units: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    paused: bool = False
    gate: str = ""  # of an evergreen tranche: what waits there is nobody's holding (rule 28)

    @property
    def supply(self) -> int:
        """All units."""
        return sum(self.units.values())

    def held(self, wallet: str) -> int:
        """By the identity behind a wallet, in all its wallets."""
        return sum(self.units[each] for each in self.identities.wallets_of(wallet))

    def holders(self) -> dict[int, tuple[int, int]]:
        """Country and class of each identity that holds, by number: the recount."""
        found = {}
        for wallet, units in self.units.items():
            number, facts = self.identities.facts_of(wallet)
            if units and number:
                found[number] = (facts.country, facts.class_)
        return found

    # REASONS

    def movement(self, kind: Kind, giver: str, taker: str, units: int) -> Movement:
        """As the rules see it."""
        if kind == Kind.TRANSFER and giver == self.gate:
            kind = Kind.HAND_OVER
        return Movement(kind, self._side(giver), self._side(taker), units)

    def refusals(self, movement: Movement, now: int) -> list[int]:
        """Codes of identity, rules and modules, lowest first (rule 7)."""
        if movement.kind == Kind.BURN:
            return []
        if movement.units > MOST_UNITS:
            return [Code.UNITS_OUT_OF_RANGE]
        found: set[int] = set()
        to_gate = movement.kind == Kind.TRANSFER and movement.taker.wallet == self.gate
        if not (to_gate or (movement.kind == Kind.FORCED and movement.within)):
            if movement.taker.identity == 0:
                found.add(Code.RECEIVER_UNKNOWN)
            elif not self.identities.verified(movement.taker.wallet, now):
                found.add(Code.RECEIVER_UNVERIFIED)
        found |= self.table.refusals(movement, Moment(now, self.supply)) - (OF_RECEIVER if to_gate else frozenset())
        for place, module in self._asked():
            if isinstance(module, HolderCount):
                module.holders = self.holders()
            if movement.kind in module.asked and not module.allows(movement, now):
                found.add(Code.FIRST_MODULE + 2 * place)
        return sorted(found)

    def own_refusals(self, giver: str, taker: str, units: int) -> list[Code]:
        """Reasons that lie with the note itself, in its order."""
        held = self.units[giver]
        short = held < units
        found = {
            Code.NO_RECEIVER: NOBODY in (giver, taker),
            Code.NOT_ENOUGH_UNITS: short,
            Code.NOTE_PAUSED: self.paused,
            Code.SENDER_FROZEN: giver in self.frozen,
            Code.UNITS_FROZEN: not short and held - self.frozen_units[giver] < units,
            Code.RECEIVER_FROZEN: taker in self.frozen,
        }
        return [code for code, stands in found.items() if stands]

    def reasons(self, giver: str, taker: str, units: int, now: int) -> list[int]:
        """Every reason against a transfer by its holder, the first first."""
        movement = self.movement(Kind.TRANSFER, giver, taker, units)
        return [*self.own_refusals(giver, taker, units), *self.refusals(movement, now)]

    # MOVEMENTS

    def transfer(self, giver: str, taker: str, units: int, now: int) -> None:
        """By its holder."""
        held = self.units[giver]
        errors = {
            Code.NO_RECEIVER: Refused("ERC20InvalidReceiver", taker),
            Code.NOT_ENOUGH_UNITS: Refused("ERC20InsufficientBalance", giver, held, units),
            Code.NOTE_PAUSED: Refused("NotePaused"),
            Code.SENDER_FROZEN: Refused("HolderFrozen", giver),
            Code.UNITS_FROZEN: Refused("UnitsFrozen", giver, units, held - self.frozen_units[giver]),
            Code.RECEIVER_FROZEN: Refused("HolderFrozen", taker),
        }
        for code in self.own_refusals(giver, taker, units):
            raise errors[code]
        self._move(Kind.TRANSFER, giver, taker, units, now)

    def mint(self, taker: str, units: int, now: int) -> None:
        """By an agent."""
        if units > (room := MOST_UNITS - self.supply):
            raise Refused("AboveLimit", units, room)
        self._move(Kind.MINT, NOBODY, taker, units, now)

    def burn(self, giver: str, units: int, now: int) -> None:
        """By an agent; frozen units are let free first."""
        if self.units[giver] < units:
            raise Refused("ERC20InsufficientBalance", giver, self.units[giver], units)
        left = self._frozen_after(giver, units)
        self._move(Kind.BURN, giver, NOBODY, units, now)
        self.frozen_units[giver] = left

    def force(self, giver: str, taker: str, units: int, now: int) -> int:
        """By an agent (rule 8); the code of the first rule that it goes against."""
        if units == 0:
            raise Refused("ZeroUnits")
        if self.units[giver] < units:
            raise Refused("ERC20InsufficientBalance", giver, self.units[giver], units)
        left = self._frozen_after(giver, units)
        code = self._move(Kind.FORCED, giver, taker, units, now)
        self.frozen_units[giver] = left
        return code

    def recover(self, lost: str, new: str, now: int) -> None:
        """All that a lost wallet has to another of its identity; the lost one is registered no more."""
        if lost == new:
            raise Refused("SameWallet", lost)
        if (identity := self.identities.owner.get(lost)) is None:
            raise Refused("RecoveryNotPossible", lost, new, NOBODY)
        before = self.identities.owner.get(new)
        if before not in (None, identity):
            raise Refused("WalletTaken", new, before)
        if not (units := self.units[lost]):
            raise Refused("NothingToRecover", lost)
        self.identities.register(new, identity, 0, now)
        frozen = self.frozen_units.pop(lost, 0)
        self._move(Kind.FORCED, lost, new, units, now)
        self.frozen_units[new] += frozen
        if lost in self.frozen:
            self.frozen.add(new)
        self.identities.remove(lost, 0, self.address, now)

    # AGENTS

    def freeze_units(self, wallet: str, units: int) -> None:
        """So many more."""
        free = self.units[wallet] - self.frozen_units[wallet]
        if units > free:
            raise Refused("UnitsFrozen", wallet, units, free)
        self.frozen_units[wallet] += units

    def free_units(self, wallet: str, units: int) -> None:
        """So many less."""
        if units > self.frozen_units[wallet]:
            raise Refused("FewerFrozen", wallet, units, self.frozen_units[wallet])
        self.frozen_units[wallet] -= units

    # INTERNAL

    def _side(self, wallet: str) -> Side:
        if wallet == NOBODY:
            return Side(wallet)
        number, facts = self.identities.facts_of(wallet)
        return Side(wallet, number, facts.country, facts.class_, self.held(wallet))

    def _move(self, kind: Kind, giver: str, taker: str, units: int, now: int) -> int:
        movement = self.movement(kind, giver, taker, units)
        found = self.refusals(movement, now)
        if found and (kind != Kind.FORCED or found[0] < Code.COUNTRY_UNKNOWN):
            raise Refused("TransferRefused", giver, taker, units, found[0], *self._said(found[0]))
        for _, module in self._asked():
            module.tell(movement, now)
        if giver != NOBODY:
            self.units[giver] -= units
        if taker != NOBODY:
            self.units[taker] += units
        return found[0] if found else 0

    def _asked(self) -> list[tuple[int, Module]]:
        return [(place, module) for place, (_, module) in self.modules.items() if place not in self.suspended]

    def _said(self, code: int) -> tuple[str, str]:
        if code < Code.FIRST_MODULE:
            return NOBODY, WORDS[Code(code)]
        address, module = self.modules[(code - Code.FIRST_MODULE) // 2]
        return address, module.words

    def _frozen_after(self, wallet: str, units: int) -> int:
        free = self.units[wallet] - self.frozen_units[wallet]
        return self.frozen_units[wallet] - max(0, units - free)

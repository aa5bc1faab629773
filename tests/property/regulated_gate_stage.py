"""An evergreen deal over notes with rules: the gates' model and the rules' model together."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from salvor.lab import Lab
from salvor.model.compliance import NOBODY, RegulatedNote
from salvor.model.compliance_identities import Claim as ModelClaim
from salvor.model.compliance_identities import Identities
from salvor.model.compliance_modules import HolderCount
from salvor.model.compliance_rules import Kind, Rule
from salvor.model.evergreen.calls import Calls
from salvor.model.evergreen.gate import Gate
from salvor.model.holders import Admissions
from salvor.model.refusal import Refused
from tests.property.evergreen_stage import Stage, by_address
from tests.utils.regulated import CLASS, COUNTRY, CUBA, KYC, Claim
from tests.utils.regulated_fund import ISSUER, MOST, RegulatedFund


@dataclass
class Rules(Admissions):
    """Who is asked at each note, in the place of an allow-list; `notes` hold no units of their own."""

    calls: Calls | None = None
    notes: list[RegulatedNote] = field(default_factory=list)
    at: int = 0  # place of the note that is asked

    def note(self, place: int) -> RegulatedNote:
        """The rules of a note with what is held now."""
        assert self.calls
        note, gate = self.notes[place], self.calls.fund.gates[place]
        note.units = defaultdict(int, {who: one.units for who, one in gate.note.holders.items()})
        note.frozen = {who for who, one in gate.note.holders.items() if one.frozen}
        return note

    def refuse(self, source: str, target: str, units: int, now: int) -> None:
        """A unit that leaves a gate moves, by the note's own words; of all else the gate asks compliance."""
        note = self.note(self.at)
        if source == note.gate:
            note.transfer(source, target, units, now)
        elif note.refusals(note.movement(Kind.MINT if source == NOBODY else Kind.TRANSFER, source, target, units), now):
            raise Refused("NotEligible", source, target, units)


@dataclass
class RuledCalls(Calls):
    """What differs where a note has rules of its own."""

    @property
    def rules(self) -> Rules:
        """In the place of the deal's allow-list."""
        found = self.fund.deal.admissions
        assert isinstance(found, Rules)
        return found

    def _gate(self, place: int) -> Gate:
        self.rules.at = place
        return super()._gate(place)

    def request_redeem(self, by: str, place: int, units: int, controller: str, owner: str, now: int) -> None:
        """The note says who may send, in its own order."""
        gate = self._gate(place)
        epoch = self._may_request(by, place, units, controller, owner, now)
        if owner != controller:
            self.rules.refuse(owner, controller, units, now)
        self._refuse_exit(gate, controller, units, epoch)
        self.rules.note(place).transfer(owner, gate.name, units, now)
        gate.note.transfer(owner, gate.name, units)
        gate.ask_exit(controller, units, epoch)

    def transfer(self, giver: str, taker: str, place: int, units: int, now: int) -> None:
        """Between wallets."""
        gate = self._gate(place)
        self.rules.note(place).transfer(giver, taker, units, now)
        gate.note.transfer(giver, taker, units)

    def recover(self, lost: str, new: str, place: int, now: int) -> None:
        """Within one identity, which keeps the lost wallet while it holds or waits for anything (rule 8 there)."""
        gate, identities = self._gate(place), self.rules.notes[place].identities
        note, identity = gate.note, identities.owner.get(lost)
        if lost == new:
            raise Refused("SameWallet", lost)
        if identity is None:
            raise Refused("RecoveryNotPossible", lost, new, NOBODY)
        if (before := identities.owner.get(new)) not in (None, identity):
            raise Refused("WalletTaken", new, before)
        empty = gate.caught_up(lost).is_empty
        if not empty and gate.caught_up(new).waits:
            raise Refused("HasPosition", new)
        held = note.holders[lost].units or any(note.parts_of(lost))
        if empty and not held:
            raise Refused("NothingToRecover", lost)
        identities.register(new, identity, 0, now)
        if held:
            note.recover(lost, new)
        note.holders[new].frozen = note.holders[new].frozen or note.holders[lost].frozen
        gate.move(lost, new)
        if not any(self._has(each, lost) for each in self.fund.gates):
            identities.remove(lost, 0, "", now)

    def _has(self, gate: Gate, who: str) -> bool:
        return bool(gate.note.holders[who].units or gate.caught_up(who).waits or gate.earned_by(who))

    def _allowed(self, gate: Gate, controller: str, units: int, now: int) -> int:
        note = self.rules.note(self.rules.at)
        if note.paused:
            return 0

        def passes(some: int) -> bool:
            return not note.refusals(note.movement(Kind.TRANSFER, gate.name, controller, some), now)

        if not units or passes(units):
            return units
        allowed = 0
        while units - allowed > 1:
            middle = allowed + (units - allowed) // 2
            allowed, units = (middle, units) if passes(middle) else (allowed, middle)
        return allowed


@dataclass(frozen=True)
class RegulatedStage(Stage):
    """Of the four people the last one is a wallet that is nobody's; `claims` are by which the others are verified."""

    claims: tuple[Claim, ...]

    def model(self) -> RuledCalls:
        """The gates' model, with rules for the allow-list."""
        identities = Identities(COUNTRY, CLASS)
        identities.trust.topics.append(KYC)
        identities.trust.trust(ISSUER.address, [KYC, COUNTRY, CLASS])
        identities.generation = int(self.live.regulated.registry.standing()[1])
        for claim in self.claims:
            if claim.topic == KYC:
                identities.register(claim.identity, claim.identity, 0, self.lab.now)
            identities.add(ModelClaim(*claim.struct), b"", True, self.lab.now)
        calls = RuledCalls(super().model().fund)
        rules = Rules(calls=calls)
        for note, gate in zip(self.live.notes, self.live.gates, strict=True):
            one = RegulatedNote(note.address, identities, gate=gate.address)
            one.table.params[Rule.MAX_HOLDING] = (MOST,)
            one.table.params[Rule.COUNTRY_DENY] = ([CUBA],)
            count = self.live.regulated.modules[len(rules.notes)]["HolderCount"]
            one.modules[0] = count.address, HolderCount(all=2)
            rules.notes.append(one)
        calls.fund.deal.admissions = rules
        return calls


def set_regulated_stage(lab: Lab) -> RegulatedStage:
    """Sold and handed over to three people; two may hold a note."""
    fund, spare = RegulatedFund(lab), lab.actor("spare wallet")
    people = fund.senior, fund.mezz, fund.junior, spare
    fund.pay(spare)
    for place, (note, gate) in enumerate(zip(fund.live.notes, fund.live.gates, strict=True)):
        lab.call_it(note, f"note {place}")
        lab.call_it(gate, f"gate {place}")
    board = lab.deploy("PoolValueBoard", sender=fund.admin)
    rules = by_address(fund.rules, fund.live.parties)
    of_people = {each.address for each in people}
    claims = tuple(each for each in fund.claims if each.identity in of_people)
    return RegulatedStage(lab, fund.live, rules, board, people, lab.snapshot(), claims)

"""A note, a vault over it and everybody around, on a chain and in the model; the issuer plays the deal."""

from __future__ import annotations

from dataclasses import dataclass, field

from salvor.model.holders import Note
from salvor.model.vaults import NoteVault
from salvor.model.vaults_paying import PayingNoteVault
from salvor.model.vaults_reinvesting import Bid, ReinvestingNoteVault

SUPPLY = 1_000_003  # a prime: every distribution leaves a remainder
PEOPLE = ("first holder", "second holder", "third holder")
DAY = 86_400
BID = Bid(10**17 + 1, 10**18, 7 * DAY)
PAYING, REINVESTING = "PayingNoteVault", "ReinvestingNoteVault"


@dataclass
class Board:
    """The model of `RuleBoard`."""

    note: Note
    most: int = 2**256 - 1
    refused: set[str] = field(default_factory=set)

    def can(self, source: str, target: str, units: int) -> bool:
        return target not in self.refused and self.note.holders[target].units + units <= self.most


class Ground:
    """Deployed once: three holders of a third each, who have approved the vault."""

    def __init__(self, lab, kind: str) -> None:
        self.lab, self.kind, issuer = lab, kind, lab.actor("issuer")
        self.issuer, self.people = issuer, [lab.actor(role) for role in PEOPLE]
        self.cash = lab.deploy("RefusingToken", sender=issuer)
        self.access = lab.deploy("DealAccess", issuer, sender=issuer)
        self.board = lab.deploy("RuleBoard", sender=issuer)
        self.distributor = lab.deploy("Distributor", self.access, self.cash, sender=issuer)
        parts = self.access, self.distributor, self.board, "Note", "NOTE"
        self.note = lab.deploy("TrancheNote", *parts, sender=issuer)
        self.board.watch(self.note, sender=issuer)
        self.distributor.appoint(issuer, sender=issuer)  # what no role was given is the admin's
        self.note.issue(SUPPLY, sender=issuer)
        self.cash.mint(issuer, 2**110, sender=issuer)
        own = ((BID.lowest, BID.ceiling, BID.rise),) if kind == REINVESTING else ()
        self.vault = lab.deploy(kind, self.access, self.note, "Vault", "VAULT", *own, sender=issuer)
        for person, units in zip(self.people, self.shares_of_supply(), strict=True):
            self.note.handOver(person, units, sender=issuer)
            self.note.approve(self.vault, 2**256 - 1, sender=person)
        self.places, self.start = self._places(), lab.snapshot()

    @staticmethod
    def shares_of_supply() -> list[int]:
        """What each holds at first."""
        return [SUPPLY // 3, SUPPLY // 3, SUPPLY - 2 * (SUPPLY // 3)]

    def twin(self) -> NoteVault:
        """The model at the start."""
        note = Note(SUPPLY)
        for person, units in zip(self.people, self.shares_of_supply(), strict=True):
            note.hand_over(person.address, units)
        rule, address = Board(note), self.vault.address
        if self.kind == PAYING:
            return PayingNoteVault(note, address, rule)
        return ReinvestingNoteVault(note, address, rule, bid=BID)

    def _places(self):
        note, vault = self.lab.slots(self.note), self.lab.slots(self.vault)
        names = {"supply": vault._totalSupply, "cash held": vault._cash.held, "taken": vault._cash.taken}
        names |= {"harvested interest": vault._harvested.interest, "harvested principal": vault._harvested.principal}
        names |= {"rest of interest": vault._rest.interest, "rest of principal": vault._rest.principal}
        names["notes here"] = note._balances[self.vault]
        if self.kind == PAYING:
            names |= {"index": vault.cashIndex, "remainder": vault._remainder}
        else:
            names |= {"booked": vault._books.booked, "waits": vault._waits, "bid since": vault._bidSince}
        for each in self.people:
            names |= {f"notes of {each}": note._balances[each], f"shares of {each}": vault._balances[each]}
            if self.kind == PAYING:
                names |= {f"parts of {each}": vault._holders[each].parts, f"seen of {each}": vault._holders[each].seen}
            else:
                names[f"credit of {each}"] = vault._credits[each]
        return names


def figures(twin: NoteVault, people) -> list[int]:
    """In the order of `Ground._places`."""
    held = twin.note.holders
    found = [twin.supply, twin.held, twin.taken, *twin.harvested, *twin.rest, twin.here]
    if isinstance(twin, PayingNoteVault):
        found += [twin.index, twin.remainder]
    else:
        found += [twin.units, twin.waits, twin.since]
    for address in (person.address for person in people):
        found += [held[address].units, twin.shares[address]]
        if isinstance(twin, PayingNoteVault):
            found += [twin.accounts[address].parts, twin.accounts[address].seen]
        else:
            found += [twin.credits[address]]
    return found

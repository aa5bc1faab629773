"""A short life of notes on a chain becomes a history: each act once, with its papers, in whatever order it is read."""

import random

import pytest

from salvor.deploy.regulated import TOPICS
from salvor.investors.chain_events import Located, events_of, history_of, learn, logs_of, watch
from salvor.investors.file import read_investors
from salvor.investors.journal import Journal
from salvor.investors.onboarding import Desk, register
from salvor.investors.rehearsal import rehearse
from salvor.investors.watching import alarms_of, people_of
from salvor.lab import open_lab
from salvor.supervision.holders import holders
from salvor.supervision.report import supervise, write_supervision
from tests.unit.investors.conftest import FOLDER

DAY = 86_400
YEAR = 366 * DAY + 23 * DAY  # until a lock-up of 366 days has surely ended
FREEZE, UNFREEZE, FREEZE_UNITS, UNFREEZE_UNITS, FORCE, RECOVER = range(6)
COURT, REASON = b"Milan 117/27".ljust(32, b"\0"), b"\xab" * 32
NOBODY = "0x" + "00" * 20


class Life:
    """A rehearsed deal with the shipped investors, and whoever acts on it."""

    def __init__(self, lab, rules, journal):
        self.lab, self.rules, self.stage = lab, rules, rehearse(lab, rules)
        self.investors = read_investors(FOLDER / "investors.csv", today=None, books=rules.books)
        issuer, registry = self.stage.issuer, self.stage.registry
        self.receipts = []
        valid = [row for row in self.investors.rows if row.until > lab.now]
        self.investors = type(self.investors)(tuple(valid), ())
        register(self.investors, Desk(registry, self.stage.agent, issuer, journal, lab.now, TOPICS))
        self.note = self.stage.tranche("senior").note
        self.modules = self.stage.tranche("senior").modules

    def wallet(self, name, place=0):
        actor = self.lab.actor(f"{name} {place}")
        actor.address = self.investors.wallets(name)[place]
        actor.word = bytes.fromhex(actor.address[2:]).rjust(32, b"\0")
        return actor

    def hand_over(self, name, units):
        self.note.handOver(self.wallet(name), units, sender=self.stage.admin)

    def send(self, giver, taker, units):
        self.modules["travel_rule"].file(giver, taker, units, b"\1" * 32, sender=self.stage.agent)
        self.note.transfer(taker, units, sender=giver)

    def act(self, act, giver, taker=NOBODY, units=0):
        self.note.supervise((act, giver, taker, units, COURT, REASON), sender=self.stage.agent)


@pytest.fixture
def life(request, shipped, tmp_path):
    lab = open_lab(getattr(request, "param", "anvil"), root=FOLDER.parents[1], genesis=1_798_700_000)
    journal = Journal(tmp_path / "journal.sqlite")
    yield Life(lab, shipped, journal)
    journal.close()
    lab.close()


def lived(life):
    """Everything that a supervisor does, once."""
    bank, fund, office = (life.wallet(name) for name in ("bank", "credit fund", "family office"))
    old, new = life.wallet("pension fund"), life.wallet("pension fund", 1)
    for name, units in (("bank", 10_000_000), ("credit fund", 70_000_000), ("pension fund", 110_000_000)):
        life.hand_over(name, units)
    life.lab.now += DAY
    life.act(FREEZE, fund)
    life.act(UNFREEZE, fund)
    life.note.freezePartialTokens(bank, 9_500_000, sender=life.stage.agent)
    life.note.setAddressFrozen(office, True, sender=life.stage.agent)
    life.note.setAddressFrozen(office, False, sender=life.stage.agent)
    life.lab.now += YEAR
    life.send(fund, office, 2_000_000)
    life.act(FORCE, fund, bank, 1_000_000)
    life.act(RECOVER, old, new)
    life.note.pause(sender=life.stage.agent)
    life.note.unpause(sender=life.stage.agent)


def read(life):
    """The logs as a node gives them."""
    learn(life.lab.contracts.artifacts)
    watched = watch({each.book.tranche: each.note for each in life.stage.tranches}, life.lab.at)
    logs = list(logs_of(life.lab.engine.ask, watched.addresses, 0, life.lab.engine.number))
    return logs, dict(watched.tranches)


class TestHistory:
    def test_has_each_act_once_with_its_papers(self, life):
        lived(life)
        events = events_of(*read(life))
        told = [(each.kind, each.units, each.reference, each.reason) for each in events if each.tranche == "senior"]
        papers = ("Milan 117/27", "0x" + "ab" * 32)
        assert told == [
            ("issue", 10_000_000, "", ""),
            ("issue", 70_000_000, "", ""),
            ("issue", 110_000_000, "", ""),
            ("freeze", 0, *papers),
            ("unfreeze", 0, *papers),
            ("units_frozen", 9_500_000, "", ""),
            ("freeze", 0, "", ""),
            ("unfreeze", 0, "", ""),
            ("transfer", 2_000_000, "", ""),
            ("forced_transfer", 1_000_000, *papers),
            ("recovery", 110_000_000, *papers),
            ("pause", 0, "", ""),
            ("unpause", 0, "", ""),
        ]
        assert [each.kind for each in events if not each.tranche].count("registered") == len(life.investors.rows)

    def test_leaves_with_everybody_what_the_chain_says(self, life):
        lived(life)
        events = events_of(*read(life))
        found = {
            (each.tranche, wallet): each.units
            for each in holders(events, people_of(life.investors))
            for wallet in each.wallets
        }
        assert found == {
            ("senior", row.wallet): units for row in life.investors.rows if (units := life.note.balanceOf(row.wallet))
        }

    def test_is_one_whatever_order_its_logs_are_read_in(self, life, tmp_path):
        lived(life)
        logs, tranches = read(life)
        shuffled = random.Random(5).sample(logs * 2, 2 * len(logs))
        people, alarms = people_of(life.investors), alarms_of(life.rules)
        one = write_supervision(supervise(events_of(logs, tranches), people, alarms, 2), tmp_path / "one")
        other = write_supervision(supervise(events_of(shuffled, tranches), people, alarms, 2), tmp_path / "other")
        assert [path.read_bytes() for path in one] == [path.read_bytes() for path in other], "JU-04"

    def test_says_who_was_put_on_a_list(self, life):
        from eth_hash.auto import keccak

        wallet = life.wallet("credit fund")
        module = life.modules["sanctions"]
        module.publish(keccak(keccak(bytes.fromhex(wallet.address[2:]).rjust(32, b"\0"))), sender=life.stage.agent)
        module.flag(wallet, [], sender=life.stage.admin)
        module.clear(wallet, sender=life.stage.agent)
        said = [("listed", wallet.address), ("unlisted", wallet.address)]
        kinds = [(each.kind, each.taker) for each in events_of(*read(life)) if each.kind in ("listed", "unlisted")]
        assert kinds == said
        # A rule that is taken out takes nothing of what it said along, where the logs show that it was in.
        compliance, admin = life.stage.tranche("senior").compliance, life.stage.admin
        compliance.removeModule(module, sender=admin)
        compliance.addModule(module, sender=admin)
        compliance.removeModule(module, sender=admin)
        learn(life.lab.contracts.artifacts)
        now = watch({"senior": life.note}, life.lab.at)
        assert module.address not in now.tranches
        events = history_of(life.lab.engine.ask, now, 0, life.lab.engine.number)
        assert [(each.kind, each.taker) for each in events if each.kind in ("listed", "unlisted")] == said

    def test_what_waits_at_the_gate_is_nobodys(self, life):
        stage, contracts = life.stage, life.lab.contracts
        admin, gate = stage.admin, life.lab.actor("gate")
        access = admin.deploy(contracts.DealAccess, admin)
        compliance = admin.deploy(contracts.RegulatedCompliance, access, stage.registry)
        distributor = admin.deploy(contracts.Distributor, access, stage.settlement)
        note = admin.deploy(contracts.RegulatedNote, access, distributor, compliance, False, "Evergreen", "EV")
        stage.registry.watch(compliance, sender=admin)
        compliance.bindToken(note, sender=admin)
        note.setGate(gate, sender=admin)
        note.issue(10_000_000, sender=admin)
        fund, office = (life.wallet(name) for name in ("credit fund", "family office"))
        note.handOver(fund, 7_000_000, sender=admin)
        note.transfer(gate, 3_000_000, sender=fund)
        note.transfer(office, 2_000_000, sender=gate)
        learn(contracts.artifacts)
        watched = watch({"open": note}, life.lab.at)
        events = history_of(life.lab.engine.ask, watched, 0, life.lab.engine.number)
        fund, office = fund.address, office.address
        assert [(each.kind, each.giver, each.taker, each.units) for each in events if each.tranche] == [
            ("issue", "", fund, 7_000_000),
            ("burn", fund, "", 3_000_000),
            ("issue", "", office, 2_000_000),
        ]


def test_a_log_of_nobody_is_no_event():
    from salvor.chain.engine import Log

    assert events_of([Located(1, 0, 1, "0x1", Log(NOBODY, (b"\0" * 32,), b""))], {}) == ()

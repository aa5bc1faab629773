"""The shipped deal across two borders, from files to its first trade: its notes ask identities and rules."""

import pytest

from salvor.deal.allotment import allotted, orders
from salvor.demo import prepare
from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.desk import actions as desk
from salvor.investors.in_a_deal import keep_retention, prepare_transfer, register_cast
from salvor.lab import open_lab
from tests.unit.investors.conftest import FOLDER

DAY = 86_400
SENIOR = 0


@pytest.fixture
def closed(tmp_path):
    """Everything sold and handed over; accounts by the names of the deal."""
    ready = prepare(FOLDER / "deal.yaml", tape_file=None, out=tmp_path)
    lab = open_lab("revm", root=FOLDER.parents[1], genesis=ready.terms.closing - 30 * DAY)
    parties = Parties(*(lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger")))
    settlement = lab.deploy("SettlementToken", "Test Euro", "TEUR", 2, sender=parties.admin)
    terms = ready.regulation.terms(ready.terms, settlement.address)
    live = apply(lab.contracts, terms, parties=parties, settlement=settlement)
    accounts = {name: lab.actor(name) for name in dict.fromkeys(each.name for each in ready.deal.investors)}
    assert len(register_cast(live, ready.regulation, accounts.items(), lab.now).of("registered")) == len(accounts)
    desk.open_sale(live)
    for (name, tranche), units in orders(ready.deal).items():
        settlement.mint(accounts[name], units, sender=parties.admin)
        desk.order(live, accounts[name], tranche=ready.deal.place_of(tranche), units=units)
    lab.now = terms.closing
    desk.close(live, by=lab.actor("outsider"))
    for name, tranche in allotted(ready.deal):
        desk.settle(live, accounts[name], tranche=ready.deal.place_of(tranche), by=lab.actor("outsider"))
    yield lab, live, accounts, ready
    lab.close()


def test_the_originator_keeps_its_share_and_no_more(closed):
    lab, live, accounts, ready = closed
    assert keep_retention(live, ready.regulation, accounts) == {
        "senior": 9_500_000,
        "mezzanine": 2_500_000,
        "junior": 2_000_000,
    }
    lab.now += 400 * DAY
    bank, fund = accounts["bank"], accounts["pension fund"]
    with lab.refused("UnitsFrozen", bank, 600_000, 500_000):
        live.notes[SENIOR].transfer(fund, 600_000, sender=bank)


def test_a_holder_trades_after_the_lock_up_with_a_record_and_not_before(closed):
    lab, live, accounts, _ = closed
    fund, bank, units = accounts["credit fund"], accounts["bank"], 2_000_000
    note = live.notes[SENIOR]
    prepare_transfer(live, SENIOR, fund, bank, units)
    with lab.refused("TransferRefused", reason="Of the sender's units too many are locked up."):
        note.transfer(bank, units, sender=fund)
    lab.now += 400 * DAY
    note.transfer(bank, units, sender=fund)
    with lab.refused("TransferRefused", reason="No travel-rule record was filed for this transfer."):
        note.transfer(bank, units, sender=fund)  # a record serves one transfer
    assert note.balanceOf(bank) == 12_000_000


def test_who_is_not_registered_can_order_nothing(closed):
    lab, live, _, _ = closed
    stranger = lab.actor("stranger")
    assert live.regulated.compliances[SENIOR].detectTransferRestriction("0x" + "0" * 40, stranger, 2_000_000) == 10

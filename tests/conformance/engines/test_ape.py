"""On Ape's chain handles meet Ape's own accounts and instances, and leave it as it was."""

import pytest

from salvor.chain.engines import open_engine
from salvor.errors import ChainTrouble
from salvor.lab.lab import GENESIS, Lab
from tests.utils.zoo import ETHER, zoo


@pytest.fixture
def lab():
    lab = Lab(open_engine("ape", genesis=GENESIS), zoo())
    yield lab
    lab.close()


@pytest.fixture
def place(lab):
    return lab.deploy("Surroundings", sender=lab.actor("owner"))


class TestTogetherWithApe:
    def test_a_receipt_brings_apes_own(self, lab, place):
        receipt = place.mark(sender=lab.actor("owner"))
        assert receipt.trace.gas_used == receipt.gas_used
        assert receipt.trace.block_number == receipt.number == lab.block
        assert receipt.trace.timestamp == receipt.timestamp == lab.now

    def test_a_block_of_apes_counts(self, lab, place, accounts):
        before = lab.block
        accounts[0].transfer(accounts[1], 1)
        seen = place.peek()
        assert (seen.number, seen.timestamp) == (before + 2, lab.now)
        assert place.mark(sender=lab.actor("owner")).return_value.number == before + 2
        assert lab.block == before + 2

    def test_time_that_ape_let_pass_counts(self, lab, place, chain):
        later = lab.now + 1_000
        chain.mine(timestamp=later)
        assert place.peek().timestamp == later
        assert place.mark(sender=lab.actor("owner")).timestamp == later == lab.now

    def test_ape_sees_what_a_handle_did(self, lab, place, provider):
        place.mark(sender=lab.actor("owner"))
        assert int.from_bytes(provider.get_storage(place.address, 15)) == 1 == place.marks()

    def test_an_actor_of_the_lab_can_be_an_account_of_ape(self, lab, accounts):
        purse = lab.deploy("Purse", sender=accounts[2].address, value=ETHER)
        assert lab.engine.balance(purse.address) == ETHER == accounts[2].provider.get_balance(purse.address)

    def test_a_restored_snapshot_is_restored_for_ape(self, lab, place, accounts):
        snapshot, before = lab.snapshot(), accounts[1].balance
        for _ in range(2):
            accounts[0].transfer(accounts[1], 5)
            place.mark(sender=lab.actor("owner"))
            lab.restore(snapshot)
            assert (accounts[1].balance, place.marks(), lab.block) == (before, 0, snapshot.number)


class TestLeaving:
    def test_ape_has_its_clock_back(self, lab, accounts):
        lab.close()
        times = [accounts[0].transfer(accounts[1], 1).timestamp for _ in range(3)]
        assert times == [times[0], times[0] + 1, times[0] + 2]

    def test_the_connection_is_still_apes(self, lab, accounts):
        lab.close()
        lab.close()
        assert accounts[0].transfer(accounts[1], 1).status == 1


def test_a_request_of_more_than_two_megabytes_is_refused_by_apes_node(lab):
    with pytest.raises(ChainTrouble, match="Invalid request"):
        lab.engine.call(lab.actor("owner").address, lab.actor("other").address, bytes(1_100_000))

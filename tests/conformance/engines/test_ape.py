"""On Ape's chain handles meet Ape's own accounts and instances, and leave it as it was."""

import pytest

from salvor.chain.engines import open_engine
from salvor.errors import ChainTrouble
from salvor.lab.lab import GENESIS, Lab
from tests.utils.zoo import ETHER, zoo


@pytest.fixture
def aped():
    aped = Lab(open_engine("ape", genesis=GENESIS), zoo())
    yield aped
    aped.close()


@pytest.fixture
def place(aped):
    return aped.deploy("Surroundings", sender=aped.actor("owner"))


class TestTogetherWithApe:
    def test_a_receipt_brings_apes_own(self, aped, place):
        receipt = place.mark(sender=aped.actor("owner"))
        assert receipt.trace.gas_used == receipt.gas_used
        assert receipt.trace.block_number == receipt.number == aped.block
        assert receipt.trace.timestamp == receipt.timestamp == aped.now

    def test_a_block_of_apes_counts(self, aped, place, accounts):
        before = aped.block
        accounts[0].transfer(accounts[1], 1)
        seen = place.peek()
        assert (seen.number, seen.timestamp) == (before + 2, aped.now)
        assert place.mark(sender=aped.actor("owner")).return_value.number == before + 2
        assert aped.block == before + 2

    def test_time_that_ape_let_pass_counts(self, aped, place, chain):
        later = aped.now + 1_000
        chain.mine(timestamp=later)
        assert place.peek().timestamp == later
        assert place.mark(sender=aped.actor("owner")).timestamp == later == aped.now

    def test_ape_sees_what_a_handle_did(self, aped, place, chain):
        place.mark(sender=aped.actor("owner"))
        assert int.from_bytes(chain.provider.get_storage(place.address, 15)) == 1 == place.marks()

    def test_an_actor_of_the_lab_can_be_an_account_of_ape(self, aped, accounts):
        purse = aped.deploy("Purse", sender=accounts[2].address, value=ETHER)
        assert aped.engine.balance(purse.address) == ETHER == accounts[2].provider.get_balance(purse.address)

    def test_a_restored_snapshot_is_restored_for_ape(self, aped, place, accounts):
        snapshot, before = aped.snapshot(), accounts[1].balance
        for _ in range(2):
            accounts[0].transfer(accounts[1], 5)
            place.mark(sender=aped.actor("owner"))
            aped.restore(snapshot)
            assert (accounts[1].balance, place.marks(), aped.block) == (before, 0, snapshot.number)


class TestLeaving:
    def test_ape_has_its_clock_back(self, aped, place, accounts, chain):
        aped.close()
        before = accounts[0].transfer(accounts[1], 1).timestamp
        chain.provider.make_request("evm_increaseTime", [1_000])
        assert accounts[0].transfer(accounts[1], 1).timestamp >= before + 1_000

    def test_the_connection_is_still_apes(self, aped, accounts):
        aped.close()
        aped.close()
        assert accounts[0].transfer(accounts[1], 1).status == 1


def test_a_request_of_more_than_two_megabytes_is_refused_by_apes_node(aped):
    with pytest.raises(ChainTrouble, match="Invalid request"):
        aped.engine.call(aped.actor("owner").address, aped.actor("other").address, bytes(1_100_000))

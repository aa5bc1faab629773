"""Blocks and their time: one for each transaction that succeeds, at the second that the lab says."""

import pytest

from salvor.chain.engine import CHAIN_ID, GAS_LIMIT
from salvor.chain.engines import open_engine
from salvor.lab.lab import Lab
from tests.utils.zoo import zoo

NOBODY = "0x" + "00" * 20
EMPTY_HASH = bytes.fromhex("c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470")  # of no bytes


@pytest.fixture
def place(trio, rich):
    return trio.deploy("Surroundings", sender=rich, value=7)


def height(trio):
    return trio.sides[0].engine.number


class TestTime:
    def test_stands_still_until_it_is_moved(self, trio, place, owner):
        now = trio.sides[0].engine.now
        assert [place.mark(sender=owner).value.timestamp for _ in range(3)] == [now] * 3

    @pytest.mark.parametrize("seconds", [1, 12, 86_400, 400 * 86_400, 2**31])
    def test_is_what_the_lab_says(self, trio, place, owner, seconds):
        now = trio.sides[0].engine.now
        trio.wait(seconds)
        assert place.peek().value.timestamp == now + seconds
        assert place.mark(sender=owner).value.timestamp == now + seconds
        assert place.marked().value.timestamp == now + seconds

    def test_is_that_of_the_mined_block(self, trio, place, owner):
        for seconds in (0, 5, 0, 1_000):
            trio.wait(seconds)
            place.mark(sender=owner)
            for side in trio.sides[1:]:
                assert int(side.engine.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16) == side.lab.now

    def test_of_a_receipt_is_that_of_its_block(self, trio, place, owner):
        def receipt(side):
            done = place.handles[id(side)].mark(sender=owner)
            side.lab.wait(100)
            return done.timestamp - side.lab.now, done.number - side.first

        assert trio.each(receipt) == (-100, 2)

    def test_moved_while_nothing_is_sent_is_moved_once(self, trio, place, owner):
        for _ in range(3):
            trio.wait(10)
            place.look.call(sender=owner)
        assert place.mark(sender=owner).value.timestamp == trio.sides[0].engine.now


class TestNumber:
    def test_grows_by_one_with_each_transaction(self, trio, place, owner):
        first = height(trio)
        assert [place.mark(sender=owner).value.number for _ in range(3)] == [first + 1, first + 2, first + 3]

    def test_grows_with_a_deployment(self, trio, owner):
        first = height(trio)
        trio.deploy("Surroundings", sender=owner)
        assert height(trio) == first + 1

    def test_of_a_view_is_that_of_the_next_transaction(self, trio, place, owner):
        assert place.peek().value.number == height(trio) + 1
        assert place.mark.call(sender=owner).value == place.mark(sender=owner).value

    def test_does_not_grow_by_views_trials_and_refusals(self, trio, place, owner):
        first = height(trio)
        place.peek()
        place.mark.call(sender=owner)
        place.mark.refused(sender=owner, value=5)
        trio.refuse("Surroundings", sender=owner, value=1)
        assert height(trio) == first
        assert place.mark(sender=owner).value.number == first + 1


class TestSurroundings:
    def test_in_a_transaction(self, trio, place, rich):
        seen = place.mark(sender=rich, value=5).value
        assert seen == place.marked().value
        assert (seen.chainId, seen.gasLimit, seen.baseFee, seen.blobBaseFee) == (CHAIN_ID, GAS_LIMIT, 0, 1)
        assert (seen.gasPrice, seen.coinbase, seen.blob) == (0, NOBODY, bytes(32))
        assert (seen.origin, seen.sender, seen.value, seen.balance) == (rich.address, rich.address, 5, 12)

    def test_in_a_view(self, place, owner):
        assert place.peek().value[2:] == (NOBODY, NOBODY)
        assert place.peek(sender=owner).value[2:] == (owner.address, owner.address)

    def test_in_a_constructor(self, place, rich):
        seen = place.marked().value
        assert (seen.origin, seen.sender, seen.value, seen.balance) == (rich.address, rich.address, 7, 7)

    def test_one_contract_down(self, trio, place, rich):
        other = trio.deploy("Surroundings", sender=rich)
        seen = place.through(other, sender=rich, value=3).value
        assert (seen.origin, seen.sender, seen.value, seen.balance) == (rich.address, place.address, 3, 3)

    def test_the_base_fee_stays_nothing_after_full_blocks(self, pair):
        owner = pair.actor("owner")
        caller, place = (pair.deploy(name, sender=owner) for name in ("Caller", "Surroundings"))
        for _ in range(3):
            caller.burn(28_000_000, sender=owner)
        assert place.mark(sender=owner).value.baseFee == 0
        assert pair.each(lambda side: side.engine.balance(owner.address)) == 0

    @pytest.mark.parametrize("back", [0, 257, 1_000])
    def test_hashes_of_blocks_out_of_reach_are_nothing(self, trio, place, owner, back):
        if back > height(trio):
            assert place.hashes._on(trio.sides[0]) is not None
            trio.look(lambda side: place.hashes._on(side)(back), refused=True)  # below the first block
        else:
            assert place.hashes(back).value == bytes(32)

    @pytest.mark.parametrize("chain_id", [1, 100, 2**32])
    def test_another_chain_id(self, chain_id):
        for name in ("revm", "anvil"):
            engine = open_engine(name, genesis=1_000_000_000, chain_id=chain_id)
            lab = Lab(engine, zoo())
            assert lab.deploy("Surroundings", sender=lab.actor("owner")).marked().chainId == chain_id
            lab.close()


class TestAccounts:
    def test_nobody(self, place):
        assert tuple(place.account("0x" + "12" * 20).value) == (0, bytes(32), 0, b"")

    def test_one_with_money(self, place, rich):
        size, code_hash, _, code = place.account(rich).value
        assert (size, code_hash, code) == (0, EMPTY_HASH, b"")

    def test_a_contract(self, trio, place):
        size, _, balance, code = place.account(place).value
        assert (size, balance) == (len(code), 7)
        assert trio.each(lambda side: side.engine.code(place.address)) == code

    @pytest.mark.parametrize("number", [1, 4, 10, 11])
    def test_a_precompile(self, place, number):
        assert tuple(place.account(f"0x{number:040x}").value) == (0, bytes(32), 0, b"")

    def test_one_that_was_paid_and_is_empty_again(self, trio, place):
        actor = trio.actor("passing", 5)
        trio.each(lambda side: side.engine.set_balance(actor.address, 0))
        assert tuple(place.account(actor).value) == (0, bytes(32), 0, b"")

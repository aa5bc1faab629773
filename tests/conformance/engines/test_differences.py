"""What is not the same on all engines: the table in docs/engines.md, a test for each of its lines.

Each asserts what each engine does. It fails when a difference is gone: then its line goes too.
"""

import re
from pathlib import Path

import pytest

from salvor.chain.engine import Halted
from salvor.chain.engines import open_engine
from salvor.errors import ChainTrouble, EngineCannot

NOBODY = "0x" + "00" * 20
PAGE = Path(__file__).parents[3] / "docs" / "engines.md"


def by_engine(trio, ask):
    return {side.engine.name: ask(side) for side in trio.sides}


def same_but_revm(trio, ask, *, revm, others):
    assert by_engine(trio, ask) == {"revm": revm, "anvil": others, "ape": others}


class TestGas:
    def test_gas_used(self, trio, owner):
        caller = trio.deploy("Caller", sender=owner)
        used = by_engine(trio, lambda side: caller.handles[id(side)].spend(1, sender=owner).gas_used)
        assert used.pop("revm") is None
        assert used["anvil"] == used["ape"] > 40_000

    def test_gasleft(self, trio, owner):
        # All calls are one transaction to revm: what was read once is warm.
        caller = trio.deploy("Caller", sender=owner)
        caller.spend(1, sender=owner)
        first = by_engine(trio, lambda side: caller.handles[id(side)].gasOfReads.call(sender=owner).first)
        assert first["anvil"] == first["ape"] == first["revm"] + 2_000

    def test_call_with_little_gas(self, trio, owner, rich):
        # A transaction's first read of a word costs 2,100 on a chain; on revm 100, when an earlier one has read it.
        heavy, caller = (trio.deploy(name, sender=owner) for name in ("Heavy", "Caller"))
        trio.transact(lambda side: heavy.handles[id(side)].send_raw(sender=rich, value=1), rich)
        data = heavy.encode("received")
        done = by_engine(trio, lambda side: caller.handles[id(side)].tried.call(heavy, data, 2_000, sender=owner).ok)
        assert done == {"revm": True, "anvil": False, "ape": False}

    def test_access_list(self, trio, owner):
        # Taken everywhere; on revm it changes nothing, as nothing is cold.
        caller = trio.deploy("Caller", sender=owner)
        warm = [(caller.address, [0])]
        caller.spend(1, sender=owner)

        def cheaper(side):
            handle = caller.handles[id(side)]
            plain = handle.gasOfReads(sender=owner).return_value.first
            return plain - handle.gasOfReads(sender=owner, access_list=warm).return_value.first

        # The others' return value comes from the trial, which has the list too.
        same_but_revm(trio, cheaper, revm=0, others=2_000)


class TestSender:
    def test_a_contract_as_sender(self, trio, owner):
        mirror, caller = (trio.deploy(name, sender=owner) for name in ("Mirror", "Caller"))

        def send(side):
            handle = caller.handles[id(side)]
            try:
                handle.inner(sender=mirror)
                return handle.inner.call(sender=mirror)
            except EngineCannot as cannot:
                return str(cannot)

        cannot = "the engine 'revm' can't send from a contract's address (EIP-3607); use the engine anvil for this"
        same_but_revm(trio, send, revm=cannot, others=mirror.address)
        trio.known = dict.fromkeys([owner.address])

    def test_taking_ether_from_a_contract(self, trio, rich):
        purse = trio.deploy("Purse", sender=rich, value=10)

        def take(side):
            try:
                side.engine.set_balance(purse.address, 4)
            except EngineCannot:
                return "can't"
            return side.engine.balance(purse.address)

        same_but_revm(trio, take, revm="can't", others=4)
        trio.known = dict.fromkeys([rich.address])

    def test_hash_of_an_account_that_has_only_sent(self, trio, owner):
        # Its nonce makes it an account; revm's own nonces grow by deployments only. (`Engine.nonce` is right.)
        place = trio.deploy("Surroundings", sender=trio.actor("other"))
        place.mark(sender=owner)
        hashes = by_engine(trio, lambda side: place.handles[id(side)].account(owner).hash_.hex()[:4])
        assert hashes == {"revm": "0000", "anvil": "c5d2", "ape": "c5d2"}

    def test_accounts_with_money_from_the_beginning(self, trio):
        first = "0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266"  # of the words "test test ... junk"
        money = by_engine(trio, lambda side: side.engine.balance(first) > 0)
        assert money == {"revm": False, "anvil": False, "ape": True}


class TestBlock:
    def test_prevrandao(self, trio, owner):
        place = trio.deploy("Surroundings", sender=owner)

        def drawn(side):
            handle = place.handles[id(side)]
            returned = handle.draw(1, sender=owner).return_value._0
            return returned == handle.randao(), handle.randao() == 0

        # anvil draws a new one for each block and each trial; the return value is the trial's.
        same_but_revm(trio, drawn, revm=(True, True), others=(False, False))

    def test_blockhash(self, trio, owner):
        place = trio.deploy("Surroundings", sender=owner)
        for _ in range(3):
            place.mark(sender=owner)
        hashes = by_engine(trio, lambda side: place.handles[id(side)].hashes(2))
        real = {
            side.engine.name: bytes.fromhex(
                side.engine.ask("eth_getBlockByNumber", hex(side.engine.number - 1), False)["hash"][2:]
            )
            for side in trio.sides[1:]
        }
        assert hashes.pop("revm") not in (bytes(32), *real.values())
        assert hashes == real


class TestSelfdestruct:
    """To revm every contract was made in this transaction: it is ended as before Cancun, yet its code stays."""

    HEIR = "0x" + "de" * 20

    def test_ending_to_itself(self, trio, rich):
        mortal = trio.deploy("Mortal", NOBODY, sender=rich, value=100)
        mortal.end(mortal, sender=rich)
        same_but_revm(trio, lambda side: side.engine.balance(mortal.address), revm=0, others=100)
        trio.known = dict.fromkeys([rich.address])

    def test_ending_in_the_constructor(self, trio, rich):
        made = trio.transact(lambda side: side.lab.deploy("Mortal", self.HEIR, sender=rich, value=100), rich).value
        assert trio.each(lambda side: side.engine.balance(self.HEIR)) == 100
        same_but_revm(trio, lambda side: side.account(made), revm=(0, 1, b""), others=(0, 0, b""))

    def test_made_and_ended_in_one_transaction(self, trio, rich):
        undertaker = trio.deploy("Undertaker", sender=rich, value=100)
        made = undertaker.bury(bytes(32), self.HEIR, 7, sender=rich).value
        same_but_revm(trio, lambda side: bool(side.engine.code(made)), revm=True, others=False)

        def again(side):
            try:
                return undertaker.handles[id(side)].bury(bytes(32), self.HEIR, 7, sender=rich).return_value
            except ChainTrouble as refused:
                return str(refused)

        refused = "Undertaker.bury was refused: no reason given()"
        same_but_revm(trio, again, revm=refused, others=made)
        trio.known = {}


class TestHalts:
    def test_code_that_begins_with_ef(self, trio, owner):
        def deploy(side):
            try:
                side.engine.create(owner.address, bytes.fromhex("60ef5f5360015ff3"))
            except Halted as halted:
                return str(halted)

        same_but_revm(trio, deploy, revm="CreateContractSizeLimit", others="CreateContractStartingWithEF")


class TestApe:
    def test_first_block_in_the_past(self, trio):
        past = 1_000_000_000
        first = {}
        for name in ("revm", "anvil", "ape"):
            engine = open_engine(name, genesis=past)
            first[name] = engine.now - past
            engine.close()
        assert (first["revm"], first["anvil"]) == (1, 1)
        assert first["ape"] > 500_000_000  # Ape's chain has begun already, today

    def test_requests_of_more_than_two_megabytes(self, trio, owner):
        def call(side):
            try:
                return side.engine.call(owner.address, NOBODY, bytes(1_100_000))
            except ChainTrouble as refused:
                return str(refused)

        answers = by_engine(trio, call)
        assert answers == {"revm": b"", "anvil": b"", "ape": "ape: eth_call: Invalid request"}

    def test_trace(self, trio, owner):
        caller = trio.deploy("Caller", sender=owner)
        traced = by_engine(trio, lambda side: caller.handles[id(side)].spend(1, sender=owner).trace is not None)
        assert traced == {"revm": False, "anvil": False, "ape": True}


class TestThePage:
    def test_names_every_difference_and_no_other(self):
        own = re.findall(r"^    def (test_\w+)\(self, trio", Path(__file__).read_text(), re.MULTILINE)
        said = re.findall(r"^\|.*`(test_\w+)` \|$", PAGE.read_text(), re.MULTILINE)
        assert sorted(said) == sorted(own)

    @pytest.mark.parametrize("place", re.findall(r"`(test_\w+\.py)::(\w+)`", PAGE.read_text()), ids=lambda p: p[1])
    def test_names_tests_that_there_are(self, place):
        file, test = place
        assert f"def {test}(" in (Path(__file__).parent / file).read_text()

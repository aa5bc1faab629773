"""Logs of every shape: address, topics, data and order are the same on every engine, and events are read from them."""

import pytest
from eth_hash.auto import keccak

SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"


@pytest.fixture
def emitter(trio, owner):
    return trio.deploy("Emitter", sender=owner)


def named(seen):
    return [(name, values) for name, _, values in seen.events]


class TestEvents:
    @pytest.mark.parametrize("number", [0, 3, 2**64 - 1, 2**256 - 1], ids=["0", "3", "64 bits", "256 bits"])
    @pytest.mark.parametrize("text", ["", "short", "ü" * 40], ids=len)
    def test_of_words_texts_and_arrays(self, emitter, owner, number, text):
        seen = emitter.named(number, SOMEBODY, text, sender=owner)
        below = number % 2**64
        signed = -(below - 2**64 if below >= 2**63 else below)  # as Solidity casts and turns the sign
        assert named(seen) == [
            ("None", {}),
            ("One", {"a": number}),
            ("Two", {"a": number, "b": SOMEBODY, "c": text}),
            ("Three", {"a": number.to_bytes(32), "b": signed, "c": number % 2 == 0, "d": (0,) * (number % 5)}),
        ]

    def test_long_indexed_values_are_hashed(self, emitter, owner):
        seen = emitter.hashed("text", b"\x01\x02", [7, 8, 9], sender=owner)
        words = b"".join(number.to_bytes(32) for number in (7, 8, 9))
        hashes = {"text": keccak(b"text"), "raw": keccak(b"\x01\x02"), "list": keccak(words)}
        assert named(seen) == [("Hashed", {**hashes, "plain": 3})]

    def test_structs(self, emitter, owner):
        pair, many = (SOMEBODY, 5), [(owner.address, 6), (SOMEBODY, 2**96 - 1)]
        seen = emitter.structs(pair, many, sender=owner)
        words = bytes.fromhex(SOMEBODY[2:]).rjust(32, b"\0") + (5).to_bytes(32)
        mixed = {"a": 2, "b": SOMEBODY, "c": "mixed", "d": b"\xc0\xde\x00\x00", "e": pair}
        assert named(seen) == [
            ("HashedStruct", {"pair": keccak(words), "plain": pair, "many": tuple(many)}),
            ("Mixed", mixed),
            ("Nameless", {"_0": 1, "_1": SOMEBODY, "_2": "nameless"}),
        ]

    def test_two_of_the_same_name(self, emitter, owner):
        seen = emitter.overloaded(SOMEBODY, sender=owner)
        assert named(seen)[:2] == [("Over", {"a": 1}), ("Over", {"a": SOMEBODY, "b": 2})]

    def test_anonymous_ones_are_logs_only(self, emitter, owner):
        seen = emitter.anonymous_(9, sender=owner)
        assert seen.events == ()
        assert [len(log.topics) for log in seen.logs] == [1, 4]
        assert seen.logs[1].topics == ((9).to_bytes(32),) * 4

    def test_one_that_only_looks_like_an_event_is_a_log_only(self, emitter, owner):
        seen = emitter.forged(sender=owner)
        assert len(seen.logs) == 2
        assert named(seen) == [("One", {"a": 5})]

    def test_as_the_contract_declares_them(self, trio, emitter, owner):
        # Both have Placed(uint256,uint256) with one indexed value, but not the same one.
        other = trio.deploy("OtherEmitter", sender=owner)
        for contract, function, args, values in (
            (emitter, "overloaded", (SOMEBODY,), {"first": 3, "second": 4}),
            (other, "place", (), {"first": 5, "second": 6}),
        ):

            def placed(side, contract=contract, function=function, args=args):
                handle = contract.handles[id(side)]
                receipt = getattr(handle, function)(*args, sender=owner)
                return [dict(event.values) for event in receipt.events_of(handle, "Placed")]

            assert trio.each(placed) == [values]


class TestBareLogs:
    @pytest.mark.parametrize("topics", [0, 1, 2, 3, 4])
    @pytest.mark.parametrize("length", [0, 1, 33])
    def test_of_any_number_of_topics(self, emitter, owner, topics, length):
        log = emitter.bare(topics, length, sender=owner).logs[0]
        assert log.topics == tuple(number.to_bytes(32) for number in range(1, topics + 1))
        assert log.data == (b"\xff" * 32).ljust(length, b"\0")[:length]

    def test_of_many_bytes(self, trio, emitter, owner):
        assert len(emitter.bare(4, 100_000, sender=owner).logs[0].data) == 100_000
        assert trio.gas > 800_000


class TestOrder:
    def test_around_calls_that_succeed_and_fail(self, trio, emitter, owner):
        relay = trio.deploy("Relay", sender=owner)
        seen = relay.relay(emitter, sender=owner)
        names = ["Before", "None", "One", "Two", "Three", "After", "After", "After"]
        assert [name for name, _ in named(seen)] == names  # nothing of the call that failed
        assert [values["ok"] for name, values in named(seen) if name == "After"] == [False, True, False]
        # The log without a name comes from borrowed code: its address is the borrower's.
        assert [log.address for log in seen.logs if log.topics[0] == (1).to_bytes(32)] == [relay.address]

    def test_a_refused_transaction_leaves_none_behind(self, emitter, owner):
        emitter.logThenRefuse.refused(sender=owner)
        assert named(emitter.bare(0, 0, sender=owner)) == []

    def test_a_receipt_keeps_its_logs_after_later_calls(self, trio, emitter, owner):
        def receipts(side):
            handle = emitter.handles[id(side)]
            first = handle.hashed("a", b"", [], sender=owner)
            handle.bare.call(1, 1, sender=owner)
            handle.bare(2, 2, sender=owner)
            return [(log.topics, log.data) for log in first.logs]

        assert len(trio.each(receipts)[0][0]) == 4

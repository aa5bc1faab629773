"""Calls among contracts: to oneself, back, by borrowed code, without the right to change, as deep as they go."""

import pytest

from salvor.chain.codec import selector


@pytest.fixture
def caller(trio, owner):
    return trio.deploy("Caller", sender=owner)


class TestSelf:
    def test_calls_of_oneself_come_from_oneself(self, caller, owner):
        assert caller.outer(3, sender=owner).value == 3
        assert caller.inner.call(sender=owner).value == owner.address

    def test_recursion_within_a_contract(self, caller, owner):
        assert caller.recurse(200, sender=owner).value == 200
        assert caller.recurse.refused(10_000, sender=owner).halt == "StackOverflow"


class TestReentrancy:
    """The guard lies in transient storage and is never taken back: only the end of a transaction clears it."""

    def test_a_guard_is_gone_with_its_transaction(self, caller, owner):
        for number in (1, 2, 3):
            caller.guarded(caller, caller.encode("tally"), sender=owner)
            assert caller.counter().value == 2 * number
            assert caller.entered().value is False

    def test_a_guard_stops_a_call_of_oneself(self, caller, owner):
        again = caller.encode("guarded", caller.address, b"")
        refusal = caller.guarded.refused(caller, again, sender=owner).refusal
        assert (refusal.error, len(refusal.values[0])) == ("Refused", 4)

    def test_a_guard_stops_a_call_back(self, trio, caller, owner):
        mirror = trio.deploy("Mirror", sender=owner)
        back = mirror.encode("back", caller.encode("guarded", caller.address, b""))
        assert caller.guarded.refused(mirror, back, sender=owner).refusal.error == "Refused"
        harmless = mirror.encode("back", caller.encode("tally"))
        caller.guarded(mirror, harmless, sender=owner)
        assert caller.counter().value == 2

    def test_a_guard_does_not_reach_into_views_and_trials(self, caller, owner):
        tally = caller.encode("tally")
        for _ in range(2):
            caller.guarded.call(caller, tally, sender=owner)
        caller.guarded(caller, tally, sender=owner)
        caller.guarded.call(caller, tally, sender=owner)

    def test_transient_values_are_cleared(self, caller, owner):
        assert [caller.setScratch(value, sender=owner).value for value in (5, 6, 7)] == [0, 0, 0]
        assert caller.scratch().value == 0

    def test_transient_values_are_taken_back_with_a_failed_call(self, caller, owner):
        assert caller.scratchThenRefuse(8, sender=owner).value == 0


class TestStatic:
    def test_a_read_is_allowed(self, caller):
        assert tuple(caller.still(caller, caller.encode("counter")).value) == (True, bytes(32))

    @pytest.mark.parametrize("what", ["tally", "inner", "clear"])
    def test_a_change_is_not(self, caller, what):
        assert tuple(caller.still(caller, caller.encode(what)).value) == (False, b"")

    def test_a_log_a_creation_and_a_transient_value_are_not(self, trio, caller, owner):
        factory = trio.deploy("Factory", 0, sender=owner)
        emitter = trio.deploy("Emitter", sender=owner)
        for target, data in (
            (factory, factory.encode("make", 0)),
            (emitter, emitter.encode("bare", 0, 0)),
            (caller, caller.encode("setScratch", 1)),
        ):
            assert tuple(caller.still(target, data).value) == (False, b"")


class TestBorrowedCode:
    @pytest.fixture
    def lender(self, trio, owner):
        return trio.deploy("Lender", sender=owner)

    def test_changes_the_borrower(self, caller, lender, rich):
        seen = caller.borrow(lender, lender.encode("lend", 77), sender=rich, value=5)
        assert seen.value.ok is True
        assert seen.events == (("Lent", caller.address, {"self": caller.address, "sender": rich.address, "value": 5}),)
        assert (caller.counter().value, lender.counter().value) == (77, 0)

    def test_refuses_without_a_change(self, caller, lender, owner):
        seen = caller.borrow(lender, lender.encode("refuse", 77), sender=owner)
        assert (seen.value.ok, seen.value.answer[:4]) == (
            False,
            selector({"name": "Error", "inputs": [{"type": "string"}]}),
        )
        assert caller.counter().value == 0

    def test_of_an_account_without_code_is_nothing(self, caller, owner):
        assert tuple(caller.borrow("0x" + "99" * 20, b"\x01", sender=owner).value) == (True, b"")


class TestDepth:
    """With the gas of a block the 63 of 64 parts that a call passes on end it before the 1,024th."""

    def test_ends_at_the_same_call(self, caller, owner):
        assert caller.deep(2_000, sender=owner).value == 399

    def test_strictly(self, caller, owner):
        assert caller.deepStrict(150, sender=owner).value == 151
        caller.deepStrict.refused(900, sender=owner)
        assert caller.counter().value == 151

    def test_is_not_less_when_snapshots_are_open(self, pair):
        caller = pair.deploy("Caller", sender=pair.actor("owner"))
        for side in pair.sides:
            for _ in range(1_100):
                side.lab.snapshot()
        assert caller.deep(2_000, sender=pair.actor("owner")).value == 399


class TestGas:
    def test_of_a_call_with_a_limit(self, caller, owner):
        spend = caller.encode("spend", 1_000)
        assert tuple(caller.tried(caller, spend, 30_000, sender=owner).value) == (False, b"")
        assert caller.counter().value == 1
        few = caller.encode("spend", 3)
        assert caller.tried(caller, few, 100_000, sender=owner).value.ok is True

    def test_at_the_start_is_that_of_a_transaction(self, caller):
        assert 29_900_000 < caller.gasAtStart().value < 30_000_000

    def test_used_by_the_same_call_is_the_same(self, trio, caller, owner):
        used = []
        for _ in range(3):
            caller.spend(5, sender=owner)
            used.append(trio.gas)
        assert used[0] > used[1] == used[2]  # the first makes a word of nothing

    def test_given_back_for_a_cleared_word(self, trio, caller, owner):
        caller.clear(sender=owner)
        kept = trio.gas
        caller.spend(1, sender=owner)
        caller.clear(sender=owner)
        assert trio.gas < kept + 5_000

    @pytest.mark.parametrize("slots", [[], [0], [0, 1, 2**256 - 1]])
    def test_of_an_access_list(self, trio, caller, owner, slots):
        caller.spend(1, sender=owner)
        caller.spend(1, sender=owner)
        without = trio.gas
        caller.spend(1, sender=owner, access_list=[(caller.address, slots)])
        # An address costs 2,400 and a slot 1,900; a slot that is read later is cheaper by 2,000.
        assert trio.gas - without == 2_400 + 1_900 * len(slots) - 2_000 * (0 in slots)

    def test_of_an_access_list_of_a_stranger(self, trio, caller, owner):
        caller.spend(1, sender=owner, access_list=[("0x" + "99" * 20, [7])])
        assert caller.counter().value == 1

    @pytest.mark.parametrize("data", [b"\x01" * 1_000, bytes(1_000), b"\x01" * 100_000], ids=["some", "zeros", "many"])
    def test_of_calldata(self, trio, owner, data):
        only = trio.deploy("OnlyFallback", sender=owner)
        trio.transact(lambda side: only.handles[id(side)].send_raw(data, sender=owner), owner)
        assert trio.gas > 21_000 + len(data) * (16 if data[0] else 4)

    def test_of_calldata_for_more_than_a_block(self, pair):
        sender = pair.actor("owner").address

        def call(side, data):
            try:
                return side.engine.execute(sender, "0x" + "99" * 20, data).output
            except Exception as halted:
                return f"{type(halted).__name__}: {halted}"

        most = (30_000_000 - 21_000) // 16
        assert pair.each(lambda side: call(side, b"\x01" * most)) == b""
        assert pair.each(lambda side: call(side, b"\x01" * (most + 1))) == "Halted: OutOfGas"


class TestOnlyFallback:
    def test_answers_anything(self, trio, rich):
        only = trio.deploy("OnlyFallback", sender=rich)
        for data, value in ((b"", 0), (b"\x01", 2), (b"hello world" * 50, 3)):
            seen = trio.transact(
                lambda side, data=data, value=value: only.handles[id(side)].send_raw(data, sender=rich, value=value),
                rich,
            )
            assert seen.output.startswith(data + value.to_bytes(32)[:0])
            assert value.to_bytes(32) in seen.output

    def test_called_by_a_contract(self, trio, caller, rich):
        only = trio.deploy("OnlyFallback", sender=rich)
        answer = caller.call(only, b"hello", sender=rich, value=7).value
        assert answer.startswith(b"hello" + (7).to_bytes(32))


class TestWhereNothingIs:
    NOWHERE = "0x" + "99" * 20

    def test_a_call_succeeds_and_gives_nothing(self, trio, caller, owner):
        assert caller.call(self.NOWHERE, b"\x01\x02\x03\x04", sender=owner).value == b""
        assert trio.each(lambda side: side.engine.execute(owner.address, self.NOWHERE, b"\x01").output) == b""
        assert trio.each(lambda side: side.engine.call(owner.address, self.NOWHERE, b"\x01")) == b""

"""Ether: paid, refused, passed on, given by the engine; balances are the same on every engine."""

import pytest

from tests.utils.zoo import ETHER

NOBODY = "0x" + "77" * 20  # has never been seen
HEIR = "0x" + "de" * 20


@pytest.fixture
def purse(trio, rich):
    return trio.deploy("Purse", sender=rich, value=1_000)


def balance(trio, account):
    return trio.each(lambda side: side.engine.balance(getattr(account, "address", account)))


class TestPaidFunctions:
    def test_a_constructor_is_paid(self, trio, purse):
        assert balance(trio, purse) == 1_000

    def test_a_function_sees_the_value_and_has_it(self, purse, rich):
        assert tuple(purse.pay(sender=rich, value=7).value) == (7, 1_007)

    def test_a_trial_with_value_moves_nothing(self, trio, purse, rich):
        assert tuple(purse.pay.call(sender=rich, value=7).value) == (7, 1_007)
        assert balance(trio, purse) == 1_000

    def test_a_function_that_takes_none_refuses(self, trio, rich):
        unpaid = trio.deploy("Unpaid", sender=rich)
        assert unpaid.call.refused(sender=rich, value=1).data == b""
        assert balance(trio, unpaid) == 0

    def test_a_constructor_that_takes_none_refuses(self, trio, rich):
        assert trio.refuse("Unpaid", sender=rich, value=1).data == b""

    def test_a_view_that_takes_none_refuses(self, trio, purse, rich):
        trio.look(lambda side: purse.free._on(side)(sender=rich, value=1), refused=True)


class TestMoreThanOneHas:
    def test_a_transaction_is_refused(self, trio, purse, owner):
        seen = purse.pay.refused(sender=owner, value=1)
        assert (seen.halt, str(seen.refusal)) == ("InsufficientFunds", "halted: InsufficientFunds()")

    def test_a_deployment_is_refused(self, trio, owner):
        assert trio.refuse("Purse", sender=owner, value=1).halt == "InsufficientFunds"

    def test_a_trial_is_refused(self, trio, purse, owner):
        seen = trio.look(lambda side: purse.pay._on(side).call(sender=owner, value=2**256 - 1), refused=True)
        assert seen.halt == "InsufficientFunds"

    def test_exactly_what_one_has_is_taken(self, trio, purse):
        poor = trio.actor("poor", 5)
        purse.pay.refused(sender=poor, value=6)
        purse.pay(sender=poor, value=5)
        assert balance(trio, poor) == 0

    def test_a_contract_is_refused_too(self, trio, purse, owner):
        seen = purse.triedCall(NOBODY, 1_001, sender=owner)
        assert tuple(seen.value) == (False, 1_000)


class TestPlainTransfers:
    def test_to_receive(self, trio, purse, rich):
        seen = trio.transact(lambda side: purse.handles[id(side)].send_raw(sender=rich, value=3), rich)
        assert seen.events[0][::2] == ("Received", {"from": rich.address, "value": 3})

    def test_to_fallback_with_data(self, trio, purse, rich):
        seen = trio.transact(lambda side: purse.handles[id(side)].send_raw(b"\x01\x02", sender=rich, value=3), rich)
        assert seen.events[0][::2] == ("Fell", {"from": rich.address, "value": 3, "data": b"\x01\x02"})
        assert seen.output[:32] == (3).to_bytes(32)

    def test_to_an_account(self, trio, rich):
        trio.each(lambda side: side.engine.execute(rich.address, NOBODY, b"", 55).output)
        assert balance(trio, NOBODY) == 55


class TestPaidByAContract:
    """`transfer` and `send` give 2,300 gas: enough for a log, too little for a word of storage."""

    @pytest.mark.parametrize(
        ("receiver", "by_transfer", "by_call"),
        [("Light", True, True), ("Heavy", False, True), ("Proud", False, False), ("Unpaid", False, False)],
    )
    def test_in_three_ways(self, trio, purse, owner, receiver, by_transfer, by_call):
        receiver = trio.deploy(receiver, sender=owner)
        if by_transfer:
            purse.byTransfer(receiver, 5, sender=owner)
        else:
            purse.byTransfer.refused(receiver, 5, sender=owner)
        assert purse.bySend(receiver, 5, sender=owner).value is by_transfer
        if by_call:
            purse.byCall(receiver, 5, b"", sender=owner)
        else:
            assert purse.byCall.refused(receiver, 5, b"", sender=owner).refusal.error == "Unpaid"
        assert balance(trio, receiver) == 10 * by_transfer + 5 * by_call

    def test_to_somebody_new(self, trio, purse, owner):
        purse.byTransfer(NOBODY, 5, sender=owner)
        assert balance(trio, NOBODY) == 5

    def test_the_reason_of_the_one_who_refuses_is_kept(self, trio, purse, owner):
        proud = trio.deploy("Proud", sender=owner)
        reason = purse.byCall.refused(proud, 5, b"", sender=owner).refusal.values[0]
        assert reason[4:] == (5).to_bytes(32) + ETHER.to_bytes(32)

    def test_to_itself(self, trio, purse, owner):
        assert tuple(purse.triedCall(purse, 400, sender=owner).value) == (True, 1_000)

    def test_passed_on_while_it_is_paid(self, trio, rich):
        light = trio.deploy("Light", sender=rich)
        passing = trio.deploy("Passing", light, sender=rich, value=10)
        assert (balance(trio, passing), balance(trio, light)) == (5, 5)
        trio.transact(lambda side: passing.handles[id(side)].send_raw(sender=rich, value=6), rich)
        assert (balance(trio, passing), balance(trio, light)) == (5, 11)

    def test_passed_on_to_one_who_refuses(self, trio, rich):
        passing = trio.deploy("Passing", trio.deploy("Proud", sender=rich), sender=rich, value=10)
        assert balance(trio, passing) == 10
        seen = trio.transact(lambda side: passing.handles[id(side)].send_raw(sender=rich, value=6), rich, refused=True)
        assert seen.refusal.values == ("the next one refused",)


class TestGivenByTheEngine:
    def test_more_and_less_again(self, trio):
        actor = trio.actor("given")
        for wei in (100, 40, 2**128, 0, 1):
            trio.each(lambda side, wei=wei: side.engine.set_balance(actor.address, wei))
            assert balance(trio, actor) == wei

    def test_leaves_the_nonce_alone(self, trio):
        # The address of a deployment would be another one.
        actor = trio.actor("given", 100)
        trio.each(lambda side: side.engine.set_balance(actor.address, 40))
        assert trio.each(lambda side: side.engine.nonce(actor.address)) == 0
        trio.deploy("Unpaid", sender=actor)

    def test_to_a_contract_without_running_it(self, trio, rich):
        proud = trio.deploy("Proud", sender=rich)
        trio.each(lambda side: side.engine.set_balance(proud.address, 5))
        assert balance(trio, proud) == 5

    def test_makes_no_block(self, trio, owner):
        before = trio.each(lambda side: side.block)
        trio.each(lambda side: side.engine.set_balance(owner.address, 5))
        assert trio.each(lambda side: side.block) == before

    def test_is_undone_by_a_snapshot(self, trio, owner):
        def undone(side):
            snapshot = side.lab.snapshot()
            side.engine.set_balance(owner.address, 5)
            side.lab.restore(snapshot)
            return side.engine.balance(owner.address)

        assert trio.each(undone) == 0


class TestEnded:
    """Since Cancun a contract that ends itself later than in its first transaction only pays its heir."""

    def test_pays_its_heir_and_goes_on(self, trio, rich):
        mortal = trio.deploy("Mortal", "0x" + "00" * 20, sender=rich, value=100)
        mortal.end(HEIR, sender=rich)
        assert trio.each(lambda side: side.engine.balance(HEIR)) == 100
        assert mortal.write(3, sender=rich).value == 3 == mortal.kept().value

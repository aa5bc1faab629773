"""Refusals by name and values, whoever down the line raised them."""

import pytest

from salvor.chain.refusal import CallRefused, Refusal, refusal_of
from salvor.chain.send import read_refusal, send
from salvor.errors import CHAIN_TROUBLE, ReconciliationFailed
from tests.utils.deploy import ZERO_ADDRESS
from tests.utils.world import SENIOR


class TestSend:
    def test_sends_and_returns_the_receipt(self, world, outsider):
        receipt = send(world.live.settlement.mint, outsider, 5, sender=outsider)
        assert receipt.status == 1
        assert world.live.settlement.balanceOf(outsider) == 5

    def test_refuses_with_an_error_raised_two_contracts_down(self, world, outsider, senior_holder):
        # The offering is called; the note it calls refuses.
        world.sell_all()
        world.at(world.terms.closing)
        send(world.live.offering.close, sender=outsider)
        send(world.live.allow_list.remove, senior_holder, sender=world.live.parties.transfer_agent)
        with pytest.raises(CallRefused) as refused:
            send(world.live.offering.settle, SENIOR, senior_holder, sender=outsider)
        values = (ZERO_ADDRESS, senior_holder.address, 60_000)
        assert refused.value.refusal.error == "NotEligible"
        assert refused.value.refusal.values == values
        assert refused.value.exit_code == CHAIN_TROUBLE
        assert refused.value.message == (
            "Offering.settle was refused: NotEligible(from={}, to={}, units={}): ".format(*values)
            + "Compliance refuses this movement (zero address: a mint)"
        )

    def test_sends_nothing_when_refused(self, world, outsider):
        before = world.provider.get_block("latest").number
        refusal_of(lambda: send(world.live.offering.order, SENIOR, 1, sender=outsider))
        assert world.provider.get_block("latest").number == before

    def test_sees_the_time_that_the_next_block_will_have(self, world):
        world.sell_all()
        early = refusal_of(lambda: send(world.live.offering.close, sender=world.outsider))
        assert early.error == "BeforeDeadline"
        world.at(world.terms.closing)
        assert send(world.live.offering.close, sender=world.outsider).timestamp == world.terms.closing


class TestReadRefusal:
    def test_names_a_plain_reason(self, world):
        data = bytes.fromhex("08c379a0" + f"{32:064x}{2:064x}" + "6e6f" + "00" * 30)
        assert str(read_refusal(data, world.live.pool.contract_type)) == "Error(reason=no)"

    def test_names_a_panic(self, world):
        data = bytes.fromhex("4e487b71" + f"{0x12:064x}")
        assert read_refusal(data, world.live.pool.contract_type).values == (0x12,)

    def test_gives_selector_and_data_of_an_unknown_error(self, world):
        refusal = read_refusal(bytes.fromhex("deadbeef01"), world.live.pool.contract_type)
        assert refusal == Refusal("unknown error 0xdeadbeef", (b"\x01",))

    def test_says_when_no_reason_was_given(self, world):
        assert read_refusal(b"", world.live.pool.contract_type) == Refusal("no reason given", ())


def test_refusal_of_does_not_hide_a_call_that_went_through(world, outsider):
    with pytest.raises(ReconciliationFailed, match="must be refused went through"):
        refusal_of(lambda: send(world.live.settlement.mint, outsider, 5, sender=outsider))

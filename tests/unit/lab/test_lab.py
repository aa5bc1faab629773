"""A lab: contracts by name, actors by role, a clock that only we move, refusals that are expected."""

import pytest

from salvor.errors import (
    ArtifactMissing,
    FunctionMissing,
    NoCode,
    NotAsExpected,
    OptionInvalid,
    SenderMissing,
    SlotMissing,
    StaleSnapshot,
)
from salvor.lab import open_lab

pytestmark = pytest.mark.engines("revm", "anvil")


class TestHandles:
    def test_views_give_values_and_transactions_give_receipts(self, token, owner, holder):
        receipt = token.mint(holder, 500, sender=owner)
        assert (token.balanceOf(holder), token.decimals(), token.symbol()) == (500, 2, "TUSD")
        assert [(e.name, e.to, e.value) for e in receipt.events] == [("Transfer", holder.address, 500)]
        assert receipt.events_of(token, "Transfer") == receipt.events

    def test_a_transaction_returns_its_value(self, token, owner, holder):
        token.mint(owner, 5, sender=owner)
        assert token.transfer(holder, 2, sender=owner).return_value is True

    def test_call_tries_without_sending(self, lab, token, owner, holder):
        token.mint(owner, 5, sender=owner)
        block = lab.block
        assert token.transfer.call(holder, 2, sender=owner) is True
        assert (token.balanceOf(holder), lab.block) == (0, block)

    def test_a_function_tells_its_types_and_a_console_completes_it(self, token):
        assert repr(token.transfer) == "SettlementToken.transfer(address to, uint256 value) -> bool"
        assert repr(token.decimals) == "SettlementToken.decimals() -> uint8"
        assert {"transfer", "balanceOf", "address"} <= set(dir(token))

    def test_a_misspelt_function_is_named_with_the_near_one(self, token):
        with pytest.raises(FunctionMissing, match="no function or event 'balnceOf'; did you mean 'balanceOf'"):
            token.balnceOf(1)
        assert not hasattr(token, "balnceOf")

    def test_a_transaction_without_a_sender_is_refused(self, token, holder):
        with pytest.raises(SenderMissing, match=r"SettlementToken\.mint changes state: say who sends it"):
            token.mint(holder, 1)

    def test_a_misspelt_contract_is_named_with_the_near_one(self, lab, owner):
        with pytest.raises(ArtifactMissing, match="no contract 'SetlementToken'; did you mean 'SettlementToken'"):
            lab.deploy("SetlementToken", sender=owner)

    def test_an_address_without_code_is_refused(self, lab, holder):
        with pytest.raises(NoCode, match=holder.address):
            lab.at("SettlementToken", holder.address)

    def test_a_contract_deployed_after_the_snapshot_is_gone_and_says_so(self, lab, owner, holder):
        before = lab.snapshot()
        token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=owner)
        lab.restore(before)
        for action in (lambda: token.mint(holder, 1, sender=owner), lambda: token.balanceOf(holder)):
            with pytest.raises(NoCode, match="deployed after the snapshot"):
                action()


class TestRefused:
    def test_takes_the_error_with_all_its_values(self, lab, token, owner, holder):
        with lab.refused("ERC20InsufficientBalance", owner, 0, 7):
            token.transfer(holder, 7, sender=owner)

    def test_takes_some_values_by_name(self, lab, token, owner, holder):
        with lab.refused("ERC20InsufficientBalance", needed=7, sender=owner):
            token.transfer(holder, 7, sender=owner)

    @pytest.mark.parametrize(
        ("error", "values", "named"),
        [
            ("ERC20InvalidReceiver", (), {}),
            ("ERC20InsufficientBalance", (0, 7), {}),
            ("ERC20InsufficientBalance", (), {"needed": 8}),
            ("ERC20InsufficientBalance", (), {"missing": 7}),
        ],
    )
    def test_tells_both_when_it_was_another(self, lab, token, owner, holder, error, values, named):
        expected = rf"SettlementToken.transfer: expected {error}.*refused with ERC20InsufficientBalance\(sender="
        with pytest.raises(NotAsExpected, match=expected), lab.refused(error, *values, **named):
            token.transfer(holder, 7, sender=owner)

    def test_tells_when_nothing_was_refused(self, lab, token, owner, holder):
        with pytest.raises(NotAsExpected, match="nothing was refused"), lab.refused("ERC20InsufficientBalance"):
            token.transfer(holder, 0, sender=owner)

    def test_a_refusal_sends_nothing(self, lab, token, owner, holder):
        block, nonce = lab.block, lab.engine.nonce(owner.address)
        with lab.refused("ERC20InsufficientBalance"):
            token.transfer(holder, 7, sender=owner)
        assert (lab.block, lab.engine.nonce(owner.address)) == (block, nonce)


class TestTime:
    def test_stands_still_until_it_is_moved(self, lab, token, owner, holder):
        start = lab.now
        stamps = [token.mint(holder, 1, sender=owner).timestamp for _ in range(3)]
        lab.wait(100)
        stamps.append(token.mint(holder, 1, sender=owner).timestamp)
        assert stamps == [start, start, start, start + 100]

    def test_cannot_go_back(self, lab):
        with pytest.raises(NotAsExpected, match="can't go back"):
            lab.now -= 1

    def test_comes_back_with_a_snapshot(self, lab, token, owner, holder):
        before, now, block = lab.snapshot(), lab.now, lab.block
        for _ in range(2):
            lab.wait(1_000)
            token.mint(holder, 1, sender=owner)
            lab.restore(before)
            assert (lab.now, lab.block, token.balanceOf(holder)) == (now, block, 0)


def test_a_snapshot_of_another_lab_is_refused(lab):
    other = open_lab("revm")
    with pytest.raises(StaleSnapshot):
        lab.restore(other.snapshot())


def test_storage_is_read_by_name(lab, token, owner, holder):
    token.mint(holder, 500, sender=owner)
    slots = lab.slots(token)
    sheet = lab.sheet(slots._balances[holder], slots._balances[owner], slots._totalSupply)
    assert sheet.read() == sheet.read() == [500, 0, 500]
    token.transfer(owner, 20, sender=holder)
    assert sheet.read() == [480, 20, 500]
    with pytest.raises(SlotMissing, match="no '_balances_'; did you mean '_balances'"):
        _ = slots._balances_


def test_names_are_roles_and_contracts(lab, token, owner):
    assert lab.name_of(owner) == lab.name_of(owner.address) == "owner"
    assert lab.name_of(token) == "SettlementToken"
    assert lab.name_of(lab.call_it(token, "cash")) == lab.name_of(token.address) == "cash"
    assert lab.name_of(7) == "7"


def test_an_unknown_engine_is_named_with_those_there_are():
    with pytest.raises(OptionInvalid, match="no engine 'hardhat'; there is: revm, anvil, ape"):
        open_lab("hardhat")

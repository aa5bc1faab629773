"""ERC-7540 (asynchronous vaults), ERC-7575 (external share) and ERC-165, clause by clause, on a gate.

Each test's docstring names its clause; words of the standard are shortened. ERC-7887 (cancellation) comes last.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from eth_hash.auto import keccak

from salvor.chain.refusal import CallRefused
from tests.conformance.standards.erc7540 import table
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import set_stage
from tests.utils.gates import JUNIOR, MEZZANINE, SENIOR, Gates

NOBODY = "0x" + "00" * 20
PAGE = Path(__file__).parents[3] / "docs/erc7540.md"
INTERFACES = {
    0x01FFC9A7: "ERC-165 itself",
    0xE3BC4E65: "7540 operators",
    0x2F0A18C5: "7575 vault",
    0xCE3BBE50: "7540 asynchronous deposit",
    0x620EE8E4: "7540 asynchronous redemption",
    0x8BF840E3: "7887 cancel deposit",
    0xE76CFFC7: "7887 cancel redeem",
}


@pytest.fixture
def played(lab):
    return Gates(EvergreenMirror(set_stage(lab)))


@pytest.fixture
def gate(played):
    return played.live.gates[SENIOR]


@pytest.fixture
def met(played):
    """All 700 of the newcomer and 12,000 of the senior, a part of the mezzanine's 5,000."""
    played.enter(played.newcomer, SENIOR, 700)
    played.leave(played.senior, SENIOR, 12_000)
    played.leave(played.mezz, MEZZANINE, 5_000)
    played.end_epoch()
    return played


def selectors(*signatures):
    found = 0
    for signature in signatures:
        found ^= int.from_bytes(keccak(signature.encode())[:4])
    return found


class TestInterfaceIds:
    @pytest.mark.parametrize("number", INTERFACES, ids=INTERFACES.values())
    def test_7540_165_each_implemented_interface_is_told(self, gate, number):
        """7540 "ERC-165 support": the three ids; 7575: 0x2f0a18c5; 7887: two."""
        assert gate.supportsInterface(number.to_bytes(4))

    @pytest.mark.parametrize("number", [0xFFFFFFFF, 0, 0x12345678])
    def test_165_no_other_is_told(self, gate, number):
        """165: `false` for 0xffffffff."""
        assert not gate.supportsInterface(number.to_bytes(4))

    def test_7540_the_ids_are_those_of_the_functions(self):
        """The ids of the text follow from its functions."""
        assert selectors("setOperator(address,bool)", "isOperator(address,address)") == 0xE3BC4E65
        deposit = ("requestDeposit(uint256,address,address)", "pendingDepositRequest(uint256,address)")
        deposit += ("claimableDepositRequest(uint256,address)", "deposit(uint256,address,address)")
        assert selectors(*deposit, "mint(uint256,address,address)") == 0xCE3BBE50
        redeem = ("requestRedeem(uint256,address,address)", "pendingRedeemRequest(uint256,address)")
        assert selectors(*redeem, "claimableRedeemRequest(uint256,address)") == 0x620EE8E4

    def test_7575_the_share_points_back(self, played, gate):
        """7575: `vault(asset)` of the share is the vault for that asset; `share` of the vault the share."""
        note = played.live.notes[SENIOR]
        assert (gate.share(), note.vault(gate.asset())) == (note.address, gate.address)
        assert gate.asset() == played.live.settlement.address


class TestOverrides:
    def test_7540_deposit_and_mint_move_no_assets(self, met):
        """Async deposit 1: already done on requestDeposit."""
        before = met.cash(met.newcomer)
        met.claim("deposit", met.newcomer, SENIOR, 350)
        met.claim("mint", met.newcomer, SENIOR, 350)
        assert (met.cash(met.newcomer), met.units(met.newcomer, SENIOR)) == (before, 700)

    @pytest.mark.parametrize("name", ["previewDeposit", "previewMint", "previewRedeem", "previewWithdraw"])
    @pytest.mark.parametrize("amount", [0, 1, 2**255])
    def test_7540_previews_revert_for_all_callers_and_inputs(self, played, gate, name, amount):
        """Async deposit 2, async redeem 3."""
        with played.lab.refused("NoPreview"):
            getattr(gate, name)(amount)

    def test_7540_redeem_and_withdraw_move_no_shares(self, met):
        """Async redeem 1: already done on requestRedeem."""
        before = met.units(met.senior, SENIOR)
        met.claim("redeem", met.senior, SENIOR, 1)
        assert met.units(met.senior, SENIOR) == before

    def test_7540_the_controller_redeems_unless_it_approved_an_operator(self, met):
        """Async redeem 2."""
        gate = met.live.gates[SENIOR]
        with met.lab.refused("NotOperator", met.senior, met.newcomer):
            gate.redeem(1, met.newcomer, met.senior, sender=met.newcomer)
        met.set_operator(met.senior, SENIOR, met.newcomer)
        assert met.claim("redeem", met.senior, SENIOR, 1, met.newcomer, by=met.newcomer) == 1


class TestLifecycle:
    def test_7540_pending_then_claimable_then_claimed(self, played, gate):
        """Request lifecycle: each step raises one figure and lowers the one before."""
        who = played.newcomer

        def figures():
            told = gate.pendingDepositRequest(0, who), gate.claimableDepositRequest(0, who)
            return (*told, played.units(who, SENIOR), gate.maxDeposit(who))

        played.enter(who, SENIOR, 700)
        assert figures() == (700, 0, 0, 0)
        played.end_epoch()
        assert figures() == (0, 700, 0, 700)
        played.claim("deposit", who, SENIOR, 300)
        assert figures() == (0, 400, 300, 400)

    def test_7540_no_claim_is_skipped_and_nothing_is_pushed(self, met):
        """ "MUST NOT push tokens onto the user after a Request"."""
        assert met.units(met.newcomer, SENIOR) == 0

    def test_7540_request_id_is_0_for_all_and_the_controller_alone_tells_them_apart(self, played, gate):
        """Request ids: if 0 for any then 0 for all; requests of one controller are aggregated."""
        first = gate.requestDeposit(5, played.newcomer, played.newcomer, sender=played.newcomer).return_value
        second = gate.requestDeposit(6, played.newcomer, played.newcomer, sender=played.newcomer).return_value
        third = gate.requestRedeem(7, played.senior, played.senior, sender=played.senior).return_value
        assert (first, second, third) == (0, 0, 0)
        assert gate.pendingDepositRequest(0, played.newcomer) == 11

    def test_7540_views_of_another_id_are_0_and_do_not_revert(self, met):
        """ "MUST NOT revert"; no request has another id."""
        gate = met.live.gates[SENIOR]
        views = (gate.pendingDepositRequest, gate.claimableDepositRequest, gate.pendingRedeemRequest)
        for view in (*views, gate.claimableRedeemRequest, gate.claimableCancelDepositRequest):
            assert view(1, met.newcomer) == 0

    def test_7540_partly_met_requests_share_one_rate(self, played):
        """Fungibility: all that wait in an epoch are met at the same pro-rata rate and price."""
        played.live.notes[SENIOR].transfer(played.newcomer, 20_000, sender=played.senior)
        played.deal.transfer(played.senior.address, played.newcomer.address, SENIOR, 20_000, played.lab.now)
        played.leave(played.senior, SENIOR, 40_000)
        played.leave(played.newcomer, SENIOR, 20_000)
        took = played.end_epoch().taken[SENIOR]
        for who, units in ((played.senior, 40_000), (played.newcomer, 20_000)):
            assert played.position(who, SENIOR).leave_units == units * took.ended // 60_000

    def test_7540_views_do_not_depend_on_the_caller(self, met):
        """ "MUST NOT show any variations depending on the caller"."""
        gate = met.live.gates[SENIOR]
        answers = {gate.claimableDepositRequest.call(0, met.newcomer, sender=who) for who in met.mirror.people}
        assert answers == {700}


class TestRequestDeposit:
    def test_7540_moves_the_assets_and_says_so(self, played, gate):
        """ "MUST emit DepositRequest", "MUST support approve / transferFrom on asset"."""
        who = played.newcomer
        receipt = gate.requestDeposit(5, who, who, sender=who)
        (told,) = receipt.events_of(gate, "DepositRequest")
        assert (told.controller, told.owner, told.requestId) == (who.address, who.address, 0)
        assert (told.sender, told.assets) == (who.address, 5)

    def test_7540_owner_is_the_sender_or_approved_it(self, played, gate):
        """ "owner MUST equal msg.sender unless ... operator"."""
        with played.lab.refused("NotOperator", played.senior, played.newcomer):
            gate.requestDeposit(5, played.newcomer, played.senior, sender=played.newcomer)
        played.set_operator(played.senior, SENIOR, played.newcomer)
        gate.requestDeposit(5, played.newcomer, played.senior, sender=played.newcomer)
        assert gate.pendingDepositRequest(0, played.newcomer) == 5

    def test_7540_all_or_nothing_is_requested(self, played, gate):
        """ "MUST revert if all of assets cannot be requested"."""
        played.live.settlement.approve(gate, 4, sender=played.newcomer)
        with pytest.raises(CallRefused, match="ERC20InsufficientAllowance"):
            gate.requestDeposit(5, played.newcomer, played.newcomer, sender=played.newcomer)


class TestRequestRedeem:
    def test_7540_takes_the_shares_out_of_the_owners_custody(self, played, gate):
        """ "shares MUST be removed from the custody of owner", "MUST emit RedeemRequest"."""
        who = played.senior
        receipt = gate.requestRedeem(5, who, who, sender=who)
        (told,) = receipt.events_of(gate, "RedeemRequest")
        assert (told.controller, told.owner, told.sender, told.shares) == (*[who.address] * 3, 5)
        assert played.units(who, SENIOR) == 59_995

    def test_7540_shares_are_burned_by_the_time_of_the_claim(self, met):
        """ "and burned by the time the request is Claimed": at settlement."""
        assert met.live.notes[SENIOR].totalSupply() == 60_000 + 700 - 12_000

    def test_7540_an_operator_needs_no_allowance(self, played, gate):
        """ "spenders with operator permission are not subject to allowance restrictions"."""
        played.set_operator(played.senior, SENIOR, played.newcomer)
        gate.requestRedeem(5, played.senior, played.senior, sender=played.newcomer)
        assert gate.pendingRedeemRequest(0, played.senior) == 5

    def test_7540_all_or_nothing_is_requested(self, played, gate):
        """ "MUST revert if all of shares cannot be requested"."""
        with pytest.raises(CallRefused, match="ERC20InsufficientBalance"):
            gate.requestRedeem(60_001, played.senior, played.senior, sender=played.senior)


class TestOperators:
    def test_7540_set_operator_sets_logs_and_returns_true(self, played, gate):
        """ "MUST set the operator status", "MUST log OperatorSet", "MUST return True"."""
        for approved in (True, False):
            receipt = gate.setOperator(played.newcomer, approved, sender=played.senior)
            (told,) = receipt.events_of(gate, "OperatorSet")
            assert (told.controller, told.operator, told.approved, receipt.return_value) == (
                played.senior.address,
                played.newcomer.address,
                approved,
                True,
            )
            assert gate.isOperator(played.senior, played.newcomer) == approved

    def test_7540_overloads_are_for_the_controller_or_its_operator(self, met):
        """deposit and mint: "Calls MUST revert unless msg.sender is either equal to controller or an operator"."""
        gate = met.live.gates[SENIOR]
        for method in (gate["deposit(uint256,address,address)"], gate["mint(uint256,address,address)"]):
            with met.lab.refused("NotOperator", met.newcomer, met.senior):
                method(1, met.senior, met.newcomer, sender=met.senior)

    def test_7540_the_deposit_event_tells_controller_then_receiver(self, met):
        """ "first parameter MUST be the controller, second the receiver"."""
        gate = met.live.gates[SENIOR]
        receipt = gate["deposit(uint256,address,address)"](700, met.mezz, met.newcomer, sender=met.newcomer)
        (told,) = receipt.events_of(gate, "Deposit")
        assert (told.sender, told.owner, told.assets, told.shares) == (met.newcomer.address, met.mezz.address, 700, 700)


class TestOfTheOlderStandard:
    def test_4626_max_never_reverts_and_is_what_can_be_claimed(self, met):
        """4626 max*: "MUST NOT revert"; 7540: in sync with claimable."""
        gate = met.live.gates[SENIOR]
        assert (gate.maxDeposit(met.newcomer), gate.maxMint(met.newcomer)) == (700, 700)
        assert (gate.maxRedeem(met.senior), gate.maxWithdraw(met.senior)) == (12_000, 12_000)
        assert [getattr(gate, name)(NOBODY) for name in ("maxDeposit", "maxMint", "maxRedeem", "maxWithdraw")] == [
            0
        ] * 4

    def test_4626_convert_rounds_down_and_depends_on_no_caller(self, met):
        """4626 convertTo*: "MUST round down towards 0", "MUST NOT reflect slippage"."""
        gate = met.live.gates[JUNIOR]  # 24,675 for 15,000 units
        assert (gate.convertToShares(1_000), gate.convertToAssets(607)) == (607, 998)
        assert gate.totalAssets() == 24_675

    def test_4626_the_withdraw_event_tells_all_three(self, met):
        """4626 Withdraw: sender, receiver, owner; 7540: the owner is the controller."""
        gate = met.live.gates[SENIOR]
        receipt = gate.withdraw(40, met.mezz, met.senior, sender=met.senior)
        (told,) = receipt.events_of(gate, "Withdraw")
        assert (told.sender, told.receiver, told.owner) == (met.senior.address, met.mezz.address, met.senior.address)
        assert (told.assets, told.shares) == (40, 40)


class TestCancellation:
    def test_7887_takes_the_request_out_and_makes_it_claimable(self, played, gate):
        """cancelDepositRequest: "MUST emit CancelDepositRequest"; the request is no longer pending."""
        played.enter(played.newcomer, SENIOR, 700)
        receipt = gate.cancelDepositRequest(0, played.newcomer, sender=played.newcomer)
        (told,) = receipt.events_of(gate, "CancelDepositRequest")
        assert (told.controller, told.requestId, told.sender) == (played.newcomer.address, 0, played.newcomer.address)
        assert gate.pendingDepositRequest(0, played.newcomer) == 0
        assert not gate.pendingCancelDepositRequest(0, played.newcomer)
        assert gate.claimableCancelDepositRequest(0, played.newcomer) == 700

    def test_7887_a_claim_pays_the_receiver_and_says_so(self, played, gate):
        """claimCancelDepositRequest: "MUST emit CancelDepositClaim"."""
        played.enter(played.newcomer, SENIOR, 700)
        gate.cancelDepositRequest(0, played.newcomer, sender=played.newcomer)
        receipt = gate.claimCancelDepositRequest(0, played.mezz, played.newcomer, sender=played.newcomer)
        (told,) = receipt.events_of(gate, "CancelDepositClaim")
        assert (told.receiver, told.assets, receipt.return_value) == (played.mezz.address, 700, 700)

    def test_7887_units_likewise(self, played, gate):
        """cancelRedeemRequest, claimCancelRedeemRequest."""
        played.leave(played.senior, SENIOR, 9)
        receipt = gate.cancelRedeemRequest(0, played.senior, sender=played.senior)
        assert len(receipt.events_of(gate, "CancelRedeemRequest")) == 1
        assert not gate.pendingCancelRedeemRequest(0, played.senior)
        assert gate.claimableCancelRedeemRequest(0, played.senior) == 9
        receipt = gate.claimCancelRedeemRequest(0, played.senior, played.senior, sender=played.senior)
        (told,) = receipt.events_of(gate, "CancelRedeemClaim")
        assert (told.controller, told.receiver, told.shares) == (played.senior.address, played.senior.address, 9)


def test_the_page_is_fresh_and_each_clause_has_words():
    assert PAGE.read_text() == table()
    assert "|  |" not in table()

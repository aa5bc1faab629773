"""TrancheNote in Ape's project: units move by compliance; allowances by call and by signature."""

from dataclasses import dataclass

import pytest
from eth_account import Account
from eth_account.messages import encode_typed_data

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.world import SENIOR


@pytest.fixture
def note(closed):
    return closed.live.notes[SENIOR]


@pytest.fixture
def spender(world):
    """Somebody to whom a holder gives an allowance; never admitted."""
    return world.accounts[9]


@pytest.fixture
def seller_and_buyer(closed):
    """One holds 60,000 senior units, the other is admitted and holds none."""
    return closed.holders[SENIOR], closed.holders[1]


class TestCompliance:
    def test_moves_units_of_a_seller_who_is_no_longer_admitted(self, world, note, seller_and_buyer):
        seller, buyer = seller_and_buyer
        send(world.live.allow_list.remove, seller, sender=world.live.parties.transfer_agent)
        send(note.transfer, buyer, 400, sender=seller)
        assert note.balanceOf(buyer) == 400

    def test_reaches_a_receiver_in_the_last_second_of_admission(self, world, note, seller_and_buyer, outsider):
        seller, _ = seller_and_buyer
        until = world.now + 1_000
        world.admit(outsider, until)
        world.at(until - 1)
        send(note.transfer, outsider, 1, sender=seller)
        assert note.balanceOf(outsider) == 1

    def test_refuses_a_receiver_whose_admission_has_run_out(self, world, note, seller_and_buyer, outsider):
        seller, _ = seller_and_buyer
        until = world.now + 1_000
        world.admit(outsider, until)
        world.at(until)
        refusal = refusal_of(lambda: send(note.transfer, outsider, 1, sender=seller))
        assert (refusal.error, refusal.values) == ("NotEligible", (seller.address, outsider.address, 1))

    @pytest.mark.parametrize("units", [0, 400])
    def test_refuses_a_receiver_who_is_not_admitted(self, note, seller_and_buyer, outsider, units):
        seller, _ = seller_and_buyer
        refusal = refusal_of(lambda: send(note.transfer, outsider, units, sender=seller))
        assert (refusal.error, refusal.values) == ("NotEligible", (seller.address, outsider.address, units)), "CO-01"

    def test_refuses_a_transfer_to_oneself_once_no_longer_admitted(self, world, note, seller_and_buyer):
        seller, _ = seller_and_buyer
        send(world.live.allow_list.remove, seller, sender=world.live.parties.transfer_agent)
        refusal = refusal_of(lambda: send(note.transfer, seller, 400, sender=seller))
        assert (refusal.error, refusal.values) == ("NotEligible", (seller.address, seller.address, 400))

    @pytest.mark.parametrize("function", ["forceTransfer", "recover"])
    def test_is_asked_when_the_transfer_agent_moves_units(self, world, note, seller_and_buyer, outsider, function):
        seller, _ = seller_and_buyer
        args = (1,) if function == "forceTransfer" else ()
        agent = world.live.parties.transfer_agent
        refusal = refusal_of(lambda: send(getattr(note, function), seller, outsider, *args, sender=agent))
        assert (refusal.error, refusal.values) == (
            "NotEligible",
            (seller.address, outsider.address, args[0] if args else 60_000),
        )


class TestTransferFrom:
    def test_moves_units_within_the_allowance(self, closed, note, seller_and_buyer, spender):
        seller, buyer = seller_and_buyer
        closed.run(1, 640)  # 6 % are 38, interest is 345, the rest is principal
        send(note.approve, spender, 150, sender=seller)
        send(note.transferFrom, seller, buyer, 100, sender=spender)
        assert (note.balanceOf(seller), note.balanceOf(buyer)) == (59_900, 100)
        assert note.allowance(seller, spender) == 50
        assert (note.claimable(seller), note.claimable(buyer), note.claimable(spender)) == (602, 0, 0)

    def test_refuses_more_than_the_allowance(self, note, seller_and_buyer, spender):
        seller, buyer = seller_and_buyer
        send(note.approve, spender, 150, sender=seller)
        refusal = refusal_of(lambda: send(note.transferFrom, seller, buyer, 151, sender=spender))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientAllowance", (spender.address, 150, 151))

    def test_refuses_a_receiver_who_is_not_admitted(self, note, seller_and_buyer, spender):
        seller, _ = seller_and_buyer
        send(note.approve, spender, 150, sender=seller)
        refusal = refusal_of(lambda: send(note.transferFrom, seller, spender, 150, sender=spender))
        assert (refusal.error, refusal.values) == ("NotEligible", (seller.address, spender.address, 150))


@dataclass(frozen=True)
class Permit:
    """An allowance as its owner signs it (EIP-2612)."""

    note: object
    owner: object
    spender: object
    units: int
    nonce: int
    deadline: int

    @property
    def message(self):
        address = {"name": "verifyingContract", "type": "address"}
        return encode_typed_data(
            full_message={
                "types": {
                    "EIP712Domain": [
                        {"name": "name", "type": "string"},
                        {"name": "version", "type": "string"},
                        {"name": "chainId", "type": "uint256"},
                        address,
                    ],
                    "Permit": [
                        {"name": "owner", "type": "address"},
                        {"name": "spender", "type": "address"},
                        {"name": "value", "type": "uint256"},
                        {"name": "nonce", "type": "uint256"},
                        {"name": "deadline", "type": "uint256"},
                    ],
                },
                "primaryType": "Permit",
                "domain": {
                    "name": self.note.name(),
                    "version": "1",
                    "chainId": self.note.provider.chain_id,
                    "verifyingContract": self.note.address,
                },
                "message": {
                    "owner": self.owner.address,
                    "spender": self.spender.address,
                    "value": self.units,
                    "nonce": self.nonce,
                    "deadline": self.deadline,
                },
            }
        )

    def use(self, signature, *, sender):
        """Hand the signature in; anybody may."""
        # Ape drops the zeros in front of r and s, and fills up behind: one signature in 128 would be another's.
        r, s = (bytes(part).rjust(32, b"\0") for part in (signature.r, signature.s))
        args = (self.owner, self.spender, self.units, self.deadline, signature.v, r, s)
        return send(self.note.permit, *args, sender=sender)


def signer_of(permit, signature):
    """Whose signature it would be over this permit."""
    return Account.recover_message(permit.message, vrs=(signature.v, signature.r, signature.s))


class TestPermit:
    @pytest.fixture
    def permit(self, world, note, seller_and_buyer, spender):
        """150 units for the spender, good for 1,000 seconds."""
        seller, _ = seller_and_buyer
        return Permit(note, seller, spender, units=150, nonce=0, deadline=world.now + 1_000)

    def test_gives_the_allowance_that_was_signed(self, note, permit, seller_and_buyer, outsider):
        seller, buyer = seller_and_buyer
        permit.use(seller.sign_message(permit.message), sender=outsider)
        assert (note.allowance(seller, permit.spender), note.nonces(seller)) == (150, 1)
        send(note.transferFrom, seller, buyer, 150, sender=permit.spender)
        assert note.balanceOf(buyer) == 150

    def test_is_good_in_the_second_of_its_deadline(self, world, note, permit, outsider):
        signature = permit.owner.sign_message(permit.message)
        world.at(permit.deadline)
        permit.use(signature, sender=outsider)
        assert note.allowance(permit.owner, permit.spender) == 150

    def test_refuses_a_second_after_its_deadline(self, world, permit, outsider):
        signature = permit.owner.sign_message(permit.message)
        world.at(permit.deadline + 1)
        refusal = refusal_of(lambda: permit.use(signature, sender=outsider))
        assert (refusal.error, refusal.values) == ("ERC2612ExpiredSignature", (permit.deadline,))

    def test_refuses_another_s_signature(self, permit, outsider):
        signature = outsider.sign_message(permit.message)
        refusal = refusal_of(lambda: permit.use(signature, sender=outsider))
        values = (outsider.address, permit.owner.address)
        assert (refusal.error, refusal.values) == ("ERC2612InvalidSigner", values)

    def test_refuses_a_signature_a_second_time(self, permit, outsider):
        signature = permit.owner.sign_message(permit.message)
        permit.use(signature, sender=outsider)
        refusal = refusal_of(lambda: permit.use(signature, sender=outsider))
        read = Permit(permit.note, permit.owner, permit.spender, 150, nonce=1, deadline=permit.deadline)
        values = (signer_of(read, signature), permit.owner.address)
        assert (refusal.error, refusal.values) == ("ERC2612InvalidSigner", values)

    def test_refuses_a_signature_over_another_note(self, world, permit, outsider):
        other = Permit(world.live.notes[1], permit.owner, permit.spender, 150, nonce=0, deadline=permit.deadline)
        signature = permit.owner.sign_message(other.message)
        refusal = refusal_of(lambda: permit.use(signature, sender=outsider))
        values = (signer_of(permit, signature), permit.owner.address)
        assert (refusal.error, refusal.values) == ("ERC2612InvalidSigner", values)

"""ERC-4626 vaults over a note beside their model: both kinds, with time frozen and moving (docs/vaults.md)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from salvor.lab import strategies
from salvor.lab.mirror import Mirror
from salvor.model.refusal import Refused
from tests.property.vault_mirror import BID, PAYING, REINVESTING, SUPPLY, Ground, figures

people = strategies.actors(3)
units = strategies.amounts(SUPPLY + 1)
shares = strategies.amounts(SUPPLY * 10**6, around=(10**6, SUPPLY // 3))
cash = strategies.amounts(100_000, around=(999_983, 2**90))
UNLIMITED = 2**256 - 1


class VaultMachine(RuleBasedStateMachine):
    """Three holders, an agent, the deal, and anybody who sends things unasked."""

    moving = False

    @classmethod
    def set_stage(cls, lab, kind: str) -> None:
        cls.ground = Ground(lab, kind)

    def __init__(self) -> None:
        super().__init__()
        ground = self.ground
        self.lab, self.vault, self.note, self.issuer = ground.lab, ground.vault, ground.note, ground.issuer
        self.people = ground.people
        self.lab.restore(ground.start)
        self.twin = ground.twin()
        told = SimpleNamespace(figures=lambda: figures(self.twin, self.people))
        self.mirror = Mirror(self.lab, told, ground.places, refusals="VT-02", agreement="VT-01")
        self.price = self._price()

    def both(self, expected, method, *args, by):
        """On both; the answer, or the refusal."""
        if hasattr(self.twin, "now"):
            self.twin.now = self.lab.now
        return self.mirror.both(expected, method, *args, sender=by)

    # in and out

    @rule(caller=people, receiver=people, assets=units)
    def deposit(self, caller, receiver, assets) -> None:
        who, to = self.people[caller], self.people[receiver]
        preview = self.twin.to_shares(assets)
        got = self.both(
            lambda: self.twin.deposit(who.address, assets, to.address), self.vault.deposit, assets, to, by=who
        )
        assert isinstance(got, Refused) or got == preview, "VT-04"

    @rule(caller=people, receiver=people, wanted=shares)
    def mint(self, caller, receiver, wanted) -> None:
        who, to = self.people[caller], self.people[receiver]
        self.both(lambda: self.twin.mint(who.address, wanted, to.address), self.vault.mint, wanted, to, by=who)

    @rule(caller=people, receiver=people, owner=people, assets=units)
    def withdraw(self, caller, receiver, owner, assets) -> None:
        who, to, of = (self.people[each] for each in (caller, receiver, owner))
        call = self.twin.withdraw
        self.both(
            lambda: call(who.address, assets, to.address, of.address), self.vault.withdraw, assets, to, of, by=who
        )

    @rule(caller=people, receiver=people, owner=people, given=shares)
    def redeem(self, caller, receiver, owner, given) -> None:
        who, to, of = (self.people[each] for each in (caller, receiver, owner))
        call = self.twin.redeem
        self.both(lambda: call(who.address, given, to.address, of.address), self.vault.redeem, given, to, of, by=who)

    @rule(caller=people, receiver=people, less=st.integers(0, 2))
    def bring_the_most(self, caller, receiver, less) -> None:
        """What max* says is true for who has the notes (VT-03)."""
        who, to = self.people[caller], self.people[receiver]
        most = self.vault.maxDeposit(to, sender=who)
        held = self.twin.note.holders[who.address].units
        assets = max(0, most - less)
        if 0 < assets <= held:
            got = self.both(
                lambda: self.twin.deposit(who.address, assets, to.address), self.vault.deposit, assets, to, by=who
            )
            told = isinstance(got, Refused) and got.error
            assert not told or told == "NoShares" or (told == "CashOutOfReach" and self.twin.shut), "VT-03"

    @rule(owner=people, by_shares=st.booleans())
    def take_the_most(self, owner, by_shares) -> None:
        """Likewise on the way out; one more is refused or was the end of what there is."""
        who, twin = self.people[owner], self.twin
        most = self.vault.maxRedeem(who) if by_shares else self.vault.maxWithdraw(who)
        call, method = (twin.redeem, self.vault.redeem) if by_shares else (twin.withdraw, self.vault.withdraw)
        if most:
            got = self.both(lambda: call(who.address, most, who.address, who.address), method, most, who, who, by=who)
            assert not isinstance(got, Refused), "VT-03"

    @rule(actor=people, assets=units)
    def go_round(self, actor, assets) -> None:
        """In and out at once: not a unit of notes or cash more (VT-05)."""
        who, twin = self.people[actor], self.twin
        before = self._wealth(who)
        got = self.both(lambda: twin.deposit(who.address, assets, who.address), self.vault.deposit, assets, who, by=who)
        if isinstance(got, Refused):
            return
        back = self.both(
            lambda: twin.redeem(who.address, got, who.address, who.address), self.vault.redeem, got, who, who, by=who
        )
        if not isinstance(back, Refused):
            after = self._wealth(who)
            assert after[0] <= before[0], "VT-05"
            assert after[1] == before[1], "VT-05"

    # shares

    @rule(giver=people, taker=people, given=shares)
    def transfer(self, giver, taker, given) -> None:
        one, other = self.people[giver], self.people[taker]
        self.both(
            lambda: self.twin.transfer(one.address, other.address, given), self.vault.transfer, other, given, by=one
        )

    @rule(giver=people, taker=people, spender=people, given=shares)
    def transfer_from(self, giver, taker, spender, given) -> None:
        one, other, by = (self.people[each] for each in (giver, taker, spender))
        expected = lambda: self.twin.transfer(one.address, other.address, given, by.address)  # noqa: E731
        self.both(expected, self.vault.transferFrom, one, other, given, by=by)

    @rule(owner=people, spender=people, allowed=shares)
    def approve(self, owner, spender, allowed) -> None:
        one, other = self.people[owner], self.people[spender]
        self.twin.allowances.approve(one.address, other.address, allowed)
        self.vault.approve(other, allowed, sender=one)

    @rule(giver=people, taker=people, given=shares)
    def force_shares(self, giver, taker, given) -> None:
        one, other = self.people[giver], self.people[taker]
        expected = lambda: self.twin.force_transfer(one.address, other.address, given)  # noqa: E731
        self.both(expected, self.vault.forceTransfer, one, other, given, by=self.issuer)

    @rule(lost=people, found=people)
    def recover(self, lost, found) -> None:
        one, other = self.people[lost], self.people[found]
        expected = lambda: self.twin.recover(one.address, other.address)  # noqa: E731
        self.both(expected, self.vault.recover, one, other, by=self.issuer)

    # cash

    @rule(interest=cash, principal=cash)
    def distribute(self, interest, principal) -> None:
        ground = self.ground
        self.twin.note.distribute(interest, principal)
        ground.cash.transfer(ground.distributor, interest + principal, sender=self.issuer)
        share = (self.note, interest, principal)
        ground.distributor.book(interest + principal, [share], [], sender=self.issuer)

    @rule()
    def harvest(self) -> None:
        self.both(lambda: self.twin.harvest(), self.vault.harvest, by=self.issuer)

    @rule(holder=people)
    def claim(self, holder) -> None:
        who = self.people[holder]
        self.both(lambda: self.twin.claim(who.address), self.vault.claimCashFor, who, by=self.issuer)

    @rule(seller=people, part=st.integers(0, 4), spare=st.sampled_from((0, 0, 0, SUPPLY, -1)))
    def sell(self, seller, part, spare) -> None:
        if self.ground.kind == PAYING:
            return
        who, twin = self.people[seller], self.twin
        twin.now = self.lab.now
        asked = (twin.waits + twin.to_come()) * part // 3
        most = max(0, -(-asked * 10**18 // self.vault.bid()) + spare)
        self.both(lambda: twin.sell(who.address, asked, most), self.vault.sell, asked, most, by=who)

    # what others do

    @rule(giver=people, given=units)
    def send_notes_unasked(self, giver, given) -> None:
        who, twin, before = self.people[giver], self.twin, self._all_worth()
        expected = lambda: twin._note_moves(who.address, self.vault.address, given)  # noqa: E731
        refused = isinstance(self.both(expected, self.note.transfer, self.vault, given, by=who), Refused)
        short = twin.here < twin.booked + given
        assert refused or short or self._all_worth() == before, "VT-07"

    @rule(given=cash)
    def send_cash_unasked(self, given) -> None:
        if not self.twin.shut:
            before = self._all_worth()
            self.twin.cash_here += given
            self.ground.cash.transfer(self.vault, given, sender=self.issuer)
            assert self._all_worth() == before, "VT-07"

    @rule()
    def claim_at_the_note(self) -> None:
        """Anybody may; a refusal is the note's own."""
        due = sum(self.twin.note.claimable(self.vault.address))
        frozen = self.twin.note.holders[self.vault.address].frozen
        if not frozen and not (self.twin.shut and due):
            self.twin.claim_at_note()
            self.note.claimFor(self.vault, sender=self.issuer)

    @rule(who=st.integers(0, 3), frozen=st.booleans())
    def freeze(self, who, frozen) -> None:
        target = (*self.people, self.vault)[who]
        self.twin.note.holders[target.address].frozen = frozen
        self.note.setFrozen(target, frozen, sender=self.issuer)

    @rule(who=st.integers(0, 3), refused=st.booleans())
    def admit(self, who, refused) -> None:
        target = (*self.people, self.vault)[who]
        (self.twin.rule.refused.add if refused else self.twin.rule.refused.discard)(target.address)
        self.ground.board.refuse(target, refused, sender=self.issuer)

    @rule(most=st.one_of(st.just(UNLIMITED), strategies.amounts(SUPPLY)))
    def limit_holdings(self, most) -> None:
        self.twin.rule.most = most
        self.ground.board.limit(most, sender=self.issuer)

    @rule(shut=st.booleans())
    def shut_out(self, shut) -> None:
        """The settlement asset refuses the vault."""
        self.twin.shut = shut
        self.ground.cash.refuse(self.vault, shut, sender=self.issuer)

    @rule(taker=people, back=st.booleans(), given=units)
    def force_notes(self, taker, back, given) -> None:
        """The agent takes notes from the vault, or gives some."""
        ends = (self.vault, self.people[taker])
        source, target = reversed(ends) if back else ends
        twin = self.twin

        def move():
            if not given:
                raise Refused("ZeroUnits")
            if not twin.rule.can(source.address, target.address, given):
                raise Refused("NotEligible", source.address, target.address, given)
            twin.note.force_transfer(source.address, target.address, given)

        self.both(move, self.note.forceTransfer, source, target, given, by=self.issuer)
        self.price = self._price()  # the one thing that lowers it

    @precondition(lambda self: self.moving)
    @rule(seconds=strategies.waits(BID.rise + 1))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    # always

    def _price(self):
        return self.twin.total_assets + 1, self.twin.supply + self.twin.virtual

    def _wealth(self, who):
        return self.note.balanceOf(who) + self.vault.convertToAssets(
            self.vault.balanceOf(who)
        ), self.vault.claimableCash(who)

    def _all_worth(self):
        return [self._wealth(each)[1] for each in self.people], self.vault.totalAssets(), self.vault.totalSupply()

    @invariant()
    def chain_equals_model(self) -> None:
        twin, vault = self.twin, self.vault
        if hasattr(twin, "now"):
            twin.now = self.lab.now
            assert (vault.bid(), vault.waiting()) == (twin.price, twin.waits + twin.to_come()), "VT-01"
        self.mirror.check()
        here = self.ground.cash.balanceOf(vault)
        due = [vault.claimableCash(each) for each in self.people]
        assert due == [twin.claimable(each.address) for each in self.people], "VT-01"
        assert here == twin.cash_here, "VT-06"
        assert twin.held <= here, "VT-06"
        coming = twin.to_come()
        waits = twin.waits if self.ground.kind == REINVESTING else 0
        assert sum(due) + waits <= twin.held + (coming if self.ground.kind == PAYING else 0), "VT-06"
        assert vault.totalAssets() == twin.total_assets <= self.note.balanceOf(vault), "VT-01"
        assert sum(vault.balanceOf(each) for each in self.people) == twin.supply, "VT-01"
        (assets, supply), (assets_before, supply_before) = self._price(), self.price
        assert assets * supply_before >= assets_before * supply, "VT-08"
        self.price = self._price()

    @invariant()
    def limits_are_the_model_s(self) -> None:
        twin, vault = self.twin, self.vault
        for each, caller in zip(self.people, (*self.people[1:], self.people[0]), strict=True):
            to, by = each.address, caller.address
            told = vault.maxDeposit(each, sender=caller), vault.maxMint(each, sender=caller)
            assert told == (twin.max_deposit(by, to), twin.max_mint(by, to)), "VT-03"
            assert (vault.maxWithdraw(each), vault.maxRedeem(each)) == (twin.max_withdraw(to), twin.max_redeem(to)), (
                "VT-03"
            )


class MovingMachine(VaultMachine):
    """Time passes between calls."""

    moving = True


@pytest.mark.engines("revm", "anvil")
@pytest.mark.parametrize("machine", [VaultMachine, MovingMachine], ids=["time frozen", "time moving"])
@pytest.mark.parametrize("kind", [PAYING, REINVESTING])
def test_a_vault_is_its_model(lab, prove, kind, machine):
    machine.set_stage(lab, kind)
    prove(machine, steps=2_000)

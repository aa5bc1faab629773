"""ERC-4626 on every kind of vault in every situation; `erc4626.py` says which clause each test is for."""

from __future__ import annotations

from pathlib import Path

import pytest

from salvor.chain.refusal import CallRefused
from tests.conformance.standards.erc4626 import CLAUSES, table
from tests.conformance.standards.situations import CLOSED_IN, CLOSED_OUT, stages
from tests.utils.vaulted import PAYING, UNITS

PAGE = Path(__file__).parents[3] / "docs/erc4626.md"
MOST = 2**112 - 1


@pytest.fixture
def every(lab):
    """Each situation in turn."""
    return stages(lab).each()


def done(method, *args, sender):
    """The answer, or None when it was refused."""
    try:
        return method(*args, sender=sender).return_value
    except CallRefused:
        return None


def people_of(stand):
    return (*stand.people, stand.lab.actor("stranger"))


def balances(stand, *who):
    return [(stand.note.balanceOf(each), stand.vault.balanceOf(each)) for each in who]


def calls(stand, holder):
    """Each way in and out, with a preview, of amounts that round."""
    vault, shares = stand.vault, max(1, stand.vault.balanceOf(holder) // 3)
    return [
        (vault.previewDeposit, vault.deposit, 331, (holder,)),
        (vault.previewMint, vault.mint, 331 * stand.scale + 1, (holder,)),
        (vault.previewWithdraw, vault.withdraw, 331, (holder, holder)),
        (vault.previewRedeem, vault.redeem, shares, (holder, holder)),
    ]


class TestThePage:
    def test_is_fresh(self):
        assert PAGE.read_text() == table()

    def test_names_a_test_for_each_clause(self):
        missing = [each.number for each in CLAUSES if f"test_{each.test}" not in globals()]
        assert missing == []


def test_shares_are_an_erc20(every):
    for name, stand in every:
        vault = stand.vault
        holder, other, third = stand.people
        held = vault.balanceOf(holder)
        assert vault.totalSupply() == sum(vault.balanceOf(each) for each in stand.people), name
        vault.approve(third, 5, sender=holder)
        assert vault.allowance(holder, third) == 5, name
        if held and name not in CLOSED_OUT and done(vault.transfer, other, 2, sender=holder):
            assert (vault.balanceOf(holder), vault.balanceOf(other) >= 2) == (held - 2, True), name
            assert done(vault.transferFrom, holder, other, 5, sender=third), name
            assert vault.allowance(holder, third) == 0, name


def test_shares_have_metadata(every):
    for name, stand in every:
        vault = stand.vault
        assert (vault.name(), vault.symbol()) == ("Vault", "VAULT"), name
        assert vault.decimals() - stand.note.decimals() == (0 if stand.kind == PAYING else 6), name


def test_asset_is_a_token(every):
    for name, stand in every:
        assert stand.vault.asset() == stand.note.address, name
        held = sum(stand.note.balanceOf(each) for each in (*stand.people, stand.vault))
        assert stand.note.totalSupply() == held > 0, name


def test_views_never_revert(every):
    """The largest note there can be is no unreasonable input."""
    for _, stand in every:
        vault = stand.vault
        assert vault.asset()
        for amount in (0, 1, MOST):
            vault.totalAssets()
            vault.convertToShares(amount)
            vault.convertToAssets(amount * stand.scale)
            for caller in people_of(stand):
                for who in people_of(stand):
                    for view in (vault.maxDeposit, vault.maxMint, vault.maxWithdraw, vault.maxRedeem):
                        view(who, sender=caller)


def test_assets_include_what_was_bought(every):
    for name, stand in every:
        if name == "cash was reinvested" and stand.kind != PAYING:
            assert stand.vault.totalAssets() > sum(map(stand.vault.balanceOf, stand.people)) // stand.scale, name


def test_there_are_no_fees(every):
    """What comes in is assets to the unit, and what goes out is what a share converts to."""
    for name, stand in every:
        holder, vault = stand.people[0], stand.vault
        before = vault.totalAssets()
        if name not in CLOSED_IN and vault.maxDeposit(holder, sender=holder) >= 331:
            vault.deposit(331, holder, sender=holder)
            assert vault.totalAssets() == before + 331, name
        if vault.maxWithdraw(holder):
            before, assets = vault.totalAssets(), vault.convertToAssets(300)
            assert vault.redeem(300, holder, holder, sender=holder).return_value == assets, name
            assert vault.totalAssets() == before - assets, name


def test_conversion_is_the_same_for_all(every):
    for name, stand in every:
        for view in (stand.vault.convertToShares, stand.vault.convertToAssets):
            assert len({view(12_347, sender=caller) for caller in people_of(stand)}) == 1, name


def test_conversion_ignores_conditions(every):
    """A freeze, a pause or a rule changes who may, not what a share is."""
    found = {}
    for name, stand in every:
        shown = stand.vault.convertToShares(12_347), stand.vault.convertToAssets(12_347 * stand.scale)
        found[stand.kind, stand.note.address, name] = shown
    for (kind, note, name), shown in found.items():
        if name in CLOSED_IN - {"paused"} or name == "holdings limited":
            assert shown == found[kind, note, "cash was reinvested"], name


def test_conversion_rounds_down(every):
    for name, stand in every:
        vault = stand.vault
        assets, supply = vault.totalAssets() + 1, vault.totalSupply() + stand.scale
        for amount in (1, 999, 12_347):
            assert vault.convertToShares(amount) == amount * supply // assets, name
            assert vault.convertToAssets(amount) == amount * assets // supply, name


def test_the_most_can_be_deposited(every):
    for name, stand in every:
        holder, other, third = stand.people
        for giver in (other, third):  # who asks has all notes there are
            done(stand.note.transfer, holder, stand.note.balanceOf(giver), sender=giver)
        most, held = stand.vault.maxDeposit(holder, sender=holder), stand.note.balanceOf(holder)
        if most > held:
            assert done(stand.vault.deposit, held, holder, sender=holder) is not None, name
        elif most:
            # What one brings makes room for the shares, which no view can foresee: there, too little is said.
            more = done(stand.vault.deposit, most + 1, holder, sender=holder)
            assert more is None or name == "holdings limited", name
            assert more or done(stand.vault.deposit, most, holder, sender=holder) is not None, name


def test_the_most_can_be_minted(every):
    for name, stand in every:
        holder, other, third = stand.people
        for giver in (other, third):
            done(stand.note.transfer, holder, stand.note.balanceOf(giver), sender=giver)
        most = stand.vault.maxMint(holder, sender=holder)
        if most and stand.vault.previewMint(most) <= stand.note.balanceOf(holder):
            assert done(stand.vault.mint, most, holder, sender=holder) is not None, name


def test_max_deposit_ignores_what_the_caller_has(every):
    for name, stand in every:
        rich, poor = stand.people[1], stand.lab.actor("stranger")
        for view in (stand.vault.maxDeposit, stand.vault.maxMint):
            assert view(poor, sender=rich) == view(poor, sender=poor), name


def test_limits_are_zero_while_disabled(every):
    for name, stand in every:
        holder, vault = stand.people[0], stand.vault
        if name in CLOSED_IN:
            assert vault.maxDeposit(holder, sender=holder) == vault.maxMint(holder, sender=holder) == 0, name
            # The note lets a frozen holder receive, so a frozen vault takes notes: only, nobody is told to bring any.
            assert name == "vault frozen" or done(vault.deposit, 1, holder, sender=holder) is None, name
        if name in CLOSED_OUT:
            assert vault.maxWithdraw(holder) == vault.maxRedeem(holder) == 0, name
            assert done(vault.withdraw, 1, holder, holder, sender=holder) is None, name


def test_there_is_always_a_limit(every):
    for name, stand in every:
        holder = stand.people[0]
        supply = stand.note.totalSupply()
        assert stand.vault.maxDeposit(holder, sender=holder) <= supply, name
        assert done(stand.vault.deposit, supply + 1, holder, sender=holder) is None, name


def test_previews_are_exact(every):
    made = 0
    for name, stand in every:
        holder = stand.people[0]
        for preview, call, amount, rest in calls(stand, holder):
            expected = preview(amount, sender=stand.lab.actor("stranger"))
            given = done(call, amount, *rest, sender=holder)
            made += given is not None
            assert given in (None, expected), f"{name}: {call.called}"
    assert made > 40


def test_previews_ignore_limits(every):
    for name, stand in every:
        vault = stand.vault
        assets, supply = vault.totalAssets() + 1, vault.totalSupply() + stand.scale
        beyond = 10 * UNITS
        for caller in people_of(stand):
            assert vault.previewDeposit(beyond, sender=caller) == beyond * supply // assets, name
            assert vault.previewMint(beyond, sender=caller) == -(-beyond * assets // supply), name
            assert vault.previewWithdraw(beyond, sender=caller) == -(-beyond * supply // assets), name
            assert vault.previewRedeem(beyond, sender=caller) == beyond * assets // supply, name


def test_deposit_and_mint_say_so(every):
    for name, stand in every:
        holder, other, _ = stand.people
        if stand.vault.maxDeposit(other, sender=holder) < 400:
            continue
        for call, amount in ((stand.vault.deposit, 331), (stand.vault.mint, 3 * stand.scale)):
            before = balances(stand, holder, other)
            receipt = call(amount, other, sender=holder)
            (log,) = receipt.events_of(stand.vault, "Deposit")
            after = balances(stand, holder, other)
            came, got = before[0][0] - after[0][0], after[1][1] - before[1][1]
            assert (log.sender, log.owner, log.assets, log.shares) == (holder.address, other.address, came, got), name
            assert amount == (came if call.called.endswith("deposit") else got), name


def test_deposit_and_mint_pull_by_allowance(every):
    for name, stand in every:
        holder, vault, note = stand.people[0], stand.vault, stand.note
        if vault.maxDeposit(holder, sender=holder) < 400:
            continue
        cost = vault.previewMint(5 * stand.scale)
        note.approve(vault, 331 + cost, sender=holder)
        assert done(vault.deposit, 331, holder, sender=holder) is not None, name
        assert note.allowance(holder, vault) == cost, name
        assert done(vault.mint, 5 * stand.scale, holder, sender=holder) == cost, name
        assert done(vault.deposit, 1, holder, sender=holder) is None, name


def test_more_than_can_come_in_is_refused(every):
    for name, stand in every:
        holder, vault = stand.people[0], stand.vault
        held = stand.note.balanceOf(holder)
        assert done(vault.deposit, held + 1, holder, sender=holder) is None, name
        assert done(vault.mint, vault.previewDeposit(held + 2) + stand.scale, holder, sender=holder) is None, name


def test_the_most_can_be_withdrawn(every):
    for name, stand in every:
        for who in stand.people:
            most = stand.vault.maxWithdraw(who)
            if most:
                assert done(stand.vault.withdraw, most + 1, who, who, sender=who) is None, name
                assert done(stand.vault.withdraw, most, who, who, sender=who) is not None, name


def test_the_most_can_be_redeemed(every):
    for name, stand in every:
        for who in stand.people:
            most = stand.vault.maxRedeem(who)
            if most:
                assert done(stand.vault.redeem, most + 1, who, who, sender=who) is None, name
                assert done(stand.vault.redeem, most, who, who, sender=who) is not None, name


def test_withdraw_and_redeem_say_so(every):
    for name, stand in every:
        holder, third = stand.people[0], stand.lab.actor("stranger")
        for call, amount in ((stand.vault.withdraw, 11), (stand.vault.redeem, 13 * stand.scale)):
            if stand.vault.maxWithdraw(holder) < 20:
                continue
            before = balances(stand, holder, third)
            receipt = call(amount, third, holder, sender=holder)
            (log,) = receipt.events_of(stand.vault, "Withdraw")
            after = balances(stand, holder, third)
            burned, left = before[0][1] - after[0][1], after[1][0] - before[1][0]
            assert (log.sender, log.receiver, log.owner) == (holder.address, third.address, holder.address), name
            assert (log.assets, log.shares) == (left, burned), name
            assert amount == (left if call.called.endswith("withdraw") else burned), name


def test_the_owner_takes_out(every):
    for name, stand in every:
        holder = stand.people[0]
        if stand.vault.maxWithdraw(holder) > 20:
            assert done(stand.vault.withdraw, 5, holder, holder, sender=holder) is not None, name
            assert done(stand.vault.redeem, 5 * stand.scale, holder, holder, sender=holder) is not None, name


def test_a_spender_takes_out(every):
    for name, stand in every:
        holder, other, _ = stand.people
        if stand.vault.maxWithdraw(holder) > 20:
            shares = stand.vault.previewWithdraw(5)
            stand.vault.approve(other, shares + 5 * stand.scale, sender=holder)
            assert done(stand.vault.withdraw, 5, holder, holder, sender=other) == shares, name
            assert stand.vault.allowance(holder, other) == 5 * stand.scale, name
            assert done(stand.vault.redeem, 5 * stand.scale, holder, holder, sender=other) is not None, name
            assert stand.vault.allowance(holder, other) == 0, name


def test_nobody_else_takes_out(every):
    for name, stand in every:
        holder, other, _ = stand.people
        stand.vault.approve(other, 1, sender=holder)
        assert done(stand.vault.redeem, 2, other, holder, sender=other) is None, name
        assert done(stand.vault.withdraw, 7, other, holder, sender=other) is None, name


def test_more_than_can_leave_is_refused(every):
    for name, stand in every:
        holder, vault = stand.people[0], stand.vault
        beyond = vault.convertToAssets(vault.balanceOf(holder)) + 1
        assert done(vault.withdraw, beyond, holder, holder, sender=holder) is None, name
        assert done(vault.redeem, vault.balanceOf(holder) + 1, holder, holder, sender=holder) is None, name


def test_rounding_is_for_the_vault(every):
    """By the exact fraction: never a part of a unit for the user."""
    for name, stand in every:
        holder, vault = stand.people[0], stand.vault
        for preview, call, amount, rest in calls(stand, holder):
            del preview
            assets, supply = vault.totalAssets() + 1, vault.totalSupply() + stand.scale
            given = done(call, amount, *rest, sender=holder)
            if given is None:
                continue
            shares, units = (given, amount) if call.called.endswith(("deposit", "withdraw")) else (amount, given)
            coming_in = call.called.endswith(("deposit", "mint"))
            assert (shares * assets <= units * supply) if coming_in else (units * supply <= shares * assets), name

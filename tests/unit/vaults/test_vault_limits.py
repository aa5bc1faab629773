"""max*: true for the caller at that block, with compliance, pause, freezes whole and in part (VT-03)."""

import pytest

from tests.utils.vaulted import PAYING, UNITS, supervised

ALL = 3 * UNITS


def limits(stand, who):
    """Deposit, mint, withdraw, redeem, for and by one."""
    vault = stand.vault
    coming = vault.maxDeposit(who, sender=who), vault.maxMint(who, sender=who)
    return (*coming, vault.maxWithdraw(who), vault.maxRedeem(who))


class TestMaxDeposit:
    def test_is_what_stands_outside_the_vault(self, either, holder, other):
        either.deposit(other, 500)
        assert either.vault.maxDeposit(holder, sender=holder) == ALL - 500

    def test_does_not_look_at_what_the_caller_has(self, either, outsider):
        """As the standard says; who has no note can deposit none."""
        assert either.vault.maxDeposit(outsider, sender=outsider) == ALL

    @pytest.mark.parametrize("who", ["caller", "receiver", "vault"])
    def test_is_nothing_where_one_of_them_may_not(self, either, holder, other, who):
        if who == "caller":
            either.note.setFrozen(holder, True, sender=either.issuer)
        else:
            either.board.refuse(other if who == "receiver" else either.vault, True, sender=holder)
        assert either.vault.maxDeposit(other, sender=holder) == either.vault.maxMint(other, sender=holder) == 0

    def test_is_the_largest_holding_that_a_rule_allows(self, either, lab, holder, outsider):
        """The vault may hold 700 and has 500; asked with 0, or with 1, the rule would say yes."""
        either.deposit(holder, 500)
        either.board.limit(700, sender=holder)
        assert either.vault.maxDeposit(outsider, sender=holder) == 200
        with lab.refused("NotEligible", holder, either.vault, 201):
            either.vault.deposit(201, outsider, sender=holder)
        either.vault.deposit(200, outsider, sender=holder)

    def test_is_nothing_for_nobody(self, either, lab, holder):
        """Compliance takes the zero address for a burn, and lets it."""
        nobody = "0x" + "00" * 20
        assert either.board.canTransfer(either.vault, nobody, 5)
        assert either.vault.maxDeposit(nobody, sender=holder) == either.vault.maxMint(nobody, sender=holder) == 0
        with lab.refused("ERC20InvalidReceiver", nobody):
            either.vault.deposit(5, nobody, sender=holder)

    def test_answers_where_compliance_does_not(self, either, holder):
        either.deposit(holder, 500)
        either.board.ruin(sender=holder)
        assert limits(either, holder) == (0, 0, 0, 0)


class TestMaxWithdraw:
    def test_is_all_that_the_shares_convert_to(self, either, holder):
        shares = either.deposit(holder, 500)
        assert (either.vault.maxWithdraw(holder), either.vault.maxRedeem(holder)) == (500, shares)

    def test_is_what_is_not_frozen(self, watched, lab, holder):
        shares = watched.deposit(holder, 500)
        watched.note.freeze(watched.vault, False, 460, sender=holder)
        assert watched.vault.maxWithdraw(holder) == 40
        most = watched.vault.maxRedeem(holder)
        with lab.refused("Held", watched.vault, 40, 41):
            watched.vault.redeem(min(most + 1, shares), holder, holder, sender=holder)
        assert watched.vault.redeem(most, holder, holder, sender=holder).return_value == 40

    @pytest.mark.parametrize("who", ["owner", "vault"])
    def test_is_nothing_for_who_is_frozen(self, either, holder, who):
        either.deposit(holder, 500)
        either.note.setFrozen(holder if who == "owner" else either.vault, True, sender=either.issuer)
        assert limits(either, holder) == (0, 0, 0, 0)

    def test_is_what_the_owner_may_still_hold(self, either, lab, holder):
        either.deposit(holder, 500)
        either.board.limit(UNITS - 500 + 70, sender=holder)
        assert either.vault.maxWithdraw(holder) == 70
        assert either.vault.redeem(either.vault.maxRedeem(holder), holder, holder, sender=holder).return_value == 70

    def test_is_nothing_while_the_note_is_paused(self, watched, holder):
        watched.deposit(holder, 500)
        watched.note.pause(True, sender=holder)
        assert limits(watched, holder) == (0, 0, 0, 0)


def test_donations_change_no_limit(either, holder, other, third):
    either.deposit(holder, 500)
    either.deposit(other, 300)
    before = [limits(either, each)[2:] for each in (holder, other)]
    either.note.transfer(either.vault, 10_000, sender=third)
    assert [limits(either, each)[2:] for each in (holder, other)] == before, "VT-07"


def test_a_deposit_of_the_most_brings_it_to_nothing(lab):
    stand = supervised(lab, PAYING)
    holder, other, third = stand.people
    for each in (other, third):
        stand.note.transfer(holder, UNITS, sender=each)
    stand.deposit(holder, stand.vault.maxDeposit(holder, sender=holder))
    assert stand.vault.maxDeposit(holder, sender=holder) == 0

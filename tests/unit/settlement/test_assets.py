"""Settlement assets: any decimals do; what moves less than it says is refused where cash enters (SE-02, SE-03)."""

import pytest

from tests.utils.full_deal import NO_CORRECTION, PERCENT, ROOT, WAD, Line, Terms, Tranche, build, step

STEPS = (step("fee", share=WAD), step("interest", 0), step("principal", 0), step("residual", 1))
TERMS = Terms((Tranche(60_000, 7 * PERCENT), Tranche(40_000)), STEPS, lines=[Line(6 * PERCENT)])


def play(lab, decimals):
    """A deal from the order to the last claim; every figure in units."""
    token = lab.deploy("SettlementToken", "Money", "MON", decimals, sender=lab.actor("admin"))
    deal = build(lab, TERMS, token=token).sell()
    runs = [deal.run(gross).paid for gross in (700, 59_999, 33_333, 20_000)]
    outsider = lab.actor("outsider")
    paid = [
        note.claimFor(holder, sender=outsider).return_value
        for note, holder in zip(deal.notes, deal.holders, strict=True)
    ]
    paid += [deal.distributor.payCredit(lab.actor(who), sender=outsider).return_value for who in ("seller", "payee 0")]
    assert [note.decimals() for note in deal.notes] == [decimals, decimals]
    deal.check_books()
    return runs, paid, token.balanceOf(deal.distributor)


@pytest.mark.parametrize("decimals", [0, 1, 6, 8, 18])
def test_decimals_change_no_figure(lab, decimals):
    start = lab.snapshot()
    two = play(lab, 2)
    lab.restore(start)
    assert play(lab, decimals) == two, "SE-02"


class Entering:
    """A deal in the asset that is refused; `order` and `report` are where cash enters."""

    def __init__(self, lab, name) -> None:
        self.lab = lab
        self.token = lab.deploy(name, sender=lab.actor("admin"))
        self.deal = build(lab, TERMS, token=self.token)
        self.deal.offering.open(self.deal.waterfall, sender=lab.actor("arranger"))
        self.holder, self.servicer = lab.actor("holder 0"), lab.actor("servicer")
        for who, spender in ((self.holder, self.deal.offering), (self.servicer, self.deal.pool)):
            self.token.mint(who, 2**100, sender=who)
            self.token.approve(spender, 2**100, sender=who)

    def order(self, units):
        self.deal.offering.order(0, units, sender=self.holder)

    def sell(self):
        deal, outsider = self.deal, self.lab.actor("outsider")
        other = self.lab.actor("holder 1")
        self.token.mint(other, 40_000, sender=other)
        self.token.approve(deal.offering, 40_000, sender=other)
        self.order(60_000)
        deal.offering.order(1, 40_000, sender=other)
        self.lab.now = deal.closing
        deal.offering.close(sender=outsider)
        self.lab.now = deal.end(1)

    def report(self, gross):
        report = (gross, 0, 0, 0, 0, 0, ROOT, 1, False)
        self.deal.pool.report(1, report, NO_CORRECTION, sender=self.servicer)


@pytest.mark.parametrize("units", [100, 101, 60_000, 2**90])
def test_an_asset_that_takes_a_fee_is_refused_where_cash_enters(lab, units):
    entering = Entering(lab, "FeeOnTransferToken")
    with lab.refused("CashArrivedShort", units - units // 100, units):
        entering.order(units)
    assert (entering.deal.offering.ordered(0), entering.deal.offering.cashHeld()) == (0, 0), "SE-03"


class TestRebasing:
    @pytest.mark.parametrize("worth", [999, 1_001, 1_500, 3])
    def test_is_refused_where_fewer_units_arrive_in_an_order(self, lab, worth):
        entering = Entering(lab, "RebasingToken")
        entering.token.rebase(worth, sender=entering.holder)
        arrived = 101 * 1_000 // worth * worth // 1_000
        with lab.refused("CashArrivedShort", arrived, 101):
            entering.order(101)
        assert entering.deal.offering.cashHeld() == 0, "SE-03"

    def test_is_refused_where_fewer_units_arrive_with_a_report(self, lab):
        entering = Entering(lab, "RebasingToken")
        entering.sell()
        entering.token.rebase(1_001, sender=entering.holder)
        shares = 101 * 1_000 // 1_001
        held = 100_000
        arrived = (held + shares) * 1_001 // 1_000 - held * 1_001 // 1_000
        assert arrived < 101
        with lab.refused("CashArrivedShort", arrived, 101):
            entering.report(101)
        assert entering.deal.pool.lastReported() == 0, "SE-03"

    def test_of_balances_that_shrink_afterwards_no_book_knows_and_nobody_gets_more_than_the_own(self, lab):
        """Not noticed by what arrives: who comes last is refused by the asset, and keeps the claim."""
        entering = Entering(lab, "RebasingToken")
        entering.sell()
        deal, outsider = entering.deal, lab.actor("outsider")
        for place, holder in enumerate((entering.holder, lab.actor("holder 1"))):
            deal.offering.settle(place, holder, sender=outsider)
        deal.distributor.payCredit(lab.actor("seller"), sender=outsider)
        entering.report(1_000)
        deal.waterfall.run(1, sender=outsider)
        entering.token.rebase(500, sender=outsider)
        note = deal.notes[0]
        due, kept = note.claimable(entering.holder), deal.distributor.heldForHolders()
        assert (due, kept) == (940, 940)
        assert note.claimMany([entering.holder], sender=outsider).return_value == 0
        assert (note.claimable(entering.holder), deal.distributor.heldForHolders()) == (due, kept), "WF-01"
        entering.token.rebase(1_000, sender=outsider)
        assert note.claimMany([entering.holder], sender=outsider).return_value == due

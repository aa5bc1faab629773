"""Every step kind of the whole waterfall over a few periods, with expectations worked out by hand.

In each run the preview is held against what happened, and the books against the balances (`Deal.run`).
"""

from tests.utils.full_deal import COLLECTIONS, DAY, PERCENT, YEAR, Line, Terms, Tranche, build, step


def interest(principal, percent, days=30):
    return principal * percent * PERCENT * days * DAY // (YEAR * 10**18)


TRANCHES = (Tranche(60_000, 7 * PERCENT), Tranche(25_000, 11 * PERCENT), Tranche(15_000))


class TestSequential:
    STEPS = (
        step("fee", share=10**18),
        step("interest", 0),
        step("interest", 1, when="while none is on", triggers=1),
        step("principal", 0),
        step("interest", 1),
        step("principal", 1),
        step("residual", 2),
    )
    TERMS = Terms(TRANCHES, STEPS, lines=[Line(6 * PERCENT)], triggers=[("collection ratio", 0, 90 * PERCENT, 1)])

    def test_pays_in_order(self, lab):
        deal = build(lab, self.TERMS).sell()
        first = deal.run(30_000)
        senior, mezzanine = interest(60_000, 7), interest(25_000, 11)
        assert (senior, mezzanine) == (345, 226)
        assert first.due == (1_800, 345, 226, 60_000, 0, 25_000, 0)
        assert first.paid == (1_800, 345, 226, 27_629, 0, 0, 0)
        assert deal.distributor.creditOf(lab.actor("payee 0")) == 1_800

    def test_defers_the_mezzanine_while_behind_plan(self, lab):
        deal = build(lab, self.TERMS).sell()
        first = deal.run(20_000)
        assert (first.on, first.passedOver) == (1, 0b100)
        assert first.paid == (1_200, 345, 0, 18_455, 0, 0, 0)
        second = deal.run(40_000)
        assert second.due[:3] == (2_400, interest(41_545, 7), 2 * 226)
        assert (second.on, deal.waterfall.trigger(0).since) == (0, 2)

    def test_gives_all_above_principal_to_the_residual_tranche(self, lab):
        deal = build(lab, self.TERMS).sell()
        run = deal.run(200_000)
        assert run.interest == (345, 226, 200_000 - 12_000 - 345 - 226 - 100_000)
        assert run.principal == (60_000, 25_000, 15_000)
        assert [deal.tranche(place).principal for place in range(3)] == [0, 0, 0]

    def test_books_what_is_left_as_loss_in_the_last_run(self, lab):
        deal = build(lab, self.TERMS).sell()
        for _ in range(4):
            deal.run(10_000)
        states = [deal.tranche(place) for place in range(3)]
        assert [state.principal for state in states] == [0, 0, 0]
        assert [state.loss for state in states] == [60_000 - states[0].principalPaid, 25_000, 15_000]
        with lab.refused("WrongPeriod", 6, 5):
            deal.waterfall.run(6, sender=lab.actor("outsider"))

    def test_pays_holders_what_the_run_gave_them(self, lab):
        deal = build(lab, self.TERMS).sell()
        deal.run(30_000)
        note, holder = deal.notes[0], deal.holders[0]
        assert note.claimable(holder) == 345 + 27_629
        receipt = note.claimFor(holder, sender=lab.actor("outsider"))
        (claimed,) = receipt.events_of(note, "Claimed")
        assert (claimed.interest, claimed.principal) == (345, 27_629)
        assert deal.token.balanceOf(holder) == 27_974
        assert tuple(note.paidTo(holder)) == (345, 27_629)
        deal.check_books()


class TestFees:
    STEPS = (
        step("fee", lines=0, share=PERCENT * 50),
        step("interest up to", 0, share=4 * PERCENT),
        step("fee", lines=1, share=10**18),
        step("interest", 0),
        step("fee", lines=0, share=10**18),
        step("residual", 1),
    )

    def test_pays_a_part_first_and_the_rest_below(self, lab):
        lines = [Line(6 * PERCENT, COLLECTIONS, floor=500, carried=True), Line(floor=100)]
        deal = build(lab, Terms(TRANCHES[:2], self.STEPS, lines=lines)).sell()
        run = deal.run(5_000)
        assert run.due == (250, interest(60_000, 4), 100, 345 - 197, 250, 5_000 - 250 - 345 - 100 - 250)
        assert run.paid == run.due

    def test_carries_what_was_not_paid_or_loses_it(self, lab):
        lines = [Line(6 * PERCENT, COLLECTIONS, floor=500, carried=True), Line(floor=100)]
        deal = build(lab, Terms(TRANCHES[:2], self.STEPS, lines=lines)).sell()
        assert deal.run(300).paid == (250, 50, 0, 0, 0, 0)
        assert [deal.waterfall.feeLine(place).due for place in range(2)] == [250, 0]
        # carried 250 and 500 more: half is 375; interest deferred 345 - 50
        assert deal.run(10_000).due == (425, 197, 100, 295 + 345 - 197, 425, 10_000 - 850 - 640 - 100)


class TestInterest:
    def test_pays_deferred_interest_first(self, lab):
        steps = (step("interest", 0), step("interest up to", 0, share=7 * PERCENT), step("residual", 1))
        deal = build(lab, Terms(TRANCHES[:2], steps)).sell()
        deal.run(0)
        # 300 go to the 345 of the run before, so nothing of this period's is paid yet.
        assert deal.run(300).due == (690, 345, 0)

    def test_lets_deferred_interest_earn_where_the_deal_says_so(self, lab):
        tranches = (Tranche(600_000, 7 * PERCENT, compounds=True), TRANCHES[1])
        deal = build(lab, Terms(tranches, (step("interest", 0), step("residual", 1)))).sell()
        first = interest(600_000, 7)
        assert deal.run(0).due[0] == first
        assert deal.run(0).due[0] == first + first + interest(first, 7)


class TestReserve:
    STEPS = (
        step("draw", 0b01, lines=0b1),
        step("fee", share=10**18),
        step("interest", 0),
        step("top up"),
        step("principal", 0),
        step("release"),
        step("residual", 1),
    )
    TERMS = Terms(
        (Tranche(60_000, 7 * PERCENT), Tranche(40_000)),
        STEPS,
        lines=[Line(floor=100)],
        reserve=(500, 5_000, 5 * PERCENT, 0b01),
        price=98_000,
        triggers=[("reserve below target", 0, 0, 1)],
    )

    def test_begins_with_what_was_raised_above_the_price(self, lab):
        deal = build(lab, self.TERMS).sell()
        assert tuple(deal.waterfall.reserve()) == (2_000, 3_000)
        assert deal.distributor.creditOf(lab.actor("seller")) == 98_000
        deal.distributor.payCredit(lab.actor("seller"), sender=lab.actor("outsider"))
        assert deal.token.balanceOf(lab.actor("seller")) == 98_000
        deal.check_books()

    def test_draws_what_interest_and_fees_lack(self, lab):
        deal = build(lab, self.TERMS).sell()
        run = deal.run(200)
        assert run.due == (245, 100, 345, 1_245, 60_000, 0, 0)
        assert run.paid == (245, 100, 345, 0, 0, 0, 0)
        assert (run.reserve, run.on, run.figures[0]) == (1_755, 1, 1_000)

    def test_tops_up_and_releases(self, lab):
        deal = build(lab, self.TERMS).sell()
        run = deal.run(31_445)
        # 31,445 - 100 - 345 - 1,000 = 30,000 of principal; then the target is 1,500 and 1,500 is released
        assert run.paid == (0, 100, 345, 1_000, 30_000, 1_500, 1_500)
        assert run.reserve == 1_500

    def test_gives_the_rest_to_the_owner_of_dust_in_the_end(self, lab):
        steps = (step("interest", 0), step("principal", 0))
        terms = Terms((Tranche(1_000, 12 * PERCENT),), steps, periods=1, plan=0, reserve=(50, 50, 0, 1), price=900)
        deal = build(lab, terms).sell()
        run = deal.run(2_000)
        assert (run.left, run.reserve) == (0, 0)
        assert deal.distributor.creditOf(lab.actor("dust owner")) == 2_000 - 9 - 1_000 + 50
        assert deal.waterfall.phase() == 4


class TestPrincipal:
    def test_spreads_pro_rata_with_the_rest_to_the_senior(self, lab):
        steps = (step("pro rata", 0b111), step("residual", 2))
        deal = build(lab, Terms((Tranche(5), Tranche(3), Tranche(3)), steps)).sell()
        run = deal.run(4)
        # 4 * 5 / 11 = 1, 4 * 3 / 11 = 1 twice; 1 is left over
        assert run.principal == (2, 1, 1)

    def test_brings_the_senior_to_its_target(self, lab):
        steps = (step("to target", 0, share=200 * PERCENT), step("residual", 1))
        deal = build(lab, Terms((Tranche(60_000), Tranche(40_000)), steps)).sell()
        run = deal.run(30_000, written_off=10_000)
        # pool balance 130,000 - 30,000 - 10,000 = 90,000, half of it 45,000
        assert run.paid == (15_000, 15_000)

    def test_puts_principal_aside_while_revolving(self, lab):
        steps = (step("interest", 0), step("principal", 0), step("residual", 1))
        terms = Terms((Tranche(60_000, 7 * PERCENT), Tranche(40_000)), steps, revolves_to=2)
        deal = build(lab, terms).sell()
        first = deal.run(20_345)
        assert (first.paid, first.revolvingAccount, first.principal) == ((345, 20_000, 0), 20_000, (0, 0))
        tape = (b"\x01" * 32, 7, 25_000)
        with lab.refused("AboveAccount", 20_001, 20_000):
            deal.pool.buyFurther(tape, 20_001, sender=lab.actor("manager"))
        deal.pool.buyFurther(tape, 15_000, sender=lab.actor("manager"))
        assert (deal.waterfall.revolvingAccount(), deal.pool.grossBalance()) == (5_000, 155_000)
        deal.check_books()
        assert deal.run(345).revolvingAccount == 5_000
        third = deal.run(345)
        assert (third.cash, third.principal) == (5_345, (5_000, 0))


class TestHurdles:
    def test_pays_a_return_exactly_and_splits_above(self, lab):
        steps = (
            step("principal", 0),
            step("hurdle", 1, lines=0),
            step("split", 1, lines=0, share=20 * PERCENT),
        )
        terms = Terms(
            (Tranche(1_000), Tranche(10_000)), steps, lines=[Line()], hurdles=[(1, 12 * PERCENT, 2)], length=360 * DAY
        )
        deal = build(lab, terms).sell()
        # The ends lie 360 days apart; 30/360 counts the days between the dates.
        first = deal.run(3_000)
        grown = deal.waterfall.hurdle(0).balance + 2_000
        assert first.paid == (1_000, 2_000, 0)
        second = deal.run(20_000)
        due = second.due[1]
        assert grown - 2_000 < due < (grown - 2_000) * 113 // 100
        rest = 20_000 - due
        assert second.interest == (0, due + rest - rest // 5)
        assert deal.distributor.creditOf(lab.actor("payee 0")) == rest // 5
        assert deal.waterfall.hurdle(0).balance == 0


class TestLosses:
    def test_lowers_principal_from_the_bottom_and_gives_back(self, lab):
        steps = (step("interest", 0), step("residual", 1))
        deal = build(lab, Terms((Tranche(700), Tranche(300)), steps, price=1_000, gross=2_000)).sell()
        deal.run(0, written_off=400)
        assert [deal.tranche(place).principal for place in range(2)] == [600, 0]
        points = [tuple(deal.figures.attachmentPoints(place)) for place in range(2)]
        assert points == [(0, 10**18), (0, 0)]
        deal.report(250, recovered=250)
        deal.run_reported()
        states = [deal.tranche(place) for place in range(2)]
        assert (states[0].principal, states[1].loss) == (700, 150)

    def test_counts_what_no_tranche_can_bear(self, lab):
        deal = build(lab, Terms((Tranche(700), Tranche(300)), (step("residual", 1),), gross=2_000)).sell()
        deal.run(0, written_off=1_100)
        assert deal.waterfall.unallocatedLoss() == 100

    def test_keeps_ledgers_and_pays_them(self, lab):
        steps = (step("deficiency", 0), step("deficiency", 1), step("residual", 1))
        deal = build(lab, Terms((Tranche(700), Tranche(300)), steps, ledgers=True, gross=2_000)).sell()
        run = deal.run(150, written_off=400)
        assert run.due == (100, 300, 0)
        assert run.paid == (100, 50, 0)
        assert [deal.tranche(place).deficiency for place in range(2)] == [0, 250]
        assert [deal.tranche(place).principal for place in range(2)] == [600, 250]

    def test_gives_back_what_a_correction_says(self, lab):
        deal = build(lab, Terms((Tranche(700), Tranche(300)), (step("residual", 1),), gross=2_000)).sell()
        deal.run(0, written_off=200)
        deal.run(0, written_off=10, correction=(1, bytes(32), 0, -150, 0, 0))
        assert deal.tranche(1).principal == 300 - 200 + 140


class TestAcceleration:
    STEPS = (step("interest", 0), step("interest", 1), step("residual", 1))
    FAST = (step("interest", 0), step("principal", 0), step("residual", 1))
    TERMS = Terms(TRANCHES[:2], STEPS, FAST, triggers=[("event of default", 0, 0, 0)])

    def test_runs_the_second_list_after_the_vote(self, lab):
        deal = build(lab, self.TERMS).sell()
        holder, other = deal.holders[0], lab.actor("buyer")
        deal.run(1_000)
        deal.vote.call(sender=holder)
        with lab.refused("JustCalled", 1, lab.now):
            deal.vote.vote(sender=holder)
        lab.wait(1)
        # Who has units only since has no vote, and who gave them away none with those.
        deal.notes[0].transfer(other, 29_000, sender=holder)
        with lab.refused("NoUnits", other):
            deal.vote.vote(sender=other)
        deal.vote.vote(sender=holder)
        run = deal.run(1_000)
        assert (run.accelerated, run.on, run.paid) == (True, 1, (345, 655, 0))
        assert deal.waterfall.phase() == 3

    def test_does_not_accelerate_with_half(self, lab):
        deal = build(lab, self.TERMS).sell()
        holder, other = deal.holders[0], lab.actor("buyer")
        deal.notes[0].transfer(other, 30_000, sender=holder)
        deal.vote.call(sender=other)
        lab.wait(1)
        deal.vote.vote(sender=other)
        with lab.refused("AlreadyVoted", 1, other):
            deal.vote.vote(sender=other)
        assert not deal.run(1_000).accelerated


class TestRates:
    def test_steps_up_and_floats(self, lab):
        steps = (step("interest", 0), step("interest", 1), step("residual", 2))
        stepping = Tranche(60_000, kind=1, rates=[(1, 5 * PERCENT), (2, 8 * PERCENT)])
        floating = Tranche(25_000, 2 * PERCENT, kind=2, count=1, rates=[(0, PERCENT), (0, 6 * PERCENT)])
        terms = Terms((stepping, floating, Tranche(15_000)), steps, first_index=-3 * PERCENT)
        deal = build(lab, terms).sell()
        first = deal.run(1_000)
        assert deal.receipt.events_of(deal.waterfall, "IndexMissing")[0].index == -3 * PERCENT
        assert first.due[:2] == (interest(60_000, 5), 25_000 * PERCENT * 30 // (360 * 10**18))
        deal.board.write(deal.end(1), 3 * PERCENT, sender=lab.actor("outsider"))
        deal.record.tell(2, sender=lab.actor("outsider"))
        second = deal.run(1_000)
        assert second.due[:2] == (interest(60_000, 8), 25_000 * 5 * PERCENT * 30 // (360 * 10**18))
        # not told for the third: the last known index stands
        assert deal.run(1_000).due[1] == second.due[1]

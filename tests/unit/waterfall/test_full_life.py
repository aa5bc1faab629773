"""The life of a deal: orders, closing, reports, notes and their cash, triggers, and who is refused."""

from dataclasses import replace

import pytest

from tests.utils.full_deal import DAY, NO_CORRECTION, PERCENT, ROOT, WAD, Line, Terms, Tranche, build, step

TERMS = Terms((Tranche(60_000, 7 * PERCENT), Tranche(40_000)), (step("interest", 0), step("residual", 1)))


class TestSale:
    def test_scales_back_what_is_above_the_cap(self, lab):
        deal = build(lab, Terms((Tranche(100),), (step("residual", 0),)))
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        first, second = lab.actor("first"), lab.actor("second")
        deal.order(0, 100, first)
        deal.order(0, 50, second)
        deal.offering.reduce(0, 1, sender=second)
        with lab.refused("AboveLimit", 50, 49):
            deal.offering.reduce(0, 50, sender=second)
        with lab.refused("BeforeDeadline"):
            deal.offering.close(sender=first)
        lab.now = deal.closing
        with lab.refused("DeadlinePassed"):
            deal.offering.reduce(0, 1, sender=second)
        deal.offering.close(sender=first)
        assert deal.waterfall.tranche(0).principal == 100
        deal.report(1_000)
        deal.run_reported()  # before anybody has notes
        for who, notes, cash in ((first, 67, 32), (second, 32, 16)):
            deal.offering.settle(0, who, sender=second)
            assert (deal.notes[0].balanceOf(who), deal.token.balanceOf(who)) == (notes, cash + (who is second))
            assert deal.notes[0].claimable(who) == 10 * notes
            with lab.refused("NoOrder"):
                deal.offering.settle(0, who, sender=second)
        assert (deal.notes[0].totalSupply(), deal.offering.cashHeld()) == (100, 149 - 100 - 48)
        assert deal.notes[0].claimable(deal.offering) == 0
        with lab.refused("HolderFrozen", deal.offering):
            deal.notes[0].claimFor(deal.offering, sender=first)

    @pytest.mark.parametrize("minimum", [60_000, 1])
    def test_gives_everything_back_when_too_little_is_ordered(self, lab, minimum):
        deal = build(lab, replace(TERMS, tranches=[Tranche(60_000, minimum=minimum), Tranche(40_000)]))
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        who = lab.actor("first")
        deal.order(0, 59_999, who)
        deal.order(1, 40_000, who)
        lab.now = deal.closing
        deal.offering.close(sender=who)
        assert deal.offering.sale() == 3
        deal.offering.settle(0, who, sender=lab.actor("outsider"))
        assert deal.token.balanceOf(who) == 59_999
        with lab.refused("NotPurchased"):
            deal.pool.report(1, (0,) * 6 + (bytes(32), 0, False), NO_CORRECTION, sender=lab.actor("servicer"))

    def test_takes_no_order_from_who_may_not_hold(self, lab):
        deal = build(lab, TERMS, rule="AllowList")
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        with lab.refused("NotEligible"):
            deal.order(0, 1, lab.actor("stranger"))

    def test_lets_nobody_else_open(self, lab):
        deal = build(lab, TERMS)
        with lab.refused("AccessManagedUnauthorized"):
            deal.offering.open(deal.waterfall, sender=lab.actor("outsider"))


class TestOutsiders:
    def test_are_refused_everywhere(self, lab):
        deal, nobody = build(lab, TERMS).sell(), lab.actor("outsider")
        note, holder = deal.notes[0], deal.holders[0]
        calls = [
            (note.issue, (1,)),
            (note.handOver, (nobody, 1)),
            (note.setFrozen, (holder, True)),
            (note.forceTransfer, (holder, nobody, 1)),
            (note.recover, (holder, nobody)),
            (deal.pool.purchase, (nobody,)),
            (deal.pool.buyFurther, ((ROOT, 1, 1), 0)),
            (deal.pool.report, (1, (0,) * 6 + (bytes(32), 0, False), NO_CORRECTION)),
            (deal.distributor.appoint, (nobody,)),
            (deal.distributor.snapshotOf, (note, 1)),
        ]
        for call, args in calls:
            with lab.refused("AccessManagedUnauthorized", nobody):
                call(*args, sender=nobody)
        for call, args, error in (
            (deal.distributor.book, (0, [], []), "NotTheWaterfall"),
            (deal.distributor.payHolder, (nobody, 1), "NotANote"),
            (deal.distributor.tryPayHolder, (nobody, 1), "NotANote"),
            (deal.waterfall.begin, ([1, 1],), "NotTheOffering"),
            (deal.waterfall.spend, (0,), "NotThePool"),
            (deal.waterfall.declareDefault, (), "NotTheVote"),
        ):
            with lab.refused(error):
                call(*args, sender=nobody)


class TestReports:
    def test_keeps_totals_ratios_and_balance(self, lab):
        deal = build(lab, TERMS).sell()
        deal.report(20_000, costs=2_000, written_off=1_000, recovered=500, closed_value=90, closed_plan=100)
        deal.report(12_000, late=6 * DAY, correction=(1, b"\x07" * 32, 2, 300, 10, 0))
        record = deal.pool.record(2)
        totals = (record.gross, record.net, record.planned, record.writtenOff, record.recovered)
        assert totals == (32_000, 30_000, 60_000, 1_300, 500)
        assert (record.closedValue, record.closedPlan, record.late) == (100, 100, True)
        assert (deal.pool.record(1).root, deal.pool.record(1).late) == (b"\x07" * 32, False)
        assert deal.pool.collectionRatio(2) == 50 * PERCENT
        assert (deal.pool.profitabilityRatio(1), deal.pool.profitabilityRatio(2)) == (90 * PERCENT, WAD)
        assert deal.pool.poolBalance(2) == 130_000 - 31_500 - 1_300
        assert deal.pool.cashToRun() == 30_000
        deal.run_reported()
        assert deal.pool.cashToRun() == 12_000

    def test_runs_late_as_on_time(self, lab):
        deal = build(lab, TERMS).sell()
        start = lab.snapshot()
        on_time = [deal.run(gross).paid for gross in (1_000, 2_000, 3_000)]
        lab.restore(start)
        deal.reported = 0
        for gross in (1_000, 2_000, 3_000):
            deal.report(gross)
        assert [deal.run_reported().paid for _ in range(3)] == on_time

    def test_takes_a_last_report_of_an_empty_pool_only(self, lab):
        deal = build(lab, TERMS).sell()
        deal.run(10_000, written_off=119_999)
        with lab.refused("PoolNotEmpty", 1):
            deal.report(0, written_off=1, last=1)
        deal.run(0, written_off=1)
        run = deal.run(0, last=1)
        assert (deal.waterfall.phase(), run.left) == (4, 0)
        with lab.refused("LastReportIsIn", 3):
            deal.report(0)
        with lab.refused("LastReportIsIn", 3):
            deal.pool.reportMissing(4, sender=lab.actor("outsider"))

    @pytest.mark.parametrize("other", [{"costs": 11}, {"costs": 5, "recovered": 6}])
    def test_refuses_what_does_not_add_up(self, lab, other):
        deal = build(lab, TERMS).sell()
        amounts = (10, other.get("costs", 0), 0, other.get("recovered", 0), 0, 0, ROOT, 1, False)
        lab.now = deal.end(1)
        with lab.refused("ReportDoesNotAddUp"):
            deal.pool.report(1, amounts, NO_CORRECTION, sender=lab.actor("servicer"))

    def test_refuses_a_total_below_zero(self, lab):
        deal = build(lab, TERMS).sell()
        deal.report(0, written_off=10)
        with lab.refused("TotalBelowZero", 2):
            deal.report(0, written_off=5, correction=(1, bytes(32), 0, -16, 0, 0))


class TestTriggers:
    def test_reads_each_kind(self, lab):
        kinds = [
            ("over-collateralisation", 0, 200 * PERCENT, 1),
            ("interest coverage", 0, 110 * PERCENT, 1),
            ("collection ratio", 0, 90 * PERCENT, 2),
            ("profitability ratio", 0, 100 * PERCENT, 0),
            ("cumulative loss", 0, 5 * PERCENT, 1),
            ("servicer late", 0, 0, 1),
            ("interest missed", 0, 0, 1),
            ("clean-up", 0, 10 * PERCENT, 1),
            ("final maturity", 0, 2, 0),
        ]
        steps = (step("fee", share=WAD), step("interest", 0), step("principal", 0), step("residual", 1))
        tranches = (Tranche(60_000, 7 * PERCENT, deferrable=False), Tranche(40_000))
        deal = build(lab, Terms(tranches, steps, lines=[Line(floor=100, senior=True)], triggers=kinds)).sell()
        first = deal.run(400, written_off=7_000, recovered=100, closed_value=99, closed_plan=100, late=6 * DAY)
        # pool balance 130,000 - 300 - 7,000; losses first, so principal 60,000 and the junior's bears
        assert first.figures == (
            122_700 * WAD // 60_000,
            400 * WAD // 445,
            400 * WAD // 30_000,
            99 * PERCENT,
            6_900 * WAD // 130_000,
            1,
            0,
            122_700 * WAD // 130_000,
            1,
        )
        assert first.on == 0b0_0011_1110
        second = deal.run(59_600)
        assert second.figures[6] == 345 - 300
        # collections are back on plan for one run of two; profitability never cures; the loss stays
        assert second.on == 0b1_0101_1101
        third = deal.run(40_000)
        assert third.on & 0b100 == 0
        assert [deal.waterfall.trigger(place).since for place in (2, 3, 8)] == [3, 1, 2]


class TestNotes:
    def test_freezes_moves_and_recovers(self, lab):
        deal = build(lab, TERMS).sell()
        note, holder, agent = deal.notes[0], deal.holders[0], lab.actor("agent")
        other, found = lab.actor("other"), lab.actor("found")
        deal.run(345)
        note.setFrozen(holder, True, sender=agent)
        with lab.refused("HolderFrozen", holder):
            note.transfer(other, 1, sender=holder)
        with lab.refused("HolderFrozen", holder):
            note.claim(sender=holder)
        note.forceTransfer(holder, other, 20_000, sender=agent)
        deal.run(345)
        assert (note.claimable(holder), note.claimable(other)) == (230 + 230, 115 + 115)
        note.claimMany([holder, other], sender=agent)
        assert (note.claimable(holder), note.claimable(other)) == (460, 0)
        note.recover(holder, found, sender=agent)
        assert (note.balanceOf(holder), note.claimable(holder)) == (0, 0)
        assert (note.balanceOf(found), note.claimable(found), note.isFrozen(found)) == (40_000, 460, True)
        with lab.refused("NothingToRecover", holder):
            note.recover(holder, found, sender=agent)
        note.setFrozen(found, False, sender=agent)
        note.claim(sender=found)
        assert deal.token.balanceOf(found) == 460

    def test_pays_the_others_when_the_asset_refuses_one(self, lab):
        token = lab.deploy("RefusingToken", sender=lab.actor("admin"))
        deal = build(lab, TERMS, token=token).sell()
        note, holder, other = deal.notes[0], deal.holders[0], lab.actor("other")
        note.transfer(other, 30_000, sender=holder)
        deal.run(345)
        token.refuse(holder, True, sender=holder)
        with lab.refused("Refused", holder):
            note.claim(sender=holder)
        note.claimMany([holder, other], sender=other)
        assert (token.balanceOf(other), note.claimable(holder)) == (172, 172)
        assert tuple(note.paidTo(holder)) == (0, 0)
        token.refuse(holder, False, sender=holder)
        note.claim(sender=holder)
        assert (token.balanceOf(holder), tuple(note.paidTo(holder))) == (172, (172, 0))
        deal.check_books()

    def test_refuses_an_asset_that_takes_a_fee(self, lab):
        token = lab.deploy("FeeOnTransferToken", sender=lab.actor("admin"))
        deal = build(lab, TERMS, token=token)
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        with lab.refused("CashArrivedShort", 990, 1_000):
            deal.order(0, 1_000, lab.actor("first"))

    def test_pays_fractions_apart_and_keeps_them(self, lab):
        steps = (step("interest", 0), step("principal", 0))
        deal = build(lab, Terms((Tranche(7, 400 * PERCENT),), steps)).sell()
        note, holder, other = deal.notes[0], deal.holders[0], lab.actor("other")
        note.transfer(other, 4, sender=holder)
        deal.run(4)  # 2 of interest, 2 of principal
        assert tuple(note.claimableApart(holder)) == (0, 0)
        assert tuple(note.claimableApart(other)) == (1, 1)
        deal.run(4)
        due = note.claimableApart(holder)
        note.claim(sender=holder)
        assert tuple(note.paidTo(holder)) == tuple(due)


class TestTerms:
    @pytest.mark.parametrize(
        ("changes", "fault", "place"),
        [
            ({"steps": ()}, 5, 0),
            ({"steps": [step("top up")] * 40 + [step("residual")]}, 5, 41),
            ({"steps": [1 << 120 | step("residual")]}, 6, 0),
            ({"steps": [step("interest", 2)]}, 7, 0),
            ({"steps": [step("pro rata", 0b100)]}, 7, 0),
            ({"steps": [step("fee")]}, 8, 0),
            ({"steps": [step("hurdle")]}, 8, 0),
            ({"steps": [step("draw", lines=1)]}, 8, 0),
            ({"steps": [step("top up", when="while any is on", triggers=1)]}, 9, 0),
            ({"steps": [step("residual"), step("top up")]}, 10, 0),
            ({"steps": [step("residual", when="while none is on")]}, 11, 0),
            ({"steps": [step("to target")]}, 12, 0),
            ({"steps": [step("deficiency")]}, 13, 0),
            ({"steps": [step("fee", share=WAD + 1)], "lines": [Line()]}, 14, 0),
            ({"hurdles": [(2, 0, 0)]}, 15, 0),
            ({"lines": [Line(basis=3, tranche=2)]}, 17, 0),
            ({"lines": [Line(floor=2, cap=1)]}, 4, 0),
            ({"triggers": [("interest missed", 2, 0, 1)]}, 20, 0),
            ({"triggers": [("servicer late", 0, 0, 1)] * 17}, 19, 17),
            ({"reserve": (0, 0, 0, 0b100)}, 22, 4),
            ({"revolves_to": 4}, 23, 4),
            ({"tranches": [Tranche(1, kind=1, rates=[(2, 1)]), Tranche(1)]}, 3, 0),
            ({"tranches": [Tranche(1, kind=1, rates=[(1, 1), (1, 2)]), Tranche(1)]}, 3, 0),
            ({"tranches": [Tranche(1, kind=2, rates=[(0, 2), (0, 1)]), Tranche(1)]}, 4, 0),
        ],
    )
    def test_refuses_a_deal_that_can_not_work(self, lab, changes, fault, place):
        with lab.refused("TermsInvalid", fault, place):
            build(lab, replace(TERMS, **changes))


class TestHugeAmounts:
    def test_accrue_for_ever_and_stop_no_run(self, lab):
        most, rate = 2**112 - 1, 2**64 - 1
        steps = (step("interest", 0), step("fee", share=WAD), step("hurdle", 0), step("split", 0, share=WAD // 2))
        tranche = Tranche(most, rate, count=1, compounds=True)
        lines = [Line(rate, basis=2, carried=True)]
        terms = Terms([tranche], steps, lines=lines, hurdles=[(0, rate, 0)], periods=40, length=365 * DAY)
        deal = build(lab, replace(terms, price=1, gross=most, reserve=(most, most, WAD, 1), plan=most // 40)).sell()
        part = most // 40
        deal.run(part)
        for _ in range(38):
            deal.run(part)
        run = deal.run(part)
        assert deal.tranche(0).interestDue == 2**128 - 1
        assert deal.waterfall.feeLine(0).due < 2**128
        assert deal.waterfall.hurdle(0).balance > 2**127
        assert (run.paid[0], deal.tranche(0).loss) == (part, most)
        holder = deal.holders[0]
        deal.notes[0].claim(sender=holder)
        assert deal.token.balanceOf(holder) == 40 * part - 1  # what did not divide waits, less than a unit

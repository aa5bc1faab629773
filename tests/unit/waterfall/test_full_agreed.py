"""Where contracts and model once answered differently: one small test for each, on chain."""

from dataclasses import replace

import pytest

from tests.utils.full_deal import DAY, ROOT, WAD, Terms, Tranche, build, step

FAST = (step("residual", 1),)
TERMS = Terms((Tranche(60_000), Tranche(40_000)), (step("principal", 0), step("residual", 1)), FAST)
TAPE = (b"\x01" * 32, 7, 25_000)


@pytest.fixture
def manager(lab):
    return lab.actor("manager")


class TestVotes:
    def test_of_a_class_that_is_paid_off_keeps_the_next_one_waiting_no_more(self, lab):
        deal = build(lab, replace(TERMS, window=90 * DAY)).sell()
        senior, junior = deal.holders
        deal.vote.call(sender=senior)
        with lab.refused("VoteOpen", number=1):
            deal.vote.call(sender=senior)
        deal.run(60_000)
        with lab.refused("NotSenior", 0):
            deal.vote.vote(sender=senior)
        deal.vote.call(sender=junior)
        lab.wait(1)
        deal.vote.vote(sender=junior)
        assert deal.waterfall.phase() == 3

    def test_is_not_called_again_once_it_has_passed(self, lab):
        deal = build(lab, TERMS).sell()
        senior = deal.holders[0]
        deal.vote.call(sender=senior)
        lab.wait(1)
        deal.vote.vote(sender=senior)
        with lab.refused("NothingToVoteOn"):
            deal.vote.call(sender=senior)
        with lab.refused("NoVoteOpen"):
            deal.vote.vote(sender=senior)

    def test_is_never_used_up_by_one_holder_of_one_unit(self, lab):
        """There were 255 votes in a deal once, and whoever held a unit could call them all."""
        deal = build(lab, replace(TERMS, window=2)).sell()
        senior, nuisance = deal.holders[0], lab.actor("holder of a unit")
        deal.notes[0].transfer(nuisance, 1, sender=senior)
        for number in range(1, 300):
            assert deal.vote.call(sender=nuisance).return_value == number
            lab.wait(2)
        deal.vote.call(sender=senior)
        lab.wait(1)
        deal.vote.vote(sender=senior)
        assert deal.waterfall.phase() == 3

    def test_is_not_called_before_closing_nor_in_a_deal_without_a_second_list_nor_after_the_end(self, lab):
        with lab.refused("NothingToVoteOn"):
            build(lab, TERMS).vote.call(sender=lab.actor("holder 0"))
        deal = build(lab, replace(TERMS, accelerated=())).sell()
        with lab.refused("NothingToVoteOn"):
            deal.vote.call(sender=deal.holders[0])
        deal = build(lab, TERMS).sell()
        deal.run(1, written_off=130_000)
        deal.run(0, last=1)
        with lab.refused("NothingToVoteOn"):
            deal.vote.call(sender=deal.holders[0])


class TestRevolving:
    def test_due_is_what_the_account_lacks_to_all_principal(self, lab):
        deal = build(lab, replace(TERMS, revolves_to=3, gross=500_000)).sell()
        assert deal.run(90_000).due == (60_000, 30_000)
        second = deal.run(50_000)
        # 60,000 are in the account, 60,000 and 10,000 are outstanding
        assert (second.due, second.paid) == ((10_000, 40_000), (10_000, 40_000))

    def test_buys_nothing_once_the_report_of_the_last_period_is_in(self, lab, manager):
        deal = build(lab, replace(TERMS, revolves_to=1, periods=2)).sell()
        deal.run(20_000)
        deal.report(0)
        with lab.refused("LastReportIsIn", 2):
            deal.pool.buyFurther(TAPE, 1, sender=manager)

    def test_buys_with_what_is_left_of_the_account_after_the_last_revolving_run(self, lab, manager):
        deal = build(lab, replace(TERMS, revolves_to=1)).sell()
        deal.run(20_000)
        deal.pool.buyFurther(TAPE, 5_000, sender=manager)
        assert deal.distributor.creditOf(lab.actor("seller")) == 105_000
        assert deal.run(0).cash == 15_000


class TestCorrections:
    def test_of_no_period_are_refused(self, lab):
        deal = build(lab, TERMS).sell()
        with lab.refused("CorrectionDoesNotAddUp"):
            deal.report(0, correction=(0, bytes(32), 0, 0, 0, -1))
        with lab.refused("CorrectionDoesNotAddUp"):
            deal.report(0, correction=(0, ROOT, 0, 0, 0, 0))


class TestTerms:
    def test_refuse_a_hurdle_step_of_another_tranche(self, lab):
        terms = replace(TERMS, steps=(step("hurdle", 0, lines=0),), hurdles=[(1, WAD // 10, 0)])
        with lab.refused("TermsInvalid", 7, 0):
            build(lab, terms)


class TestAsset:
    def test_may_refuse_who_pays_in(self, lab):
        token = lab.deploy("RefusingToken", sender=lab.actor("admin"))
        deal = build(lab, TERMS, token=token)
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        who = lab.actor("first")
        deal.order(0, 10, who)
        token.mint(who, 10, sender=who)
        token.approve(deal.offering, 10, sender=who)
        token.refuse(who, True, sender=who)
        with lab.refused("Refused", who):
            deal.offering.order(0, 10, sender=who)
        lab.wait(DAY)
        assert deal.offering.ordered(0) == 10


class TestOrders:
    def test_far_above_all_limits_are_refused_by_name(self, lab):
        deal = build(lab, TERMS)
        deal.offering.open(deal.waterfall, sender=lab.actor("arranger"))
        deal.order(0, 10, lab.actor("first"))
        with lab.refused("AboveLimit", 2**256 - 1, 2**112 - 11):
            deal.offering.order(0, 2**256 - 1, sender=lab.actor("first"))

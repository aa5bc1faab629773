"""Disputes: a report is challenged with a bond, and decided by the resolver, by others, or by nobody."""

import pytest

from salvor.model.oracle import OnFailure, Policy, Reason, Status
from salvor.model.oracle_signed import Outcome, Standing
from tests.utils.oracle import (
    BOND,
    DAY,
    DECIDE_WITHIN,
    HOUR,
    KEY,
    LAPSE_COST,
    NO_ADDRESS,
    TOLERANCE,
    WAD,
    WINDOW,
    plain,
)


@pytest.fixture
def challenger(stage):
    who = stage.lab.actor("challenger")
    stage.asset.mint(who, 10 * BOND, sender=who)
    stage.asset.approve(stage.disputes, 10 * BOND, sender=who)
    return who


@pytest.fixture
def signer(stage):
    return stage.signers[0]


@pytest.fixture
def reported(stage, signer):
    """Three signers of a key with a quorum of two; the first is far off."""
    sources = tuple(stage.signer_source(each, max_age=30 * DAY) for each in stage.signers)
    stage.set_policy(Policy(sources, 2, max_deviation=WAD // 2))
    stage.report(signer, 140 * WAD)
    stage.report(stage.signers[1], 100 * WAD)
    stage.report(stage.signers[2], 101 * WAD)
    return signer


@pytest.fixture
def open_one(stage, reported, challenger):
    """A dispute about it."""
    stage.challenge(reported, 1, challenger)
    return reported


def standing(stage, signer):
    return Standing(stage.reports.landed(signer, KEY).standing)


def test_a_challenge_costs_the_bond_and_the_value_counts_no_more(stage, reported, challenger):
    assert stage.hub.read(KEY).value == 101 * WAD
    landed = stage.lab.now
    stage.lab.wait(1)
    receipt = stage.challenge(reported, 1, challenger)
    assert receipt.return_value == 1
    assert stage.hub.read(KEY).value == 201 * WAD // 2
    assert stage.hub.answers(KEY)[0].reason == Reason.DISPUTED
    until = stage.lab.now + DECIDE_WITHIN
    expected = (reported.address, KEY, 1, 140 * WAD, landed, until, challenger.address, Outcome.OPEN, landed)
    assert plain(stage.disputes.dispute(1)) == expected
    assert stage.asset.balanceOf(stage.disputes) == stage.disputes.held() == BOND


class TestChallenge:
    def test_is_taken_up_to_the_window_s_last_second(self, stage, reported, challenger):
        landed = stage.lab.now
        stage.lab.wait(WINDOW)
        stage.challenge(reported, 1, challenger)
        stage.lab.wait(1)
        with stage.lab.refused("WindowOver", landed + WINDOW + 1, landed + WINDOW):
            stage.challenge(stage.signers[1], 1, challenger)

    def test_counts_from_the_landing_not_from_the_observation(self, stage, signer, challenger):
        """Else what lands late could never be challenged."""
        stage.report(signer, 5, at=stage.lab.now - 2 * WINDOW)
        stage.challenge(signer, 1, challenger)

    def test_refuses_another_report_than_the_last(self, stage, reported, challenger):
        stage.lab.wait(1)
        stage.report(reported, 120 * WAD)
        with stage.lab.refused("NotTheReport", reported, KEY, 1, 2):
            stage.challenge(reported, 1, challenger)

    def test_refuses_nonce_zero_where_nothing_landed(self, stage, signer, challenger):
        with stage.lab.refused("NotTheReport", signer, KEY, 0, 0):
            stage.challenge(signer, 0, challenger)

    def test_refuses_a_second_one(self, stage, open_one, challenger):
        with stage.lab.refused("ChallengedBefore", open_one, KEY, 1):
            stage.challenge(open_one, 1, challenger)

    def test_refuses_who_does_not_pay(self, stage, reported, outsider):
        with stage.lab.refused("ERC20InsufficientAllowance", stage.disputes, 0, BOND):
            stage.challenge(reported, 1, outsider)
        assert standing(stage, reported) is Standing.PLAIN

    def test_a_later_report_counts_until_it_is_challenged_itself(self, stage, open_one, challenger):
        stage.lab.wait(1)
        stage.report(open_one, 99 * WAD)
        assert stage.hub.read(KEY).value == 100 * WAD
        stage.challenge(open_one, 2, challenger)
        assert stage.hub.answers(KEY)[0].reason == Reason.DISPUTED


class TestResolve:
    def test_wrong_strikes_the_report_and_gives_the_bond_back(self, stage, open_one, challenger):
        receipt = stage.disputes.resolve(1, True, sender=stage.resolver)
        told = next(event for event in receipt.events if event.name == "Decided")
        assert plain(tuple(told.values.values())) == (1, Outcome.UPHELD, 0, 0)
        assert standing(stage, open_one) is Standing.STRUCK
        assert stage.hub.answers(KEY)[0].reason == Reason.DISPUTED
        before = stage.asset.balanceOf(challenger)
        stage.disputes.payCredit(challenger, sender=stage.outsider)
        assert stage.asset.balanceOf(challenger) == before + BOND
        assert stage.disputes.held() == stage.asset.balanceOf(stage.disputes) == 0

    def test_right_forfeits_the_bond_and_the_report_counts(self, stage, open_one, challenger):
        stage.disputes.resolve(1, False, sender=stage.resolver)
        assert standing(stage, open_one) is Standing.CONFIRMED
        assert stage.hub.read(KEY).value == 101 * WAD
        assert (stage.disputes.credit(stage.treasury), stage.disputes.credit(challenger)) == (BOND, 0)
        with stage.lab.refused("ChallengedBefore", open_one, KEY, 1):
            stage.challenge(open_one, 1, challenger)

    def test_refuses_a_second_decision(self, stage, open_one):
        stage.disputes.resolve(1, False, sender=stage.resolver)
        with stage.lab.refused("NotOpen", 1, Outcome.REJECTED):
            stage.disputes.resolve(1, True, sender=stage.resolver)

    def test_refuses_a_number_that_is_none(self, stage, open_one):
        with stage.lab.refused("NotOpen", 2, Outcome.NONE):
            stage.disputes.resolve(2, True, sender=stage.resolver)

    def test_refuses_one_second_too_late(self, stage, open_one):
        until = stage.lab.now + DECIDE_WITHIN
        stage.lab.wait(DECIDE_WITHIN + 1)
        with stage.lab.refused("TooLateToDecide", until + 1, until):
            stage.disputes.resolve(1, True, sender=stage.resolver)

    def test_is_in_time_in_the_last_second(self, stage, open_one):
        stage.lab.wait(DECIDE_WITHIN)
        stage.disputes.resolve(1, True, sender=stage.resolver)
        assert stage.disputes.dispute(1).outcome == Outcome.UPHELD

    def test_leaves_a_newer_report_alone(self, stage, open_one, challenger):
        stage.lab.wait(1)
        stage.report(open_one, 99 * WAD)
        stage.disputes.resolve(1, True, sender=stage.resolver)
        assert standing(stage, open_one) is Standing.PLAIN
        assert stage.disputes.credit(challenger) == BOND


class TestSettle:
    def later(self, stage, *values):
        stage.lab.wait(1)
        for signer, value in zip(stage.signers[1:], values, strict=True):
            stage.report(signer, value)

    def test_wrong_where_later_values_of_others_are_far_off(self, stage, open_one, challenger):
        self.later(stage, 100 * WAD, 102 * WAD)
        receipt = stage.disputes.settle(1, sender=stage.outsider)
        told = next(event for event in receipt.events if event.name == "Decided")
        assert (told.outcome, told.truth, told.forfeited) == (Outcome.UPHELD, 101 * WAD, 0)

    @pytest.mark.parametrize(("beside", "outcome"), [(0, Outcome.REJECTED), (1, Outcome.UPHELD)])
    def test_the_tolerance_itself_is_right(self, stage, challenger, beside, outcome):
        sources = tuple(stage.signer_source(each, max_age=30 * DAY) for each in stage.signers)
        stage.set_policy(Policy(sources, 2))
        signer = stage.signers[0]
        stage.report(signer, 100 * WAD + 100 * TOLERANCE + beside)
        stage.challenge(signer, 1, challenger)
        self.later(stage, 100 * WAD, 100 * WAD)
        stage.disputes.settle(1, sender=stage.outsider)
        assert stage.disputes.dispute(1).outcome == outcome

    def test_refuses_values_that_are_not_later(self, stage, open_one):
        reported = stage.lab.now
        with stage.lab.refused("NoLaterQuorum", 2, 2, reported, reported):
            stage.disputes.settle(1, sender=stage.outsider)

    def test_refuses_where_one_of_them_is_not_later(self, stage, open_one):
        reported = stage.lab.now
        stage.lab.wait(1)
        stage.report(stage.signers[1], 100 * WAD)
        with stage.lab.refused("NoLaterQuorum", 2, 2, reported, reported):
            stage.disputes.settle(1, sender=stage.outsider)

    def test_refuses_without_a_quorum_of_others(self, stage, open_one):
        stage.reports.removeSigner(stage.signers[2], sender=stage.keeper)
        stage.lab.wait(1)
        stage.report(stage.signers[1], 100 * WAD)
        with stage.lab.refused("NoLaterQuorum", 1, 2, 0, stage.lab.now - 1):
            stage.disputes.settle(1, sender=stage.outsider)

    def test_the_signer_s_own_later_report_decides_nothing(self, stage, open_one):
        """It is not independent."""
        stage.reports.removeSigner(stage.signers[2], sender=stage.keeper)
        stage.lab.wait(1)
        stage.report(stage.signers[1], 140 * WAD)
        stage.report(open_one, 140 * WAD)
        assert stage.hub.read(KEY).status == Status.GOOD
        with stage.lab.refused("NoLaterQuorum", 1, 2, 0, stage.lab.now - 1):
            stage.disputes.settle(1, sender=stage.outsider)


class TestLapse:
    def test_keeps_the_lapse_cost_rounded_up_and_the_report_counts(self, stage, open_one, challenger):
        """Without it a challenge cost nothing where the resolver is too slow."""
        stage.lab.wait(DECIDE_WITHIN + 1)
        receipt = stage.disputes.lapse(1, sender=stage.outsider)
        assert standing(stage, open_one) is Standing.CONFIRMED
        cost = -(-BOND * LAPSE_COST // WAD)
        assert cost == 334
        owed = stage.disputes.credit(stage.treasury), stage.disputes.credit(challenger)
        assert owed == (cost, BOND - cost)
        told = next(event for event in receipt.events if event.name == "Decided")
        assert (told.outcome, told.truth, told.forfeited) == (Outcome.LAPSED, 0, cost)

    def test_refuses_while_it_can_be_decided(self, stage, open_one):
        until = stage.lab.now + DECIDE_WITHIN
        stage.lab.wait(DECIDE_WITHIN)
        with stage.lab.refused("TooEarlyToLapse", until, until):
            stage.disputes.lapse(1, sender=stage.outsider)


class TestWhatTheHubKept:
    """A report that was wrong may have had a part in it: what is held must not go on from there."""

    @pytest.fixture
    def held(self, stage, reported):
        """Held lower for a month, at most 10 % a day, and poked while the wrong report stands."""
        sources = tuple(stage.signer_source(each, max_age=30 * DAY) for each in stage.signers)
        paced = {"max_change": WAD // 10, "change_window": DAY}
        paced |= {"on_failure": OnFailure.HOLD_LOWER, "hold_at_most": 30 * DAY}
        stage.set_policy(Policy(sources, 2, max_deviation=WAD // 2, **paced))
        return sources

    def poke(self, stage):
        stage.hub.poke(KEY, sender=stage.outsider)
        return stage.lab.now

    def kept(self, stage):
        return plain(stage.hub.kept(KEY))

    def strike(self, stage, number=1):
        return stage.disputes.resolve(number, True, sender=stage.resolver)

    def test_is_forgotten_with_a_report_that_is_struck(self, stage, held, reported, challenger):
        self.poke(stage)
        stage.challenge(reported, 1, challenger)
        for signer in stage.signers[1:]:
            stage.reports.removeSigner(signer, sender=stage.keeper)
        assert stage.hub.peek(KEY).status == Status.HELD
        receipt = self.strike(stage)
        assert self.kept(stage) == (0, 0, 0, 0, 0)
        told = next(event for event in receipt.events if event.name == "ForgottenWith")
        assert (told.key, plain(told.left)) == (KEY, (0, 0, 0, 0, 0))
        assert stage.hub.peek(KEY).status == Status.REFUSED

    def test_is_forgotten_too_where_a_newer_report_stands(self, stage, held, reported, challenger):
        self.poke(stage)
        stage.challenge(reported, 1, challenger)
        stage.lab.wait(1)
        stage.report(reported, 100 * WAD)
        self.strike(stage)
        assert self.kept(stage) == (0, 0, 0, 0, 0)

    def test_stays_where_it_was_made_after_the_challenge(self, stage, held, reported, challenger):
        """The anchor is from before, so the value that was made without the report takes its place."""
        self.poke(stage)
        stage.challenge(reported, 1, challenger)
        stage.lab.wait(HOUR)
        at, now = stage.reports.landed(stage.signers[1], KEY).at, self.poke(stage)
        assert self.kept(stage)[3] == 101 * WAD
        self.strike(stage)
        value = 201 * WAD // 2
        assert self.kept(stage) == (value, at, now, value, now)

    def test_leaves_an_anchor_from_before_the_report(self, stage, held, reported, challenger):
        anchored = self.poke(stage)
        stage.lab.wait(HOUR)
        stage.report(reported, 104 * WAD)
        self.poke(stage)
        stage.challenge(reported, 2, challenger)
        self.strike(stage)
        assert self.kept(stage) == (0, 0, 0, 101 * WAD, anchored)

    def test_stays_where_it_was_made_before_the_report(self, stage, held, reported, challenger):
        self.poke(stage)
        before = self.kept(stage)
        stage.lab.wait(1)
        stage.report(reported, 104 * WAD)
        stage.challenge(reported, 2, challenger)
        receipt = self.strike(stage)
        assert self.kept(stage) == before
        assert "ForgottenWith" not in [event.name for event in receipt.events]

    def test_stays_when_the_report_was_right_or_nobody_decided(self, stage, held, reported, challenger):
        self.poke(stage)
        before = self.kept(stage)
        stage.challenge(reported, 1, challenger)
        stage.disputes.resolve(1, False, sender=stage.resolver)
        assert self.kept(stage) == before
        stage.challenge(stage.signers[1], 1, challenger)
        stage.lab.wait(DECIDE_WITHIN + 1)
        stage.disputes.lapse(2, sender=stage.outsider)
        assert self.kept(stage) == before

    def test_of_a_key_without_a_policy_holds_up_no_decision(self, stage, held, reported, challenger):
        stage.challenge(reported, 1, challenger)
        stage.hub.dropPolicy(KEY, sender=stage.keeper)
        self.strike(stage)
        assert stage.disputes.dispute(1).outcome == Outcome.UPHELD


class TestPayCredit:
    def test_refuses_who_has_none(self, stage, outsider):
        with stage.lab.refused("NothingToPay", outsider):
            stage.disputes.payCredit(outsider, sender=outsider)


@pytest.mark.parametrize(
    "terms",
    [(0, [1, 1], [0, 0]), (1, [0, 1], [0, 0]), (1, [1, 0], [0, 0]), (1, [1, 1], [WAD, 0]), (1, [1, 1], [0, WAD + 1])],
)
def test_refuses_terms_that_make_no_sense(stage, terms):
    bond, windows, shares = terms
    with stage.lab.refused("TermsUnusable", bond, *windows, *shares):
        places = (stage.access, stage.hub, stage.reports, stage.asset)
        stage.lab.deploy("Disputes", *places, bond, windows, shares, stage.treasury, sender=stage.keeper)


def test_says_what_it_was_deployed_with(stage):
    own = stage.disputes
    assert (own.bond(), own.window(), own.decideWithin(), own.tolerance()) == (BOND, WINDOW, DECIDE_WITHIN, TOLERANCE)
    assert own.lapseCost() == LAPSE_COST
    places = (own.hub(), own.reports(), own.asset(), own.forfeitsTo())
    assert places == tuple(each.address for each in (stage.hub, stage.reports, stage.asset, stage.treasury))


def test_refuses_nobody_for_forfeited_bonds(stage):
    with stage.lab.refused("NobodyToForfeitTo"):
        places = (stage.access, stage.hub, stage.reports, stage.asset)
        stage.lab.deploy("Disputes", *places, BOND, [1, 1], [0, 0], NO_ADDRESS, sender=stage.keeper)

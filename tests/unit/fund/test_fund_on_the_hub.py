"""A fund whose value source is a value of the deal's own hub: two signers say what the loans are worth."""

from functools import partial

import pytest

from salvor.model.oracle import Failure, Status
from salvor.model.oracle_readers import pool_value
from tests.property.evergreen_mirror import EvergreenMirror
from tests.property.evergreen_stage import evergreen, set_stage, small_deal
from tests.utils.gates import SENIOR, Gates, refused
from tests.utils.read_values import AUDITOR, DAY, VALUER, WAD, Values, read_terms

UNIT = 100  # the settlement asset has two decimals


@pytest.fixture
def terms():
    return read_terms("POOL/pool", fund_reads="POOL/pool")


@pytest.fixture
def played(lab, terms):
    rules = small_deal(lab.now + 10 * DAY, evergreen(source=True))
    return Gates(EvergreenMirror(set_stage(lab, rules, oracle=terms)))


@pytest.fixture
def values(played, terms):
    """Chain and model ask the same hub."""
    values = Values(played.lab, played.live, terms)
    played.fund.look = lambda now: pool_value(values.read(now), UNIT, played.deal.pool)
    return values


def no_quorum(values, counted):
    return "NotGoodEnough", (values.key, Status.REFUSED, Failure.NO_QUORUM, counted, 2)


def test_the_fund_was_given_the_hub_s_reader(played, values):
    source = played.live.fund.terms().changeable.source
    assert source == played.live.oracle.pool_value.address
    own = played.live.oracle.pool_value
    assert (own.hub(), own.key(), own.pool()) == (played.live.oracle.hub.address, values.key, played.live.pool.address)


def test_signed_reports_move_the_price_at_settlement(played, values):
    played.leave(played.senior, SENIOR, 1_000)
    played.end_period()
    loans, nav = planned = tuple(played.live.fund.value())
    values.say(940 * WAD)
    assert tuple(played.live.fund.value()) == planned  # until it is settled
    done = played.settle()
    assert (done.loans, done.nav) == (94_000, nav - loans + 94_000)
    assert played.live.fund.mark().value == 94_000


def test_of_two_signers_it_is_the_middle(played, values):
    played.end_period()
    values.say(940 * WAD, VALUER)
    values.say(950 * WAD + WAD // 50, AUDITOR)
    assert played.settle().loans == 94_501


class TestTheEpochWaits:
    def test_for_a_report_at_all(self, played, values):
        played.end_period()
        assert refused(played.settle()) == no_quorum(values, 0)

    def test_while_the_reports_are_stale(self, played, values):
        played.end_period()
        values.say(940 * WAD)
        played.lab.now += 5 * DAY + 1
        assert refused(played.settle()) == no_quorum(values, 0)
        values.say(930 * WAD)
        assert played.settle().loans == 93_000

    def test_while_a_report_is_disputed(self, played, values):
        played.end_period()
        values.say(940 * WAD)
        values.challenge(VALUER)
        assert refused(played.settle()) == no_quorum(values, 1)
        played.lab.now += 1
        values.say(920 * WAD, VALUER)
        assert played.settle().loans == 93_000

    def test_while_the_reports_are_of_before_the_period_s_end(self, played, values):
        played.lab.now = played.deal.terms.end(1) - DAY
        values.say(940 * WAD)
        seen = played.lab.now
        played.end_period()
        assert refused(played.settle()) == ("ValueNotUsable", (0, seen))

    def test_and_is_settled_in_the_last_second_in_which_they_are_fresh(self, played, values):
        played.end_period()
        values.say(940 * WAD)
        played.lab.now += 5 * DAY
        assert played.settle().loans == 94_000


def test_an_epoch_that_waited_keeps_its_requests(played, values):
    played.enter(played.newcomer, SENIOR, 1_000)
    played.end_period()
    assert refused(played.settle())[0] == "NotGoodEnough"
    assert played.position(played.newcomer, SENIOR).entry == 1_000
    values.say(940 * WAD)
    assert played.settle().epoch == 1


def test_the_reader_says_of_each_time_what_the_model_says(played, values):
    reader = partial(played.live.oracle.pool_value.latest, played.live.pool)
    for period in range(1, 4):
        played.end_period()
        values.say((940 + period) * WAD + WAD // 3)
        said = pool_value(values.read(played.lab.now), UNIT, played.deal.pool)
        assert tuple(reader()) == (said.value, said.period, said.at) == (94_033 + 100 * period, period, played.lab.now)
        if period < 3:
            played.settle()

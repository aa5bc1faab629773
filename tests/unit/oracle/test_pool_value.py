"""PoolValue and BaseRate: what a fund and an index record read of the hub."""

import pytest

from salvor.model.oracle import Failure, OnFailure, Policy, Reading, Status
from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_readers import base_rate
from salvor.model.refusal import Refused
from tests.utils.full_deal import Line, Terms, Tranche, build, step
from tests.utils.oracle import DAY, HOUR, WAD, set_stage

POOL = key_of(Kind.POOL, "pool")
EURIBOR = key_of(Kind.RATE, "EURIBOR3M")
GROWTH = key_of(Kind.GROWTH, "EURIBOR3M")


@pytest.fixture
def deal(lab):
    """A sold deal of twelve periods; the settlement asset has 2 decimals."""
    terms = Terms((Tranche(1_000),), (step("split", 0),), lines=[Line()], periods=12)
    return build(lab, terms).sell()


@pytest.fixture
def stage(deal, lab):
    return set_stage(lab)


def said(stage, key, value, **changes):
    """A source of the key that says this now."""
    adapter = stage.play()
    adapter.answer(0, value, 0, stage.lab.now)
    source = stage.played_source(adapter, max_age=2_000 * DAY)
    stage.set_policy(Policy((source,), 1, **{"lowest": 0} | changes), key)
    return adapter


class TestPoolValue:
    @pytest.fixture
    def value(self, stage, deal):
        return stage.lab.deploy("PoolValue", stage.hub, POOL, deal.pool, sender=stage.keeper)

    def test_is_in_settlement_units_with_the_period_that_it_knows_of(self, stage, deal, value):
        deal.run(100)
        said(stage, POOL, 1_234 * WAD + WAD * 999 // 1_000)
        assert tuple(value.latest(deal.pool)) == (123_499, 1, stage.lab.now)

    def test_before_the_first_report_it_knows_of_none(self, stage, deal, value):
        said(stage, POOL, WAD)
        assert value.latest(deal.pool).period == 0

    def test_from_before_a_period_s_end_it_knows_of_the_one_before(self, stage, deal, value):
        deal.run(100)
        said(stage, POOL, WAD)
        seen = stage.lab.now
        deal.run(100)
        deal.run(100)
        assert tuple(value.latest(deal.pool)) == (100, 1, seen)

    def test_refuses_another_pool(self, stage, deal, value):
        said(stage, POOL, WAD)
        with stage.lab.refused("AnotherPool", stage.hub, deal.pool):
            value.latest(stage.hub)

    def test_takes_no_held_value(self, stage, deal, value):
        adapter = said(stage, POOL, WAD, on_failure=OnFailure.HOLD_LOWER, hold_at_most=DAY)
        stage.hub.poke(POOL, sender=stage.outsider)
        adapter.answer(0, 2**128, 0, stage.lab.now)
        assert stage.hub.read(POOL).value == WAD
        with stage.lab.refused("NotGoodEnough", POOL, Status.HELD, Failure.NO_QUORUM, 0, 1):
            value.latest(deal.pool)

    def test_says_what_it_reads(self, stage, deal, value):
        assert (value.hub(), value.key(), value.pool(), value.unit()) == (
            stage.hub.address,
            POOL,
            deal.pool.address,
            100,
        )


class TestBaseRate:
    @pytest.fixture
    def rate(self, stage):
        return stage.lab.deploy("BaseRate", stage.hub, EURIBOR, HOUR, False, sender=stage.keeper)

    def test_is_of_the_time_that_is_asked_and_an_hour_after(self, stage, rate):
        said(stage, EURIBOR, 2 * WAD // 100)
        now = stage.lab.now
        assert rate.indexAt(now) == rate.indexAt(now - HOUR) == 2 * WAD // 100

    @pytest.mark.parametrize("beside", [-HOUR - 1, 1])
    def test_refuses_another_time(self, stage, rate, beside):
        said(stage, EURIBOR, 2 * WAD // 100)
        now = stage.lab.now
        with stage.lab.refused("NotOfThatTime", now + beside, now, HOUR):
            rate.indexAt(now + beside)

    def test_of_zero_is_a_rate(self, stage, rate):
        said(stage, EURIBOR, 0)
        assert rate.indexAt(stage.lab.now) == 0

    def test_refuses_what_does_not_fit(self, stage, rate):
        said(stage, EURIBOR, 2**63)
        with stage.lab.refused("RateTooLarge", 2**63, 2**63 - 1):
            rate.indexAt(stage.lab.now)

    def test_says_what_it_reads(self, stage, rate):
        assert (rate.hub(), rate.key(), rate.within()) == (stage.hub.address, EURIBOR, HOUR)
        assert not rate.isGrowth()


class TestBaseRateOfGrowth:
    """Three months' EURIBOR was below 0 from 2015 to 2022."""

    @pytest.fixture
    def rate(self, stage):
        return stage.lab.deploy("BaseRate", stage.hub, GROWTH, HOUR, True, sender=stage.keeper)

    @pytest.mark.parametrize(
        ("growth", "index"),
        [
            (993_950_000_000_000_000, -6_050_000_000_000_000),
            (WAD, 0),
            (WAD + WAD // 50, WAD // 50),
            (0, -WAD),
            (2**63 - 1 + WAD, 2**63 - 1),
        ],
    )
    def test_is_what_is_above_or_below_one(self, stage, rate, growth, index):
        said(stage, GROWTH, growth)
        now = stage.lab.now
        assert rate.indexAt(now) == base_rate(Reading(growth, at=now), now, HOUR, growth=True) == index
        assert rate.isGrowth()

    def test_refuses_what_does_not_fit(self, stage, rate):
        said(stage, GROWTH, 2**63 + WAD)
        with stage.lab.refused("RateTooLarge", 2**63 + WAD, 2**63 - 1 + WAD):
            rate.indexAt(stage.lab.now)
        with pytest.raises(Refused, match="RateTooLarge"):
            base_rate(Reading(2**63 + WAD, at=stage.lab.now), stage.lab.now, HOUR, growth=True)

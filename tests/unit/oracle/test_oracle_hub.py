"""OracleHub: policies, poking, reading; played sources answer what the test says."""

import pytest

from salvor.model.oracle import Answer, Failure, Hub, OnFailure, Policy, Reading, Reason, Source, Status, judge
from tests.utils.oracle import DAY, HOUR, KEY, OTHER_KEY, WAD, Manner, plain


@pytest.fixture
def played(stage):
    """Five played adapters that answer 100, 101, 102, 103, 104."""
    adapters = [stage.play() for _ in range(5)]
    for number, adapter in enumerate(adapters):
        adapter.answer(0, (100 + number) * WAD, 0, stage.lab.now)
    return adapters


def policy_of(stage, played, **changes):
    sources = tuple(stage.played_source(each) for each in played)
    return Policy(**{"sources": sources, "quorum": 3, "max_deviation": WAD // 10} | changes)


@pytest.fixture
def good(stage, played):
    """A policy over them, set."""
    stage.set_policy(policy_of(stage, played))
    return played


def named(receipt, name):
    return [event for event in receipt.events if event.name == name]


class TestSetPolicy:
    def test_keeps_what_was_given(self, stage, played):
        policy = policy_of(
            stage,
            played,
            max_change=7,
            change_window=8,
            lowest=9,
            highest=2**128 - 1,
            on_failure=OnFailure.HOLD_HIGHER,
            haircut=2**64 - 1,
            haircut_growth=5,
            hold_at_most=2**32 - 1,
        )
        receipt = stage.set_policy(policy)
        assert plain(stage.hub.policyOf(KEY)) == plain(policy.words)
        assert plain(named(receipt, "PolicySet")[0].policy) == plain(policy.words)
        assert stage.hub.hasPolicy(KEY)
        assert not stage.hub.hasPolicy(OTHER_KEY)

    def test_keeps_configs_of_any_length(self, stage, played):
        configs = (b"", b"a", bytes(31), bytes(32), bytes(range(33)))
        sources = tuple(Source(each.address, c, 1) for each, c in zip(played, configs, strict=True))
        stage.set_policy(Policy(sources, 1))
        assert [source.config for source in stage.hub.policyOf(KEY).sources] == list(configs)

    def test_again_forgets_what_was_kept(self, stage, good):
        stage.hub.poke(KEY, sender=stage.outsider)
        assert plain(stage.hub.kept(KEY))[0] == 102 * WAD
        stage.set_policy(policy_of(stage, good, quorum=2))
        assert plain(stage.hub.kept(KEY)) == (0, 0, 0, 0, 0)
        assert stage.hub.policyOf(KEY).quorum == 2

    @pytest.mark.parametrize(
        ("changes", "error", "values"),
        [
            ({"sources": ()}, "SourceCount", (0, 15)),
            ({"quorum": 0}, "QuorumImpossible", (0, 5)),
            ({"quorum": 6}, "QuorumImpossible", (6, 5)),
            ({"lowest": 5, "highest": 5}, "BoundsEmpty", (5, 5)),
            (
                {"on_failure": OnFailure.HOLD_LOWER, "haircut": WAD // 2, "haircut_growth": WAD // 4}
                | {"hold_at_most": 2 * DAY},
                "HaircutTooLarge",
                (WAD, WAD),
            ),
        ],
    )
    def test_refuses_a_policy_that_cannot_work(self, stage, played, changes, error, values):
        with stage.lab.refused(error, *values):
            stage.set_policy(policy_of(stage, played, **changes))

    def test_takes_a_haircut_that_stays_below_all(self, stage, played):
        changes = {"on_failure": OnFailure.HOLD_LOWER, "haircut": WAD // 2, "haircut_growth": WAD // 4}
        stage.set_policy(policy_of(stage, played, **changes, hold_at_most=2 * DAY - 1))

    def test_refuses_sixteen_sources(self, stage, played):
        sources = tuple(Source(played[0].address, bytes([number]), 1) for number in range(16))
        with stage.lab.refused("SourceCount", 16, 15):
            stage.set_policy(Policy(sources, 1))
        stage.set_policy(Policy(sources[:15], 1))

    def test_refuses_one_source_twice(self, stage, played):
        sources = [stage.played_source(each) for each in (*played[:3], played[1])]
        sources[3] = Source(sources[3].adapter, b"", 77, 50_000)  # another age makes no other source of it
        with stage.lab.refused("SourceTwice", 1, 3):
            stage.set_policy(Policy(tuple(sources), 1))

    @pytest.mark.parametrize("gas", [19_999, 500_001])
    def test_refuses_a_gas_limit_outside(self, stage, played, gas):
        with stage.lab.refused("GasLimitOutside", gas, 20_000, 500_000):
            stage.set_policy(Policy((Source(played[0].address, b"", 1, gas),), 1))

    def test_refuses_an_adapter_without_code(self, stage):
        with stage.lab.refused("NoAdapter", stage.outsider):
            stage.set_policy(Policy((Source(stage.outsider.address, b"", 1),), 1))

    def test_refuses_a_config_that_its_adapter_refuses(self, stage):
        with stage.lab.refused("ConfigUnusable", b"x"):
            stage.set_policy(Policy((Source(stage.chainlink.address, b"x", 1),), 1))

    def test_refuses_a_policy_longer_than_code_may_be(self, stage, played):
        with stage.lab.refused("PolicyTooLong"):
            stage.set_policy(Policy((Source(played[0].address, bytes(24_400), 1),), 1))


class TestDropPolicy:
    def test_leaves_no_value(self, stage, good):
        stage.hub.dropPolicy(KEY, sender=stage.keeper)
        assert plain(stage.hub.peek(KEY)) == Reading(why=Failure.NO_POLICY).words
        with stage.lab.refused("NoSuchPolicy", KEY):
            stage.hub.policyOf(KEY)

    def test_refuses_a_key_that_has_none(self, stage):
        with stage.lab.refused("NoSuchPolicy", KEY):
            stage.hub.dropPolicy(KEY, sender=stage.keeper)


class TestForget:
    def test_leaves_nothing_to_hold(self, stage, played):
        stage.set_policy(policy_of(stage, played, on_failure=OnFailure.HOLD_LOWER, hold_at_most=DAY))
        stage.hub.poke(KEY, sender=stage.outsider)
        stage.lab.wait(HOUR + 1)
        assert stage.hub.peek(KEY).status == Status.HELD
        stage.hub.forget(KEY, sender=stage.keeper)
        assert stage.hub.peek(KEY).status == Status.REFUSED

    def test_refuses_a_key_without_a_policy(self, stage):
        with stage.lab.refused("NoSuchPolicy", KEY):
            stage.hub.forget(KEY, sender=stage.keeper)


class TestStruck:
    """What was kept in these seconds may have been wrong."""

    @pytest.fixture
    def strike(self, stage, played):
        """Values from so many seconds before now."""
        stage.set_policy(policy_of(stage, played))
        access, role = stage.access, stage.access.ORACLE_KEEPER()
        admin = stage.lab.actor("admin")
        access.setTargetFunctionRole(stage.hub, [stage.hub.forgetBetween.selector], role, sender=admin)

        def strike(back):
            stage.hub.forgetBetween(KEY, stage.lab.now - back, stage.lab.now, sender=stage.keeper)

        return strike

    def seconds(self, stage, begin, upto):
        return [second for second in range(upto) if stage.hub.struck(KEY, begin + second)]

    def test_nothing_was_before_somebody_says_so(self, stage, strike):
        begin = stage.lab.now
        assert self.seconds(stage, begin - 5, 10) == []

    def test_is_what_was_said_of_each_span_both_ends_included(self, stage, strike):
        begin = stage.lab.now
        for wait, back in ((2, 1), (4, 1), (4, 2)):
            stage.lab.wait(wait)
            strike(back)
        assert self.seconds(stage, begin, 15) == [1, 2, 5, 6, 8, 9, 10]

    def test_spans_that_meet_are_one(self, stage, strike):
        begin = stage.lab.now
        for wait, back in ((2, 1), (4, 1), (4, 4), (9, 13)):
            stage.lab.wait(wait)
            strike(back)
        assert self.seconds(stage, begin, 25) == [1, 2, *range(5, 20)]

    def test_of_more_than_three_the_two_oldest_are_one(self, stage, strike):
        begin = stage.lab.now
        for _ in range(4):
            stage.lab.wait(4)
            strike(1)
        assert self.seconds(stage, begin, 20) == [*range(3, 9), 11, 12, 15, 16]
        stage.lab.wait(4)
        strike(1)
        assert self.seconds(stage, begin, 24) == [*range(3, 13), 15, 16, 19, 20]

    def test_forgetting_strikes_all_before(self, stage, strike):
        begin = stage.lab.now
        stage.lab.wait(3)
        stage.hub.forget(KEY, sender=stage.keeper)
        stage.lab.wait(3)
        strike(1)
        assert self.seconds(stage, begin, 9) == [0, 1, 2, 3, 5, 6]

    def test_so_does_a_policy_in_the_place_of_another(self, stage, strike, played):
        begin = stage.lab.now
        stage.lab.wait(3)
        stage.set_policy(policy_of(stage, played))
        assert self.seconds(stage, begin, 6) == [0, 1, 2, 3]


class TestRead:
    def test_gives_value_age_quorum_and_confidence(self, stage, good):
        good[0].answer(0, 100 * WAD, WAD // 2, stage.lab.now - 60)
        expected = Reading(102 * WAD, 5 * WAD // 2, stage.lab.now - 60, 60, 5, 3, Status.GOOD)
        for read in (stage.hub.read, stage.hub.readFresh, stage.hub.peek):
            assert plain(read(KEY)) == expected.words

    def test_refuses_below_the_quorum(self, stage, good):
        for adapter in good[:3]:
            adapter.behave(Manner.REFUSE)
        values = (KEY, Status.REFUSED, Failure.NO_QUORUM, 2, 3)
        for read in (stage.hub.read, stage.hub.readFresh):
            with stage.lab.refused("NotGoodEnough", *values):
                read(KEY)
        assert plain(stage.hub.peek(KEY)) == Reading(counted=2, quorum=3, why=Failure.NO_QUORUM).words

    def test_refuses_answers_too_far_apart(self, stage, good):
        for adapter, value in zip(good, (50, 75, 100, 125, 150), strict=True):
            adapter.answer(0, value * WAD, 0, stage.lab.now)
        with stage.lab.refused("NotGoodEnough", KEY, Status.REFUSED, Failure.TOO_FAR_APART, 1, 3):
            stage.hub.read(KEY)

    def test_refuses_a_key_without_a_policy(self, stage):
        with stage.lab.refused("NotGoodEnough", OTHER_KEY, Status.REFUSED, Failure.NO_POLICY, 0, 0):
            stage.hub.read(OTHER_KEY)

    def test_held_is_read_but_not_as_fresh(self, stage, played):
        held = {"on_failure": OnFailure.HOLD_LOWER, "haircut": WAD // 100, "haircut_growth": WAD // 50}
        stage.set_policy(policy_of(stage, played, **held, hold_at_most=10 * DAY))
        stage.hub.poke(KEY, sender=stage.outsider)
        told = stage.lab.now
        stage.lab.wait(5 * DAY)
        reading = stage.hub.read(KEY)
        left = 102 * WAD * 89 // 100
        assert plain(reading) == (left, 102 * WAD - left, told, 5 * DAY, 0, 3, Status.HELD, Failure.NO_QUORUM)
        with stage.lab.refused("NotGoodEnough", KEY, Status.HELD, Failure.NO_QUORUM, 0, 3):
            stage.hub.readFresh(KEY)

    def test_is_held_no_longer_than_the_policy_says(self, stage, played):
        stage.set_policy(policy_of(stage, played, on_failure=OnFailure.HOLD_HIGHER, hold_at_most=10 * DAY))
        stage.hub.poke(KEY, sender=stage.outsider)
        stage.lab.wait(10 * DAY)
        assert stage.hub.read(KEY).status == Status.HELD
        stage.lab.wait(1)
        with stage.lab.refused("NotGoodEnough", KEY, Status.REFUSED, Failure.NO_QUORUM, 0, 3):
            stage.hub.read(KEY)

    def test_a_month_in_one_block_leaves_everything_stale(self, stage, good):
        stage.lab.wait(30 * DAY)
        assert {answer.reason for answer in stage.hub.answers(KEY)} == {Reason.STALE}


class TestPoke:
    def test_keeps_a_good_value_and_tells_it(self, stage, good):
        receipt = stage.hub.poke(KEY, sender=stage.outsider)
        reading = Reading(102 * WAD, 2 * WAD, stage.lab.now, 0, 5, 3, Status.GOOD)
        assert plain(receipt.return_value) == reading.words
        assert [event.name for event in receipt.events] == ["ValueTold"]
        assert plain(receipt.events[0].reading) == reading.words
        assert plain(stage.hub.kept(KEY)) == (102 * WAD, *[stage.lab.now] * 2, 102 * WAD, stage.lab.now)

    def test_tells_each_rejected_source_with_its_reason(self, stage, good):
        now = stage.lab.now
        good[0].behave(Manner.REFUSE)
        good[1].answer(0, 101 * WAD, 0, now - HOUR - 1)
        receipt = stage.hub.poke(KEY, sender=stage.outsider)
        rejected = [(e.source, e.adapter, plain(e.answer)) for e in named(receipt, "SourceRejected")]
        assert rejected == [
            (0, good[0].address, Answer(Reason.UNREACHABLE).words),
            (1, good[1].address, Answer(Reason.STALE, 101 * WAD, 0, now - HOUR - 1).words),
        ]
        assert plain(stage.hub.kept(KEY))[0] == 103 * WAD

    def test_a_failed_value_is_told_and_not_kept(self, stage, good):
        stage.hub.poke(KEY, sender=stage.outsider)
        before = plain(stage.hub.kept(KEY))
        stage.lab.wait(HOUR + 1)
        receipt = stage.hub.poke(KEY, sender=stage.outsider)
        assert [event.name for event in receipt.events] == ["SourceRejected"] * 5 + ["ValueFailed"]
        assert plain(stage.hub.kept(KEY)) == before

    def test_a_key_without_a_policy_is_told_too(self, stage):
        receipt = stage.hub.poke(OTHER_KEY, sender=stage.outsider)
        assert plain(receipt.events[0].reading) == Reading(why=Failure.NO_POLICY).words


class TestChange:
    @pytest.fixture
    def paced(self, stage, played):
        """10 % a day."""
        stage.set_policy(policy_of(stage, played, max_change=WAD // 10, change_window=DAY))
        stage.hub.poke(KEY, sender=stage.outsider)
        return played

    def say(self, stage, played, value):
        for adapter in played:
            adapter.answer(0, value, 0, stage.lab.now)

    def test_within_the_pace_is_good(self, stage, paced):
        self.say(stage, paced, 102 * WAD * 110 // 100)
        assert stage.hub.peek(KEY).status == Status.GOOD

    @pytest.mark.parametrize("value", [102 * WAD * 110 // 100 + 1, 102 * WAD * 90 // 100 - 1])
    def test_one_unit_more_is_too_fast(self, stage, paced, value):
        self.say(stage, paced, value)
        assert plain(stage.hub.peek(KEY)) == Reading(counted=5, quorum=3, why=Failure.TOO_FAST).words

    def test_passes_by_itself_as_time_goes_by(self, stage, paced):
        stage.lab.wait(2 * DAY)
        self.say(stage, paced, 102 * WAD * 120 // 100)
        assert stage.hub.peek(KEY).status == Status.GOOD
        self.say(stage, paced, 102 * WAD * 120 // 100 + 1)
        assert stage.hub.peek(KEY).why == Failure.TOO_FAST

    def test_from_zero_it_moves_freely(self, stage, played):
        """A share of nothing is nothing: a rate that fell to zero would stay there."""
        stage.set_policy(policy_of(stage, played, max_change=WAD // 10, change_window=DAY, lowest=0))
        self.say(stage, played, 0)
        stage.hub.poke(KEY, sender=stage.outsider)
        self.say(stage, played, WAD)
        assert stage.hub.peek(KEY).status == Status.GOOD

    def test_is_counted_from_one_value_until_the_window_is_over(self, stage, paced):
        """Else whoever pokes each second could walk it anywhere, or leave it no room at all."""
        start = stage.hub.kept(KEY).anchoredAt
        stage.lab.wait(DAY - 1)
        self.say(stage, paced, 110 * WAD)
        stage.hub.poke(KEY, sender=stage.outsider)
        assert plain(stage.hub.kept(KEY)) == (110 * WAD, *[stage.lab.now] * 2, 102 * WAD, start)
        stage.lab.wait(1)
        self.say(stage, paced, 111 * WAD)
        stage.hub.poke(KEY, sender=stage.outsider)
        assert plain(stage.hub.kept(KEY)) == (111 * WAD, *[stage.lab.now] * 2, 111 * WAD, stage.lab.now)


class TestPeekWithout:
    def test_leaves_one_source_out(self, stage, good):
        reading = stage.hub.peekWithout(KEY, good[4].address, b"")
        assert (reading.value, reading.counted) == (203 * WAD // 2, 4)

    def test_leaves_nothing_out_where_the_config_is_another(self, stage, good):
        assert stage.hub.peekWithout(KEY, good[4].address, b"x").counted == 5

    def test_of_a_key_without_a_policy(self, stage):
        assert stage.hub.peekWithout(OTHER_KEY, stage.reports, b"").why == Failure.NO_POLICY


class TestGas:
    def test_refuses_to_ask_with_less_than_a_source_may_use(self, stage, good):
        """Else a caller could silence the last sources, and choose the median among the first."""
        probe = stage.lab.deploy("StingyCaller", sender=stage.keeper)
        call = stage.hub.peek.encode(KEY)
        plenty, median = probe.ask(stage.hub, call, 5_000_000)
        assert plenty
        seen = set()
        for gas in range(60_000, 400_000, 3_000):
            done, given = probe.ask(stage.hub, call, gas)
            seen.add(done)
            assert not done or given == median
        assert seen == {True, False}


class TestModel:
    def test_the_hub_of_the_model_refuses_alike(self, stage, played):
        hub, now = Hub(), stage.lab.now
        policy = policy_of(stage, played)
        given = [Answer(value=(100 + number) * WAD, at=now) for number in range(5)]
        hub.set_policy(KEY, policy, now)
        assert judge(policy, given, now)[1] == hub.read(KEY, given, now)
        stage.set_policy(policy)
        assert plain(stage.hub.read(KEY)) == hub.read(KEY, given, now).words

"""Accuracy: what sources said in a period beside what turned out to be true; compared with the model."""

import pytest

from salvor.model.oracle import Answer, Policy, Reason, judge
from salvor.model.oracle_accuracy import Accuracy, Score, source_id
from tests.utils.oracle import KEY, MONTH, OTHER_KEY, WAD, Manner, plain

SAID = (90, 100, 100, 150, 5_000)


def policy_over(stage, adapters):
    sources = tuple(stage.played_source(each, max_age=10 * MONTH) for each in adapters)
    return Policy(sources, 1, max_deviation=WAD // 4)


@pytest.fixture
def played(stage):
    """Five sources of a key: too low, right, silent, too high, absurd."""
    adapters = [stage.play() for _ in SAID]
    for adapter, value in zip(adapters, SAID, strict=True):
        adapter.answer(0, value * WAD, 0, stage.lab.now)
    for key in (KEY, OTHER_KEY):
        stage.set_policy(policy_over(stage, adapters), key)
    adapters[2].behave(Manner.REFUSE)
    return adapters


def ids(played):
    return [source_id(each.address, b"") for each in played]


def scores(stage, played, period=0):
    return [plain(stage.accuracy.score(each, period)) for each in ids(played)]


class TestNote:
    def test_tells_what_each_source_says(self, stage, played):
        receipt = stage.accuracy.note(KEY, sender=stage.outsider)
        noted = receipt.events[0]
        assert [each.reason for each in noted.answers] == [12, 0, 1, 0, 12]
        assert list(noted.sources) == ids(played)
        assert stage.accuracy.idOf(played[0].address, b"") == ids(played)[0]
        assert stage.accuracy.isNoted(KEY, 0)
        assert not stage.accuracy.isNoted(KEY, 1)

    def test_refuses_a_second_note_of_the_period(self, stage, played):
        stage.accuracy.note(KEY, sender=stage.outsider)
        with stage.lab.refused("NotedBefore", KEY, 0):
            stage.accuracy.note(KEY, sender=stage.outsider)
        stage.lab.wait(MONTH)
        stage.accuracy.note(KEY, sender=stage.outsider)

    def test_refuses_a_key_without_a_policy(self, stage):
        with stage.lab.refused("NoSuchPolicy", bytes(32)):
            stage.accuracy.note(bytes(32), sender=stage.outsider)

    def test_periods_begin_at_their_first_second(self, stage):
        start = stage.accuracy.start()
        assert [stage.accuracy.periodAt(start + s) for s in (0, MONTH - 1, MONTH)] == [0, 0, 1]


class TestTellTruth:
    def test_books_the_error_of_each_source_that_answered(self, stage, played):
        stage.accuracy.note(KEY, sender=stage.outsider)
        receipt = stage.accuracy.tellTruth(KEY, 0, 120 * WAD, sender=stage.truth_keeper)
        quarter, sixth = WAD // 4, WAD // 6
        assert scores(stage, played) == [
            (1, quarter, quarter, -quarter),
            (1, sixth, sixth, -sixth),
            (0, 0, 0, 0),
            (1, quarter, quarter, quarter),
            (1, 10 * WAD, 10 * WAD, 10 * WAD),
        ]
        assert [event.name for event in receipt.events] == ["TruthTold"] + ["Scored"] * 4
        assert stage.accuracy.truthOf(KEY, 0) == 120 * WAD

    def test_adds_up_over_keys_and_keeps_periods_apart(self, stage, played):
        model = Accuracy(stage.accuracy.start(), MONTH)
        policy = policy_over(stage, played)
        for period, truths in enumerate(((120, 80), (1, 10**15))):
            given = [Answer(value=value * WAD, at=stage.accuracy.start()) for value in SAID]
            given[2] = Answer(Reason.UNREACHABLE)
            looked = judge(policy, given, stage.lab.now)[0]
            for key, truth in zip((KEY, OTHER_KEY), truths, strict=True):
                stage.accuracy.note(key, sender=stage.outsider)
                model.note(key, ids(played), looked, stage.lab.now)
                stage.accuracy.tellTruth(key, period, truth * WAD, sender=stage.truth_keeper)
                model.tell_truth(key, period, truth * WAD)
            stage.lab.wait(MONTH)
        for period in (0, 1):
            expected = [model.scores[each, period] for each in ids(played)]
            assert scores(stage, played, period) == [(s.count, s.worst, s.errors, s.biases) for s in expected]
        assert model.scores[ids(played)[2], 0] == Score()

    def test_changes_no_value(self, stage, played):
        before = plain(stage.hub.peek(KEY))
        stage.accuracy.note(KEY, sender=stage.outsider)
        stage.accuracy.tellTruth(KEY, 0, 1, sender=stage.truth_keeper)
        assert plain(stage.hub.peek(KEY)) == before

    def test_refuses_a_second_truth(self, stage, played):
        stage.accuracy.note(KEY, sender=stage.outsider)
        stage.accuracy.tellTruth(KEY, 0, 7, sender=stage.truth_keeper)
        with stage.lab.refused("TruthToldBefore", KEY, 0, 7):
            stage.accuracy.tellTruth(KEY, 0, 8, sender=stage.truth_keeper)

    def test_refuses_a_period_in_which_nothing_was_noted(self, stage, played):
        with stage.lab.refused("NothingNoted", KEY, 0):
            stage.accuracy.tellTruth(KEY, 0, 7, sender=stage.truth_keeper)

    def test_refuses_a_truth_of_zero(self, stage, played):
        stage.accuracy.note(KEY, sender=stage.outsider)
        with stage.lab.refused("TruthZero"):
            stage.accuracy.tellTruth(KEY, 0, 0, sender=stage.truth_keeper)


@pytest.mark.parametrize(("later", "length"), [(1, MONTH), (0, 0)])
def test_refuses_periods_that_make_no_sense(stage, later, length):
    start = stage.lab.now + later
    with stage.lab.refused("PeriodsUnusable", start, length):
        stage.lab.deploy("Accuracy", stage.access, stage.hub, start, length, sender=stage.keeper)

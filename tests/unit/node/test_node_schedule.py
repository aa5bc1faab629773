"""Heartbeats: each key is due when its time has come, once, and what was moved is not due at its old time."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.node.backoff import Backoff
from salvor.node.schedule import Schedule

KEYS = [bytes([number]) for number in range(6)]


@given(st.lists(st.tuples(st.sampled_from(KEYS), st.integers(0, 50)), max_size=60), st.integers(0, 50))
def test_it_is_a_dictionary_of_times(moves, now):
    schedule, model = Schedule(), {}
    for key, at in moves:
        schedule.set(key, at)
        model[key] = at
    assert schedule.next() == min(model.values(), default=None)
    taken = schedule.take(now)
    assert sorted(taken) == sorted(key for key, at in model.items() if at <= now)
    assert [model[key] for key in taken] == sorted(model[key] for key in taken)
    assert len(schedule) == len(model) - len(taken)
    assert schedule.take(now) == []


def test_moved_keys_do_not_pile_up():
    schedule = Schedule()
    for turn in range(1_000):
        for key in KEYS:
            schedule.set(key, 1_000 + turn)
    assert len(schedule._heap) <= 64 + 5 * len(KEYS)
    assert schedule.take(1_998) == []
    assert sorted(schedule.take(1_999)) == KEYS


class TestBackoff:
    def waits(self, seed, failures=12):
        backoff = Backoff(2, 60, Random(seed))
        return [backoff.failed(0) for _ in range(failures)]

    def test_it_waits_longer_each_time_up_to_a_bound(self):
        for wait, step in zip(self.waits(1), [2, 4, 8, 16, 32, *[60] * 7], strict=True):
            assert step / 2 <= wait <= step

    def test_a_seed_makes_it_repeatable_and_two_nodes_are_not_in_step(self):
        assert self.waits(1) == self.waits(1) != self.waits(2)

    def test_after_a_success_the_next_failure_is_the_first(self):
        backoff = Backoff(2, 60, Random(1))
        for _ in range(5):
            backoff.failed(100)
        assert not backoff.ready(101)
        backoff.succeeded()
        assert backoff.ready(101)
        assert backoff.failed(200) <= 202

    def test_a_thousand_failures_are_no_overflow(self):
        assert self.waits(1, 1_100)[-1] <= 60


@pytest.mark.parametrize("most", [1, 2])
def test_a_bound_below_the_first_wait_is_the_first_wait(most):
    assert Backoff(2, most, Random(1)).failed(0) <= 2

"""What a wide fixture had put on the chain was gone after the first test (ApeWorX/ape 653, 1546, 2277, 2332).

Elsewhere, contracts of session and module fixtures were reverted away while pytest still had them in its cache; a
session fixture that came late was built upon what a module had done; a second chain's snapshots lingered. Here a
session fixture deploys and module fixtures fund, and each test must find its chain as it finds it when it is run alone.
"""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from salvor.errors import OptionInvalid
from salvor.lab.plugin import refuse_two_isolations

ROOT = Path(__file__).parents[2]
TESTS = 33
SUITES = Path(__file__).with_name("wide_fixtures")
MADE_FROM = ("contracts", "interfaces", "node_modules", ".build", "ape-config.yaml", "package-lock.json")


@pytest.fixture
def suite(tmp_path):
    """A project with these tests; runs pytest there, and returns what it said and what the tests found."""
    for name in MADE_FROM:
        (tmp_path / name).symlink_to(ROOT / name)
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p salvor.lab.plugin -p no:cacheprovider -q\n")
    (tmp_path / "conftest.py").symlink_to(SUITES / "fixtures.py")
    for name in ("first", "second", "broken", "apes_own"):
        (tmp_path / f"test_{name}.py").symlink_to(SUITES / f"{name}.py")

    def run(*args, rounds=None, plugin="no:ape_test"):
        found = tmp_path / "found"
        found.write_text("")
        environment = {**os.environ, "FOUND": str(found)} | ({} if rounds is None else {"ROUNDS": str(rounds)})
        command = [sys.executable, "-m", "pytest", "-p", plugin, *args]
        done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
        return done.stdout + done.stderr, [json.loads(line) for line in found.read_text().splitlines()]

    return run


def states(found):
    return [(name, json.dumps(state)) for name, state in found if name != "built"]


@pytest.mark.parametrize(("engine", "rounds"), [("revm", 30), ("anvil", 0)])
def test_each_test_finds_in_every_order_what_it_finds_alone(suite, engine, rounds):
    said, found = suite("test_first.py", "test_second.py", "--engine", engine, rounds=rounds)
    assert "failed" not in said, said
    assert "error" not in said, said
    alone = dict(states(found)[:TESTS])
    assert len(alone) == TESTS
    assert {(name, state) for name, state in states(found) if alone[name] != state} == set()


def test_nothing_is_built_again_without_need(suite):
    second = ["funds_here", "two_chains", "the_other_chain_only"]
    first = ["spends", "finds_the_funds_again", "after_the_unforeseen", "unforeseen", "unforeseen_again"]
    names = [*(f"test_second.py::test_{each}" for each in second), *(f"test_first.py::test_{each}" for each in first)]
    said, found = suite(*names)
    assert f"{len(names)} passed" in said, said
    built = Counter(state for name, state in found if name == "built")
    once = ("note", "other_lab", "other_note", "funded_there", "unforeseen")
    assert built == dict.fromkeys(once, 1) | {"funded": 3}  # in the second file; without the unforeseen, and above it


def test_what_comes_for_the_first_time_is_built_in_its_place(suite):
    """Even below what is there already."""
    first = ["test_finds_the_funds_again", "test_asks_for_a_late_one"]
    second = ["test_funds_ahead", "test_late_in_its_body"]
    more = ["test_extra", "test_more_and_extra"]
    places = ["test_first.py::", "test_second.py::TestOfAnotherClass::", "test_first.py::TestOfAClass::"]
    names = [place + name for place, names in zip(places, (first, second, more), strict=True) for name in names]
    said, _ = suite(*names)
    assert f"{len(names)} passed" in said, said


def test_two_workers_find_the_same(suite):
    said, _ = suite("test_second.py", "test_first.py", "-n", "2")
    assert f"{TESTS} passed" in said, said


def test_a_fixture_that_fails_leaves_nothing(suite):
    said, _ = suite("test_broken.py")
    assert "9 passed, 4 errors in" in said, said


def test_on_apes_chain(suite):
    args = ("test_second.py", "test_first.py", "--engine", "ape", "--disable-isolation", "-k", "funds or late")
    said, found = suite(*args, plugin="ape_test")
    assert f"{len(states(found))} passed" in said, said
    assert len(states(found)) > 5


def test_what_apes_own_isolation_keeps(suite):
    """In a process of its own: a session fixture that comes after it finds no way back to an empty chain."""
    said, _ = suite("test_apes_own.py", plugin="ape_test")
    assert "5 passed" in said, said


def test_on_apes_chain_with_apes_isolation_on(pytestconfig):
    refuse_two_isolations("anvil", pytestconfig)
    with pytest.raises(OptionInvalid, match="switch Ape's off"):
        refuse_two_isolations("ape", pytestconfig)

"""A campaign as an auditor runs it: what it finds and keeps, how it ends when it is told to or a node dies."""

import json
import re
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LINKS = ("contracts", "interfaces", "node_modules", ".build")
COPIES = ("ape-config.yaml", "package-lock.json", "pyproject.toml")

SUITE = """
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

BUG = "{bug}"


class Payments(RuleBasedStateMachine):
    def __init__(self):
        super().__init__()
        self.lab.restore(self.start)

    @rule(units=st.integers(0, 9))
    def pay(self, units):
        self.token.mint(self.holder, units, sender=self.holder)
        assert BUG != "greedy" or self.token.balanceOf(self.holder) < 3, "PAY-01: too much"

    @rule(units=st.integers(1, 9))
    def overdraw(self, units):
        with self.lab.refused("ERC20InsufficientBalance"):
            self.token.transfer(self.lab.actor("nobody"), units + 10**6, sender=self.holder)
        if BUG == "mortal":
            try:
                Path("dead").touch(exist_ok=False)
            except FileExistsError:
                return
            self.lab.engine._process.kill()
            self.lab.engine._process.wait()


def test_payments(lab, prove):
    Payments.lab, Payments.holder = lab, lab.actor("holder")
    Payments.token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=Payments.holder)
    Payments.start = lab.snapshot()
    prove(Payments, steps=2_000)
"""


@pytest.fixture
def project(tmp_path):
    """A project with the contracts of this one and suites of its own."""
    for name in LINKS:
        (tmp_path / name).symlink_to(ROOT / name)
    for name in COPIES:
        (tmp_path / name).write_bytes((ROOT / name).read_bytes())
    folder = tmp_path / "tests" / "property"
    folder.mkdir(parents=True)
    for bug in ("none", "greedy", "mortal"):
        (folder / f"test_{bug}.py").write_text(SUITE.replace("{bug}", bug))
    (folder / "test_idle.py").write_text("def test_nothing(lab):\n    assert lab\n")
    return tmp_path


def campaign(project, suite, *options):
    command = [sys.executable, "-m", "salvor.lab.campaign", suite, "--jobs", "2", "--json", *options]
    return subprocess.Popen(command, cwd=project, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def ended(process):
    out, err = process.communicate()
    return json.loads(out), err, process.returncode


def pytest_of(project, suite, *options):
    command = [sys.executable, "-m", "pytest", "-p", "no:ape_test", f"tests/property/test_{suite}.py", "-q", *options]
    return subprocess.run(command, cwd=project, capture_output=True, text=True, check=False)


def test_a_failure_is_told_once_and_is_there_in_the_next_test_run(project):
    outcome, _, code = ended(campaign(project, "greedy", "--minutes", "0.5"))
    assert code == 1
    assert len(outcome["failures"]) == 1, "\n\n".join(outcome["failures"])
    text = outcome["failures"][0]
    assert text.startswith("Payments fails on revm after 1 step:\n\npay(units=3)\n")
    replay = text.split("--replay ")[1].split()[0]

    again = pytest_of(project, "greedy", "--steps", "1")
    assert again.returncode == 1
    assert f"--replay {replay}" in again.stdout

    path = project / "tests/property/test_greedy.py"
    path.write_text(path.read_text().replace('BUG = "greedy"', 'BUG = "none"'))
    assert pytest_of(project, "greedy", "--steps", "1").returncode == 0
    assert not [file for file in (project / ".hypothesis/examples").rglob("*") if file.is_file()]


def test_nothing_found_is_told_with_what_was_done(project):
    outcome, err, code = ended(campaign(project, "none", "--minutes", "0.05", "--seed", "7"))
    assert (code, outcome["failures"], outcome["died"]) == (0, [], [])
    assert outcome["calls"] > outcome["sequences"] > 100
    assert outcome["refused"].keys() == {"SettlementToken.transfer"}
    assert "calls/s" in err
    assert "sequences" in err


def test_a_suite_that_searches_nothing_is_no_success(project):
    outcome, _, code = ended(campaign(project, "idle", "--minutes", "0.05"))
    assert (code, outcome["steps"], outcome["failures"], outcome["died"]) == (2, 0, [], [])


@pytest.mark.parametrize("option", [("--steps", "0"), ("--steps", "-5"), ("--minutes", "0"), ("--replay", "")])
def test_a_search_of_nothing_is_refused(project, option):
    done = pytest_of(project, "greedy", *option)
    assert done.returncode != 0
    assert "is not above zero" in done.stderr + done.stdout or "not what a failing run printed" in done.stdout


def test_a_green_search_says_how_much_it_did(project):
    done = pytest_of(project, "none", "--steps", "700", "--search-seed", "3")
    assert done.returncode == 0
    assert re.search(
        r"searched: test_payments\[revm\]: [789]\d\d steps, [\d,]+ calls, [\d,]+ of them refused", done.stdout
    )


def test_solidity_that_does_not_compile_is_told_with_its_place(project):
    (project / "contracts").unlink()
    shutil.copytree(ROOT / "contracts", project / "contracts")
    (project / ".build").unlink()
    path = project / "contracts" / "compliance" / "AllowList.sol"
    path.write_text(path.read_text().replace("delete admittedUntil[investor];", "delete admittedUntil[investor]"))
    done = pytest_of(project, "none", "--steps", "10")
    told = [line for line in done.stdout.splitlines() if "AllowList.sol:" in line and "ParserError" in line]
    assert told, done.stdout
    assert done.stdout.count("\n") < 30


def test_ctrl_c_ends_it_cleanly_and_leaves_nobody_behind(project):
    process = campaign(project, "none", "--minutes", "30")
    for line in process.stderr:
        if "calls/s" in line:
            break
    process.send_signal(signal.SIGINT)
    outcome, _, code = ended(process)
    assert (code, outcome["failures"], outcome["died"]) == (0, [], [])
    assert outcome["seconds"] < 1_000
    left = subprocess.run(["pgrep", "-f", str(project)], capture_output=True, text=True, check=False).stdout
    assert left == ""


def test_a_node_that_dies_is_named_and_the_other_worker_goes_on(project):
    outcome, err, code = ended(campaign(project, "mortal", "--minutes", "0.1", "--engine", "anvil"))
    assert code == 3
    assert outcome["died"] == ["the engine 'anvil' is gone: anvil ended with code -9"]
    assert outcome["failures"] == []
    assert "the others go on" in err
    assert outcome["seconds"] > 6


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["gredy"], "no suite 'gredy' in tests/property; did you mean 'greedy'?"),
        (["greedy", "--minutes", "0"], "Invalid value for '--minutes'"),
        (["greedy", "--engine", "evm"], "Invalid value for '--engine'"),
    ],
)
def test_bad_input_is_named(project, arguments, said):
    _, err = (process := campaign(project, *arguments)).communicate()
    assert process.returncode == 2
    assert said in err


def test_help_has_an_example():
    command = [sys.executable, "-m", "salvor.lab.campaign", "--help"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert "make campaign SUITE=waterfall_machine MINUTES=60" in said

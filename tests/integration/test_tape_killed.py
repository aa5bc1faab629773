"""A check that is killed at any of its steps: what is left is whole, of the run before or of this one, or refused."""

import json
import signal
import subprocess
import sys

import polars as pl
import pytest

from salvor.errors import SalvorError
from salvor.tape.check import check_tape
from salvor.tape.commitment.tape import checked_part
from tests.utils.tapes import mapping_of

# Every step that Python takes in the folder of the results is counted, and the process ends itself before one of them,
# without a chance to tidy up. With 0 it ends itself while rows are read.
CHILD = """
import os, signal, sys
from pathlib import Path
from salvor.tape.check import check_tape
from salvor.tape.plan import TapeMapping

STEPS = ("open", "os.rename", "os.remove", "os.mkdir", "os.rmdir")
tape, out, step, steps = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), 0

def end(*_):
    os.kill(os.getpid(), signal.SIGKILL)

def count(event, given):
    global steps
    if event in STEPS and isinstance(given[0], str | os.PathLike) and str(out) in str(given[0]):
        steps += 1
        if steps == step:
            end()

sys.addaudithook(count)
mapping = TapeMapping.model_validate_json(sys.argv[4])
check_tape(tape, mapping, decimals=2, out=out, tick=end if step == 0 else lambda rows: None)
print(steps)
"""
MAPPING = mapping_of()
BEFORE, AFTER = "loan_id;balance\nL1;1\n", "loan_id;balance\nL1;5\nL2;7\nL3;x\n"
WHOLE = {1: (["L1"], [100], 0), 2: (["L1", "L2"], [500, 700], 1)}  # by accepted rows: loans, units, exceptions


@pytest.fixture
def tape(tmp_path):
    path = tmp_path / "tape.csv"
    path.write_text(AFTER)
    return path


def run(tape, out, step):
    said = MAPPING.model_dump_json(exclude_defaults=True, by_alias=True)
    return subprocess.run([sys.executable, "-c", CHILD, tape, out, str(step), said], capture_output=True, text=True)


def assert_whole_or_refused(out):
    """The summary speaks of the loans and exceptions beside it, or there is none and a later command says so."""
    try:
        part = checked_part(out)
    except SalvorError:
        assert not (out / "check.json").exists()
        return False
    said = json.loads((out / "check.json").read_text())
    loans = pl.read_parquet(part.accepted)
    exceptions = pl.read_csv(out / "exceptions.csv")
    found = loans["contract_identifier"].to_list(), loans["gross_balance"].to_list(), exceptions.height
    assert found == WHOLE[said["totals"]["rows_accepted"]]
    return True


def steps_of(tape, out):
    done = run(tape, out, -1)
    assert done.returncode == 0, done.stderr
    return int(done.stdout)


@pytest.mark.parametrize(("earlier", "every"), [(True, 1), (False, 4)])
def test_no_step_leaves_anything_half(tape, tmp_path, earlier, every):
    steps = steps_of(tape, tmp_path / "whole")
    assert steps > 5
    outcomes = []
    for step in [*range(0, steps, every), steps]:
        out = tmp_path / str(step)
        if earlier:
            before = tmp_path / "before.csv"
            before.write_text(BEFORE)
            check_tape(before, MAPPING, decimals=2, out=out)
        assert run(tape, out, step).returncode == -signal.SIGKILL
        outcomes.append(assert_whole_or_refused(out) if out.exists() else False)
    # At first what was there stands, at last what is new; between them the folder is refused.
    assert outcomes[0] == earlier
    assert outcomes[-1]
    assert False in outcomes


def test_a_second_run_is_whole_whatever_the_first_one_left(tape, tmp_path):
    out = tmp_path / "out"
    for step in (4, 6):
        run(tape, out, step)
    assert run(tape, out, -1).returncode == 0
    assert assert_whole_or_refused(out)

"""A small tape that was checked and committed, with the secret that was drawn for it."""

from pathlib import Path

import pytest

from salvor.deal.load import load_tape_mapping
from salvor.tape.check import check_tape
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape

TAPES = Path(__file__).parents[3] / "tapes"
HEADER = "id,place,agreed,paid out,amount,status,off date,off"
ROWS = (
    "007,Bari,2020-01-02,2020-01-05,1000.00,open,,0",
    "7,Lecce,2020-01-02,2020-01-05,1000.00,open,,0",
    "L3,,2020-03-02,2020-03-05,250.50,off,2021-06-30,250.50",
    "L4,Brindisi,2019-11-11,,77.01,open,,",
    "L5,Taranto,2018-01-01,2018-02-01,5.00,open,,0",
)


@pytest.fixture
def checked(tmp_path):
    """Checks rows and returns the folder of the results."""

    def check(*rows, name="tape", mapping="mapping.yaml"):
        path, out = tmp_path / f"{name}.csv", tmp_path / name
        path.write_text("\n".join([HEADER, *rows]) + "\n", encoding="utf-8")
        check_tape(path, load_tape_mapping(TAPES / mapping), decimals=2, out=out)
        return out

    return check


@pytest.fixture
def folder(checked):
    return checked(*ROWS)


@pytest.fixture
def secret():
    return Secret.draw()


@pytest.fixture
def commitment(folder, secret):
    return commit_tape([checked_part(folder)], secret)

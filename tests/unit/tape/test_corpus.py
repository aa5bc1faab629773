"""Small files with one fault each (`tests/tapes/`): each is refused, rejected or read exactly as written beside."""

import csv
from pathlib import Path

import pytest
import yaml

from salvor.deal.load import load_tape_mapping
from salvor.errors import BAD_INPUT, SalvorError
from salvor.tape.check import check_tape
from salvor.tape.rules import RULES

TAPES = Path(__file__).parents[2] / "tapes"
EXPECTED = yaml.safe_load((TAPES / "expected.yaml").read_text())


@pytest.mark.parametrize("name", sorted(EXPECTED))
def test_is_refused_rejected_or_read(name, tmp_path):
    expected = EXPECTED[name]
    mapping = load_tape_mapping(TAPES / expected.get("mapping", "mapping.yaml"))
    if "error" in expected:
        with pytest.raises(SalvorError) as refused:
            check_tape(TAPES / name, mapping, decimals=2, out=tmp_path)
        assert expected["error"] in refused.value.message
        assert refused.value.exit_code == BAD_INPUT
        assert list(tmp_path.iterdir()) == []
        return
    checked = check_tape(TAPES / name, mapping, decimals=2, out=tmp_path)
    totals = checked.totals
    assert (totals.rows_accepted, totals.units_accepted) == (expected["accepted"], expected["units"])
    assert totals.rows_read == totals.rows_accepted + totals.rows_rejected
    assert totals.units_read == totals.units_accepted + totals.units_rejected
    with checked.exceptions.open(newline="") as file:
        lines = list(csv.DictReader(file))
    assert [line for line in lines if RULES[line["rule"]].severity != line["severity"]] == []
    breach = expected.get("breach")
    if breach is None:
        assert lines == []
    else:
        found = [{key: line[key] for key in breach if key != "row"} | {"row": int(line["row"])} for line in lines]
        assert breach in found
        assert {line["rule"] for line in lines} == {breach["rule"], *expected.get("also", ())}


def test_every_file_is_expected_and_there_are_enough():
    files = {path.name for path in TAPES.iterdir() if path.is_file() and path.suffix not in (".md", ".py", ".yaml")}
    assert files == set(EXPECTED)
    assert len(files) >= 60

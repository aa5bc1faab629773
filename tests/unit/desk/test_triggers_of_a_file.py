"""Values of a file are looked at as of a day, and a distance that is left is never shown as none."""

from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from salvor.desk.trigger_command import Asked, run
from salvor.desk.trigger_show import shown
from salvor.errors import OptionInvalid
from salvor.options import Acting
from scripts.sell.collect import cli as collect
from scripts.sell.plan import cli as plan

DEAL = Path("deals/worked-loans/deal.yaml")
VALUES = DEAL.parent / "values.csv"
NOWHERE = "http://127.0.0.1:9"


def looked_at(day, **asked):
    chosen = Acting(DEAL, "", None, None, "1", Path("out"), None)
    return run(chosen, Asked(values_file=VALUES, at=datetime.fromisoformat(day), **asked))


def test_the_age_of_values_is_reckoned_from_the_day_that_is_named():
    fresh, late = looked_at("2026-11-25"), looked_at("2026-12-25")
    assert {line.trigger for line in fresh.lines if line.holds} == {"collateral fell", "score fell, little cover"}
    assert (fresh.untold, late.untold) == (4, 789)
    assert not any(line.holds for line in late.lines)


def test_a_chain_has_its_own_clock():
    with pytest.raises(OptionInvalid, match="--at is for --values alone"):
        looked_at("2026-11-25", live=True)


@pytest.mark.parametrize(
    ("distance", "said"), [(1e-12, "0.01%"), (0.0, "0.00%"), (-1e-12, "0.00%"), (-0.02, "-2.00%"), (0.25, "25.00%")]
)
def test_what_is_left_is_not_shown_as_nothing(distance, said):
    assert shown(distance) == said


@pytest.mark.parametrize(
    ("command", "given", "what"), [(plan, ("1", "nonsense"), "nonsense"), (collect, ("0x12",), "0x12")]
)
def test_what_no_chain_need_be_asked_is_refused_before_it_is(command, given, what):
    done = CliRunner().invoke(command, [str(DEAL), *given, "--network", NOWHERE])
    assert done.exit_code == 2
    assert what in done.output

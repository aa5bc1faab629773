"""I07: day and month swapped row by row (pandas-dev/pandas #19402, #25847; csvkit #280; csv-detective #268).

The parser decides for each value: rows with a day above 12 are read one way and the others the other way.

Right: one format a column. A day above 12 settles the whole of it; where nothing does, the tool shows both readings and
a mapping without a format is refused; where rows contradict each other, those that do not fit are named.
"""

from datetime import date, timedelta

import pytest
from pydantic import ValidationError

from salvor.deal.load import load_tape_mapping
from salvor.errors import DealInvalid
from salvor.tape.propose.proposal import propose
from salvor.tape.propose.target import write_proposal
from salvor.tape.values.dates import FORMATS
from tests.utils.tapes import mapping_of

SETTLED = ["11/03/2011", "03/05/2011", "20/10/2011"]
OPEN = ["05.03.2022", "01.02.2022"]
CONTRADICTORY = ["13/01/2022", "01/13/2022"]
FIRST = date(2021, 12, 25)


def tape_of(days):
    return "Loan number;Balance;Default date\n" + "".join(f"L{at};{at + 1};{day}\n" for at, day in enumerate(days))


def mapping_with(date_format):
    return mapping_of(
        contract_identifier="Loan number",
        gross_balance="Balance",
        default_date={"column": "Default date", "format": date_format},
    )


def proposed(bench, days):
    return propose(bench.put(tape_of(days)), class_name="consumer_debt", currency="EUR")


def format_of(found):
    """What is proposed as the format of the column."""
    (line,) = [each for each in found.mapped if each.field == "default_date"]
    return next(key for key in line.keys if key.name == "format")


def test_one_day_above_twelve_settles_all_rows(bench):
    key = format_of(proposed(bench, SETTLED))
    assert key.value == "%d/%m/%Y"
    done = bench.check(tape_of(SETTLED), mapping_with(key.value))
    assert done.values("default_date") == [date(2011, 3, 11), date(2011, 5, 3), date(2011, 10, 20)]


def test_where_nothing_settles_it_both_readings_are_shown_and_the_mapping_is_refused(bench, tmp_path):
    found = proposed(bench, OPEN)
    key = format_of(found)
    assert (key.value, key.choices) == (None, ("%d.%m.%Y", "%m.%d.%Y"))
    assert key.says == "05.03.2022 is 5 March 2022 (%d.%m.%Y) or 3 May 2022 (%m.%d.%Y)"
    write_proposal(found, tmp_path / "mapping.yaml", force=False)
    with pytest.raises(DealInvalid, match=r"must be decided: %d.%m.%Y or %m.%d.%Y"):
        load_tape_mapping(tmp_path / "mapping.yaml")


def test_a_column_of_days_needs_a_format():
    with pytest.raises(ValidationError, match="name its `format`"):
        mapping_of(default_date={"column": "Default date"})


@pytest.mark.parametrize(("date_format", "kept", "row"), [("%d/%m/%Y", 0, 3), ("%m/%d/%Y", 1, 2)])
def test_rows_that_contradict_the_format_are_named(bench, date_format, kept, row):
    assert format_of(proposed(bench, CONTRADICTORY)).value is None
    done = bench.check(tape_of(CONTRADICTORY), mapping_with(date_format))
    assert done.values("default_date") == [date(2022, 1, 13)]
    assert done.values("contract_identifier") == [f"L{kept}"]
    (line,) = done.lines
    assert (int(line["row"]), line["rule"], line["old"]) == (row, "TAPE-021", CONTRADICTORY[1 - kept])


@pytest.mark.parametrize("date_format", [each for each in FORMATS if "%Y" in each])
def test_a_year_of_days_is_read_back_and_proposed_in_the_same_format(bench, date_format):
    """All days from Christmas to Christmas: each format is found, or asked about, and read to the very day."""
    days = [FIRST + timedelta(days=at) for at in range(365)]
    texts = [day.strftime(date_format) for day in days]
    key = format_of(proposed(bench, texts))
    assert key.value == date_format or date_format in key.choices
    assert bench.check(tape_of(texts), mapping_with(date_format)).values("default_date") == days


@pytest.mark.parametrize("sign", "/.-")
@pytest.mark.parametrize("shape", ["%d{0}%m{0}%Y", "%m{0}%d{0}%Y"])
def test_no_row_is_ever_read_by_the_other_order(bench, sign, shape):
    """Each day that exists in both orders stays in the order of the column, whatever stands around it."""
    date_format = shape.format(sign)
    days = [date(2022, month, day) for month in range(1, 13) for day in range(1, 13)]
    texts = [day.strftime(date_format) for day in days]
    done = bench.check(tape_of([*texts, date(2022, 12, 31).strftime(date_format)]), mapping_with(date_format))
    assert done.values("default_date") == [*days, date(2022, 12, 31)]

"""The statement in a terminal: money is never cut off, however narrow it is."""

import io
from dataclasses import replace

import pytest
from rich.console import Console

from salvor.report.table import print_statement
from tests.unit.report.test_statement import STATEMENT


@pytest.mark.parametrize("width", [20, 80, 200])
def test_shows_every_amount_whole(width):
    output = io.StringIO()
    print_statement(STATEMENT, Console(file=output, width=width))
    lines = output.getvalue().splitlines()
    senior = next(line for line in lines if line.startswith("│ senior"))
    assert [cell.strip() for cell in senior.split("│")[1:-1]] == [
        *("senior", "6.00", "0.60", "6.00", "0.00", "0.00", "10.00 %", "1.100")
    ]
    assert "…" not in output.getvalue()
    words = " ".join(output.getvalue().split())
    assert "cash in 22.00 (subscriptions 10.00, collections 12.00)" in words
    assert "cash out 21.72 (seller 10.00, servicer 0.72, claims 11.00)" in words
    assert "'behind plan' on in 1 of 4 periods" in words
    assert "Written off 19.99 of claims, carried at 20.0 %: a loss of 3.99" in words
    assert "'late'" not in words  # it was never on
    assert words.endswith("All of it.")


def test_says_nothing_of_write_offs_where_there_are_none():
    output = io.StringIO()
    print_statement(replace(STATEMENT, written_off=0), Console(file=output, width=200))
    assert "Written off" not in output.getvalue()


def test_says_nothing_of_collections_of_a_deal_that_was_never_made():
    output = io.StringIO()
    never = replace(STATEMENT, planned=0, collected=0)
    print_statement(never, Console(file=output, width=200))
    assert "cumulative collection ratio" not in output.getvalue()

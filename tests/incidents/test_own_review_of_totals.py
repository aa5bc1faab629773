"""Found in a review of our own: a row of totals below the loans was accepted as one loan more, and doubled the pool.

Right: a row whose identifier is a word for a total is rejected, in each language that headers are known in; one that
goes by another name is warned of when its balance is the sum of all others.
"""

import pytest

from salvor.tape import check

LOANS = [f"L{at};{10 + at}.10" for at in range(6)]  # 75.60 in all
HEADER = "loan_id;balance\n"


def tape_of(*rows):
    return HEADER + "".join(f"{row}\n" for row in rows)


@pytest.mark.parametrize(
    "word",
    [
        *("Totale", "TOTAL", "Total:", "Grand total", "Sub-total", "Summe", "Gesamt", "Gesamtsumme", "Somma", "Suma"),
        *("Totale generale", "Total général", "Sous-total", "Zwischensumme", "** Total **", "Totals"),
        *("Totale MI", "Total: Sofferenze", "Summe Berlin", "subtotal 2"),
    ],
)
@pytest.mark.parametrize("amount", ["75.60", "1.00"])
def test_a_row_of_totals_is_rejected(bench, word, amount):
    done = bench.check(tape_of(*LOANS, f"{word};{amount}"))
    assert "TAPE-060" in done.rules(8)
    assert done.checked.totals.units_accepted == 7_560


@pytest.mark.parametrize("name", ["TOTAL-0001", "Total1", "SUM77", "Subtotals Ltd 5", "GT", "0"])
def test_what_only_looks_like_the_word_is_a_loan(bench, name):
    done = bench.check(tape_of(*LOANS, f"{name};1.00"))
    assert done.rules() == []
    assert done.checked.totals.rows_accepted == 7


@pytest.mark.parametrize("size", [2, 1_000])
def test_a_balance_that_is_the_sum_of_all_others_is_warned_of(bench, size, monkeypatch):
    """Wherever it stands, and in batches too."""
    monkeypatch.setattr(check, "_BATCH", size)
    for at in range(len(LOANS) + 1):
        done = bench.check(tape_of(*LOANS[:at], "Portafoglio;75.60", *LOANS[at:]))
        assert done.checked.breaches == {"TAPE-061": 1}
        assert done.rules(at + 2) == ["TAPE-061"]


def test_a_unit_beside_the_sum_is_a_loan_and_so_are_few_that_add_up_by_chance(bench):
    assert bench.check(tape_of(*LOANS, "L9;75.61")).rules() == []
    assert bench.check(tape_of("L1;100.00", "L2;200.00", "L3;300.00")).rules() == []

"""I09: duplicates merged, doubled, or kept by accident (actualbudget/actual #8464, #4280, #2432; buckets #556).

Importers match rows by amount and near dates and merge them, or fail to see the same identifier twice within one file,
or add a phantom row on the second import.

Right: nothing is merged. Rows of one identifier are flagged, those that differ only by spaces or case by the rule for
it, a loan that looks like another is warned of and kept; accepted and rejected are what was read, and a second reading
gives the identical root.
"""

from itertools import permutations

import pytest

from salvor.tape import check
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from tests.utils.tapes import mapping_of

ROWS = ["L1;100.00;A", "L1;100.00;A", "L1;250.00;B", "L2;100.00;A", " L1;70.00;C", "l1;5.00;D"]
HEADER = "loan_id;balance;place\n"


def tape_of(rows):
    return HEADER + "".join(f"{row}\n" for row in rows)


def mapping(identifiers="case_matters"):
    return mapping_of(identifiers=identifiers, counterparty_city="place")


def test_each_row_is_flagged_for_what_it_is(bench):
    done = bench.check(tape_of(ROWS), mapping())
    totals = done.checked.totals
    assert (totals.rows_read, totals.units_read) == (6, 62_500)
    assert [done.rules(row) for row in range(2, 8)] == [
        ["TAPE-005", "TAPE-006", "TAPE-008"],
        ["TAPE-005", "TAPE-006", "TAPE-008"],
        ["TAPE-005", "TAPE-006"],
        ["TAPE-008"],
        ["TAPE-003"],
        ["TAPE-006"],
    ]
    assert [(loan["contract_identifier"], loan["gross_balance"]) for loan in done.loans] == [
        ("L2", 10_000),
        ("l1", 500),
    ]


def test_case_is_ignored_where_the_mapping_says_so(bench):
    done = bench.check(tape_of(ROWS), mapping("case_ignored"))
    assert done.rules(7) == ["TAPE-005"]
    assert done.values("contract_identifier") == ["L2"]
    told = [(line["row"], line["rule"]) for line in done.lines]
    assert sorted(set(told)) == sorted(told)  # rows 2 and 4 are doubles in two ways, and are told once


@pytest.mark.parametrize("order", list(permutations(range(4))))
def test_the_order_of_the_rows_changes_nothing(bench, order):
    rows = ["L1;100.00;A", "L1;100.00;A", "L2;100.00;A", "L3;7.00;B"]
    done = bench.check(tape_of([rows[at] for at in order]), mapping())
    assert sorted(done.values("contract_identifier")) == ["L2", "L3"]
    assert done.checked.breaches == {"TAPE-004": 2, "TAPE-008": 3}


@pytest.mark.parametrize("copies", [2, 3, 50])
@pytest.mark.parametrize("alike", [True, False])
def test_all_copies_are_rejected_and_counted(bench, copies, alike):
    rows = [f"L1;{100 if alike else at + 1};A" for at in range(copies)]
    done = bench.check(tape_of(["L0;1;Z", *rows]), mapping())
    assert done.values("contract_identifier") == ["L0"]
    assert done.checked.breaches["TAPE-004" if alike else "TAPE-005"] == copies
    assert done.checked.totals.rows_rejected == copies


@pytest.mark.parametrize("copies", [1, 2, 400])
def test_copies_are_found_wherever_they_stand(bench, copies, monkeypatch):
    """In batches of three rows, so that no two copies are seen at once."""
    monkeypatch.setattr(check, "_BATCH", 3)
    between = [f"K{at};{at + 1};P{at}" for at in range(copies)]
    done = bench.check(tape_of(["L1;100.00;A", *between, "L1;100.00;A"]), mapping())
    assert done.values("contract_identifier") == [f"K{at}" for at in range(copies)]
    assert done.checked.breaches == {"TAPE-004": 2}


def test_a_second_reading_gives_the_identical_root(bench):
    secret = Secret.draw()
    path = bench.put(tape_of(ROWS))
    roots = set()
    for _ in range(2):
        done = bench.check(path, mapping())
        roots.add(commit_tape([checked_part(done.checked.accepted.parent)], secret).public.root)
        assert done.checked.totals.rows_accepted == 2
    assert len(roots) == 1

"""Reports made of the servicer's figures: one root over all tapes, and what a life says of a report."""

from collections import Counter
from pathlib import Path

import pytest

from salvor.deal.life import Life
from salvor.deal.servicing import Corrected, Serviced
from salvor.desk.acts import RunPeriod
from salvor.desk.reporting import reports_of, root_over
from salvor.model.pool import NO_ROOT, Correction
from salvor.play import prepare_life
from salvor.tape.commitment.leaves import COLLECTION_LEAF, collection_value
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from salvor.tape.merkle import StandardMerkleTree
from tests.utils.lives import FOLDER


@pytest.fixture(scope="module")
def tapes(tmp_path_factory):
    """The example's two tapes, as a preparation leaves them."""
    out = tmp_path_factory.mktemp("tapes")
    prepare_life(FOLDER / "deal.yaml", FOLDER / "life.yaml", out=out)
    parts = [checked_part(out / folder) for folder in ("tape", "further-1")]
    secrets = [Secret.draw() for _ in parts]
    return [(commit_tape([part], secret), secret) for part, secret in zip(parts, secrets, strict=True)]


def leaf(period, loan, units, tape):
    commitment, secret = tape
    place = commitment.place_of[loan]
    return collection_value(period, commitment.roots[place], units, secret.collection_salt(period, place))


class TestRoot:
    def test_is_over_what_loans_of_all_tapes_paid(self, tapes):
        leaves = [leaf(4, "0002", 70, tapes[0]), leaf(4, "0101", 30, tapes[1])]
        tree = StandardMerkleTree(leaves, COLLECTION_LEAF)
        assert root_over(4, {"0101": 30, "0002": 70, "0003": 0}, tapes) == (tree.root, 2)

    def test_is_none_where_no_loan_paid(self, tapes):
        assert root_over(4, {"0101": 0}, tapes) == (NO_ROOT, 0)


class TestReports:
    def test_carry_corrections_with_the_root_of_the_period_that_is_corrected(self, tapes):
        again = Corrected(1, {"0001": 50}, -7, 8, -9)
        said = [Serviced({"0001": 50}, 5, 1, 2, 3, 4), Serviced({}, 0, 0, 0, 0, 0, again)]
        first, second = reports_of(said, Life(salvor_life=1, reports={2: {"last": True}}), tapes)
        assert (first.gross, first.net, first.written_off, first.recovered) == (50, 45, 1, 2)
        assert (first.closed_value, first.closed_plan, first.last, first.correction) == (3, 4, False, None)
        assert second.correction == Correction(1, first.root, 1, -7, 8, -9)
        assert second.last

    def test_of_the_example_list_every_loan_that_paid(self, whole_life):
        rows = [line.split(",") for line in Path(FOLDER / "collections.csv").read_text().splitlines()[1:]]
        paid = Counter(int(row[0]) for row in rows if not row[7] and row[2].strip("0."))
        reports = [act.does.report for act in whole_life.script.acts if isinstance(act.does, RunPeriod)]
        assert {report.period: report.loans for report in reports} == paid

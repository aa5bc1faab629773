"""A whole review: everything that due diligence counts over one checked tape, and the files that tell it.

Loans with their grades are written first and the summary last, so a folder that has one has both of one run.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from salvor.errors import OptionInvalid
from salvor.files import write_whole
from salvor.tape.review.concentration import Measured, measure
from salvor.tape.review.eligibility import Eligibility, eligible, screen
from salvor.tape.review.grading import Grades, graded, summarise
from salvor.tape.review.groups import dimensions
from salvor.tape.review.quality import Quality, quality_of
from salvor.tape.review.scorecard import Scorecard, load_scorecard
from salvor.tape.review.source import Source
from salvor.tape.review.strata import Table, stratify
from salvor.tape.review.terms import Terms


@dataclass(frozen=True)
class Review:
    """What was found; strata and limits are over the eligible pool, quality and grades over all accepted loans."""

    source: Source
    deal: str  # its name; empty when there is none, and all loans are eligible
    eligibility: Eligibility
    limits: tuple[Measured, ...]
    tables: tuple[Table, ...]
    quality: Quality
    grades: Grades

    @property
    def broken(self) -> tuple[Measured, ...]:
        """Limits that the pool breaks."""
        return tuple(each for each in self.limits if each.broken)


def review_tape(
    source: Source,
    terms: Terms,
    *,
    out: Path,
    deal: str = "",
    card: Scorecard | None = None,
    tick: Callable[[str], None] = lambda step: None,
) -> Review:
    """Review a checked tape and write `grades.parquet`, `grades.csv` and `review.json` to `out`."""
    from salvor.tape.review.as_json import as_json

    if out.exists() and not out.is_dir():
        raise OptionInvalid(f"{out} is a file; name a folder for the results")
    out.mkdir(parents=True, exist_ok=True)
    card = card or load_scorecard()
    tick("eligibility")
    met = eligible(terms.criteria, source)
    screened = screen(source, terms.criteria)
    pool = source.scan().filter(met)
    tick("concentration")
    limits = tuple(measure(source, pool, limit, screened.eligible) for limit in terms.limits)
    tick("stratification")
    tables = tuple(stratify(pool, each, screened.eligible) for each in dimensions(source))
    tick("quality")
    quality = quality_of(source)
    tick("grades")
    grades = _write_grades(source, card, met, out)
    done = Review(source, deal, screened, limits, tables, quality, grades)
    write_whole(out / "review.json", json.dumps(as_json(done), indent=2, ensure_ascii=False) + "\n")
    return done


def _write_grades(source: Source, card: Scorecard, met: pl.Expr, out: Path) -> Grades:
    """Both files of graded loans, beside and then in place; an older summary goes first."""
    with tempfile.TemporaryDirectory(dir=out, prefix=".review-") as folder:
        scratch = Path(folder)
        loans = scratch / "grades.parquet"
        graded(source, card, eligible=met).sink_parquet(loans)
        pl.scan_parquet(loans).sink_csv(scratch / "grades.csv")
        grades = summarise(pl.scan_parquet(loans), source, card)
        for name in ("review.json", "review.html"):
            (out / name).unlink(missing_ok=True)
        for name in ("grades.parquet", "grades.csv"):
            (scratch / name).replace(out / name)
    return grades

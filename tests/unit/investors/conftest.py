"""The shipped deal's rules, and a deal with whatever rules a test writes, rehearsed on a chain in this process."""

from dataclasses import replace
from pathlib import Path

import pytest

from salvor.amounts import timestamp
from salvor.investors.rehearsal import rehearse
from salvor.jurisdictions.of_deal import load_deal_rules
from salvor.lab import open_lab

FOLDER = Path(__file__).parents[3] / "deals/cross-border"


@pytest.fixture(scope="session")
def shipped():
    return load_deal_rules(FOLDER / "deal.yaml")


@pytest.fixture
def rehearsed(shipped):
    """A function that puts other rules in the place of the deal's and deploys all of it."""
    opened = []

    def on_chain(**rules):
        books = tuple(replace(book, **rules) for book in shipped.books)
        lab = open_lab("revm", root=FOLDER.parents[1], genesis=timestamp(shipped.deal.calendar.closing) - 30 * 86_400)
        opened.append(lab)
        with_books = replace(shipped, books=books)
        return rehearse(lab, with_books), with_books

    yield on_chain
    for lab in opened:
        lab.close()

"""Jurisdictions written for a test: a line of YAML a rule."""

from decimal import Decimal

import pytest

from salvor.errors import DealInvalid
from salvor.jurisdictions.book import Exchange
from salvor.jurisdictions.load import load_jurisdiction
from salvor.jurisdictions.merge import merge

HEAD = "salvor_jurisdiction: 1\ntitle: A test\nas_of: 2026-11-27\nlines:\n"
TAIL = "why: because, source: a law, dated: 2020-01-01, confirmed: read"
MONEY = Exchange("EUR", 2, {"USD": Decimal("0.86")})


@pytest.fixture
def write(tmp_path):
    """Writes lines such as `rule: country_allow, countries: [US]` as a file."""

    def written(*lines, name="test", tail=TAIL):
        path = tmp_path / f"{name}.yaml"
        path.write_text(HEAD + "".join(f"  - {{ {line}, {tail} }}\n" for line in lines), encoding="utf-8")
        return path

    return written


@pytest.fixture
def read(write):
    return lambda *lines, name="test": load_jurisdiction(write(*lines, name=name))


@pytest.fixture
def refusal(write):
    """Why a file is none, without its path."""

    def refused(*lines, tail=TAIL):
        path = write(*lines, tail=tail)
        with pytest.raises(DealInvalid) as caught:
            load_jurisdiction(path)
        return caught.value.format_message().removeprefix(f"{path}: ")

    return refused


@pytest.fixture
def book(read):
    """The book of a tranche called `senior` from one list of lines a jurisdiction, which are called a, b, c."""

    def merged(*files, tranche="senior"):
        named = [read(*lines, name="abcdef"[i]) for i, lines in enumerate(files)]
        return merge(named, tranche, MONEY)

    return merged

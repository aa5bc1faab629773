"""Public code lists that a value can be looked up in: countries, currencies, sectors.

Countries and currencies come from pycountry, which packs Debian's iso-codes; the sectors of NACE Rev. 2 stand in
`nace.yaml`. A list has every way of writing a code that tapes use, so that a look-up needs no change of the value.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from functools import cache
from pathlib import Path

import pycountry
import yaml

from salvor.tape.schema import CodeList

_NACE = Path(__file__).with_name("nace.yaml")


@cache
def code_list(name: CodeList) -> frozenset[str]:
    """Every code of a list: countries of two and of three letters, currencies, NACE codes with and without dots."""
    match name:
        case "iso_3166":
            return frozenset(code for each in pycountry.countries for code in (each.alpha_2, each.alpha_3))
        case "iso_4217":
            return frozenset(each.alpha_3 for each in pycountry.currencies)
        case "nace":
            return frozenset(_nace())


def nearest(name: CodeList, value: str) -> str | None:
    """The code that was probably meant by a value that is none; None when nothing is near."""
    found = get_close_matches(value.strip().upper(), sorted(code_list(name)), n=1, cutoff=0.6)
    return found[0] if found else None


def _nace() -> Iterator[str]:
    """`F`, `41`, `41.2`, `412`, `41.20`, `4120`, and those with the section's letter in front: `F41.20`."""
    for section, divisions in yaml.safe_load(_NACE.read_text()).items():
        yield section
        for division, classes in divisions.items():
            ends = classes.split()
            for end in ["", *dict.fromkeys(each[0] for each in ends), *ends]:
                plain = division + end
                dotted = f"{division}.{end}" if end else division
                yield from (plain, dotted, section + plain, section + dotted)

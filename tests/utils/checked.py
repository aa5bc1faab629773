"""A checked tape of a few loans, for reviews: columns are called as fields, so a test says only what it is about."""

import csv
from datetime import date

from salvor.tape.check import check_tape
from salvor.tape.plan import TapeMapping
from salvor.tape.review.source import open_checked
from salvor.tape.schema import asset_class

CUT_OFF = date(2024, 12, 31)


def loan(number, balance, **fields):
    """One row; the number is its identifier, the balance decimal text."""
    return {"contract_identifier": f"L{number}", "gross_balance": balance, **fields}


def mapping_of(*fields, cut_off=CUT_OFF):
    """Every column is called as its field."""
    specs = asset_class("commercial_real_estate").fields
    sources = {}
    for name in fields:
        sources[name] = {"column": name}
        if specs[name].kind == "date":
            sources[name]["format"] = "%Y-%m-%d"
        if specs[name].kind == "code":
            sources[name]["values"] = {word: word for word in specs[name].allowed}
    return TapeMapping.model_validate(
        {
            "salvor_mapping": "1",
            "asset_class": "commercial_real_estate",
            "currency": "EUR",
            "cut_off": cut_off,
            "numbers": {"decimal": "."},
            "fields": sources,
        }
    )


def checked(folder, *loans, cut_off=CUT_OFF, decimals=2):
    """Check the loans into `folder` and open what is left there."""
    folder.mkdir(parents=True, exist_ok=True)
    tape = folder / "tape.csv"
    names = list(dict.fromkeys(name for each in loans for name in each))
    with tape.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(loans)
    check_tape(tape, mapping_of(*names, cut_off=cut_off), decimals=decimals, out=folder)
    return open_checked(folder)

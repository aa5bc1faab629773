"""The peer: the same file, mapping and rules in one plain loop over `csv.DictReader`, as one writes it in an hour.

Exact all the same: amounts by `decimal`, dates by `strptime`, and what it finds must be what ours finds, by rule and
to the unit. It keeps in memory what rules over all rows need.
"""

from __future__ import annotations

import csv
import re
import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

CUT_OFF = date(2014, 12, 31)
_REQUIRED = ("contract_identifier", "origination_date", "disbursed_amount", "status")
_IDENTIFIER, _BALANCE = "contract_identifier", "disbursed_amount"
_TEXTS = {"counterparty_region": "State", "economic_activity": "NAICS", "lender": "Bank"}
_WHOLE = {"number_of_employees": "NoEmp", "term": "Term"}
_MONEY = {
    "origination_amount": "GrAppv",
    "disbursed_amount": "DisbursementGross",
    "guaranteed_amount": "SBA_Appv",
    "charge_off_amount": "ChgOffPrinGr",
}
_DATES = {
    "origination_date": ("ApprovalDate", "%m/%d/%Y"),
    "disbursement_date": ("DisbursementDate", "%m/%d/%Y"),
    "charge_off_date": ("ChgOffDate", "%d-%b-%y"),
}
_STATUS = {"P I F": "paid_in_full", "CHGOFF": "charged_off"}
_COLUMN = (
    _TEXTS
    | _WHOLE
    | _MONEY
    | {name: column for name, (column, _) in _DATES.items()}
    | {"contract_identifier": "LoanNr_ChkDgt", "counterparty_postcode": "Zip", "status": "MIS_Status"}
)
_LOOKS = (_BALANCE, *_TEXTS, "counterparty_postcode", *_DATES)
_REJECTS = {1, 2, 3, 4, 5, 7, 10, 11, 12, 13, 14, 15, 16, 20, 21, 22, 30, 40, 102, 104, 108, 109}
_DAMAGE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufeff\ufffd]")
_CURRENCY = r"[A-Z]{3}|[$€£¥₹]|kr\.?|zł|Kč|Fr\.?"
_AMOUNT = re.compile(
    rf"(?P<before>[+-]?) ?(?P<first>{_CURRENCY})? ?(?P<open>\()? ?(?P<second>{_CURRENCY})? ?(?P<inner>[+-]?) ?"
    r"(?P<number>[0-9.,'\u2019 ]*[0-9][0-9.,'\u2019 ]*?) ?"
    rf"(?P<third>{_CURRENCY})? ?(?P<close>\))? ?(?P<fourth>{_CURRENCY})? ?(?P<after>-?)$"
)
_NUMBER = re.compile(r"[0-9]*(\.[0-9]*)?$")
_OWN = ("USD", "$")
_SHAPES = {"%m/%d/%Y": re.compile(r"\d{1,2}/\d{1,2}/\d{4}$"), "%d-%b-%y": re.compile(r"\d{1,2}-[A-Za-z]{3}-\d{2}$")}
_CENT = Decimal("0.01")
_MOST = 2**112 - 1
_PERCENTILE, _TIMES = 100, 20


@dataclass
class Found:
    """What the loop found: rows and units by outcome, breaches by rule."""

    rows: Counter[str] = field(default_factory=Counter)
    units: Counter[str] = field(default_factory=Counter)
    breaches: Counter[str] = field(default_factory=Counter)


class _Row:
    """One row on its way from text to values."""

    def __init__(self, number: int, text: dict[str | None, Any]) -> None:
        self.number, self.text = number, text
        self.values: dict[str, Any] = {}
        self.faults: list[tuple[str, int, str]] = []  # field, rule, new value

    def fault(self, name: str, rule: int, new: str = "") -> None:
        self.faults.append((name, rule, new))

    def read(self) -> None:
        if None in self.text or None in self.text.values():
            self.fault("", 2)
        for name in _COLUMN:
            text = self.text[_COLUMN[name]] or ""
            self.values[name] = self._value(name, text if name == _IDENTIFIER else text.strip())
        for name in _REQUIRED:
            if not (self.text[_COLUMN[name]] or "").strip():
                self.fault(name, 1)

    def _value(self, name: str, text: str) -> Any:
        if not text:
            return None
        if name in _MONEY:
            return self._money(name, text)
        if name in _DATES:
            return self._date(name, text)
        if name in _WHOLE:
            return self._whole(name, text)
        if name == "status":
            return self._status(text)
        if _DAMAGE.search(text):
            return self.fault(name, 7)
        if name == _IDENTIFIER and text.strip() != text:
            return self.fault(name, 3)
        if name == "counterparty_postcode" and len(text) < 5:
            self.fault(name, 202, text.zfill(5))
            return text.zfill(5)
        return text

    def _money(self, name: str, text: str) -> int | None:
        match = _AMOUNT.match(text.replace("\u2212", "-"))
        if not match or bool(match["open"]) != bool(match["close"]):
            return self.fault(name, 10)
        signs = [match[part] for part in ("before", "inner", "open", "after") if match[part]]
        if len(signs) > 1:
            return self.fault(name, 11)
        if any(match[part] and match[part] not in _OWN for part in ("first", "second", "third", "fourth")):
            return self.fault(name, 12)
        if not _NUMBER.match(match["number"]):
            return self.fault(name, 13)
        amount = Decimal(match["number"])
        if amount != amount.quantize(_CENT):
            return self.fault(name, 14)
        units = int(amount * 100)
        if units > _MOST:
            return self.fault(name, 15)
        if signs and signs[0] != "+" and units:
            self.fault(name, 16)
            return -units
        return units

    def _date(self, name: str, text: str) -> date | None:
        _, form = _DATES[name]
        if not _SHAPES[form].match(text):
            return self.fault(name, 20)
        try:
            day = date(*time.strptime(text, form)[:3])
        except ValueError:
            return self.fault(name, 21)
        if form.endswith("%y"):
            digits = day.year % 100
            day = day.replace(year=digits + (2000 if digits <= 49 else 1900))
        return day if 1900 <= day.year <= 2199 else self.fault(name, 22)

    def _whole(self, name: str, text: str) -> int | None:
        try:
            return int(text)
        except ValueError:
            return self.fault(name, 30)

    def _status(self, text: str) -> str | None:
        return _STATUS[text] if text in _STATUS else self.fault("status", 40)

    def compare(self) -> None:
        """Rules between the fields of a row."""
        agreed, paid_out = self.values["origination_date"], self.values["disbursement_date"]
        written_off, amount = self.values["charge_off_date"], self.values["charge_off_amount"]
        status, disbursed = self.values["status"], self.values["disbursed_amount"]
        if agreed and paid_out and paid_out < agreed:
            self.fault("disbursement_date", 101)
        if paid_out and written_off and written_off < paid_out:
            self.fault("charge_off_date", 102)
        if status == "charged_off" and not written_off:
            self.fault("charge_off_date", 104)
        if status and status != "charged_off" and (written_off or (amount or 0) > 0):
            self.fault("status", 105)
        if amount is not None and disbursed is not None and amount > disbursed:
            self.fault("charge_off_amount", 106)
        if agreed and agreed > CUT_OFF:
            self.fault("origination_date", 108)
        if written_off and written_off > CUT_OFF:
            self.fault("charge_off_date", 109)


def check(path: Path, out: Path) -> Found:
    """Read, convert and check; accepted rows and exceptions go to two CSV files."""
    rows = []
    with path.open(newline="", encoding="utf-8-sig") as file:
        for number, text in enumerate(csv.DictReader(file), 2):
            row = _Row(number, text)
            row.read()
            row.compare()
            rows.append(row)
    _across(rows)
    found = Found()
    with (out / "accepted.csv").open("w", newline="") as kept, (out / "exceptions.csv").open("w", newline="") as odd:
        accepted, exceptions = csv.writer(kept), csv.writer(odd)
        for row in rows:
            rejected = any(rule in _REJECTS for _, rule, _ in row.faults)
            outcome = "rejected" if rejected else "accepted"
            found.rows.update(("read", outcome))
            for each in ("read", outcome):
                found.units[each] += row.values[_BALANCE] or 0
            if not rejected:
                accepted.writerow([row.number, *row.values.values()])
            for name, rule, new in row.faults:
                found.breaches[f"TAPE-{rule:03}"] += 1
                exceptions.writerow([row.number, name, rule, row.text.get(_COLUMN.get(name, "")), new])
    return found


def _across(rows: list[_Row]) -> None:
    same, folded, looks = defaultdict(list), defaultdict(list), defaultdict(list)
    for row in rows:
        identifier, balance = row.values[_IDENTIFIER], row.values[_BALANCE]
        if identifier is None:
            continue
        same[identifier].append(row)
        folded[identifier.lower()].append(row)
        if balance and balance > 0:
            looks[tuple(row.values[name] for name in _LOOKS)].append(row)
    for group in same.values():
        if len(group) > 1:
            alike = all(each.values == group[0].values for each in group)
            for row in group:
                row.fault(_IDENTIFIER, 4 if alike else 5)
    for groups, rule in ((folded, 6), (looks, 8)):
        for group in groups.values():
            if len(group) > 1 and len({row.values[_IDENTIFIER] for row in group}) > 1:
                for row in group:
                    row.fault(_IDENTIFIER, rule)
    balances = sorted((row.values[_BALANCE] for row in rows if (row.values[_BALANCE] or 0) > 0), reverse=True)
    for row in rows:
        if balances and (row.values[_BALANCE] or 0) > _TIMES * balances[len(balances) // _PERCENTILE]:
            row.fault(_IDENTIFIER, 9)

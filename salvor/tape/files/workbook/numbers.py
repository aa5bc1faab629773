"""What a number in a cell says: its exact decimal text, or the day or time that its number format makes of it.

A workbook keeps numbers as text of a binary double, with up to 17 digits; the shortest text of that double is what
was typed. No amount is computed with here: the double is only asked how it is written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Literal

NO_DAY, SHOWN_OTHERWISE, TOO_LONG = "TAPE-052", "TAPE-053", "TAPE-054"
Kind = Literal["plain", "date", "time", "zeros", "percent", "thousands"]

_EXACT = 15  # digits that every double keeps
_DOUBLE = 17  # digits that tell any two doubles apart
_MOST = Decimal(10) ** _EXACT
_LONGEST = 400  # letters; a double written in full has 309 digits
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_DAY_MS = 86_400_000
_FALSE_LEAP_DAY = 60  # the 1900 system counts a 29 February 1900
_LAST_DAY = date(9999, 12, 31)
_BUILT_IN: dict[Kind, list[int]] = {
    "date": [*range(14, 18), 22, *range(27, 37), *range(50, 59)],
    "time": [*range(18, 22), *range(45, 48)],
    "percent": [9, 10],
}
_TOKEN = re.compile(r'"([^"]*)"|\\(.)|_.|\*.|\[([^\]]*)\]|(AM/PM|A/P)|(.)', re.DOTALL | re.IGNORECASE)
_LITERAL = " -/():+"


@dataclass(frozen=True)
class Format:
    """A number format: what kind of value it shows, and for leading zeros the signs between them."""

    kind: Kind = "plain"
    pattern: tuple[str, ...] = ()  # "0" is a digit, all else stands as it is


@dataclass(frozen=True)
class Said:
    """The text of a number; `rule` where it is odd, with the value before and after."""

    text: str
    rule: str | None = None
    old: str | None = None
    new: str | None = None


def format_of(number: int, code: str | None) -> Format:
    """The format with this number; `code` is its text where the workbook defines it."""
    if code is None:
        return Format(next((kind for kind, numbers in _BUILT_IN.items() if number in numbers), "plain"))
    bare, pattern, elapsed = _taken_apart(code)
    letters = bare.lower()
    if "general" in letters:
        return Format()
    if re.search("[yd]|mmm", letters):
        return Format("date")
    if elapsed or re.search("[hs]", letters):
        return Format("time")
    if "%" in letters:
        return Format("percent")
    if re.search(r"[0#?],+(?:[^0#?,]|$)", letters):
        return Format("thousands")
    if pattern.count("0") > 1 and not set(letters) - set("0" + _LITERAL):
        return Format("zeros", pattern)
    return Format("date") if "m" in letters else Format()


def _taken_apart(code: str) -> tuple[str, tuple[str, ...], bool]:
    """Signs that mean something, all signs of the first section in order, and whether it counts hours beyond a day."""
    bare, pattern, elapsed = "", list[str](), False
    for quoted, escaped, bracket, half, sign in _TOKEN.findall(code):
        if sign == ";":
            break
        elapsed |= bracket.lower().strip("hms") == "" and bracket != ""
        bare += sign or ("h" if half else "")
        pattern.append(quoted or escaped or sign)
    return bare, tuple(each for each in pattern if each), elapsed


@lru_cache(1 << 16)
def say(raw: str, form: Format, from_1904: bool) -> Said:
    """The text of the number `raw`, as a cell of this format says it. Raises ValueError where it is none."""
    if len(raw) > _LONGEST or not _NUMBER.fullmatch(raw):
        raise ValueError(f"'{raw[:40]}' is no number")
    value = Decimal(raw)
    text = plain(value)
    if form.kind == "date":
        day = day_text(value, from_1904=from_1904)
        return Said(day) if day else Said(text, NO_DAY, text)
    if form.kind == "time" and 0 <= value < 1:
        return Said(_time_text(round(value * _DAY_MS)))
    if abs(value) >= _MOST:
        return Said(text, TOO_LONG, text)
    if form.kind == "zeros" and value == value.to_integral_value():
        shown = _shown(text, form.pattern)
        return Said(text) if shown == text else Said(text, SHOWN_OTHERWISE, shown, text)
    if form.kind == "percent":  # 0.05 is shown, and meant, as 5%
        return Said(f"{plain(value.scaleb(2))}%")
    return Said(text)


def plain(value: Decimal) -> str:
    """Without an exponent and without zeros behind; the shortest text of the double where one was written in full."""
    digits = len("".join(map(str, value.as_tuple().digits)).strip("0"))
    if _EXACT < digits <= _DOUBLE and abs(value) < _MOST:
        value = Decimal(repr(float(value)))
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def day_text(serial: Decimal, *, from_1904: bool) -> str | None:
    """YYYY-MM-DD of a day number, with the time of day behind it where there is one; None where it is no day."""
    days, part = divmod(round(serial * _DAY_MS), _DAY_MS)
    least, first = (0, date(1904, 1, 1)) if from_1904 else (1, date(1899, 12, 31 if days < _FALSE_LEAP_DAY else 30))
    if not least <= days <= (_LAST_DAY - first).days or (days == _FALSE_LEAP_DAY and not from_1904):
        return None
    day = (first + timedelta(days=days)).isoformat()
    return f"{day} {_time_text(part)}" if part else day


def _time_text(milliseconds: int) -> str:
    seconds, rest = divmod(milliseconds, 1000)
    text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    return f"{text}.{rest:03}" if rest else text


def _shown(text: str, pattern: tuple[str, ...]) -> str:
    """The digits from the right into the zeros of the pattern; what is left stands before the first zero."""
    sign, digits = ("-", text[1:]) if text.startswith("-") else ("", text)
    digits = digits.rjust(pattern.count("0"), "0")
    shown, left = "", list(digits)
    first = pattern.index("0")
    for place in range(len(pattern) - 1, -1, -1):
        if pattern[place] != "0":
            shown = pattern[place] + shown
        elif place == first:
            shown = "".join(left) + shown
        else:
            shown = left.pop() + shown
    return sign + shown

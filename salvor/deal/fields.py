"""How numbers and words stand in a deal file: decimal text, never a float; what can't be read is a ValueError."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from salvor.amounts import MAX_AMOUNT, Wad, to_units

_PERCENT = re.compile(r"(\d+(?:\.\d+)?) ?%", re.ASCII)
_AMOUNT = re.compile(r"\d+(\.\d+)?", re.ASCII)
_GROUPED = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?", re.ASCII)
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_BELOW_ZERO = re.compile(r"-\d+", re.ASCII)
_LONGEST = 60  # characters of a number; more is no money and no rate


def _percent(text: object) -> Wad:
    match = _PERCENT.fullmatch(text) if isinstance(text, str) else None
    if not match or len(match[0]) > _LONGEST:
        raise ValueError(f"'{text}' is not a percentage, such as 7 % or 7.25 %")
    try:
        return Wad(to_units(Decimal(match[1]), 16))
    except ValueError:
        raise ValueError(f"'{text}' has more than 16 decimals") from None


def _amount(text: object) -> Decimal:
    if isinstance(text, str) and _AMOUNT.fullmatch(text) and len(text) <= _LONGEST:
        return Decimal(text)
    hint = "leave the thousands comma out" if isinstance(text, str) and _GROUPED.fullmatch(text) else ""
    raise ValueError(f"'{text}' is not an amount, such as 450000.00 ({hint or 'no sign, no separators'})")


def _whole(text: object) -> int:
    if type(text) is int:
        return text
    if isinstance(text, str) and _WHOLE.fullmatch(text):
        return int(text)
    if isinstance(text, str) and _BELOW_ZERO.fullmatch(text):
        raise ValueError(f"'{text}' must not be below 0")
    raise ValueError(f"'{text}' is not a whole number")


def _version(text: object) -> int:
    if (number := _whole(text)) != 1:
        raise ValueError(f"is {number}, and this version of Salvor reads 1")
    return number


def bound(text: str, kind: str, decimals: int) -> int:
    """A bound of a criterion as its field is read: settlement units, WAD, or a whole number; raises ValueError."""
    if kind == "money":
        amount = _amount(text)
        try:
            number: int = to_units(amount, decimals)
        except ValueError as error:
            raise ValueError(f"{text} {error}") from None
    else:
        number = _percent(text) if kind == "rate" else _whole(text)
    if number > MAX_AMOUNT:
        raise ValueError(f"{text} is more than any loan has")
    return number


def _flag(text: object) -> bool:
    if isinstance(text, bool):
        return text
    if text not in ("yes", "no"):
        raise ValueError(f"'{text}' is neither yes nor no")
    return text == "yes"


def _in_editors(**schema: object) -> WithJsonSchema:
    """How an editor sees a value in the file, before it is read: `ape run deal schema`."""
    return WithJsonSchema(dict(schema))


_PERCENT_TEXT = _in_editors(type="string", pattern=r"^\d+(\.\d+)? ?%$", examples=["7 %"])
_AMOUNT_TEXT = _in_editors(type=["number", "string"], minimum=0, pattern=_AMOUNT.pattern, examples=[450000.00])
Percent = Annotated[Wad, BeforeValidator(_percent), _PERCENT_TEXT]
Amount = Annotated[Decimal, BeforeValidator(_amount), _AMOUNT_TEXT]
Whole = Annotated[int, BeforeValidator(_whole), _in_editors(type="integer", minimum=0)]
Version = Annotated[int, BeforeValidator(_version), _in_editors(const=1)]
Flag = Annotated[bool, BeforeValidator(_flag), _in_editors(enum=["yes", "no", True, False])]
Name = Annotated[str, Field(min_length=1, max_length=60)]


class Part(BaseModel):
    """A part of a deal file; every key is checked."""

    model_config = ConfigDict(extra="forbid", frozen=True)

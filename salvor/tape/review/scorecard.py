"""The scorecard as data: drivers, points and grades of `scorecard.yaml`, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from salvor.errors import FileMissing, FileUnreadable

_SHIPPED = Path(__file__).with_name("scorecard.yaml")


class Driver(BaseModel):
    """Points by bands of a number, or by values of a word."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    says: str
    bands: tuple[tuple[int | None, int], ...] = ()
    values: Mapping[str, int] = Field(default_factory=dict)
    after_default: bool = False

    @property
    def most(self) -> int:
        """Points that it can give."""
        return max([points for _, points in self.bands] or self.values.values())

    @model_validator(mode="after")
    def _is_one_of_both(self) -> Driver:
        if bool(self.bands) == bool(self.values):
            raise ValueError("a driver has bands or values")
        bounds = [bound for bound, _ in self.bands[:-1]]
        known = [bound for bound in bounds if bound is not None]
        if self.bands and (self.bands[-1][0] is not None or known != bounds or known != sorted(set(known))):
            raise ValueError("bounds of bands rise, and the last band alone has none (null)")
        if self.most <= 0 or min([points for _, points in self.bands] or self.values.values()) < 0:
            raise ValueError("points are not negative, and one is above 0")
        return self


class Scorecard(BaseModel):
    """A version, its grades (least score in percent, best first) and its drivers."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    version: int
    grades: Mapping[str, int]
    drivers: Mapping[str, Driver]

    @model_validator(mode="after")
    def _falls_to_nothing(self) -> Scorecard:
        least = list(self.grades.values())
        if not least or least != sorted(set(least), reverse=True) or least[-1] != 0 or least[0] > 100:
            raise ValueError("grades fall from at most 100 to 0, each once")
        return self


@cache
def load_scorecard(path: Path = _SHIPPED) -> Scorecard:
    """The shipped scorecard, or another; raises `FileUnreadable` with the first thing that is wrong."""
    if not path.is_file():
        raise FileMissing(path, "scorecard")
    try:
        return Scorecard.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise FileUnreadable(path, "a scorecard", f"{place}: {first['msg']}") from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise FileUnreadable(path, "a scorecard", str(error)) from None

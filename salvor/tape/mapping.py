"""The mapping file: which of the bank's columns is which of our fields, and how its amounts become money."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from salvor.amounts import Rounding


class Column(BaseModel):
    """Where a field comes from."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    column: str


class MoneyColumn(Column):
    """An amount: without a named rounding, a value with more decimals than the settlement asset is rejected."""

    rounding: Rounding = "exact"


class Mapping(BaseModel):
    """One entry a canonical field."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    loan_id: Column
    expected_recovery: MoneyColumn
    actual_recovery: MoneyColumn
    recovery_level: Column

    def columns(self) -> list[str]:
        """The bank's columns that must be there."""
        return [getattr(self, field).column for field in Mapping.model_fields]

"""Loans that are worked alone and what they are sold for: docs/liquidation.md in exact integers."""

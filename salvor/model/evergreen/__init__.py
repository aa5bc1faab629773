"""The evergreen deal in exact integers, written from docs/evergreen.md: terms, value, settlement, gates, fund."""

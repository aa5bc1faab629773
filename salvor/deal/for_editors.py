"""The deal file's JSON schema: editors complete keys by it, and mark what is wrong while it is written.

It says what stands in the file, not what is made of it: percentages are text, dates are text, yes is yes. What it can't
say (names that must be there, sums that must be right) `load_deal` does.
"""

from __future__ import annotations

from typing import Any

from salvor.deal.schema import Deal

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
# Short forms that a validator takes before the fields are read.
_SHORT_FORMS: dict[str, dict[str, Any]] = {"Trigger": {"type": "string", "pattern": r"^\d+(\.\d+)? ?%$"}}


def deal_json_schema() -> dict[str, Any]:
    """Of a whole deal file."""
    schema: dict[str, Any] = Deal.model_json_schema()
    parts = schema["$defs"]
    for name, short in _SHORT_FORMS.items():
        long = parts[name]
        parts[name] = {"description": long.get("description", ""), "anyOf": [short, long]}
    for part in (schema, *parts.values()):
        _as_written(part)
    return {"$schema": _DIALECT, **schema, "title": "Salvor deal"}


def _as_written(part: Any) -> None:
    """Defaults are values that were read, which a file would not hold. Plain text may look like a number."""
    if isinstance(part, dict):
        part.pop("default", None)
        if part.get("type") == "string" and not {"pattern", "enum", "format"} & set(part):
            part["type"] = ["string", "number", "boolean"]
        if "yes" in part.get("enum", ()) and part.pop("type", None):
            part["enum"] = [*part["enum"], True, False]
        for value in part.values():
            _as_written(value)
    elif isinstance(part, list):
        for value in part:
            _as_written(value)

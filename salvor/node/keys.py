"""Keys of the hub as the configuration writes them: `COLLATERAL/17`, or 0x and 64 hexadecimal digits."""

from __future__ import annotations

import re

from salvor.errors import near
from salvor.model import oracle_keys
from salvor.model.oracle_keys import Kind

_RAW = re.compile(r"0x[0-9a-fA-F]{64}", re.ASCII)


def key_of(text: str) -> bytes:
    """32 bytes; raises ValueError."""
    if _RAW.fullmatch(text):
        return bytes.fromhex(text[2:])
    kind, slash, subject = text.partition("/")
    if not slash:
        raise ValueError(f"'{text}' is not a key, such as COLLATERAL/17, or 0x and 64 hexadecimal digits")
    if kind not in set(Kind):
        hint = near(kind.upper(), list(Kind)) or f"; there is: {', '.join(Kind)}"
        raise ValueError(f"'{kind}' is no kind of value{hint}")
    return oracle_keys.key_of(Kind(kind), subject)

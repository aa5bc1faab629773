"""A wallet as somebody wrote it: one address has one spelling here, and a digit that was changed is seen."""

from __future__ import annotations

import re

from eth_utils import is_checksum_address, to_checksum_address

_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_NOBODY = "0x" + "0" * 40


def is_written_as_wallet(text: str) -> bool:
    """Whether it has the form of an address, right or wrong."""
    return _ADDRESS.fullmatch(text) is not None


def wallet(text: str) -> str:
    """With its checksum; raises ValueError with the reason where it is none."""
    if not is_written_as_wallet(text):
        raise ValueError(f"'{text}' is no wallet: 0x and 40 hexadecimal digits")
    if text == _NOBODY:
        raise ValueError("the zero address is nobody's wallet")
    if text[2:] not in (text[2:].lower(), text[2:].upper()) and not is_checksum_address(text):
        raise ValueError(f"{text} has a wrong checksum: a letter was changed; copy it again")
    return str(to_checksum_address(text))

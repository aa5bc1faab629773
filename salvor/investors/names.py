"""Names of investors: rows of one name are one person, so two names that look alike would make two of one.

Whoever is two persons passes every limit twice. A name is what a reader sees: no letters that do not show, no second
spelling of another name, and nothing that could be taken for somebody's wallet.
"""

from __future__ import annotations

import unicodedata

from salvor.supervision.wallets import is_written_as_wallet

LONGEST_NAME = 60
# Letters of other scripts that print as a Latin one (Unicode's confusables): Cyrillic and Greek, capitals as they look.
_LOOKS = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d"
    "\u03b1\u03bf\u03c1\u03bd\u03c5\u03b9\u03ba\u03c7",
    "abekmhopctyxijsabezhikmnoptyxaeopcyxijshdqwaopvuikx",
)


def checked_name(name: str) -> str:
    """The name as it stands; raises ValueError where it would mislead."""
    if not name:
        raise ValueError("no name: rows of one name are wallets of one person")
    if len(name) > LONGEST_NAME:
        raise ValueError(f"a name has {LONGEST_NAME} letters at most")
    for letter in name:
        if unicodedata.category(letter) in ("Cc", "Cf", "Zl", "Zp", "Co", "Cn", "Cs"):
            raise ValueError(f"the name has a letter that does not show: {unicodedata.name(letter, hex(ord(letter)))}")
    if is_written_as_wallet(name):
        raise ValueError("a name is no wallet: it would be taken for somebody else's")
    return name


def alike(one: str, other: str) -> bool:
    """Whether a reader could take one name for the other."""
    return _seen(one) == _seen(other)


def _seen(name: str) -> str:
    """A name but for case, accents' spelling, spaces and scripts."""
    plain = unicodedata.normalize("NFKC", name).translate(_LOOKS).casefold()
    return "".join(plain.split())

"""Where contracts keep their values in storage, by name: `slots.index`, `slots._credits[holder].earned`.

A view call costs microseconds, a word of storage a fraction of one. The layout comes from solc; Ape does not keep it,
so it is asked for once and kept beside Ape's own build (source: Solidity documentation, "Layout in Storage").
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_hash.auto import keccak

from salvor.chain.codec import address_of
from salvor.chain.engine import Engine
from salvor.chain.solc import compile_sources
from salvor.errors import SlotMissing
from salvor.files import write_whole
from salvor.toolchain.artifacts import fingerprint

_WORD_BITS = 256
_UNKEPT = ("mapping", "dynamic_array", "bytes")  # encodings whose values are spread over storage


@dataclass(frozen=True)
class Place:
    """A value of at most a word: where it is and how wide."""

    address: str
    slot: int
    shift: int
    bits: int
    signed: bool = False


class Slots:
    """The storage of one contract, walked by member name, mapping key or array place until a value is reached."""

    def __init__(self, address: str, layout: Mapping[str, Any], contract: str) -> None:
        self._address, self._types, self._contract = address, layout["types"] or {}, contract
        self._members = {entry["label"]: entry for entry in layout["storage"]}

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name not in self._members:
            raise SlotMissing(self._contract, name, list(self._members))
        entry = self._members[name]
        return self._walk(entry["type"], int(entry["slot"]), entry["offset"], name)

    def _walk(self, kind: str, slot: int, offset: int, path: str) -> Any:
        shape = self._types[kind]
        if shape["encoding"] in _UNKEPT or "members" in shape or "base" in shape:
            return _Branch(self, kind, slot, path)
        signed = kind.startswith("t_int")  # the layout does not say what is below a user-defined type: read as unsigned
        return Place(self._address, slot, offset * 8, int(shape["numberOfBytes"]) * 8, signed)


class _Branch:
    """A struct, mapping or array on the way to a value."""

    def __init__(self, slots: Slots, kind: str, slot: int, path: str) -> None:
        self._slots, self._shape, self._slot, self._path = slots, slots._types[kind], slot, path

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        members = {entry["label"]: entry for entry in self._shape.get("members", ())}
        if name not in members:
            raise SlotMissing(self._slots._contract, f"{self._path}.{name}", list(members))
        entry = members[name]
        return self._slots._walk(
            entry["type"], self._slot + int(entry["slot"]), entry["offset"], f"{self._path}.{name}"
        )

    def __getitem__(self, key: Any) -> Any:
        path = f"{self._path}[{key}]"
        if self._shape["encoding"] == "mapping":
            slot = int.from_bytes(keccak(_key(self._shape["key"], key) + self._slot.to_bytes(32)))
            return self._slots._walk(self._shape["value"], slot, 0, path)
        if "base" not in self._shape or not isinstance(key, int) or not 0 <= key < self._size():
            raise SlotMissing(self._slots._contract, path, [])
        start = self._slot
        if self._shape["encoding"] == "dynamic_array":
            start = int.from_bytes(keccak(self._slot.to_bytes(32)))
        width = int(self._slots._types[self._shape["base"]]["numberOfBytes"])
        if width > 16:  # each element starts a slot of its own
            slots_each = -(-width // 32)
            return self._slots._walk(self._shape["base"], start + key * slots_each, 0, path)
        in_a_word = 32 // width
        return self._slots._walk(self._shape["base"], start + key // in_a_word, key % in_a_word * width, path)

    @property
    def length(self) -> Any:
        """How many elements a dynamic array has; a struct may have a member of this name."""
        if self._shape["encoding"] != "dynamic_array":
            return self.__getattr__("length")
        return Place(self._slots._address, self._slot, 0, _WORD_BITS)

    def _size(self) -> int:
        """Of an array, as far as its type tells: a dynamic one can be read past its end, where zeros are."""
        fixed = self._shape["label"].rpartition("[")[2].removesuffix("]")
        return int(fixed) if fixed else 2**_WORD_BITS


class Sheet:
    """A fixed list of values, read at once: in this process from memory, elsewhere in one batch."""

    def __init__(self, engine: Engine, places: Sequence[Place]) -> None:
        self._engine = engine
        self._words = list(dict.fromkeys((place.address, place.slot) for place in places))
        at = {word: number for number, word in enumerate(self._words)}
        self._cuts = [(at[p.address, p.slot], p.shift, (1 << p.bits) - 1) for p in places]
        self._signed = [(i, 1 << (p.bits - 1)) for i, p in enumerate(places) if p.signed]
        self._last, self._values = list[int](), list[int]()

    def read(self) -> list[int]:
        """The values, in the order of the places."""
        words = self._engine.storage(self._words)
        if words != self._last:  # after a refused call, for one, nothing has to be cut again
            self._last = words
            self._values = values = [words[word] >> shift & mask for word, shift, mask in self._cuts]
            for number, half in self._signed:
                values[number] -= (values[number] & half) << 1
        return self._values.copy()


class Layouts:
    """Layouts by contract name, made once for a state of the sources."""

    def __init__(self, content: Mapping[str, Any]) -> None:
        self._content = content

    def slots(self, contract: Any) -> Slots:
        """Of a contract handle."""
        name = contract.blueprint.name
        if name not in self._content:
            raise SlotMissing(name, "a storage layout", list(self._content))
        return Slots(contract.address, self._content[name], name)


def read_layouts(root: Path) -> Layouts:
    """From the build folder when it is as new as Ape's manifest there, else from solc."""
    stamp, kept = fingerprint(root), root / ".build" / "layouts.json"
    if kept.is_file() and (content := json.loads(kept.read_text()))["made-from"] == stamp:
        return Layouts(content["layouts"])
    layouts = _ask_solc(root)
    write_whole(kept, json.dumps({"made-from": stamp, "layouts": layouts}))
    return Layouts(layouts)


def _ask_solc(root: Path) -> dict[str, Any]:
    sources = {str(path.relative_to(root)): path.read_text() for path in sorted((root / "contracts").rglob("*.sol"))}
    compiled = compile_sources(root, sources, outputs=["storageLayout"])
    return {name: output["storageLayout"] for file in sources for name, output in compiled.get(file, {}).items()}


def _key(kind: str, key: Any) -> bytes:
    """A mapping's key as it is hashed: texts and bytes as they are, all else a word, whoever has an address by it."""
    if kind == "t_string_memory_ptr":
        return str(key).encode()
    if kind == "t_bytes_memory_ptr":
        return bytes(key)
    if isinstance(key, int):
        return int(key % 2**_WORD_BITS).to_bytes(32)
    if isinstance(key, bytes):
        return key.ljust(32, b"\0")
    return bytes.fromhex(address_of(key)[2:]).rjust(32, b"\0")

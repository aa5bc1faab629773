"""ABI coding for loops: one encoder and one decoder a function, built once a process.

Integers, addresses, flags and short bytes take the short way (a word each); what has a length or members of changing
size goes through eth-abi's own codec, looked up once. Arguments that do not fit are named with function and parameter.
"""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from eth_abi.registry import registry
from eth_hash.auto import keccak
from eth_utils import to_checksum_address

from salvor.errors import AddressInvalid, ArgumentInvalid, ArgumentsMismatch, OutputUnreadable

Abi = Mapping[str, Any]
_WORD = 32


class _Checksums(dict[bytes, str]):
    """Addresses as text by their 20 bytes; a run meets the same few again and again."""

    def __missing__(self, raw: bytes) -> str:
        text = self[raw] = str(to_checksum_address(raw))
        return text


class _Words(dict[str, bytes]):
    """Addresses as 32 bytes by their text."""

    def __missing__(self, text: str) -> bytes:
        raw = bytes.fromhex(text.removeprefix("0x"))
        if len(raw) != 20:
            raise ValueError(text)
        word = self[text] = raw.rjust(_WORD, b"\0")
        return word


class _Texts(dict[str, str]):
    """Addresses with their checksum by text in any case."""

    def __missing__(self, text: str) -> str:
        self[text] = checksummed[_words[text][12:]]
        return self[text]


checksummed = _Checksums()
_words = _Words()
_texts = _Texts()


def address_of(value: Any) -> str:
    """The address of an actor, of a contract, or of a text, with its checksum: engines tell accounts apart by it."""
    try:
        return _texts[value] if isinstance(value, str) else str(value.address)
    except (ValueError, AttributeError):
        raise AddressInvalid(value) from None


def canonical(abi: Abi) -> str:
    """The type as signatures have it: structs as lists of their members' types."""
    kind = str(abi["type"])
    if kind.startswith("tuple"):
        return f"({','.join(map(canonical, abi['components']))}){kind.removeprefix('tuple')}"
    return kind


def signature(abi: Abi) -> str:
    """Name and canonical types, of a function, an error or an event."""
    return f"{abi['name']}({','.join(map(canonical, abi['inputs']))})"


def selector(abi: Abi) -> bytes:
    """First four bytes of the signature's hash."""
    return bytes(keccak(signature(abi).encode())[:4])


def encoder(prefix: bytes, params: Sequence[Abi], called: str) -> Callable[..., bytes]:
    """A function from arguments to `prefix` and the encoded arguments; `called` stands in its errors."""
    count, words = len(params), [_word_encoder(canonical(param)) for param in params]
    if all(words):
        join = _joined(prefix, words)

        def encode_words(*args: Any) -> bytes:
            if len(args) != count:
                raise ArgumentsMismatch(called, len(args), named(params))
            try:
                return join(*args)
            except (OverflowError, AttributeError, TypeError, ValueError):
                raise _culprit(called, params, args) from None

        return encode_words
    codec = registry.get_encoder(f"({','.join(map(canonical, params))})")

    def encode_any(*args: Any) -> bytes:
        if len(args) != count:
            raise ArgumentsMismatch(called, len(args), named(params))
        try:
            return prefix + bytes(codec([_plain(param, arg) for param, arg in zip(params, args, strict=True)]))
        except Exception:  # eth-abi's own errors have no common root with those of `_plain`
            raise _culprit(called, params, args) from None

    return encode_any


def _joined(prefix: bytes, words: Sequence[Any]) -> Callable[..., bytes]:
    """The prefix and a word for each argument; most functions have one or two."""
    match words:
        case []:
            return lambda: prefix
        case [first]:
            return lambda a: prefix + first(a)
        case [first, second]:
            return lambda a, b: prefix + first(a) + second(b)
    join = b"".join
    return lambda *args: prefix + join([word(arg) for word, arg in zip(words, args, strict=True)])


def decoder(params: Sequence[Abi], called: str) -> Callable[[bytes], tuple[Any, ...]]:
    """A function from encoded values to a tuple of them; structs become named tuples, addresses have a checksum."""
    readers, size = [], 0
    for param in params:
        reader, length = _reader(param, size)
        readers.append(reader)
        size += length
    fixed = [reader for reader in readers if reader is not None]
    if len(fixed) == len(readers):

        def decode_words(data: bytes) -> tuple[Any, ...]:
            if len(data) < size:
                raise OutputUnreadable(called, data, named(params))
            return tuple([read(data) for read in fixed])

        return decode_words
    codec = registry.get_decoder(f"({','.join(map(canonical, params))})")
    shapes = [_shape(param) for param in params]

    def decode_any(data: bytes) -> tuple[Any, ...]:
        from eth_abi.decoding import ContextFramesBytesIO

        try:
            values = codec(ContextFramesBytesIO(data))
        except Exception:
            raise OutputUnreadable(called, data, named(params)) from None
        return tuple(shape(value) for shape, value in zip(shapes, values, strict=True))

    return decode_any


def record(name: str, params: Sequence[Abi]) -> type:
    """A named tuple with the parameters' names; nameless ones are `_0`, `_1`."""
    return namedtuple(name, [param.get("name") or "" for param in params], rename=True)


# Encoding


def _word_encoder(kind: str) -> Callable[[Any], bytes] | None:
    """How a value of an elementary type becomes a word; None when the type is not elementary."""
    if kind == "address":
        return _address_word
    if kind == "bool":
        return _flag_word
    if kind.startswith("uint") and kind[4:].isdigit():
        return _uint_word if kind == "uint256" else _short_uint_word(int(kind[4:]))
    if kind.startswith("int") and kind[3:].isdigit():
        return _int_word(int(kind[3:]))
    if kind.startswith("bytes") and kind[5:].isdigit():
        return _bytes_word(int(kind[5:]))
    return None


def _address_word(value: Any) -> bytes:
    return _words[value] if isinstance(value, str) else value.word


def _flag_word(value: bool) -> bytes:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value.to_bytes(_WORD)


def _uint_word(value: int) -> bytes:
    return value.to_bytes(_WORD)


def _short_uint_word(bits: int) -> Callable[[int], bytes]:
    def word(value: int) -> bytes:
        if value >> bits:
            raise OverflowError(value)
        return value.to_bytes(_WORD)

    return word


def _int_word(bits: int) -> Callable[[int], bytes]:
    def word(value: int) -> bytes:
        value.to_bytes(bits // 8, signed=True)
        return value.to_bytes(_WORD, signed=True)

    return word


def _bytes_word(length: int) -> Callable[[Any], bytes]:
    def word(value: Any) -> bytes:
        raw = _raw_bytes(value)
        if len(raw) != length:
            raise ValueError(value)
        return raw.ljust(_WORD, b"\0")

    return word


def _raw_bytes(value: Any) -> bytes:
    """Of bytes, or of hexadecimal text; of a number Python would make that many zeros."""
    if isinstance(value, int):
        raise TypeError(value)
    return bytes.fromhex(value.removeprefix("0x")) if isinstance(value, str) else bytes(value)


def _plain(param: Abi, value: Any) -> Any:
    """A value as eth-abi takes it: addresses as text, structs as tuples in the order of their members."""
    kind = str(param["type"])
    if kind.endswith("]"):
        inner = {**param, "type": kind[: kind.rindex("[")]}
        return [_plain(inner, each) for each in value]
    if kind == "tuple":
        members = param["components"]
        if isinstance(value, Mapping):
            value = [value[member["name"]] for member in members]
        if len(value) != len(members):
            raise ValueError(value)
        return tuple(_plain(member, each) for member, each in zip(members, value, strict=True))
    if kind == "address":
        return checksummed[_address_word(value)[12:]]
    if kind == "bytes":
        return _raw_bytes(value)
    if kind.startswith("bytes"):
        return _bytes_word(int(kind[5:]))(value)[: int(kind[5:])]
    return value


def _culprit(called: str, params: Sequence[Abi], args: Sequence[Any]) -> ArgumentInvalid:
    """Which argument it was that could not be encoded."""
    for place, (param, arg) in enumerate(zip(params, args, strict=True)):
        name = param.get("name") or f"number {place + 1}"
        try:
            registry.get_encoder(canonical(param))(_plain(param, arg))
            if word := _word_encoder(canonical(param)):
                word(arg)
        except Exception:
            return ArgumentInvalid(called, name, canonical(param), arg)
    return ArgumentInvalid(called, "all", named(params), args)


def named(params: Sequence[Abi]) -> str:
    """Types and names, for people."""
    return ", ".join(f"{canonical(param)} {param.get('name') or ''}".strip() for param in params) or "none"


# Decoding


def _reader(param: Abi, offset: int) -> tuple[Callable[[bytes], Any] | None, int]:
    """How to read a value that lies at a fixed place, and its length; None for what has no fixed place."""
    kind, end = str(param["type"]), offset + _WORD
    if kind == "tuple":
        return _struct_reader(param, offset)
    if kind == "address":
        return lambda data: checksummed[data[offset + 12 : end]], _WORD
    if kind == "bool":
        return lambda data: data[end - 1] == 1, _WORD
    if kind.startswith("uint") and kind[4:].isdigit():
        return lambda data: int.from_bytes(data[offset:end]), _WORD
    if kind.startswith("int") and kind[3:].isdigit():
        return lambda data: int.from_bytes(data[offset:end], signed=True), _WORD
    if kind.startswith("bytes") and kind[5:].isdigit():
        return lambda data: data[offset : offset + int(kind[5:])], _WORD
    return None, 0


def _struct_reader(param: Abi, offset: int) -> tuple[Callable[[bytes], Any] | None, int]:
    readers, size = [], 0
    for member in param["components"]:
        reader, length = _reader(member, offset + size)
        if reader is None:
            return None, 0
        readers.append(reader)
        size += length
    made = record(_struct_name(param), param["components"])
    return lambda data: made(*[read(data) for read in readers]), size


def _shape(param: Abi) -> Callable[[Any], Any]:
    """From eth-abi's plain values to named tuples and addresses with checksum."""
    kind = str(param["type"])
    if kind.endswith("]"):
        inner = _shape({**param, "type": kind[: kind.rindex("[")]})
        return lambda values: tuple(inner(value) for value in values)
    if kind == "tuple":
        made, members = record(_struct_name(param), param["components"]), [_shape(m) for m in param["components"]]
        return lambda values: made(*(shape(value) for shape, value in zip(members, values, strict=True)))
    if kind == "address":
        return lambda value: str(to_checksum_address(value))
    return lambda value: value


def _struct_name(param: Abi) -> str:
    name = str(param.get("internalType") or "Struct").split("[")[0].split(".")[-1].removeprefix("struct ")
    return name if name.isidentifier() else "Struct"

"""Values of every type there and back: what a contract gives back is what it was given, on every engine.

`Echo` answers with its own ABI encoding too, so that an encoder and a decoder that are wrong in the same way are found.
"""

import pytest
from eth_hash.auto import keccak

from salvor.chain.codec import signature
from tests.utils.drawing import Drawing
from tests.utils.zoo import zoo

SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
FLAT = {"who": SOMEBODY, "tick": -(2**23), "on": True, "tag": b"abc", "wad": 2**128 - 1, "kind": 2}
EMPTY = {"who": "0x" + "00" * 20, "tick": 0, "on": False, "tag": bytes(3), "wad": 0, "kind": 0}


@pytest.fixture(scope="module")
def echo_abi():
    return [abi for abi in zoo()["Echo"].abi if abi["type"] == "function"]


@pytest.fixture
def echo(trio, owner):
    return trio.deploy("Echo", sender=owner)


def plain(value):
    """Named tuples, dicts and lists as tuples; hexadecimal texts as they are."""
    if isinstance(value, dict):
        return tuple(plain(each) for each in value.values())
    return tuple(plain(each) for each in value) if isinstance(value, list | tuple) else value


class TestWords:
    def test_at_their_edges(self, echo):
        low = (SOMEBODY, False, 0, 0, -128, -(2**255), b"\0", bytes(32))
        high = (SOMEBODY, True, 255, 2**256 - 1, 127, 2**255 - 1, b"\xff", b"\xff" * 32)
        for args in (low, high):
            assert tuple(echo.words(*args).value) == args

    def test_of_short_types(self, echo):
        args = (2**40 - 1, -(2**39), bytes(range(20)), 2, 2**128 - 1, SOMEBODY, SOMEBODY)
        seen = echo.middles(*args).value
        assert tuple(seen) == args
        assert seen._fields == ("A", "B", "C", "D", "E", "F", "G")

    def test_addresses_come_with_their_checksum(self, echo):
        for text in (SOMEBODY, SOMEBODY.lower(), SOMEBODY[2:].lower()):
            assert echo.words(text, False, 0, 0, 0, 0, "0x00", "0x" + "00" * 32).value[0] == SOMEBODY

    def test_contracts_and_actors_stand_for_their_address(self, echo, owner):
        assert echo.words(echo, False, 0, 0, 0, 0, b"\0", bytes(32)).value[0] == echo.address
        assert echo.flat({**FLAT, "who": owner}).value.who == owner.address

    def test_nothing_at_all(self, echo):
        assert echo.nothing().value is None


class TestTexts:
    @pytest.mark.parametrize("text", ["", "a", "x" * 31, "x" * 32, "x" * 33, "Zinsfuß €7 \U0001f3e0", "\0\1"], ids=len)
    @pytest.mark.parametrize("raw", [b"", b"\0", b"\xff" * 32, b"\x80" * 33], ids=len)
    def test_of_any_length(self, pair, text, raw):
        echo = pair.deploy("Echo", sender=pair.actor("owner"))
        assert tuple(echo.text(text, raw).value)[:2] == (text, raw)

    def test_bytes_as_hexadecimal_text(self, echo):
        assert echo.text("", "0x00ff").value[1] == b"\x00\xff"
        assert echo.text("", "00ff").value[1] == b"\x00\xff"

    def test_a_megabyte(self, pair):
        echo = pair.deploy("Echo", sender=pair.actor("owner"))
        assert echo.text("x" * 400_000, b"\xff" * 400_000).value[1] == b"\xff" * 400_000


class TestStructs:
    def test_of_words(self, echo):
        for flat in (FLAT, EMPTY):
            seen = echo.flat(flat).value
            assert seen._asdict() == flat
            assert type(seen).__name__ == "Flat"

    def test_by_position_and_by_name(self, echo):
        assert echo.flat(tuple(FLAT.values())).value == echo.flat(dict(reversed(FLAT.items()))).value

    def test_in_arrays(self, echo):
        for many in ([], [FLAT], [FLAT, EMPTY, FLAT]):
            seen = echo.flats(many, [EMPTY, FLAT]).value
            assert plain(seen)[:2] == (plain(many), plain([EMPTY, FLAT]))
            assert seen[2] == keccak(echo.encode("flats", many, [EMPTY, FLAT])[4:])

    @pytest.mark.parametrize("count", [0, 1, 4])
    def test_in_structs_with_texts_and_arrays(self, echo, count):
        deep = {
            "name": "n" * 40 * count,
            "flat": FLAT,
            "many": [EMPTY, FLAT][: count % 3] * count,
            "pair": [b"", b"\x01" * 33],
            "grid": [[], [1, 2, 255], [0]][:count],
        }
        seen = echo.deep(deep).value
        assert plain(seen[0]) == plain(deep)
        assert seen[0].flat.tick == FLAT["tick"]
        assert seen[1] == keccak(echo.encode("deep", deep)[4:])
        many = echo.deeps([deep] * count, 2**255).value
        assert plain(many)[:2] == (plain([deep] * count), 2**255)
        assert many[2] == keccak(echo.encode("deeps", [deep] * count, 2**255)[4:])


class TestArrays:
    def test_of_fixed_length(self, echo):
        args = ([0, 1, 2**256 - 1], [SOMEBODY, SOMEBODY], [b"\x07" * 32])
        assert plain(echo.fixedOnes(*args).value) == plain(args)

    def test_of_arrays(self, echo):
        square = [[1, -1], [2**15 - 1, -(2**15)], [0, 0]]
        args = (square, square[:1], [[], [5, -5, 0]], [["a", ""], ["", "b" * 33]])
        seen = echo.nested(*args).value
        assert plain(seen)[:4] == plain(args)
        assert seen[4] == keccak(echo.encode("nested", *args)[4:])

    def test_of_flags_and_short_bytes(self, echo):
        args = ([True, False] * 20, [b"\x01\x02\x03\x04", "0xffffffff"])
        assert plain(echo.flags(*args).value) == (tuple(args[0]), (b"\x01\x02\x03\x04", b"\xff" * 4))


class TestOverloads:
    def test_by_full_signature(self, echo):
        assert echo["pick(uint256)"](1).value == "one number"
        assert echo["pick(uint256,uint256)"](1, 2).value == "two numbers"
        assert echo["pick(string)"]("1").value == "one text"

    def test_by_the_number_of_arguments(self, echo):
        assert echo.pick(1, 2).value == "two numbers"
        assert (echo.choose().value, echo.choose(SOMEBODY).value) == (0, 1)


class TestByChance:
    @pytest.mark.parametrize("seed", range(10))
    def test_every_function_gives_back_what_it_was_given(self, pair, echo_abi, seed):
        owner = pair.actor("owner")
        echo, draw = pair.deploy("Echo", sender=owner), Drawing(seed, [SOMEBODY, owner.address])
        for _ in range(40):
            abi = draw.random.choice([each for each in echo_abi if not each["name"].startswith(("raw", "pick"))])
            args = draw.values(abi["inputs"])
            seen = echo[signature(abi)](*args).value
            if abi["name"] not in ("nothing", "choose"):
                given, got = plain(args), plain(seen)
                assert (got if len(abi["outputs"]) > 1 else (got,))[: len(given)] == given

"""Storage by name: what is read from its place is what the contract's own view says, at every edge of every type."""

from dataclasses import replace

import pytest

from salvor.chain.codec import checksummed
from salvor.errors import SlotMissing
from tests.utils.drawing import Drawing
from tests.utils.zoo import layouts

SOMEBODY, OTHER = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed", checksummed[b"\xff" * 20]
LOW = (False, -128, -(2**63), 0, 0, -(2**127), -(2**127), -(2**255), 0)
HIGH = (True, 127, 2**63 - 1, 2**16 - 1, 2, 2**127 - 1, 2**127 - 1, 2**255 - 1, 2**256 - 1)
MINUS_ONE = (True, -1, -1, 1, 1, -1, -1, -1, 1)
WORDS = ("flag", "i8", "i64", "u16", "state", "i128", "wad", "i256", "u256")
SMALLS = [(0, 0, False, 0), (2**32 - 1, -(2**31), True, 2), (1, -1, False, 1), (7, 2**31 - 1, True, 0)]


@pytest.fixture
def keeper(here, owner):
    return here.deploy("Keeper", sender=owner)


@pytest.fixture
def slots(keeper):
    return layouts().slots(keeper)


@pytest.fixture
def read(here):
    """Values of places, one or many."""

    def read(*places):
        values = here.sheet(*places).read()
        return values[0] if len(places) == 1 else tuple(values)

    return read


def signed(place):
    """Of a user-defined type the layout does not say what is below it."""
    return replace(place, signed=True)


class TestPackedWords:
    @pytest.mark.parametrize("values", [LOW, HIGH, MINUS_ONE])
    def test_of_every_width(self, keeper, slots, read, owner, values):
        keeper.setWords(*values, sender=owner)
        places = [signed(slots.wad) if name == "wad" else getattr(slots, name) for name in WORDS]
        assert read(*places) == values == tuple(getattr(keeper, name)() for name in WORDS)

    def test_one_does_not_reach_into_its_neighbours(self, keeper, slots, read, owner):
        for place, name in enumerate(WORDS):
            values = [*LOW]
            values[place] = HIGH[place]
            keeper.setWords(*values, sender=owner)
            for other in WORDS:
                where = getattr(slots, other)
                assert read(signed(where) if other == "wad" else where) == getattr(keeper, other)(), (name, other)

    def test_of_a_user_defined_type_is_unsigned_unless_told(self, keeper, slots, read, owner):
        keeper.setWords(*MINUS_ONE, sender=owner)
        assert (read(slots.wad), read(signed(slots.wad))) == (2**128 - 1, -1)

    def test_short_bytes_are_numbers(self, keeper, slots, read, owner):
        keeper.setBytes("0x01020304", b"\xff" * 20, b"\x80" + bytes(31), sender=owner)
        assert read(slots.b4, slots.b20, slots.b32) == (0x01020304, 2**160 - 1, 2**255)
        assert keeper.b4() == (0x01020304).to_bytes(4)

    @pytest.mark.parametrize("values", [(255, SOMEBODY, 2**88 - 1), (0, OTHER, 0), (1, "0x" + "00" * 20, 1)])
    def test_of_the_contract_above(self, keeper, slots, read, owner, values):
        keeper.setInherited(*values, sender=owner)
        first, holder, tail = read(slots._first, slots.owner, slots.tail)
        assert (first, f"0x{holder:040x}", tail) == (values[0], values[1].lower(), values[2])
        assert tuple(keeper.inherited()) == values


class TestStructs:
    @pytest.mark.parametrize("small", SMALLS)
    def test_alone_in_arrays_and_in_mappings(self, keeper, slots, read, owner, small):
        keeper.setSmall(small, sender=owner)
        for where in (slots.small, slots.pair[1], slots.structs[0], slots.smalls[owner]):
            assert read(where.a, where.b, where.c, where.d) == small == tuple(keeper.small())
        assert read(slots.pair[0].a, slots.structs.length) == (0, 1)
        assert tuple(keeper.smalls(owner)) == tuple(keeper.structs(0)) == tuple(keeper.pair(1)) == small

    @pytest.mark.parametrize("small", SMALLS)
    def test_with_a_mapping_and_an_array_inside(self, keeper, slots, read, owner, small):
        numbers = [-(2**63), -1, 0, 1, 2**63 - 1, 7]  # four in a word
        keeper.setBig(SOMEBODY, 2**256 - 1, small, OTHER, 2**128 - 1, numbers, sender=owner)
        big = slots._bigs[SOMEBODY]
        assert read(big.total, big.parts[OTHER], big.list.length) == (2**256 - 1, 2**128 - 1, 6)
        for place, number in enumerate(numbers):
            total, inner, part, viewed = keeper.big(SOMEBODY, OTHER, place)
            assert read(big.list[place]) == number == viewed
            assert (total, tuple(inner), part) == (2**256 - 1, small, 2**128 - 1)
        assert read(big.small.a, big.small.b, big.small.c, big.small.d) == small


class TestMappings:
    @pytest.mark.parametrize("number", [0, 1, 2**256 - 1], ids=["nothing", "one", "most"])
    @pytest.mark.parametrize("integer", [0, -1, -(2**31), 2**31 - 1])
    def test_by_numbers_flags_enums_and_bytes(self, keeper, slots, read, owner, number, integer):
        tag, value = b"\x00\xff\x01\x80", 101
        keeper.setMapped(number, integer, tag, 2, value, sender=owner)
        assert read(slots.byNumber[number]) == keeper.byNumber(number) == value
        assert read(slots.byInt[integer]) == keeper.byInt(integer) == value
        assert read(slots.byFlag[False], slots.byFlag[True]) == (keeper.byFlag(False), keeper.byFlag(True)) == (101, 0)
        assert read(slots.byBytes[tag]) == keeper.byBytes(tag) == value
        assert read(slots.byState[2], slots.byState[1]) == (keeper.byState(2), 0) == (value, 0)

    def test_three_deep_by_whoever_has_an_address(self, keeper, slots, read, owner):
        keeper.setNested(owner, 7, keeper, 2**255, sender=owner)
        by_handle = slots.nested[owner][7][keeper]
        by_text = slots.nested[owner.address][7][keeper.address.lower()]
        assert by_handle == by_text
        assert read(by_handle) == keeper.nested(owner, 7, keeper) == 2**255
        assert read(slots.nested[owner][8][keeper]) == 0

    @pytest.mark.parametrize("text", ["", "a", "x" * 31, "x" * 32, "x" * 100, "Zins €"], ids=len)
    def test_by_texts_and_long_bytes(self, keeper, slots, read, owner, text):
        raw = text.encode() * 2
        keeper.setText(text, raw, 9, sender=owner)
        assert read(slots.byText[text], slots.byRaw[raw]) == (keeper.byText(text), keeper.byRaw(raw)) == (9, 9)
        assert read(slots.byText[text + "?"]) == 0


class TestDynamicArrays:
    def test_of_values_of_every_width(self, keeper, slots, read, owner):
        numbers, ticks = [0, 2**256 - 1, 5], [-(2**23), -1, 0, 2**23 - 1] * 4  # ten in a word
        flags, words = [place % 3 == 0 for place in range(70)], [b"\x01" * 16, b"\xff" * 16, bytes(16)]
        people, jagged = [SOMEBODY, owner.address], [[], [1, 2, 3, 4, 2**64 - 1], [7]]
        keeper.setArrays(numbers, ticks, flags, people, words, jagged, sender=owner)
        for name, given in (("numbers", numbers), ("ticks", ticks), ("flags", flags)):
            array = getattr(slots, name)
            assert read(array.length) == len(given)
            assert [read(array[place]) for place in range(len(given))] == given
            assert [getattr(keeper, name)(place) for place in range(len(given))] == given
        assert [f"0x{read(slots.people[place]):040x}" for place in range(2)] == [each.lower() for each in people]
        assert [read(slots.words[place]).to_bytes(16) for place in range(3)] == words
        assert [read(slots.jagged[place].length) for place in range(3)] == [0, 5, 1]
        assert [read(slots.jagged[1][place]) for place in range(5)] == jagged[1]
        assert read(slots.jagged[2][0]) == keeper.jagged(2, 0) == 7

    def test_past_the_end_there_are_zeros(self, keeper, slots, read, owner):
        keeper.setArrays([1, 2], [], [], [], [], [], sender=owner)
        keeper.setArrays([1], [], [], [], [], [], sender=owner)
        assert read(slots.numbers.length, slots.numbers[1], slots.numbers[10**6]) == (1, 0, 0)


class TestFixedArrays:
    def test_of_values_of_every_width(self, keeper, slots, read, owner):
        small, halves = [place * 6 for place in range(40)], [0, 2**128 - 1, 7]
        wholes, grid = [-(2**255), -1], [[1, 2, 3], [0, 2**16 - 1, 9]]
        keeper.setFixed(small, halves, wholes, grid, sender=owner)
        assert [read(slots.bytesOf[place]) for place in range(40)] == small
        assert [read(slots.halves[place]) for place in range(3)] == halves
        assert [read(slots.wholes[place]) for place in range(2)] == wholes
        assert [[read(slots.grid[row][column]) for column in range(3)] for row in range(2)] == grid
        assert [[keeper.grid(row, column) for column in range(3)] for row in range(2)] == grid

    @pytest.mark.parametrize("place", [40, -1, 10**9])
    def test_refuses_a_place_beside_it(self, slots, place):
        with pytest.raises(SlotMissing, match=rf"the storage of Keeper has no 'bytesOf\[{place}\]'"):
            slots.bytesOf[place]


class TestElementsOfSeveralWords:
    def test_in_fixed_and_dynamic_arrays(self, keeper, slots, read, owner):
        rows = [[row * 40 + place for place in range(33)] for row in range(3)]  # a row of 33 bytes takes two words
        wides = [(2**256 - 1, -128), (0, 127), (5, -1)]
        keeper.setWide(rows, wides, sender=owner)
        assert [[read(slots.rows[row][place]) for place in range(33)] for row in range(3)] == rows
        assert [[keeper.rows(row, place) for place in range(33)] for row in range(3)] == rows
        assert [read(each.whole, each.part) for each in (slots.wides[place] for place in range(3))] == wides
        assert [tuple(keeper.wides(place)) for place in range(3)] == wides


class TestByChance:
    @pytest.mark.parametrize("seed", range(5))
    def test_sheets_of_many_places_at_once(self, here, keeper, slots, owner, seed):
        draw = Drawing(seed, [SOMEBODY, OTHER, owner.address])
        for _ in range(10):
            for name in ("setWords", "setFixed", "setInherited"):
                method = getattr(keeper, name)
                method(*draw.values(method.function.params), sender=owner)
            places = [getattr(slots, name) for name in WORDS if name != "wad"]
            places += [slots.bytesOf[place] for place in range(40)] + [slots.grid[1][2], slots.tail]
            views = [getattr(keeper, name)() for name in WORDS if name != "wad"]
            views += [keeper.bytesOf(place) for place in range(40)] + [keeper.grid(1, 2), keeper.tail()]
            assert here.sheet(*places).read() == views


class TestWhatIsNotThere:
    def test_a_variable(self, slots):
        with pytest.raises(SlotMissing, match="has no 'flagg'; did you mean 'flag'"):
            _ = slots.flagg

    @pytest.mark.parametrize("name", ["IGNORED", "alsoIgnored"])
    def test_a_constant(self, slots, name):
        with pytest.raises(SlotMissing, match=f"has no '{name}'"):
            getattr(slots, name)

    def test_a_member(self, slots):
        with pytest.raises(SlotMissing, match=r"has no 'small.e'; there is: a, b, c, d"):
            _ = slots.small.e

    def test_an_element_of_a_struct(self, slots):
        with pytest.raises(SlotMissing, match=r"has no 'small\[0\]'"):
            slots.small[0]

    @pytest.mark.parametrize("name", ["text", "raw", "small", "halves", "byNumber"])
    def test_the_length_of_what_is_no_dynamic_array(self, slots, name):
        with pytest.raises(SlotMissing, match=f"has no '{name}.length'"):
            _ = getattr(slots, name).length

    def test_a_contract_without_a_layout(self, here, owner):
        with pytest.raises(SlotMissing, match="has no 'a storage layout'"):
            here.slots(here.deploy("Unpaid", sender=owner))

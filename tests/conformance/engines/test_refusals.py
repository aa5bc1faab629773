"""Why a call is refused: bytes, names and values are the same on every engine, and nothing else has happened."""

import pytest

from salvor.chain.codec import selector
from tests.utils.zoo import zoo

SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
CLAIM = {"who": SOMEBODY, "reason": "späte Zahlung, 7 €", "path": [(-(2**127), 0), (2**127 - 1, 2**64 - 1)]}
DETAILED = (CLAIM, [0, 2**256 - 1, 7], b"\x00\xff" * 40)


@pytest.fixture
def refuser(trio, owner):
    return trio.deploy("Refuser", sender=owner)


class TestRevertData:
    def test_none_at_all(self, refuser, owner):
        seen = refuser.empty.refused(sender=owner)
        assert (seen.data, seen.refusal.error) == (b"", "no reason given")

    @pytest.mark.parametrize("reason", ["", "no", "x" * 31, "x" * 32, "x" * 1_000, "Zinsen für 3 €, née ✓"], ids=len)
    def test_a_text(self, refuser, owner, reason):
        refusal = refuser.text.refused(reason, sender=owner).refusal
        assert (refusal.error, refusal.values) == ("Error", (reason,))

    def test_an_error_without_values(self, refuser, owner):
        seen = refuser.nothing.refused(sender=owner)
        assert len(seen.data) == 4
        assert (seen.refusal.error, seen.refusal.values) == ("Nothing", ())

    def test_an_error_of_words(self, refuser, owner):
        refusal = refuser.plain.refused(SOMEBODY, -128, True, "0x0102ff00", sender=owner).refusal
        assert refusal.values == (SOMEBODY, -128, True, b"\x01\x02\xff\x00")
        assert str(refusal) == f"Plain(who={SOMEBODY}, small=-128, yes=True, tag=0x0102ff00)"

    def test_an_error_with_struct_array_and_bytes(self, refuser, owner):
        refusal = refuser.detailed.refused(*DETAILED, sender=owner).refusal
        claim, amounts, raw = refusal.values
        assert (claim.who, claim.reason) == (SOMEBODY, CLAIM["reason"])
        assert [tuple(point) for point in claim.path] == CLAIM["path"]
        assert claim.path[1].y == 2**64 - 1
        assert (amounts, raw) == (tuple(DETAILED[1]), DETAILED[2])

    def test_an_error_with_fixed_arrays(self, refuser, owner):
        refusal = refuser.spread.refused([(1, 2), (-3, 4)], ["", "b" * 40], sender=owner).refusal
        assert refusal.values == (((1, 2), (-3, 4)), ("", "b" * 40))

    @pytest.mark.parametrize("length", [1, 3, 4, 5, 24_576, 24_577, 100_000])
    def test_bytes_that_are_nobodys(self, refuser, owner, length):
        data = bytes(range(1, 256)) * (length // 255 + 1)
        seen = refuser.raw.refused(data[:length], sender=owner)
        assert seen.data == data[:length]
        assert seen.refusal.error == f"unknown error 0x{data[: min(length, 4)].hex()}"

    def test_a_known_selector_with_values_that_are_cut_off(self, refuser, owner):
        plain = next(abi for abi in zoo()["Refuser"].abi if abi["type"] == "error" and abi["name"] == "Plain")
        refusal = refuser.raw.refused(selector(plain) + b"\x01" * 40, sender=owner).refusal
        assert (refusal.error, refusal.values) == (f"unknown error 0x{selector(plain).hex()}", (b"\x01" * 40,))

    def test_a_megabyte(self, refuser, owner):
        seen = refuser.long.refused(1_000_000, sender=owner)
        assert (len(seen.data), seen.refusal.error) == (1_000_000, "unknown error 0xdeadbeef")

    def test_in_a_view(self, trio, refuser):
        refusal = trio.look(lambda side: refuser.index._on(side)(3), refused=True).refusal
        assert (refusal.error, refusal.values) == ("Panic", (0x32,))


class TestPanics:
    @pytest.mark.parametrize(
        ("function", "args", "code"),
        [
            ("failAssert", (), 0x01),
            ("overflow", (1,), 0x11),
            ("divide", (0,), 0x12),
            ("colour", (2,), 0x21),
            ("brokenBytes", (), 0x22),
            ("popEmpty", (), 0x31),
            ("index", (0,), 0x32),
            ("allocate", (2**64,), 0x41),
            ("zeroPointer", (), 0x51),
        ],
    )
    def test_each_with_its_code(self, refuser, owner, function, args, code):
        refusal = getattr(refuser, function).refused(*args, sender=owner).refusal
        assert (refusal.error, refusal.values, refusal.names) == ("Panic", (code,), ("code",))


class TestHalts:
    """A halt has no data, but the same name everywhere."""

    @pytest.mark.parametrize(
        ("function", "args", "name"),
        [
            ("invalid", (), "InvalidFEOpcode"),
            ("forever", (), "OutOfGas"),
            ("hugeMemory", (), "OutOfGas"),
            ("jump", (1,), "InvalidJump"),
        ],
    )
    def test_in_a_call(self, refuser, owner, function, args, name):
        seen = getattr(refuser, function).refused(*args, sender=owner)
        assert (seen.data, seen.halt, str(seen.refusal)) == (None, name, f"halted: {name}()")
        assert refuser.counter().value == 0

    def test_one_call_down_is_a_failed_call(self, refuser, owner):
        assert refuser.badJump.refused(sender=owner).refusal.values == ("the inner call halted",)

    @pytest.mark.parametrize(
        ("code", "name"),
        [
            ("fe", "InvalidFEOpcode"),
            ("0c", "OpcodeNotFound"),
            ("01", "StackUnderflow"),
            ("5b5f5f56", "StackOverflow"),  # a loop that leaves a word behind each time
            ("600556", "InvalidJump"),
            ("60015f5f3e", "OutOfOffset"),  # more return data than there is
        ],
    )
    def test_in_code_that_is_only_run_once(self, trio, owner, code, name):
        def deploy(side):
            try:
                side.engine.create(owner.address, bytes.fromhex(code))
            except Exception as halted:
                return f"{type(halted).__name__}: {halted}"

        assert trio.each(deploy) == f"Halted: {name}"


class TestUndone:
    def test_a_change_before_the_refusal(self, refuser, owner):
        refuser.countThenRefuse.refused(sender=owner)
        assert refuser.counter().value == 0
        assert refuser.count(sender=owner).value == 1

    def test_a_change_two_contracts_above(self, trio, refuser, owner):
        middle = trio.deploy("Middle", refuser, sender=owner)
        outer = trio.deploy("Outer", middle, sender=owner)
        refusal = outer.detailed.refused(*DETAILED, sender=owner).refusal
        assert refusal.error == "Detailed"
        assert refusal.values[1] == tuple(DETAILED[1])
        assert middle.counter().value == 0


class TestCaught:
    @pytest.fixture
    def middle(self, trio, refuser, owner):
        return trio.deploy("Middle", refuser, sender=owner)

    @pytest.mark.parametrize(
        ("data", "event"),
        [
            (b"", "Caught"),
            (b"\x01\x02", "Caught"),
            (bytes.fromhex("08c379a0") + (32).to_bytes(32) + (2).to_bytes(32) + b"no".ljust(32, b"\0"), "CaughtText"),
            (bytes.fromhex("4e487b71") + (0x11).to_bytes(32), "CaughtPanic"),
            (bytes.fromhex("4e487b71") + b"\x11", "Caught"),  # a panic cut off is no panic
        ],
        ids=["empty", "short", "text", "panic", "panic cut off"],
    )
    def test_by_the_contract_above(self, middle, owner, data, event):
        seen = middle.caught(data, sender=owner)
        assert [each[0] for each in seen.events] == [event]
        assert seen.value == 1

    def test_undoes_only_what_was_below(self, middle, owner):
        seen = middle.caughtChange(sender=owner)
        assert tuple(seen.value) == (1, 0)
        assert seen.events[0][2]["data"] == seen.logs[0].data[64:68]

    def test_a_halt_burns_what_it_was_given(self, trio, middle, owner):
        assert middle.caughtHalt(200_000, sender=owner).value is False
        assert trio.gas > 200_000


class TestBirth:
    @pytest.mark.parametrize(
        ("how", "error"),
        [(0, "no reason given"), (1, "Error"), (2, "Detailed"), (3, "Panic"), (4, "halted: InvalidFEOpcode")],
    )
    def test_refused_with_a_reason(self, trio, owner, how, error):
        assert trio.refuse("RefusesBirth", how, CLAIM, sender=owner).refusal.error == error
        trio.deploy("Unpaid", sender=owner)  # at the address that the refused one would have had


class TestAlwaysRefuses:
    def test_in_calls_to_any_function(self, trio, owner):
        contract = trio.deploy("AlwaysRefuses", sender=owner)
        for data in (b"", b"\x01", b"\x01\x02\x03\x04" * 9):
            seen = trio.transact(
                lambda side, data=data: side.lab.at("AlwaysRefuses", contract.address).send_raw(data, sender=owner),
                owner,
                refused=True,
            )
            assert seen.refusal.error == "Nothing"

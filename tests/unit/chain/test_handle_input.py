"""What a handle is given wrongly is named: the function, the argument, the value; nothing is sent."""

import pytest

from salvor.chain.refusal import CallRefused
from salvor.errors import (
    BAD_INPUT,
    AddressInvalid,
    ArgumentInvalid,
    ArgumentsMismatch,
    FunctionAmbiguous,
    FunctionMissing,
    NoCode,
    OutputUnreadable,
    SalvorError,
    SenderMissing,
)

SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
WORDS = {"a": SOMEBODY, "b": True, "c": 1, "d": 2, "e": 3, "f": 4, "g": b"\x01", "h": b"\x02" * 32}
FLAT = {"who": SOMEBODY, "tick": 1, "on": True, "tag": b"abc", "wad": 2, "kind": 1}


@pytest.fixture
def deploy(here, owner):
    return lambda name, *args, **kwargs: here.deploy(name, *args, sender=owner, **kwargs)


@pytest.fixture
def echo(deploy):
    return deploy("Echo")


class TestArguments:
    @pytest.mark.parametrize(
        ("name", "kind", "wrong"),
        [
            ("a", "address", ["0x1234", "nobody", 5, None, b"\x01" * 20, "0x" + "zz" * 20]),
            ("b", "bool", [1, 0, "true", None]),
            ("c", "uint8", [256, -1, 2**300, "7", 1.0, None]),
            ("d", "uint256", [2**256, -1, "7", 1.5, None]),
            ("e", "int8", [128, -129, "7", 0.5]),
            ("f", "int256", [2**255, -(2**255) - 1, None]),
            ("g", "bytes1", [b"", b"\x01\x02", "0x", "0xzz", 1, None]),
            ("h", "bytes32", [b"\x01" * 31, b"\x01" * 33, "0x01", 10**12, None]),
        ],
    )
    def test_that_do_not_fit_are_named(self, echo, name, kind, wrong):
        for value in wrong:
            with pytest.raises(ArgumentInvalid) as invalid:
                echo.words(*{**WORDS, name: value}.values())
            signature = "Echo.words(address,bool,uint8,uint256,int8,int256,bytes1,bytes32)"
            assert invalid.value.message == f"{signature}: argument '{name}': {value!r} is no {kind}"
            assert invalid.value.exit_code == BAD_INPUT

    @pytest.mark.parametrize(
        ("function", "args", "name"),
        [
            ("text", (5, b""), "a"),
            ("text", (b"bytes", b""), "a"),
            ("text", ("", 5), "b"),  # Python would make five zeros of it
            ("text", ("", "0xz"), "b"),
            ("flat", ({**FLAT, "tick": 2**23},), "a"),
            ("flat", ({**FLAT, "tag": b"ab"},), "a"),
            ("flat", ({**FLAT, "who": "nobody"},), "a"),
            ("flat", ({key: FLAT[key] for key in FLAT if key != "who"},), "a"),
            ("flat", (tuple(FLAT.values())[:5],), "a"),
            ("flat", (7,), "a"),
            ("flats", ([FLAT], [FLAT]), "b"),
            ("flats", (FLAT, [FLAT, FLAT]), "a"),
            ("fixedOnes", ([1, 2], [SOMEBODY] * 2, [b"\x07" * 32]), "a"),
            ("fixedOnes", ([1, 2, 3], [SOMEBODY] * 2, [b"\x07" * 31]), "c"),
            ("flags", ([True, 1], []), "a"),
            ("flags", ([True], [b"\x01\x02\x03"]), "b"),
        ],
    )
    def test_inside_of_structs_and_arrays_too(self, echo, function, args, name):
        with pytest.raises(ArgumentInvalid, match=rf"^Echo\.{function}\(.*\): argument '{name}': "):
            getattr(echo, function)(*args)

    @pytest.mark.parametrize("args", [(), (1,), tuple(WORDS.values())[:7], (*WORDS.values(), 1)])
    def test_of_another_number_are_counted(self, echo, args):
        with pytest.raises(
            ArgumentsMismatch, match=rf"was given {len(args)} arguments; it takes address a, bool b, uint8"
        ):
            echo.words(*args)

    def test_of_a_function_without_any(self, echo):
        with pytest.raises(ArgumentsMismatch, match="was given 1 arguments; it takes none"):
            echo.nothing(1)

    def test_of_a_constructor(self, here, owner, deploy):
        with pytest.raises(
            ArgumentsMismatch, match=r"Sized\.constructor was given 1 arguments; it takes uint256 length"
        ):
            here.deploy("Sized", 1, sender=owner)
        with pytest.raises(ArgumentInvalid, match=r"Sized\.constructor: argument 'first': 256 is no uint8"):
            here.deploy("Sized", 1, 256, sender=owner)
        with pytest.raises(ArgumentsMismatch, match=r"Echo\.constructor was given 1 arguments; it takes none"):
            here.deploy("Echo", 1, sender=owner)

    def test_are_looked_at_before_anything_is_sent(self, here, deploy, owner):
        unpaid, block = deploy("Unpaid"), here.block
        wrong = [lambda: unpaid.call(1, sender=owner), lambda: unpaid.call(), lambda: unpaid.call(sender="nobody")]
        for use in (*wrong, lambda: here.deploy("Sized", 1, -1, sender=owner)):
            with pytest.raises(SalvorError):
                use()
        assert (here.block, here.engine.nonce(owner.address)) == (block, 1)


class TestOverloads:
    def test_with_as_many_parameters_must_be_told_apart(self, echo):
        choices = r"contract\['pick\(string\)'\], contract\['pick\(uint256\)'\], contract\['pick\(uint256,uint256\)'\]"
        with pytest.raises(FunctionAmbiguous, match=rf"Echo\.pick is overloaded; say which: {choices}"):
            echo.pick(1)
        assert echo["pick(uint256)"](1) == "one number"

    def test_of_which_none_fits(self, echo):
        with pytest.raises(FunctionAmbiguous):
            echo.pick(1, 2, 3)

    def test_of_a_signature_that_is_not_there(self, echo):
        with pytest.raises(FunctionMissing, match=r"no function or event 'pick\(uint8\)'; did you mean 'pick\("):
            echo["pick(uint8)"]


class TestFunctions:
    def test_that_are_not_there(self, echo):
        with pytest.raises(FunctionMissing, match="Echo has no function or event 'worlds'; did you mean 'words'"):
            _ = echo.worlds
        assert not hasattr(echo, "worlds")

    def test_of_a_contract_without_any(self, deploy, owner):
        only = deploy("OnlyFallback")
        with pytest.raises(FunctionMissing, match="OnlyFallback has no function or event 'run'; it has: none"):
            only.run(sender=owner)

    def test_raw_bytes_need_a_fallback(self, echo, owner):
        with pytest.raises(FunctionMissing, match="no function or event 'fallback or receive'"):
            echo.send_raw(b"\x01", sender=owner)

    def test_that_change_state_need_a_sender(self, deploy):
        with pytest.raises(SenderMissing, match=r"Unpaid\.call changes state: say who sends it"):
            deploy("Unpaid").call()
        with pytest.raises(SenderMissing):
            deploy("OnlyFallback").send_raw(sender=None)

    def test_events_that_are_not_there(self, here, deploy, owner):
        emitter = deploy("Emitter")
        receipt = emitter.overloaded(owner, sender=owner)
        with pytest.raises(FunctionMissing, match="no function or event 'Ovr'; did you mean 'Over'"):
            receipt.events_of(emitter, "Ovr")
        with pytest.raises(FunctionMissing, match="event Over has no function or event 'c'"):
            _ = receipt.events[0].c
        assert [dict(event.values) for event in receipt.events_of(emitter, "Over")] == [
            {"a": 1},
            {"a": owner.address, "b": 2},
        ]


class TestValue:
    @pytest.mark.parametrize("value", [-1, 2**256, 0.5, "1"])
    def test_that_is_no_amount_is_named(self, here, deploy, owner, value):
        purse = deploy("Purse")
        for called, use in (
            ("Purse.pay", lambda: purse.pay(sender=owner, value=value)),
            ("Purse.pay", lambda: purse.pay.call(sender=owner, value=value)),
            ("Purse.constructor", lambda: here.deploy("Purse", sender=owner, value=value)),
        ):
            with pytest.raises(ArgumentInvalid, match=f"{called}: argument 'value': {value!r} is no amount of wei"):
                use()


class TestAddresses:
    @pytest.mark.parametrize("address", ["0x12", "nobody", "0x" + "zz" * 20, 5, b"\x01" * 20])
    def test_of_a_sender_that_is_none(self, deploy, address):
        with pytest.raises(AddressInvalid, match="is no address: 0x and 40 hexadecimal digits"):
            deploy("Unpaid").call(sender=address)

    def test_of_a_sender_in_any_case_are_the_same(self, here, deploy):
        unpaid = deploy("Unpaid")
        for text in (SOMEBODY, SOMEBODY.lower(), "0x" + SOMEBODY[2:].upper()):
            unpaid.call(sender=text)
        assert here.engine.nonce(SOMEBODY) == 3

    def test_of_a_contract_in_any_case_are_the_same(self, here, deploy, owner):
        emitter = deploy("Emitter")
        again = here.at("Emitter", emitter.address.lower())
        receipt = again.overloaded(owner, sender=owner)
        assert again.address == emitter.address
        assert len(receipt.events_of(again, "Over")) == 2

    def test_where_no_contract_is(self, here, deploy):
        deploy("Echo")
        with pytest.raises(NoCode, match=f"no code at {SOMEBODY}, where Echo should be"):
            here.at("Echo", SOMEBODY)
        with pytest.raises(AddressInvalid):
            here.at("Echo", "0x12")


class TestAnswers:
    """Another contract than the ABI promises stands there."""

    @pytest.mark.parametrize("data", [b"", b"\x01", b"\x01" * 31], ids=len)
    def test_too_short_for_a_word(self, echo, data):
        with pytest.raises(OutputUnreadable, match=rf"rawWord\(bytes\) answered 0x{data.hex()} \({len(data)} bytes\)"):
            echo.rawWord(data)

    @pytest.mark.parametrize(
        "data",
        [
            bytes(32),
            (1).to_bytes(32) + (64).to_bytes(32),  # ends where the text begins
            (1).to_bytes(32) + (64).to_bytes(32) + (5).to_bytes(32) + b"four",
            (1).to_bytes(32) + (2**255).to_bytes(32) + bytes(32),
            (1).to_bytes(32) + (64).to_bytes(32) + (2**64).to_bytes(32),
            (1).to_bytes(32) + (64).to_bytes(32) + (2).to_bytes(32) + b"\xff\xfe".ljust(32, b"\0"),  # is no text
        ],
        ids=["one word", "no length", "cut off", "far away", "long", "no text"],
    )
    def test_that_hold_no_text(self, echo, data):
        with pytest.raises(OutputUnreadable, match=r"Echo\.raw\(bytes\) answered 0x.*, which is not uint256, string"):
            echo.raw(data)

    def test_longer_ones_are_read(self, echo):
        assert echo.rawWord((7).to_bytes(32) + b"more") == 7

    def test_of_a_contract_that_always_refuses(self, here, deploy, owner):
        deploy("AlwaysRefuses")
        address = deploy("AlwaysRefuses").address
        for name, function, args in (("Echo", "nothing", ()), ("Unpaid", "calls", ())):
            with pytest.raises(CallRefused, match=rf"{name}\.{function} was refused: Nothing\(\)"):
                getattr(here.at(name, address), function)(*args)
        with pytest.raises(CallRefused, match=r"Unpaid\.call was refused: Nothing\(\)"):
            here.at("Unpaid", address).call(sender=owner)

    def test_of_a_constructor_that_refuses(self, here, deploy, owner):
        claim = (SOMEBODY, "late", [(-1, 2)])
        for how, said in ((0, "no reason given"), (1, "Error(reason=not today)"), (3, "Panic(code=1)")):
            with pytest.raises(CallRefused) as refused:
                here.deploy("RefusesBirth", how, claim, sender=owner)
            assert refused.value.message.startswith(f"RefusesBirth.constructor was refused: {said}")

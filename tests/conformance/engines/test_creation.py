"""Where contracts come to stand: by accounts and contracts, after transactions and failures."""

import pytest
from eth_hash.auto import keccak

from salvor.chain.codec import checksummed
from salvor.chain.engine import Halted
from tests.utils.zoo import zoo

SOMEBODY = "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed"
SALT = b"\x05" * 32
HOUSE = {"name": "Haus am See, ein langer Name über zweiunddreißig Bytes", "members": [], "floors": [1, 2, 65_535]}


@pytest.fixture
def factory(trio, owner):
    return trio.deploy("Factory", 0, sender=owner)


def address_by(creator, nonce):
    """As the yellow paper has it: of creator and nonce, in recursive length prefix; nonces below 128."""
    assert nonce < 128
    raw = b"\xd6\x94" + bytes.fromhex(creator.address[2:]) + (bytes([nonce]) if nonce else b"\x80")
    return checksummed[keccak(raw)[12:]]


class TestByAccounts:
    def test_the_first_has_nonce_nothing(self, trio, owner):
        assert trio.deploy("Unpaid", sender=owner).address == address_by(owner, 0)

    def test_transactions_count(self, trio, owner):
        unpaid = trio.deploy("Unpaid", sender=owner)
        for _ in range(5):
            unpaid.call(sender=owner)
        assert trio.deploy("Unpaid", sender=owner).address == address_by(owner, 6)

    def test_transactions_of_somebody_who_never_deployed_count(self, trio, owner, rich):
        unpaid = trio.deploy("Unpaid", sender=owner)
        unpaid.call(sender=rich)
        assert trio.deploy("Unpaid", sender=rich).address == address_by(rich, 1)

    def test_what_was_refused_does_not_count(self, trio, owner):
        unpaid = trio.deploy("Unpaid", sender=owner)
        unpaid.call.refused(sender=owner, value=1)
        unpaid.call.call(sender=owner)
        trio.refuse("Child", 1, sender=owner)
        trio.refuse("Sized", 24_577, 0, sender=owner)
        assert trio.deploy("Child", 2, sender=owner).address == address_by(owner, 1)

    def test_a_restored_snapshot_takes_the_count_back(self, trio, owner):
        def again(side):
            snapshot = side.lab.snapshot()
            first = side.lab.deploy("Unpaid", sender=owner)
            first.call(sender=owner)
            side.lab.restore(snapshot)
            return first.address, side.lab.deploy("Child", 0, sender=owner).address

        first, second = trio.each(again)
        assert first == second == address_by(owner, 0)


class TestByContracts:
    def test_one_after_the_other(self, trio, factory, owner):
        made = [factory.make(0, sender=owner).value for _ in range(3)]
        assert made == [address_by(factory, nonce) for nonce in (1, 2, 3)]
        assert trio.at("Child", made[2]).parent().value == factory.address

    def test_several_at_once(self, trio, factory, owner):
        assert factory.makeMany(10, sender=owner).value == address_by(factory, 10)
        assert trio.each(lambda side: side.engine.nonce(factory.address)) == 11
        assert trio.at("Child", factory.children(9).value).number().value == 18

    def test_in_the_constructor(self, trio, owner):
        factory = trio.deploy("Factory", 3, sender=owner)
        assert [factory.children(place).value for place in range(3)] == [address_by(factory, n) for n in (1, 2, 3)]

    def test_two_contracts_down(self, trio, owner):
        grand = trio.deploy("FactoryFactory", sender=owner)
        for nonce in (1, 2):
            made = [values for _, address, values in grand.make(sender=owner).events if address == grand.address]
            factory = trio.at("Factory", made[0]["factory"])
            assert factory.address == address_by(grand, nonce)
            assert made[0]["child"] == address_by(factory, 3) == factory.children(2).value

    def test_a_creation_that_fails_counts(self, trio, factory, owner):
        # The failed call of itself takes its creation back whole; the failed creation leaves its nonce behind.
        before, done, afterwards = factory.makeAround(3, sender=owner).value
        assert (before, done, afterwards) == (address_by(factory, 1), False, address_by(factory, 3))
        before, done, afterwards = factory.makeAround(4, sender=owner).value
        assert (before, done, afterwards) == (address_by(factory, 4), True, address_by(factory, 7))

    def test_a_transaction_that_is_refused_takes_all_back(self, trio, factory, owner):
        factory.makeThenRefuse.refused(sender=owner)
        factory.make.refused(1, sender=owner)
        assert factory.make(2, sender=owner).value == address_by(factory, 1)

    def test_with_value(self, trio, factory, rich):
        child = factory.make(2, sender=rich, value=5).value
        assert trio.each(lambda side: side.engine.balance(child)) == 5


class TestByContractsAtAPlace:
    def test_that_follows_from_code_and_salt(self, trio, factory, owner):
        code = zoo()["Child"].creation_code() + (2).to_bytes(32)
        raw = b"\xff" + bytes.fromhex(factory.address[2:]) + SALT + keccak(code)
        assert factory.makeAt(2, SALT, sender=owner).value == checksummed[keccak(raw)[12:]]
        assert factory.predicted(2, SALT).value == checksummed[keccak(raw)[12:]]

    def test_by_the_deployer_that_every_chain_has(self, trio, owner):
        deployer, code = "0x4e59b44847b379578588920cA78FbF26c0B4956C", zoo()["Unpaid"].creation_code()
        trio.known[deployer] = None
        made = trio.each(lambda side: side.engine.execute(owner.address, deployer, SALT + code).output)
        raw = b"\xff" + bytes.fromhex(deployer[2:]) + SALT + keccak(code)
        assert made == keccak(raw)[12:]
        trio.at("Unpaid", checksummed[made]).call(sender=owner)

    def test_that_is_taken(self, factory, owner):
        factory.makeAt(2, SALT, sender=owner)
        assert factory.makeAt.refused(2, SALT, sender=owner).data == b""
        factory.makeAt(4, SALT, sender=owner)

    def test_that_has_money_already(self, trio, factory, owner):
        place = factory.predicted(2, SALT).value
        trio.each(lambda side: side.engine.set_balance(place, 7))
        assert factory.makeAt(2, SALT, sender=owner).value == place
        assert trio.each(lambda side: side.account(place))[:2] == (7, 1)

    def test_again_after_a_restored_snapshot(self, trio, factory, owner):
        snapshots = [side.lab.snapshot() for side in trio.sides]
        made = factory.makeAt(2, SALT, sender=owner).value
        for side, snapshot in zip(trio.sides, snapshots, strict=True):
            side.lab.restore(snapshot)
        assert trio.each(lambda side: side.account(made)) == (0, 0, b"")
        assert factory.makeAt(2, SALT, sender=owner).value == made


class TestCodeThatStands:
    @pytest.mark.parametrize("length", [0, 1, 24_575, 24_576])
    def test_up_to_the_limit(self, trio, owner, length):
        sized = trio.deploy("Sized", length, 0x60, sender=owner) if length else None
        if sized:
            assert len(trio.each(lambda side: side.engine.code(sized.address))) == length
        else:
            made = trio.transact(lambda side: side.lab.deploy("Sized", 0, 0, sender=owner), owner).value
            assert trio.each(lambda side: side.account(made)) == (0, 1, b"")

    def test_ends_in_zeros_when_it_does(self, trio, owner):
        sized = trio.deploy("Sized", 20, 0, sender=owner)
        assert trio.each(lambda side: side.engine.code(sized.address)) == bytes(20)

    @pytest.mark.parametrize("length", [24_577, 100_000])
    def test_not_beyond_it(self, trio, owner, length):
        assert trio.refuse("Sized", length, 0, sender=owner).halt == "CreateContractSizeLimit"


class TestCreationCode:
    @pytest.mark.parametrize("length", [49_152, 49_153])
    def test_has_a_limit(self, trio, owner, length):
        def create(side):
            try:
                return side.engine.create(owner.address, bytes(length))
            except Halted as halted:
                return str(halted)

        made = trio.each(create)
        assert made == (address_by(owner, 0) if length == 49_152 else "CreateInitCodeSizeLimit")

    @pytest.mark.parametrize(
        ("code", "stands"),
        [
            ("", True),
            ("00", True),
            ("fe", False),
            ("5f5ffd", False),
            ("63deadbeef5f526004601cfd", False),  # with a reason
            ("60ef5f5360015ff3", False),  # code that begins with EF
            ("6160015ff3", False),  # 24,577 bytes
            ("6160005ff3", True),  # 24,576 bytes
            ("5f" * 1_024, True),
            ("5f" * 1_025, False),  # more than the stack holds
            ("00" * 49_153, None),  # more than creation code may be
        ],
        ids=[
            "empty",
            "stop",
            "invalid",
            "refused",
            "reason",
            "ef",
            "too long",
            "longest",
            "stack full",
            "stack",
            "huge",
        ],
    )
    def test_run_by_a_contract(self, trio, rich, code, stands):
        press = trio.deploy("Press", sender=rich)
        if stands is None:
            press.press.refused(bytes.fromhex(code), sender=rich, value=3)
            return
        seen = press.press(bytes.fromhex(code), sender=rich, value=3)
        assert (int(seen.value, 16) != 0) is stands
        assert trio.each(lambda side: side.engine.balance(press.address)) == (0 if stands else 3)
        assert trio.each(lambda side: side.engine.nonce(press.address)) == 2
        assert (seen.events[0][2]["answer"] == b"\xde\xad\xbe\xef") is code.startswith("63")


class TestConstructorsWithArguments:
    @pytest.mark.parametrize("count", [0, 1, 3])
    def test_of_every_length(self, trio, owner, count):
        house = {**HOUSE, "members": [(SOMEBODY, 2**64 - 1 - place) for place in range(count)]}
        args = (house, [2**200] * count, ["x" * 33 * place for place in range(count)], [(-1, 2**31 - 1)] * count)
        furnished = trio.deploy("Furnished", *args, sender=owner)
        assert furnished.name().value == house["name"]
        assert furnished.sum().value == 2**200 * count
        assert furnished.digest().value == furnished.digestOf(*args).value
        if count:
            assert tuple(furnished.members(count - 1).value) == (SOMEBODY, 2**64 - count)

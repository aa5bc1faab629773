"""Addresses from sender and name; our factory's code, byte by byte, on the EVM of this process."""

import pytest

from salvor.chain.engine import Reverted
from salvor.chain.engines.revm import Revm
from salvor.deploy.plan.create3 import (
    ARACHNID,
    BOOTSTRAP,
    CREATEX,
    CREATEX_FACTORY,
    FACTORY_RUNTIME,
    OURS,
    SALVOR,
    create2_address,
    factory_on,
)
from salvor.deploy.plan.refusals import FactoryImpossible
from tests.utils.small_plan import nobody

SENDER, STRANGER = "0x" + "11" * 20, "0x" + "22" * 20
SALT = b"\x07" * 32
ONE_BYTE = bytes.fromhex("60015ff3")  # creates a contract whose code is one zero
REFUSES = bytes.fromhex("63deadbeef5f526004601cfd")  # reverts with 0xdeadbeef
KEEPS_VALUE = bytes.fromhex("345f5260205ff3")  # its code is the ether that came along


@pytest.fixture
def evm():
    engine = Revm(genesis=1_000_000_000)
    engine.set_balance(SENDER, 10**18)
    engine.execute(SENDER, ARACHNID, BOOTSTRAP)
    return engine


def test_the_factory_stands_where_it_is_reckoned(evm):
    assert evm.code(OURS) == FACTORY_RUNTIME
    assert len(FACTORY_RUNTIME) == 102


def test_a_contract_stands_where_it_is_reckoned(evm):
    done = evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, ONE_BYTE))
    address = SALVOR.address_of(SENDER, SALT)
    assert done.output == bytes.fromhex(address[2:]).rjust(32, b"\0")
    assert evm.code(address) == b"\0"


def test_the_code_has_no_part_in_the_address(evm):
    evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, KEEPS_VALUE), value=5)
    assert evm.code(SALVOR.address_of(SENDER, SALT)) == (5).to_bytes(32)


def test_a_second_contract_of_one_name_is_refused(evm):
    evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, ONE_BYTE))
    with pytest.raises(Reverted):
        evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, KEEPS_VALUE))
    assert evm.code(SALVOR.address_of(SENDER, SALT)) == b"\0"


def test_a_stranger_can_not_take_the_address(evm):
    evm.execute(STRANGER, OURS, SALVOR.call(STRANGER, SALT, ONE_BYTE))
    assert SALVOR.address_of(STRANGER, SALT) != SALVOR.address_of(SENDER, SALT)
    assert evm.code(SALVOR.address_of(SENDER, SALT)) == b""


def test_a_constructor_that_refuses_is_heard(evm):
    with pytest.raises(Reverted) as refused:
        evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, REFUSES))
    assert refused.value.data == bytes.fromhex("deadbeef")


def test_after_a_refusal_the_address_is_still_free(evm):
    with pytest.raises(Reverted):
        evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, REFUSES))
    evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, ONE_BYTE))
    assert evm.code(SALVOR.address_of(SENDER, SALT)) == b"\0"


def test_whoever_calls_the_child_afterwards_leaves_the_contract_alone(evm):
    evm.execute(SENDER, OURS, SALVOR.call(SENDER, SALT, ONE_BYTE))
    evm.execute(STRANGER, SALVOR.child_of(SENDER, SALT), KEEPS_VALUE)
    assert evm.code(SALVOR.address_of(SENDER, SALT)) == b"\0"


def test_create2_is_that_of_the_standard():
    """Example 1 and 4 of EIP-1014."""
    nobody = "0x" + "00" * 20
    assert create2_address(nobody, bytes(32), b"\0") == "0x4D1A2e2bB4F88F0250f26Ffff098B0b30B26BF38"
    salt = bytes.fromhex("000000000000000000000000feed000000000000000000000000000000000000")
    deployer = "0x00000000000000000000000000000000deadbeef"
    code = bytes.fromhex("deadbeef")
    salt = bytes.fromhex("00000000000000000000000000000000000000000000000000000000cafebabe")
    assert create2_address(deployer, salt, code) == "0x60f3f640a8508fC6a86d45DF051962668E1e8AC7"


def test_createx_as_the_real_one_has_it():
    """Read from CreateX itself, deployed from its presigned transaction: it put this contract there."""
    assert CREATEX_FACTORY.address_of(SENDER, SALT) == "0x7E459BD2d57C60DE7E5076956b8bEcCda199A6b1"


def test_code_comes_back_out_of_calldata():
    for factory in (SALVOR, CREATEX_FACTORY):
        assert factory.code_in(factory.call(SENDER, SALT, REFUSES)) == REFUSES


class TestChoosing:
    def test_ours_where_createx_is_not(self, node):
        assert factory_on(node) == SALVOR

    def test_what_stands_at_its_address_and_is_not_createx_is_left_alone(self, node):
        node.ask("anvil_setCode", CREATEX, "0x00")
        assert factory_on(node) == SALVOR

    def test_ours_once_it_is_there(self, node):
        node.ask("anvil_setCode", OURS, f"0x{FACTORY_RUNTIME.hex()}")
        assert factory_on(node) == SALVOR

    def test_neither_is_told(self, node):
        node.ask("anvil_setCode", ARACHNID, "0x")
        with pytest.raises(FactoryImpossible):
            factory_on(node)

    def test_a_foreign_factory_at_our_address_is_told(self, node):
        from salvor.deploy.plan.survey import Found
        from tests.utils.small_plan import small_plan

        node.ask("anvil_setCode", OURS, "0x00")
        assert small_plan(node).found["factory"] is Found.FOREIGN
        assert nobody(1) != OURS

"""Any kind of Ape's accounts can deploy: here one whose key is in a device, as a hardware wallet's plugin has it.

The account class knows no key: it hands the unsigned transaction to the device and gets three numbers back, or a no.
"""

import pytest
from ape import networks
from ape.api import AccountAPI
from ape.types import MessageSignature, TransactionSignature
from eth_account import Account
from eth_account._utils.legacy_transactions import serializable_unsigned_transaction_from_dict

from salvor.deploy.plan.plan import make_plan
from salvor.deploy.plan.refusals import SignerMissing
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.signers import ApeSigner
from salvor.deploy.plan.steps import steps_on
from tests.utils.own_node import KEYS
from tests.utils.small_plan import artifacts


class Device:
    """Keeps a key, shows what it signs, and signs only once somebody has pressed its button."""

    def __init__(self, key):
        self._account, self.willing, self.shown = Account.from_key(key), True, []
        self.address = self._account.address

    def sign(self, unsigned):
        self.shown.append(unsigned)
        if not self.willing:
            return None
        signed = self._account.unsafe_sign_hash(unsigned.hash())
        return signed.v - 27, signed.r, signed.s


class RemoteAccount(AccountAPI):
    """As ape-ledger and ape-trezor have it."""

    device: object

    @property
    def address(self):
        return self.device.address

    def sign_message(self, msg, **_) -> MessageSignature | None:
        return None

    def sign_transaction(self, txn, **_):
        fields = txn.model_dump(by_alias=True, exclude={"sender", "from"})
        answer = self.device.sign(serializable_unsigned_transaction_from_dict(fields))
        if answer is None:
            return None
        v, r, s = answer
        txn.signature = TransactionSignature(v=v, r=r.to_bytes(32), s=s.to_bytes(32))
        return txn


@pytest.fixture
def device():
    return Device(KEYS[0])


@pytest.fixture
def plan(node, device):
    steps = steps_on(node, "remote", artifacts(), device.address)
    token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
    access = steps.deploy("DealAccess", device.address)
    steps.deploy("Distributor", access, token)
    return make_plan(steps, node)


def test_deploys(node, quick, tmp_path, device, plan):
    signer = ApeSigner(RemoteAccount(device=device), networks.ethereum)
    applied = apply_plan(plan, node, [signer], tmp_path / "j", quick)
    assert set(applied.mined) == {step.name for step in plan.steps}
    assert len(device.shown) == len(plan.steps)
    for file in tmp_path.iterdir():
        assert bytes.fromhex(KEYS[0][2:]) not in file.read_bytes(), "DP-07"


def test_whoever_does_not_press_the_button_stops_it_and_goes_on_later(node, quick, tmp_path, device, plan):
    signer = ApeSigner(RemoteAccount(device=device), networks.ethereum)
    device.willing = False
    with pytest.raises(SignerMissing, match="its owner, who did not sign"):
        apply_plan(plan, node, [signer], tmp_path / "j", quick)
    assert int(node.ask("eth_getTransactionCount", device.address, "pending"), 16) == 0
    device.willing = True
    assert set(apply_plan(plan, node, [signer], tmp_path / "j", quick).mined) == {step.name for step in plan.steps}

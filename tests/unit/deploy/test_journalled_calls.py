"""Handles over a chain that others write to: what is sent is written down first, and nothing is sent twice."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from salvor.chain.handles import blueprint_of
from salvor.chain.refusal import CallRefused
from salvor.deploy.journalled import Journalled, Wanted
from salvor.deploy.plan.journal import DISPLACED, OPEN, Journal
from salvor.deploy.plan.refusals import NodeSilent, SignerMissing, Stalled
from salvor.deploy.plan.rpc import Node, number_in
from salvor.desk.sales import read_each, send_each, try_each
from salvor.errors import EngineCannot
from tests.utils.own_node import deployer, other_wallet
from tests.utils.small_plan import artifacts

TOKEN = "SettlementToken"


@pytest.fixture
def engine(node, quick, tmp_path):
    return Journalled(node, 31_337, tmp_path / "sent", [deployer()], quick)


@pytest.fixture
def token(node, engine):
    """Deployed by an account that the node lets anybody send from."""
    blueprint = blueprint_of(artifacts()[TOKEN])
    code = blueprint.artifact.creation_code() + blueprint.construct("Test", "TST", 2)
    sent = node.ask(
        "eth_sendTransaction", {"from": other_wallet().address, "data": f"0x{code.hex()}", "gas": hex(5_000_000)}
    )
    node.ask("evm_mine")
    return blueprint.at(engine, node.ask("eth_getTransactionReceipt", sent)["contractAddress"])


def sent_of(engine):
    """Rows of all journals."""
    found = []
    for path in sorted(engine.folder.glob("*.sqlite")):
        with Journal(path) as journal:
            found += journal.sent()
    return found


class TestACall:
    def test_is_in_a_journal_and_its_events_are_read(self, engine, token):
        me = deployer()
        receipt = token.mint(me, 100, sender=me)
        [event] = receipt.events_of(token, "Transfer")
        assert (event.value, token.balanceOf(me), len(sent_of(engine))) == (100, 100, 1)
        assert receipt.gas_used > 21_000

    def test_that_would_be_refused_is_not_sent(self, engine, token, node):
        me = deployer()
        before = engine.nonce(me.address)
        with pytest.raises(CallRefused, match="ERC20InsufficientBalance"):
            token.transfer(other_wallet(), 1, sender=me)
        assert (engine.nonce(me.address), sent_of(engine)) == (before, [])

    def test_of_an_account_whose_key_is_not_there_is_refused(self, token):
        with pytest.raises(SignerMissing):
            token.mint(other_wallet(), 1, sender=other_wallet())

    def test_of_a_node_that_is_not_there_is_trouble_with_the_chain(self, tmp_path):
        away = Journalled(Node("http://127.0.0.1:1", patience=0.05, pause=0.01), 31_337, tmp_path)
        with pytest.raises(NodeSilent) as told:
            away.code(other_wallet().address)
        assert told.value.exit_code == 3


class TestSeveral:
    def test_a_refusal_stops_no_other(self, engine, token):
        me, other = deployer(), other_wallet()
        calls = [(token.mint, (me, 5)), (token.transfer, (other, 9)), (token.mint, (other, 7))]
        assert [each and each.error for each in try_each(calls, sender=me)] == [None, "ERC20InsufficientBalance", None]
        assert token.totalSupply() == 0
        first, refused, last = send_each(calls, sender=me)
        assert (first.events[0].value, refused.error, last.events[0].value) == (5, "ERC20InsufficientBalance", 7)
        assert read_each([(token.balanceOf, (me,)), (token.balanceOf, (other,))]) == [5, 7]
        assert len({each.nonce for each in sent_of(engine)}) == 2


class TestAfterACommandThatWasKilled:
    @pytest.fixture
    def left(self, engine, token, node):
        """Signed and sent, never seen mined."""
        node.ask("evm_setAutomine", False)
        impatient = replace(engine, options=replace(engine.options, patience=0.2))
        with pytest.raises(Stalled):
            impatient.execute(deployer().address, token.address, token.mint.encode(deployer(), 100))
        return impatient

    def test_the_next_one_ends_it_and_does_not_send_it_twice(self, left, engine, token, node):
        node.ask("evm_setAutomine", True)
        node.ask("evm_mine")
        assert engine.finish() == 1
        assert engine.finish() == 0
        assert token.balanceOf(deployer()) == 100
        token.mint(deployer(), 1, sender=deployer())
        assert token.balanceOf(deployer()) == 101

    def test_what_the_node_forgot_is_sent_again_in_the_same_bytes(self, left, engine, token, node):
        before = [each.hash for each in sent_of(engine)]
        node.ask("anvil_dropAllTransactions")
        node.ask("evm_setAutomine", True)
        assert engine.finish() == 1
        assert token.balanceOf(deployer()) == 100
        assert [each.hash for each in sent_of(engine)] == before

    def test_a_nonce_that_another_transaction_took_is_let_go(self, left, engine, token, node):
        node.ask("anvil_dropAllTransactions")
        node.ask("evm_setAutomine", True)
        account = deployer().address
        node.ask("eth_sendTransaction", {"from": account, "to": account, "gas": hex(30_000)})
        assert engine.finish() == 1
        assert {each.state for each in sent_of(engine)} == {DISPLACED}
        assert token.balanceOf(deployer()) == 0

    def test_what_does_not_come_to_its_end_is_trouble_and_stays_open(self, left, node):
        with pytest.raises(Stalled):
            left.finish()
        assert {each.state for each in sent_of(left)} == {OPEN}


def test_it_looks_at_the_next_block_and_can_do_nothing_that_needs_a_chain_of_ones_own(engine, node):
    assert engine.now >= number_in(node.ask("eth_getBlockByNumber", "latest", False)["timestamp"])
    wallet = other_wallet().address
    assert (engine.balance(wallet) > 0, engine.number >= 0, engine.code(wallet)) == (True, True, b"")
    for act in (lambda: engine.create("", b""), lambda: engine.storage([]), engine.snapshot, lambda: engine.restore(0)):
        with pytest.raises(EngineCannot, match="others write to"):
            act()
    with pytest.raises(EngineCannot):
        engine.set_balance(wallet, 1)
    [answer] = engine.call_all([Wanted(wallet, wallet, b"")])
    assert answer == b""
    assert SimpleNamespace(engine=engine).engine.record.calls == 0

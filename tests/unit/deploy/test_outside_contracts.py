"""A contract of others in memory: it knows the questions that were asked on the chain, and their answers."""

import pytest

from salvor.chain.engine import Reverted
from salvor.chain.engines.revm import Revm
from salvor.deploy.plan.outside import Outside, Reply, code_of
from salvor.deploy.plan.refusals import NetworkUnfit, NodeWrong
from salvor.deploy.plan.rpc import Refused
from tests.utils.small_plan import nobody

FEED, ASKER = nobody(0xFEED), nobody(0xA5)
REPLIES = {
    b"\x31\x3c\xe5\x67": Reply((8).to_bytes(32)),
    b"\x31\x3c\xe5\x67\0": Reply(b""),
    b"name": Reply(bytes(range(256)) * 300),
    b"no": Reply(b"because", refused=True),
    b"never": Reply(b"", refused=True),
    b"": Reply(b"nothing was asked"),
}


@pytest.fixture
def chain():
    evm = Revm(genesis=1)
    evm.put(FEED, code_of(REPLIES))
    return evm


class TestCode:
    @pytest.mark.parametrize("data", REPLIES)
    def test_answers_as_the_contract_did(self, chain, data):
        reply = REPLIES[data]
        if reply.refused:
            with pytest.raises(Reverted) as refused:
                chain.call(ASKER, FEED, data)
            assert refused.value.data == reply.data
        else:
            assert chain.call(ASKER, FEED, data) == reply.data

    @pytest.mark.parametrize("data", [b"\x31\x3c\xe5\x68", b"nam", b"\0"])
    def test_refuses_what_nobody_asked_before(self, chain, data):
        with pytest.raises(Reverted) as refused:
            chain.call(ASKER, FEED, data)
        assert refused.value.data == b""

    def test_of_no_replies_refuses_everything(self, chain):
        other = nobody(0xFE)
        chain.put(other, code_of({}))
        with pytest.raises(Reverted):
            chain.call(ASKER, other, b"")


class Told:
    """A node whose words are these."""

    where = "a node"

    def __init__(self, answer, code="0x01"):
        self.answer, self.code, self.asked = answer, code, []

    def ask(self, method, *params):
        self.asked.append((method, *params))
        return self.code

    def ask_all(self, questions):
        self.asked += questions
        return [self.answer] * len(questions)


class TestAsk:
    def test_asks_once_at_one_block(self):
        node = Told("0x" + "11" * 32)
        outside = Outside(node, "0x10")
        assert outside.ask("source 1 of FX/EURUSD", FEED, b"a") == Reply(b"\x11" * 32)
        assert outside.ask("source 2 of FX/EURUSD", FEED, b"a") == Reply(b"\x11" * 32)
        assert node.asked == [
            ("eth_getCode", FEED, "0x10"),
            ("eth_call", ({"to": FEED, "data": "0x61"}, "0x10")),
        ]
        assert outside.codes() == {FEED: code_of({b"a": Reply(b"\x11" * 32)})}

    @pytest.mark.parametrize(
        "said",
        [
            Refused("execution reverted", "0x08c379a0", 3),
            Refused("VM Exception while processing transaction: revert", None, -32_000),
            Refused("invalid opcode: INVALID", None, -32_000),
        ],
    )
    def test_a_refusal_of_the_contract_is_an_answer(self, said):
        reply = Outside(Told(said), "0x10").ask("source 1 of FX/EURUSD", FEED, b"a")
        assert reply == Reply(bytes.fromhex((said.data or "0x")[2:]), refused=True)

    def test_a_trouble_of_the_node_is_none(self):
        """Taken for a feed that has no limits it would be another policy."""
        outside = Outside(Told(Refused("rate limit exceeded", None, -32_005)), "0x10")
        with pytest.raises(NodeWrong, match=f"eth_call of {FEED}: rate limit exceeded"):
            outside.ask("source 1 of FX/EURUSD", FEED, b"a")

    def test_nothing_stands_there(self):
        with pytest.raises(NetworkUnfit, match=f"no contract stands at {FEED}, .* names as source 1 of FX/EURUSD"):
            Outside(Told("0x", code="0x"), "0x10").ask("source 1 of FX/EURUSD", FEED, b"a")

"""How engines begin and end: a node that dies is told at once, one that is missing says what to do, closing is always
possible, and nothing outlives its process."""

import copy
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from salvor.chain.engines import ENGINES, open_engine
from salvor.chain.refusal import CallRefused
from salvor.errors import CHAIN_TROUBLE, EngineCannot, EngineGone, NodeMissing, OptionInvalid
from salvor.lab.lab import Lab
from tests.utils.zoo import zoo

ROOT = Path(__file__).parents[3]
GENESIS = 1_000_000_000
OUTLIVED = """
import os, signal
from salvor.chain.engines import open_engine

engine = open_engine("anvil", genesis=1_000_000_000)
print(engine._process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def here():
    here = Lab(open_engine("anvil", genesis=GENESIS), zoo())
    yield here
    here.close()


def kill(engine):
    engine._process.send_signal(signal.SIGKILL)
    engine._process.wait()


def gone(pid):
    """Ended, or ended and not yet fetched by whoever must."""
    state = Path(f"/proc/{pid}/stat")
    return not state.exists() or state.read_text().rsplit(")", 1)[1].split()[0] == "Z"


class TestANodeOfOurOwn:
    """One that mines by itself loses a transaction now and then: the first after it went back to a snapshot."""

    def test_mines_only_what_it_is_asked_to(self, here):
        to, by = "0x" + "11" * 20, here.actor("owner").address
        here.engine.ask("eth_sendTransaction", {"from": by, "to": to, "gasPrice": "0x0"})
        here.engine.ask("evm_mine")
        here.engine.ask("eth_sendTransaction", {"from": by, "to": to, "gasPrice": "0x0"})
        time.sleep(0.2)
        assert here.engine.ask("eth_blockNumber") == "0x1"

    def test_that_leaves_a_transaction_out_is_gone(self, here, monkeypatch):
        owner = here.actor("owner")
        unpaid, ask = here.deploy("Unpaid", sender=owner), here.engine.ask
        monkeypatch.setattr(here.engine, "ask", lambda method, *given: method != "evm_mine" and ask(method, *given))
        with pytest.raises(EngineGone, match="took a transaction and block 2 is without it"):
            unpaid.call(sender=owner)


class TestANodeThatDies:
    def test_is_told_in_one_line_by_whatever_is_asked_next(self, here):
        owner = here.actor("owner")
        unpaid, snapshot = here.deploy("Unpaid", sender=owner), here.snapshot()
        kill(here.engine)
        engine, before = here.engine, time.monotonic()
        for use in (
            lambda: unpaid.call(sender=owner),
            unpaid.calls,
            lambda: here.deploy("Unpaid", sender=owner),
            lambda: engine.balance(owner.address),
            lambda: engine.nonce(owner.address),
            lambda: engine.code(owner.address),
            lambda: engine.storage([(unpaid.address, 0)]),
            lambda: engine.set_balance(owner.address, 5),
            here.snapshot,
            lambda: here.restore(snapshot),
        ):
            with pytest.raises(EngineGone) as error:
                use()
            assert error.value.message == "the engine 'anvil' is gone: anvil ended with code -9"
            assert error.value.exit_code == CHAIN_TROUBLE
            assert not isinstance(error.value, CallRefused)
        assert time.monotonic() - before < 30  # an answer is waited for four times as long: none was waited for

    def test_can_be_closed(self, here):
        kill(here.engine)
        here.close()
        here.close()

    def test_while_it_answers_is_told_too(self, here):
        owner = here.actor("owner")
        refuser = here.deploy("Refuser", sender=owner)

        def call_until_it_is_gone():
            while True:
                with suppress(CallRefused):
                    refuser.forever(sender=owner)

        killer = subprocess.Popen(["sh", "-c", f"sleep 0.3; kill -9 {here.engine._process.pid}"])
        with pytest.raises(EngineGone, match="anvil ended with code -9"):
            call_until_it_is_gone()
        killer.wait()

    def test_does_not_take_another_with_it(self, here):
        other = open_engine("anvil", genesis=GENESIS)
        kill(here.engine)
        assert other.balance(here.actor("owner").address) == 0
        other.close()


class TestClosing:
    @pytest.mark.parametrize("name", ["revm", "anvil"])
    def test_twice_is_once(self, name):
        engine = open_engine(name, genesis=GENESIS)
        engine.close()
        engine.close()

    def test_ends_the_node(self):
        engine = open_engine("anvil", genesis=GENESIS)
        pid = engine._process.pid
        engine.close()
        assert gone(pid)
        with pytest.raises(EngineGone):
            engine.nonce("0x" + "11" * 20)

    def test_is_done_for_a_process_that_was_killed(self):
        done = subprocess.run([sys.executable, "-c", OUTLIVED], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == -signal.SIGKILL, done.stderr
        pid = int(done.stdout)
        for _ in range(100):
            if gone(pid):
                break
            time.sleep(0.1)
        assert gone(pid)


class TestOpening:
    def test_without_anvil_on_the_path(self, monkeypatch, tmp_path):
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(NodeMissing, match="anvil was not found; run `make setup`") as missing:
            open_engine("anvil", genesis=GENESIS)
        assert missing.value.exit_code == CHAIN_TROUBLE

    def test_with_an_anvil_that_does_not_start(self, monkeypatch, tmp_path):
        broken = tmp_path / "anvil"
        broken.write_text("#!/bin/sh\necho Error: no such option\nexit 2\n")
        broken.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
        with pytest.raises(EngineGone, match="it did not start: Error: no such option"):
            open_engine("anvil", genesis=GENESIS)

    def test_of_an_engine_that_is_not_there(self):
        with pytest.raises(OptionInvalid, match="no engine 'ganache'; there is: revm, anvil, ape"):
            open_engine("ganache", genesis=GENESIS)
        assert ENGINES == ("revm", "anvil", "ape")

    @pytest.mark.parametrize("name", ["revm", "anvil"])
    @pytest.mark.parametrize("genesis", [1, GENESIS, 4_102_444_800])
    def test_begins_a_second_after_its_genesis(self, name, genesis):
        here = Lab(open_engine(name, genesis=genesis), zoo())
        assert (here.now, here.block) == (genesis + 1, 0)
        place = here.deploy("Surroundings", sender=here.actor("owner"))
        assert (place.marked().timestamp, place.marked().number) == (genesis + 1, 1)
        here.close()

    def test_two_in_one_process_are_two_chains(self):
        first, second = (Lab(open_engine("revm", genesis=GENESIS), zoo()) for _ in range(2))
        unpaid = first.deploy("Unpaid", sender=first.actor("owner"))
        assert (first.block, second.block) == (1, 0)
        assert second.engine.code(unpaid.address) == b""


class TestCopying:
    @pytest.mark.parametrize("name", ["revm", "anvil"])
    @pytest.mark.parametrize("way", [copy.copy, copy.deepcopy, pickle.dumps])
    def test_is_refused(self, name, way):
        engine = open_engine(name, genesis=GENESIS)
        with pytest.raises(
            EngineCannot, match=f"'{name}' can't be copied or sent to another process; open one in each"
        ):
            way(engine)
        engine.close()

"""Two workers talked to one anvil (tradingstrategy-ai/web3-ethereum-defi 1356, foundry-rs/foundry 2382).

Elsewhere a port was found free and bound later; the loser of the race used the winner's node without a word, and a test
meant for Arbitrum saw chain id 1. Here eight processes start nodes at the same moment, while port 8545 is another's.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from salvor.chain.engines.anvil import Anvil
from salvor.chain.node import refuse_foreign_node
from salvor.errors import NodeTrouble

ROOT = Path(__file__).parents[2]
WORKERS, ROUNDS = 8, 5  # twenty rounds went well, too, and take eight seconds of two processors
GENESIS = 1_893_456_000

# Each worker sends as many transactions as its number says, and looks at its own node only. All nodes are up together.
RACE = f"""
import json, multiprocessing
from salvor.chain.engines.anvil import Anvil
from salvor.chain.node import listens

def work(number, barrier):
    engine = Anvil(genesis={GENESIS}, chain_id=31_337 + number)
    pid, port = engine._process.pid, engine._port
    for _ in range(number):
        engine.execute("0x" + "11" * 20, "0x" + "22" * 20, b"")
    barrier.wait()
    chain, height = int(engine.ask("eth_chainId"), 16), int(engine.ask("eth_blockNumber"), 16)
    is_own = listens(pid, port)
    barrier.wait()
    engine.close()
    return number, pid, port, is_own and engine._process.poll() is not None, chain, height

def tell(number, barrier, found):
    try:
        found.put([work(number, barrier) for _ in range({ROUNDS})])
    except BaseException as error:
        barrier.abort()
        found.put(repr(error))

fork = multiprocessing.get_context("fork")
barrier, found = fork.Barrier({WORKERS}), fork.SimpleQueue()
workers = [fork.Process(target=tell, args=(number, barrier, found)) for number in range({WORKERS})]
for worker in workers:
    worker.start()
print(json.dumps([found.get() for _ in workers]))
for worker in workers:
    worker.join()
"""


def run(script):
    return subprocess.Popen([sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def is_running(pid):
    """Not gone, and not waiting to be buried."""
    status = Path(f"/proc/{pid}/status")
    return status.exists() and "State:\tZ" not in status.read_text()


@pytest.fixture
def stranger():
    """Somebody's anvil on the port that everything looks at first."""
    command = ["anvil", "--port", "8545", "--chain-id", "1", "--quiet"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while process.poll() is None:  # it ends when the port is taken already: that is as good
        with socket.socket() as line:
            if line.connect_ex(("127.0.0.1", 8545)) == 0:
                break
    yield process
    process.terminate()
    process.wait()


def test_eight_workers_start_nodes_at_once_and_each_has_its_own(stranger):
    lived = stranger.poll()
    worker = run(RACE)
    by_worker = json.loads(worker.communicate()[0])
    assert [len(found) if isinstance(found, list) else found for found in by_worker] == [ROUNDS] * WORKERS
    for number, _, port, is_right, chain, height in (each for found in by_worker for each in found):
        assert (is_right, chain, height) == (True, 31_337 + number, number)
        assert port != 8545
    for together in zip(*by_worker, strict=True):
        assert len({pid for _, pid, *_ in together}) == len({port for _, _, port, *_ in together}) == WORKERS
        assert not [pid for _, pid, *_ in together if is_running(pid)]
    assert stranger.poll() == lived


def test_nodes_end_with_a_worker_that_is_killed():
    script = f"""
import time
from salvor.chain.engines.anvil import Anvil
engines = [Anvil(genesis={GENESIS}) for _ in range(3)]
print(*(engine._process.pid for engine in engines), flush=True)
time.sleep(1_000)
"""
    worker = run(script)
    pids = [int(each) for each in worker.stdout.readline().split()]
    assert [is_running(pid) for pid in pids] == [True] * 3
    os.kill(worker.pid, signal.SIGKILL)
    worker.wait()
    tries = (time.sleep(0.01) for _ in range(1_000))
    ended = any(not any(map(is_running, pids)) for _ in tries)
    for pid in filter(is_running, pids):
        os.kill(pid, signal.SIGKILL)
    assert ended


class TestANodeThatAnswersForAnother:
    """What Ape does when the port that it picked is taken: it says nothing."""

    @pytest.fixture
    def nodes(self):
        engines = Anvil(genesis=GENESIS), Anvil(genesis=GENESIS)
        yield [(engine._process, f"http://127.0.0.1:{engine._port}") for engine in engines]
        for engine in engines:
            engine.close()

    def test_our_own(self, nodes):
        (own, url), _ = nodes
        refuse_foreign_node(own, url)

    def test_another_process(self, nodes):
        (own, _), (_, url) = nodes
        with pytest.raises(NodeTrouble, match="another program's anvil answers"):
            refuse_foreign_node(own, url)

    def test_none_was_started(self, nodes):
        with pytest.raises(NodeTrouble, match="another program's anvil answers"):
            refuse_foreign_node(None, nodes[0][1])

    def test_apes_own(self, chain):
        refuse_foreign_node(chain.provider.process, chain.provider.uri)

"""A node killed before each statement of its journal, on a real chain, then started again on a changed source."""

import os
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from salvor.model.oracle_keys import Kind, key_of
from salvor.node.config import load_node
from salvor.node.journal import Journal
from salvor.node.keyring import Signer
from salvor.node.rpc import Rpc
from salvor.node.running import Node
from tests.utils.oracle_nodes import HEADER, beside, month_rows

ROOT = Path(__file__).parents[3]
KEYS = [key_of(Kind.HPI, place) for place in "AB"]
NAME = "appraiser"
REPORTED = "Reported"


def index(value):
    return HEADER + "".join(month_rows(place, 2025, ["100.00", value]) for place in "AB")


def live(config, secret, start):
    """Some seconds of a node's life; the clock is ours, so that every life has the same statements."""
    settings, signer, now = load_node(config), Signer(secret), float(start)
    chain = settings.chain
    path = Path(settings.journal)
    journal = Journal(path, signer=signer.address, chain_id=chain.chain_id, contract=chain.reports)
    node = Node(settings, signer, journal, rpc=Rpc(chain.rpc, seconds=5), say=lambda _: None, clock=lambda: now)
    for _ in range(5):
        now += 1
        node._gatherer.start_due(now)
        for future in list(node._gatherer._running.values()):
            future.exception()
        node.step()
    while node._submitter.flying or node._left:  # the chain's node takes a moment to mine
        time.sleep(0.01)
        node.step()
    assert journal.open_seals() == []


def live_and_die(config, secret, start, last):
    """In a process of its own, killed before a statement (0: never); gives how many there were."""
    statements, connect = 0, sqlite3.connect

    def count(_):
        nonlocal statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*given, **named):
        found = connect(*given, **named)
        found.set_trace_callback(count)
        return found

    out, into = os.pipe()
    if (child := os.fork()) == 0:
        sqlite3.connect = counted
        try:
            live(config, secret, start)
            os.write(into, str(statements).encode())
            os._exit(0)
        finally:
            os._exit(1)
    os.close(into)
    with os.fdopen(out) as said:
        told = said.read()
    assert os.waitpid(child, 0)[1] == (signal.SIGKILL if last else 0), last
    return int(told or 0)


def die_everywhere():
    with tempfile.TemporaryDirectory() as folder:
        chain = beside(Path(folder))
        signer = chain.signer(NAME)
        config = chain.configure(NAME, KEYS, body=index("101.00"))
        chain.mine_by_itself()
        start, files = chain.stage.lab.now, config.parent
        taken, outcomes, last, total = chain.ask("evm_snapshot"), set(), 0, None
        while total is None or last < total:
            for file in files.glob("node.sqlite*"):
                file.unlink()
            (files / "index.csv").write_text(index("101.00"))
            if total is None:
                total = live_and_die(config, chain.secrets[NAME], start, 0)
            else:
                last += 1
                live_and_die(config, chain.secrets[NAME], start, last)
                (files / "index.csv").write_text(index("555.00"))
                live_and_die(config, chain.secrets[NAME], start + 60, 0)
                outcomes.add(after(chain, signer))
            assert chain.ask("evm_revert", taken)
            taken = chain.ask("evm_snapshot")
        chain.stage.lab.close()
    print(total, sorted(outcomes))


def after(chain, signer):
    """What the chain saw of the two lives: one value of each key, and of each time."""
    reports = chain.stage.reports
    kind = reports.blueprint.events[REPORTED][0]
    found = chain.ask(
        "eth_getLogs", {"address": reports.address, "fromBlock": "0x0", "topics": [f"0x{kind.topic.hex()}"]}
    )
    events = [kind.read(chain.stage.lab.engine.read_log(log)) for log in found]
    told = {}
    for event in events:
        assert told.setdefault((event.key, event.at), event.value) == event.value, "ON-01"
    assert {key for key, _ in told} == set(KEYS)
    assert len(events) == len(KEYS)
    used = int(chain.ask("eth_getTransactionCount", signer.address, "latest"), 16)
    assert used == 1, "ON-02"
    return told[KEYS[0], events[0].at] // 10**18


def test_a_kill_anywhere_pays_once_and_signs_one_value():
    script = "from tests.unit.node.test_node_killed import die_everywhere; die_everywhere()"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    statements, outcomes = done.stdout.split(maxsplit=1)
    assert int(statements) > 40
    # Killed before anything was written the new value counts, afterwards the one that was promised.
    assert outcomes.strip() == "[101, 555]"

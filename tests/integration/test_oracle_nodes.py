"""Three nodes as processes beside one hub: one is killed, one lies, one is late; what the hub says all the while.

The table of what happened stands in docs/oracle-node.md; the test compares each line.
"""

import json
import threading
from contextlib import suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from click.testing import CliRunner

from salvor.amounts import timestamp
from salvor.model.oracle_keys import Kind, key_of
from salvor.node.errors import RpcFailed
from salvor.node.status import read_status
from scripts.oracle.status import cli as status_command
from tests.utils.oracle_nodes import HEADER, PASSPHRASE, Process, beside, month_rows

ROOT = Path(__file__).parents[2]
DAY = 86_400
KEY = key_of(Kind.HPI, "ES-MD")
PLACE = "ES-MD"
MAX_AGE = 45 * DAY
HEADINGS = ("what happens", "first (killed)", "second (lies)", "third (late)", "the hub")


def day(year, month, number):
    return timestamp(date(year, month, number))


def index(*values):
    return HEADER + month_rows(PLACE, 2025, list(values))


class SlowSource:
    """Answers when it is let go, and then with what is in `body`."""

    def __init__(self):
        self.ready, self.body = threading.Event(), ""
        source = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                source.ready.wait()
                content = source.body.encode()
                with suppress(OSError):  # the node did not wait
                    self.send_response(200)
                    self.send_header("Content-Length", str(len(content)))
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/index.csv"

    def close(self):
        self.ready.set()
        self.server.shutdown()
        self.server.server_close()


class Play:
    """The chain, three nodes, and the lines of the table."""

    def __init__(self, folder):
        self.chain = beside(folder, genesis=day(2025, 1, 20))
        self.slow = SlowSource()
        self.slow.body = index("100.00")
        self.slow.ready.set()
        signers = [self.chain.signer(name) for name in ("first", "second", "third")]
        self.chain.policy(signers, KEY, max_age=MAX_AGE)
        self.addresses = [signer.address for signer in signers]
        source = f"{{ url: {self.slow.url} }}\n    timeout: 1 s"
        configs = [self.chain.configure(name, [KEY], body=index("100.00")) for name in ("first", "second")]
        configs.append(self.chain.configure("third", [KEY], body="", source=source))
        self.chain.mine_by_itself()
        self.chain.mine(day(2025, 2, 2))
        self.rows, self.nodes = [], []
        self.nodes = [Process(config, ROOT) for config in configs]
        self.first, self.second, self.third = self.nodes

    def close(self):
        for node in self.nodes:
            if node.running.poll() is None:
                node.running.kill()
                node.running.wait()
        self.slow.close()
        self.chain.stage.lab.close()

    def write(self, node, *values):
        (node.config.parent / "index.csv").write_text(index(*values))

    def landed(self, number, value):
        """Whether the last report of a node says this; anvil refuses to answer while it makes a block."""
        with suppress(RpcFailed):
            return self.chain.state(self.addresses[number], KEY).landed_value == value * 10**16
        return False

    def pending(self):
        return int(self.chain.ask("txpool_status")["pending"], 16)

    def note(self, what):
        """A line of the table, as the status command of the second node sees it."""
        state = read_status(self.chain.settings(self.second.config)).keys[0].state
        cells = [
            f"{said.value // 10**18}{'' if said.reason == 'counts' else f', {said.reason}'}" for said in state.sources
        ]
        value = f"{state.value // 10**18}" if state.value else "no value"
        told = f"{value}, {state.status}{f' ({state.why})' if state.why else ''}, {state.counted} of {state.quorum}"
        self.rows.append((what, *cells, told))
        return state


@pytest.fixture
def play(tmp_path):
    found = Play(tmp_path)
    yield found
    found.close()


def test_one_killed_one_lying_one_late(play):
    for number, node in enumerate(play.nodes):
        node.until(lambda number=number: play.landed(number, 100_00))
    assert play.note("January's index, 100, is out; all three report").value == 100 * 10**18

    # The first is killed between sending and knowing; the third's source does not answer any more.
    play.slow.ready.clear()
    play.chain.mine(day(2025, 3, 2))
    play.chain.mine_by_itself(False)
    play.write(play.first, "100.00", "101.00")
    play.first.until(lambda: play.pending() == 1)
    play.first.kill()
    play.chain.mine_by_itself()
    play.chain.mine()
    assert play.landed(0, 101_00)
    state = play.note("February's is 101; the first is killed (`kill -9`) while its report is on its way")
    assert state.value == (101 + 100 + 100) // 3 * 10**18

    play.write(play.second, "100.00", "300.00")
    play.second.until(lambda: play.landed(1, 300_00))
    state = play.note("the second says 300; the third's source is silent, it is late")
    assert (state.value, state.status, state.counted) == (101 * 10**18, "good", 2)
    play.third.until(lambda: "did not answer within 1 seconds" in play.third.said())

    play.slow.body = index("100.00", "101.00")
    play.slow.ready.set()
    play.third.until(lambda: play.landed(2, 101_00))
    assert play.note("the third's source answers again").value == 101 * 10**18

    play.chain.mine(day(2025, 4, 20))
    play.slow.body = index("100.00", "101.00", "102.00")
    play.write(play.second, "100.00", "300.00", "300.00")
    play.third.until(lambda: play.landed(2, 102_00))
    play.second.until(lambda: play.second.said().count("landed") == 3)
    state = play.note("March's is 102; the first is still dead and its report too old: one honest, one liar")
    assert (state.value, state.status) == (0, "refused")
    shown = CliRunner().invoke(status_command, [str(play.second.config), "--json"])
    assert shown.exit_code == 1
    assert not json.loads(shown.stdout)["all_good"]

    play.write(play.first, "100.00", "101.00", "102.00")
    play.first.start()
    play.first.until(lambda: play.landed(0, 102_00))
    state = play.note("the first is started again, and goes on where it was")
    assert (state.value, state.status, state.counted) == (102 * 10**18, "good", 2)

    page = (ROOT / "docs/oracle-node.md").read_text()
    lines = [f"| {' | '.join(row)} |" for row in (HEADINGS, *play.rows)]
    assert [line for line in lines if line not in page] == [], "\n".join(lines)

    # What the killed node did once it lived again: what it had sent was noted, nothing was signed twice.
    assert "nonce 2: 1 values landed" in play.first.said()
    nonces = [play.chain.stage.lab.engine.nonce(address) for address in play.addresses]
    assert nonces == [3, 3, 3]
    assert [node.stop() for node in play.nodes] == [0, 0, 0]
    for node in play.nodes:
        everything = b"".join(file.read_bytes() for file in node.config.parent.iterdir() if file.name != "key.json")
        secret = play.chain.secrets[node.config.parent.name]
        assert not any(text in everything for text in (secret, secret.hex().encode(), PASSPHRASE.encode()))

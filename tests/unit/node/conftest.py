"""The example configuration and its sources; a small server that misbehaves as it is told."""

import shutil
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from salvor.node.config import load_node
from salvor.node.errors import SourceFailed
from salvor.node.observation import Fetched
from tests.utils.oracle_nodes import beside
from tests.utils.oracle_player import Player

ROOT = Path(__file__).parents[3]
NOW = 1_780_000_000  # in 2026, after all that the example's files speak of


def values_of(source, body):
    """All values, or the first failure."""
    found = source.read(Fetched(body, NOW))
    for each in found:
        if isinstance(each, SourceFailed):
            raise each
    return found


class Example:
    """The example's sources by name, over files that a test may change."""

    def __init__(self, folder):
        self.folder = folder
        self.settings = load_node(folder / "node.yaml")
        self.sources = {source.name: source for source in self.settings.sources}

    def read(self, name, change=lambda text: text):
        source = self.sources[name]
        body = Path(source.where.file).read_bytes()
        return values_of(source, change(body.decode()).encode())


@pytest.fixture(scope="session")
def example(tmp_path_factory):
    deals = tmp_path_factory.mktemp("deals")
    for name in ("oracle-node", "examples/consumer_debt"):
        shutil.copytree(ROOT / "deals" / name, deals / name)
    return Example(deals / "oracle-node")


@pytest.fixture
def served():
    """Starts a server; `answer` is handed the request's handler and writes whatever it likes."""
    servers = []

    def start(answer):
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                answer(self)

            def log_message(self, *_):
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        servers.append(server)
        return f"http://127.0.0.1:{server.server_address[1]}"

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


@pytest.fixture
def genesis():
    """Of the chain; None: an hour ago."""
    return


@pytest.fixture
def here(tmp_path, genesis):
    """A chain of the test's own, which mines each transaction at once."""
    found = beside(tmp_path, genesis=genesis)
    found.mine_by_itself()
    yield found
    found.stage.lab.close()


@pytest.fixture
def player(here):
    made = []

    def make(**changes):
        made.append(Player(here, **changes))
        return made[-1]

    yield make
    for each in made:
        each.node.close()
        each.journal.close()
        each.rpc.close()

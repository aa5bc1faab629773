"""A node whose clock a test moves, on a real chain: `live` starts it anew on its journal, as after a crash."""

from __future__ import annotations

import time

from salvor.model.oracle_keys import Kind, key_of
from salvor.node.config import load_node
from salvor.node.journal import Journal
from salvor.node.rpc import Rpc
from salvor.node.running import Node
from tests.utils.oracle_nodes import HEADER, month_rows

WAD = 10**18
KEYS = [key_of(Kind.HPI, place) for place in ("A", "B", "C")]
NAME = "appraiser"
DAY = 86_400
MARCH_2025, MARCH_2026 = 1_740_787_200, 1_772_323_200  # the first second after February


def index(*values):
    """Of each place the same months, from January 2025."""
    return HEADER + "".join(month_rows(place, 2025, list(values)) for place in "ABC")


class Player:
    """A node whose clock the test moves. `live` makes a new one on the same journal, as a start after a crash does."""

    def __init__(self, here, *, add=True, **changes):
        self.here, self.signer = here, here.signer(NAME, add=add)
        self.path = here.configure(NAME, KEYS, body=changes.pop("body", index("100.00", "101.00")), **changes)
        self.said, self.now, self.node = [], float(here.stage.lab.now), None
        self.live()

    def live(self):
        if self.node:
            self.node.close()
            self.journal.close()
        self.settings = load_node(self.path)
        chain = self.settings.chain
        self.journal = Journal(
            self.path.parent / "node.sqlite",
            signer=self.signer.address,
            chain_id=chain.chain_id,
            contract=chain.reports,
        )
        self.rpc = Rpc(chain.rpc, seconds=5)
        self.node = Node(
            self.settings, self.signer, self.journal, rpc=self.rpc, say=self.said.append, clock=lambda: self.now
        )
        return self.node

    def steps(self, seconds=4):
        """Step each second; a source is waited for, however slow this machine is."""
        for _ in range(seconds):
            self.now += 1
            self.node._gatherer.start_due(self.now)
            for future in list(self.node._gatherer._running.values()):
                future.exception()
            self.node.step()
            if self.node._submitter.flying:
                time.sleep(0.02)  # the chain's node takes a moment to mine
        return self

    def write(self, body):
        (self.path.parent / "index.csv").write_text(body)

    def landed(self, key=KEYS[0]):
        """Value, time, nonce."""
        found = self.here.state(self.signer.address, key)
        return found.landed_value, found.landed_time, found.landed_nonce

    def metric(self, name):
        page = self.node.metrics.text()
        return {line.split(" ")[0]: float(line.split(" ")[1]) for line in page.splitlines() if line[0] != "#"}.get(
            f"salvor_node_{name}", 0
        )

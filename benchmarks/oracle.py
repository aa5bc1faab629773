"""Gas of values, beside reading five Chainlink feeds by hand: `make bench NAME=oracle`.

Reads are measured by a contract that makes the call, everything cold; transactions by their receipts. Feeds are
Chainlink's own aggregators behind Chainlink's own proxies, out of npm.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.peers.chainlink import RealFeed, readers, real_feed
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.errors import CHECK_FAILED
from salvor.lab import open_lab
from salvor.model.oracle import Policy, Source
from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_reports import Batch, Told
from tests.utils.oracle import DAY, FOREVER, HOUR, NO_ADDRESS, WAD, Stage, set_stage

# The project's own targets.
READ_GAS, READ_RATIO = 60_000, 1.3
BATCH_GAS = 12_000

BATCH = 100
KEY = key_of(Kind.FX, "EURUSD")
_WIDTH = 140  # of the table in a file or a pipe


@click.command(epilog="Example: python -m benchmarks.oracle --out oracle.json")
@click.option("--out", type=Path, default=RESULTS / "oracle.json", show_default=True, help="Where the rows go.")
def main(out: Path) -> None:
    """Measure gas of values on a local anvil, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same), 3 for trouble with the
    node or when Chainlink's contracts can't be had.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    lab = open_lab("anvil")
    try:
        bench = Bench(set_stage(lab, signers=5))
        rows = [*bench.reads(), *bench.reports(), *bench.faults()]
    finally:
        lab.close()
    write_rows(rows, out)
    print_rows("Gas of values", rows, console)
    sys.exit(0 if all_hold(rows) else CHECK_FAILED)


class Bench:
    """The stage, a meter, and five real feeds with a naive reader over them."""

    def __init__(self, stage: Stage) -> None:
        compiled, engine = readers(), stage.lab.engine
        self.stage = stage
        self.meter = compiled["GasOfCall"].deploy(engine, sender=stage.keeper)
        self.feeds = [real_feed(stage.lab, stage.keeper) for _ in range(5)]
        self.submit(100)
        self.naive = compiled["NaiveReader"].deploy(engine, [feed.proxy for feed in self.feeds], sender=stage.keeper)

    def submit(self, value: int) -> None:
        """A round of each feed, each a little above the one before."""
        for number, feed in enumerate(self.feeds):
            feed.submit((value + number) * 10**8)

    def feed_source(self, feed: RealFeed) -> Source:
        """A real feed as a source, with its aggregator's own limits."""
        config = self.stage.chainlink.configOf(feed.proxy, NO_ADDRESS, 0)
        return Source(self.stage.chainlink.address, config, HOUR)

    def gas_of(self, method: Any, *args: Any) -> int:
        """Of a call that another contract makes."""
        return int(self.meter.measure(method.contract, method.encode(*args)))

    def read(self, *sources: Source) -> int:
        """A read of these, after a good poke."""
        hub = self.stage.hub
        self.stage.set_policy(Policy(tuple(sources), 3, change_window=DAY), KEY)
        hub.poke(KEY, sender=self.stage.outsider)
        return self.gas_of(hub.read, KEY)

    # READS

    def reads(self) -> Iterator[Row]:
        """The same five feeds both ways; then five signers, and some of each."""
        stage = self.stage
        peer = self.gas_of(self.naive.median)
        feeds = [self.feed_source(feed) for feed in self.feeds]
        yield Row("read of five Chainlink feeds, cold", self.read(*feeds), peer, ratio_at_most=READ_RATIO)
        for number, signer in enumerate(stage.signers):
            stage.report(signer, (100 + number) * WAD, key=KEY)
        signers = [stage.signer_source(signer) for signer in stage.signers]
        five = self.read(*signers)
        limits = {"ours_at_most": READ_GAS, "ratio_at_most": READ_RATIO}
        yield Row("read of five signers, cold", five, peer, **limits)
        yield Row("read of three signers and two feeds, cold", self.read(*signers[:3], *feeds[:2]), peer)
        hub = stage.hub
        yield Row("poke of three signers and two feeds", int(hub.poke(KEY, sender=stage.outsider).gas_used))
        policy = Policy(tuple(signers), 3, change_window=DAY)
        yield Row("setting a policy of five signers", int(stage.set_policy(policy, KEY).gas_used))

    # REPORTS

    def reports(self) -> Iterator[Row]:
        """A hundred keys that have a value get another, in one batch and one by one."""
        stage, signer = self.stage, self.stage.signers[0]
        keys = [key_of(Kind.COLLATERAL, str(number)) for number in range(BATCH)]

        def hand_in(value: int, count: int) -> int:
            stage.lab.wait(1)
            values = [Told(key, value * WAD, stage.lab.now) for key in keys[:count]]
            batch = Batch(values, nonce=stage.next_nonce(signer), valid_until=FOREVER)
            return int(stage.hand_in(signer, batch).gas_used)

        first = hand_in(1, BATCH) // BATCH
        again = hand_in(2, BATCH) // BATCH
        stage.lab.wait(1)
        single = sum(int(stage.report(signer, 3 * WAD, key=key).gas_used) for key in keys) // BATCH
        yield Row(f"batch of {BATCH}, a value", again, single, ours_at_most=BATCH_GAS)
        yield Row("batch of 10, a value", hand_in(4, 10) // 10, single)
        yield Row(f"batch of {BATCH}, a value of a key that had none", first)

    # FAULTS

    def faults(self) -> Iterator[Row]:
        """What a source that misbehaves costs whoever reads: at most the gas that its policy gives it."""
        from tests.utils.oracle import Manner

        stage = self.stage
        for number, signer in enumerate(stage.signers):
            stage.lab.wait(1)
            stage.report(signer, (100 + number) * WAD, key=KEY)
        signers = [stage.signer_source(signer) for signer in stage.signers[:4]]
        hostile = stage.play()
        hostile.answer(0, 102 * WAD, 0, stage.lab.now)
        good = self.read(*signers, stage.played_source(hostile))
        yield Row("read with a played fifth source that answers", good)
        names = {Manner.DEVOUR: "eats all gas", Manner.BOMB: "answers without end", Manner.REFUSE: "reverts"}
        for manner, name in names.items():
            hostile.behave(manner)
            yield Row(f"... that {name} (it may use 100,000)", self.gas_of(stage.hub.read, KEY))


if __name__ == "__main__":
    main()

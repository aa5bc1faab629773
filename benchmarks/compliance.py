"""Gas of a regulated transfer beside T-REX, by rules and by holders, and of registering: `make bench NAME=compliance`.

Both stand on one anvil: T-REX 4.1.6 as published behind its proxies, ours as deployed. Holders of both held before and
hold after; whoever receives has one claim of one topic. Our note is one of a deal: it asks where its cash stands too.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from benchmarks.peers.trex import TRex
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from salvor.errors import CHECK_FAILED
from salvor.lab import Actor, Lab, open_lab
from salvor.model.compliance_rules import DAY, MOST_UNITS, Rule
from tests.utils.regulated import CUBA, ITALY, KENYA, KYC, NO_LIMIT, Office, open_office

# The project's own targets.
NO_RULE, FIVE_RULES, FLAT = 0.30, 0.25, 1.02
UNITS, SOME = 1_000_000, 1_000
CROWDS = (10, 100, 1_000, 10_000)
MANY = 1_000  # investors who are registered
BATCH = 50
_WIDTH = 140  # of the table in a file or a pipe
_RULES: tuple[tuple[Rule, tuple[Any, ...]], ...] = (
    (Rule.COUNTRY_ALLOW, ([ITALY, KENYA],)),
    (Rule.MAX_HOLDING, (MOST_UNITS,)),
    (Rule.COUNTRY_DENY, ([CUBA],)),
    (Rule.COUNTERPARTIES, ("trader",)),
    (Rule.SUPPLY_LIMIT, (MOST_UNITS,)),
    (Rule.INVESTOR_CLASS, (0b1110,)),
    (Rule.MIN_HOLDING, (1,)),
    (Rule.SUPPLY_SHARE, (10**18,)),
    (Rule.TRANSFER_WINDOW, (0, 2**40 - 1, 127, 0, DAY)),
    (Rule.MIN_INVESTMENT, (1,)),
    (Rule.DENOMINATION, ("cash", 1)),
)
_MODULES: tuple[tuple[str, tuple[Any, ...]], ...] = (
    ("HolderCount", (NO_LIMIT, [NO_LIMIT] * 4, [], [])),
    ("SanctionsRoot", ()),
    ("LockUp", (0, 1)),
    ("TravelRule", (MOST_UNITS,)),
)


@click.command(epilog="Example: python -m benchmarks.compliance --out compliance.json")
@click.option("--out", type=Path, default=RESULTS / "compliance.json", show_default=True, help="Where the rows go.")
def main(out: Path) -> None:
    """Measure on a local anvil, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same), 3 for trouble with the
    node or when T-REX can't be had.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    lab = open_lab("anvil")
    try:
        rows = [*transfers(lab), *crowds(lab), *registrations(lab)]
    finally:
        lab.close()
    write_rows(rows, out)
    print_rows("Regulated notes beside T-REX", rows, console)
    sys.exit(0 if all_hold(rows) else CHECK_FAILED)


def gas(method: Any, *args: Any, sender: Any) -> int:
    """Of a transaction, by its receipt."""
    return int(method(*args, sender=sender).gas_used)


# TRANSFERS


def sold(lab: Lab) -> tuple[Office, Actor, Actor]:
    """A note that was issued and handed over to two holders; cash was given to it, and both have moved since."""
    office = open_office(lab, by_agents=False)
    trader, other = (office.person(name) for name in ("trader", "other holder"))
    office.note.issue(2 * UNITS, sender=office.admin)
    for holder in (trader, other):
        office.note.handOver(holder, UNITS, sender=office.admin)
    office.distributor.appoint(office.admin, sender=office.admin)
    office.cash.mint(office.distributor, UNITS, sender=office.admin)
    office.distributor.book(UNITS, [(office.note, UNITS, 0)], [], sender=office.admin)
    office.note.transfer(other, SOME, sender=trader)
    return office, trader, other


def transfers(lab: Lab) -> Iterator[Row]:
    """None, one, three, five, ten and fifteen rules; T-REX with none, and with five before anything is minted."""
    office, trader, other = sold(lab)
    for holder in (trader, other):
        office.cash.mint(holder, UNITS, sender=trader)
    yield Row("transfer of a bare ERC-20", gas(office.cash.transfer, other, SOME, sender=trader))

    def ours() -> int:
        return gas(office.note.transfer, other, SOME, sender=trader)

    plain, ruled = (TRex(lab, lab.actor("T-REX owner"), office.issuer) for _ in range(2))
    yield Row("transfer, no rule", ours(), theirs(plain), ratio_at_most=NO_RULE)
    ruled.add_five(lab.actor("T-REX trader"))
    peer = theirs(ruled)
    for count, (which, values) in enumerate((*_RULES, *_MODULES), 1):
        put(office, which, values, trader)
        if count == 5:
            yield Row("transfer, the same five rules", ours(), peer, ratio_at_most=FIVE_RULES)
        elif count in (1, 3, 10, 15):
            yield Row(f"transfer, {count} rule{'s' * (count > 1)}", ours())


def theirs(peer: TRex) -> int:
    """A transfer of T-REX between two who hold."""
    giver, taker = (peer.person(name) for name in ("T-REX trader", "T-REX holder"))
    for holder in (giver, taker):
        peer.token.mint(holder, UNITS, sender=peer.owner)
    gas(peer.token.transfer, taker, SOME, sender=giver)
    return gas(peer.token.transfer, taker, SOME, sender=giver)


def put(office: Office, which: Rule | str, values: tuple[Any, ...], trader: Actor) -> None:
    """A rule or a module, on; the names in its parameters stand for contracts and people."""
    if isinstance(which, Rule):
        named = {"trader": [trader.address], "cash": office.cash.address}
        office.rule(which, *(named[each] if isinstance(each, str) else each for each in values))
        return
    module = office.module(which, *values)
    if which == "HolderCount":
        office.registry.watch(module, sender=office.admin)
        holders = sorted((office.lab.actor("trader"), office.lab.actor("other holder"), office.admin), key=_number)
        agent = office.agent
        module.rebuild(holders, sender=agent)
        module.finishRebuild(sender=agent)


def _number(holder: Actor) -> int:
    return int(holder.address, 16)


# HOLDERS


def crowds(lab: Lab) -> Iterator[Row]:
    """The five rules and the count of holders, with more and more of them."""
    office = open_office(lab, topics=())
    count = office.module("HolderCount", NO_LIMIT, [NO_LIMIT] * 4, [], [])
    office.registry.watch(count, sender=office.admin)
    trader, other = (office.holder(name, UNITS) for name in ("trader", "other holder"))
    for which, values in _RULES[:5]:
        put(office, which, values, trader)
    used, there = {}, 2
    for size in CROWDS:
        for begin in range(there, size, 100):
            wallets = [lab.actor(f"holder {place}") for place in range(begin, min(begin + 100, size))]
            number = len(wallets)
            agent = office.agent
            office.registry.batchRegisterIdentity(wallets, wallets, [ITALY] * number, sender=agent)
            office.note.batchMint(wallets, [SOME] * number, sender=agent)
        there = size
        used[size] = gas(office.note.transfer, other, SOME, sender=trader)
        yield Row(f"transfer, five rules and a count, {size:,} holders", used[size])
    yield Row("... dearest beside cheapest", max(used.values()), min(used.values()), ratio_at_most=FLAT)


# REGISTRATION


def registrations(lab: Lab) -> Iterator[Row]:
    """A thousand investors with a claim each, in batches; of T-REX ten, each with an identity, a claim, an entry."""
    office = open_office(lab)
    used, began = 0, time.perf_counter()
    for begin in range(0, MANY, BATCH):
        rows = [registration(office, f"investor {place}") for place in range(begin, begin + BATCH)]
        used += gas(office.registry.register, rows, sender=office.agent)
    seconds = time.perf_counter() - began
    peer = TRex(lab, lab.actor("T-REX owner"), office.issuer)
    before = spent(lab)
    for place in range(10):
        peer.person(f"T-REX investor {place}", proxied=True)
    theirs = (spent(lab) - before) // 10
    yield Row(f"registering {MANY:,} investors, gas each", used // MANY, theirs)
    yield Row(f"registering {MANY:,} investors, ms each with signing", round(seconds / MANY * 1000, 2))


def registration(office: Office, name: str) -> tuple[Any, ...]:
    """A row of `register`, with its claim."""
    identity = office.identity(name)
    claim = office.claim(identity, KYC)
    return office.lab.actor(name).address, identity, ITALY, [claim.struct], [office.sign(claim)]


def spent(lab: Lab) -> int:
    """Gas of all blocks so far."""
    ask: Any = lab.engine.ask  # a node's: the engine in this process has none
    return sum(int(ask("eth_getBlockByNumber", hex(number), False)["gasUsed"], 16) for number in range(lab.block + 1))


if __name__ == "__main__":
    main()

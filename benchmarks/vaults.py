"""Gas of ERC-4626 vaults over a note, beside OpenZeppelin's own over the same note: `make bench NAME=vaults`.

Warm: slots that are written were written before, and nothing was distributed since the last call, unless a row says so.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.console import Console

from benchmarks.gas import BEGIN, FOREVER, ROUND
from benchmarks.report import RESULTS, Row, all_hold, print_rows, write_rows
from benchmarks.stage import Note, Stage, gas
from salvor.amounts import WAD
from salvor.chain.node import local_node
from salvor.chain.send import send
from salvor.errors import CHECK_FAILED

if TYPE_CHECKING:
    from ape.api import AccountAPI
    from ape.contracts import ContractInstance

DEPOSIT_RATIO = 1.15  # the project's own target
UNITS = 1_000_00
CASH = 12_345_68
_BID = (WAD // 2, WAD, 7 * 86_400)
_WIDTH = 140


@click.command(epilog="Example: python -m benchmarks.vaults --out vaults.json")
@click.option("--out", type=Path, default=RESULTS / "vaults.json", show_default=True, help="Where the rows go.")
def main(out: Path) -> None:
    """Measure gas on a local anvil, print a table and write JSON.

    Exit code 0 when all targets hold, 1 when one does not (the file is written all the same), 3 for trouble with the
    node.
    """
    console = Console(width=None if sys.stdout.isatty() else _WIDTH)
    rows = _on_a_local_chain()
    write_rows(rows, out)
    print_rows("gas of vaults, from receipts", rows, console)
    console.print(f"written to {out}")
    if not all_hold(rows):
        raise SystemExit(CHECK_FAILED)


def _on_a_local_chain() -> list[Row]:
    from ape import accounts, networks, project
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    with local_node(networks, genesis=BEGIN) as provider:
        return list(vault_rows(Stage(project, provider, accounts.test_accounts, lambda done, total: None)))


def vault_rows(stage: Stage) -> Iterator[Row]:
    """Under a rule that is free and under the list of admitted investors; the peer asks no rule for its shares."""
    access = stage.access()
    open_rule = stage.admin.deploy(stage.project.OpenCompliance)
    allow_list = stage.admin.deploy(stage.project.AllowList, access)
    stage.restrict(access, allow_list, access.TRANSFER_AGENT(), "admit", "remove")
    for rule, contract in (("AllowList", allow_list), ("always-yes rule", open_rule)):
        with stage.put_back():
            yield from _rows_under(stage, access, contract, rule)


def _rows_under(stage: Stage, access: ContractInstance, rule: ContractInstance, named: str) -> Iterator[Row]:
    holder, other = stage.accounts[1], stage.accounts[2]
    if named == "AllowList":
        for each in (holder, other):
            send(rule.admit, each, FOREVER, sender=stage.admin)
    note = stage.note(access, stage.settlement(), rule, {holder: ROUND // 2, other: ROUND // 2})
    project, admin = stage.project, stage.admin
    peer = admin.deploy(project.PlainVault, note.token, 0)
    ours = {
        "passing on": admin.deploy(project.PayingNoteVault, access, note.token, "Vault", "V"),
        "reinvesting": admin.deploy(project.ReinvestingNoteVault, access, note.token, "Vault", "V", _BID),
    }
    for vault in (peer, *ours.values()):
        if named == "AllowList":
            send(rule.admit, vault, FOREVER, sender=admin)
        for each in (holder, other):
            send(note.token.approve, vault, ROUND, sender=each)
    plain = _measured(note, peer, holder, other)
    for kind, vault in ours.items():
        found = _measured(note, vault, holder, other, waits=kind == "reinvesting")
        for what, used in found.items():
            limit = DEPOSIT_RATIO if what == "deposit" else None
            yield Row(f"{what}, warm, {kind}, {named}", used, plain.get(what), ratio_at_most=limit)


def _measured(
    note: Note, vault: ContractInstance, holder: AccountAPI, other: AccountAPI, waits: bool = False
) -> dict[str, int]:
    """Both have shares before and after; cash was distributed before the first of them came, and once between."""

    def deposit(who: AccountAPI) -> int:
        return gas(vault.deposit, UNITS, who, sender=who)

    ours = "harvest" in {abi.name for abi in vault.contract_type.mutable_methods}
    note.distribute(CASH)
    for who in (holder, other, holder, other):
        deposit(who)
    found: dict[str, int] = {}
    note.distribute(CASH)
    if ours:
        found["harvest"] = gas(vault.harvest, sender=other)
    if waits:
        found["sell"] = gas(vault.sell, vault.waiting(), 2**255, sender=other)
        note.distribute(CASH)
        found["sell"] = gas(vault.sell, vault.waiting(), 2**255, sender=other)
    deposit(holder)
    found["deposit"] = deposit(holder)
    found["mint"] = gas(vault.mint, UNITS, holder, sender=holder)
    found["transfer"] = gas(vault.transfer, other, 10, sender=holder) if deposit(other) else 0
    found["withdraw"] = gas(vault.withdraw, UNITS // 4, holder, holder, sender=holder)
    found["redeem"] = gas(vault.redeem, 1_000, holder, holder, sender=holder)
    if ours and not waits:
        send(vault.claimCash, sender=holder)
        note.distribute(CASH)
        found["deposit, the first after a distribution"] = deposit(holder)
        found["claim of cash"] = gas(vault.claimCash, sender=holder)
    return found


if __name__ == "__main__":
    main()

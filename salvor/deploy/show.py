"""Plans and what came of them, for people: one table, then what to think about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from salvor.deploy.compare import Finding
from salvor.deploy.plan.plan import Plan
from salvor.deploy.plan.run import Applied
from salvor.deploy.plan.survey import Found
from salvor.deploy.verify import Verified

_GWEI = 10**9
_STATES = {Found.DONE: "there", Found.OPEN: "to do", Found.UNKNOWN: "to do", Found.FOREIGN: "TAKEN"}


def print_plan(plan: Plan, console: Console) -> None:
    """Steps with addresses, gas and state; then the sums, the warnings and the hash."""
    table = Table(title=f"{plan.title} on chain {plan.chain_id}", title_justify="left", box=None, padding=(0, 1))
    table.add_column("#", justify="right", no_wrap=True, min_width=2)
    table.add_column("step", ratio=1, no_wrap=True, overflow="ellipsis")
    table.add_column("gas", justify="right", no_wrap=True, min_width=10)
    table.add_column("state", no_wrap=True, min_width=5)
    for number, step in enumerate(plan.steps, start=1):
        tried = plan.tried.get(step.name)
        gas = "-" if tried is None else f"{'~' if tried.reckoned else ''}{tried.gas:,}"
        words = f"{step.address} {step.name}" if step.address else step.name
        table.add_row(str(number), Text(words), gas, _STATES[plan.found[step.name]])
        if step.kind == "contract" and step.says:
            table.add_row("", Text(f"  ({step.says})", style="dim"), "", "")
    console.print(table)
    left = len(plan.left)
    console.print(f"{len(plan.steps) - left} of {len(plan.steps)} steps are there, {left} to do")
    if left:
        console.print(f"gas {plan.gas:,}, at most {ether(plan.cost)} at {gwei(plan.fee.most)} a unit")
        console.print(f"{plan.sender} has {ether(plan.balance)}")
    for warning in plan.warnings:
        console.print(f"[yellow]warning:[/yellow] {warning}")
    console.print(f"plan {plan.hash}", soft_wrap=True)


def print_applied(applied: Applied, console: Console) -> None:
    """Addresses, and what it cost."""
    for notice in applied.notices:
        console.print(f"notice: {notice}")
    for name, address in applied.addresses.items():
        console.print(f"{name:24} {address}")
    console.print(f"{len(applied.mined)} transactions, gas {applied.gas:,}, {ether(applied.cost)}")


def print_findings(findings: Sequence[Finding], console: Console) -> None:
    """What differs, both sides, and who could change it."""
    for each in findings:
        console.print(Text(each.what, style="bold"))
        console.print(f"  file:  {each.file}", markup=False)
        console.print(f"  chain: {each.chain}", markup=False)
        console.print(f"  could be changed by {each.changeable}", markup=False)
    console.print(f"{len(findings)} differences" if findings else "the live deal is what the file says")


def print_verified(verified: Verified, console: Console) -> None:
    """Code by contract, rights by function, and what is wrong."""
    for each in verified.codes:
        console.print(f"{each.name:24} {each.address}  {each.verdict}", markup=False)
    for right in verified.rights:
        console.print(Text(f"{right.function} ({right.role})", style="bold"))
        for who in right.who or ("nobody",):
            console.print(f"  {who}", markup=False)
    for finding in verified.findings:
        console.print(f"[red]wrong:[/red] {escape(finding)}")
    console.print(f"{len(verified.findings)} findings" if verified.findings else "code and rights are as the file says")


@contextmanager
def progress_of(plan: Plan, console: Console) -> Iterator[Callable[[str, str], None]]:
    """A bar over the steps that are left, and a line for what is out of the ordinary."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        bar = progress.add_task("steps", total=len(plan.left))

        def tell(what: str, step: str) -> None:
            if what == "mined":
                progress.advance(bar)
            progress.update(bar, description=f"{what} {_cut(step, 48)}")
            if what in ("displaced", "raised"):
                why = "its nonce was used by another wallet" if what == "displaced" else "a higher fee is offered"
                console.print(f"{step}: {why}", markup=False)

        yield tell


def ether(wei: int) -> str:
    """Exact to a millionth, up."""
    return f"{-(-wei // 10**12) / 10**6:.6f} ETH"


def gwei(wei: int) -> str:
    """To a thousandth, up."""
    return f"{-(-wei // 10**6) / 1000:.3f} gwei"


def _cut(text: str, width: int = 110) -> str:
    return text if len(text) <= width else f"{text[: width - 3]}..."

"""`ape run investors` and `ape run investors matrix`: on a chain that is there, or in a rehearsal on a local one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from salvor.amounts import timestamp
from salvor.deploy.regulated import TOPICS
from salvor.errors import CHECK_FAILED
from salvor.investors.claims import ApeIssuer
from salvor.investors.file import Investors, read_investors
from salvor.investors.journal import Journal
from salvor.investors.live import Live, account, contract_at, network
from salvor.investors.on_chain import Result, ask_all
from salvor.investors.onboarding import Desk, Registration, register
from salvor.investors.rehearsal import rehearse
from salvor.investors.telling import answer, tell_refused
from salvor.jurisdictions.matrix import cases_of
from salvor.jurisdictions.of_deal import DealRules
from salvor.lab import Lab, open_lab

if TYPE_CHECKING:
    from rich.console import Console

_BEFORE_CLOSING = 30 * 86_400


def onboard(
    rules: DealRules,
    path: Path,
    journal: Path,
    live: Live | None,
    console: Console,
    *,
    batch: int,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Check the file, register who is right, tell what became of each row; the exit code."""
    investors = read_investors(path, today=datetime.now(UTC).date(), books=rules.books)
    if live is None:
        done = _in_a_rehearsal(rules, investors, console, batch=batch, dry_run=dry_run)
    else:
        done = _on_a_network(live, investors, journal, console, batch=batch, dry_run=dry_run)
    _tell(done, investors, console, dry_run=dry_run)
    if as_json:
        click.echo(json.dumps(_as_data(done, investors), indent=2, ensure_ascii=False))
    return CHECK_FAILED if investors.refused or done.of("refused") else 0


def _in_a_rehearsal(
    rules: DealRules, investors: Investors, console: Console, *, batch: int, dry_run: bool
) -> Registration:
    """On a chain that is gone afterwards; its journal too."""
    import tempfile

    console.print("a rehearsal on a local chain: name --registry to register on a network", markup=False)
    with local_lab(rules, console) as lab, tempfile.TemporaryDirectory() as folder:
        stage = rehearse(lab, rules)
        journal = Journal(Path(folder) / "journal.sqlite")
        desk = Desk(stage.registry, stage.agent, stage.issuer, journal, lab.now, TOPICS, batch)
        try:
            return _with_progress(investors, desk, console, dry_run=dry_run)
        finally:
            journal.close()


def _on_a_network(
    live: Live, investors: Investors, journal: Path, console: Console, *, batch: int, dry_run: bool
) -> Registration:
    with network(live.network) as (project, provider):
        registry = contract_at(project.IdentityRegistry, live.registry, provider)
        asked = project.TrustedIssuers.at(registry.topicsRegistry()).getClaimTopics()
        now = int(provider.get_block("latest").timestamp)
        agent, issuer, kept = account(live.agent), ApeIssuer(account(live.issuer)), Journal(journal)
        try:
            desk = Desk(registry, agent, issuer, kept, now, _topics(registry, asked), batch)
            desk = replace(desk, chain_id=int(provider.chain_id))
            return _with_progress(investors, desk, console, dry_run=dry_run)
        finally:
            kept.close()


def _topics(registry: Any, asked: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Numbers of the topics that each word of the file stands for; `kyc` is all that is asked for beside the others."""
    country, klass = int(registry.countryTopic()), int(registry.classTopic())
    return {
        "kyc": tuple(int(each) for each in asked if each not in (country, klass)),
        "country": (country,),
        "class": (klass,),
    }


def _with_progress(investors: Investors, desk: Desk, console: Console, *, dry_run: bool) -> Registration:
    with _progress(console) as progress:
        bar = progress.add_task("wallets", total=len(investors.rows))
        desk = replace(desk, tick=lambda done: progress.update(bar, completed=done))
        return register(investors, desk, dry_run=dry_run)


def _tell(done: Registration, investors: Investors, console: Console, *, dry_run: bool) -> None:
    for each in done.of("refused"):
        console.print(f"refused by the chain: line {each.row.line}, {each.row.name}: {each.reason}", markup=False)
    tell_refused(investors, console)
    counts = ", ".join(
        f"{len(done.of(word))} {word}" for word in ("there", "registered", "renewed", "refused") if done.of(word)
    )
    would = "would send" if dry_run else "sent"
    console.print(f"{counts or 'nobody'}; {done.batches} batches {would}", markup=False)


def _as_data(done: Registration, investors: Investors) -> dict[str, object]:
    return {
        "wallets": [
            {
                "line": each.row.line,
                "wallet": each.row.wallet,
                "name": each.row.name,
                "became": each.became,
                "reason": each.reason,
            }
            for each in done.outcomes
        ],
        "refused_rows": [vars(each) for each in investors.refused],
        "batches": done.batches,
    }


def ask_the_matrix(rules: DealRules, engine: str, console: Console, *, every_country: bool, as_json: bool) -> int:
    """Ask the contracts every case; the exit code."""
    cases = cases_of(rules, every_country=every_country)
    with local_lab(rules, console, engine=engine) as lab:
        stage = rehearse(lab, rules)
        with _progress(console) as progress:
            bar = progress.add_task("cases", total=len(cases))
            results = ask_all(stage, cases, lambda done: progress.update(bar, completed=done))
    wrong = [each for each in results if not each.as_expected]
    for each in wrong:
        console.print(_difference(each), markup=False, soft_wrap=True)
    console.print(
        f"{len(results)} cases asked on {engine}, {len(wrong)} answered otherwise than expected", markup=False
    )
    if as_json:
        click.echo(json.dumps([_result_as_data(each) for each in results], indent=2))
    return CHECK_FAILED if wrong else 0


def _difference(result: Result) -> str:
    said = answer(result.refused_by)
    went = "goes through" if result.went_through else "does not go through"
    return f"{result.case.name}: expected {answer(result.case.expected)}; the chain: {said}, and the move {went}"


def _result_as_data(result: Result) -> dict[str, object]:
    case = result.case
    return {
        "tranche": case.tranche,
        "profile": case.profile,
        "action": case.action,
        "expected": list(case.expected),
        "refused_by": list(result.refused_by),
        "went_through": result.went_through,
    }


@contextmanager
def local_lab(rules: DealRules, console: Console, *, engine: str = "anvil") -> Iterator[Lab]:
    """A chain of our own whose clock begins before the deal closes; compiles what changed."""
    with console.status("compiling what changed"):
        lab = open_lab(engine, genesis=timestamp(rules.deal.calendar.closing) - _BEFORE_CLOSING)
    try:
        yield lab
    finally:
        lab.close()


def _progress(console: Console) -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)

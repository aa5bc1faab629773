"""`ape run investors` and `ape run investors matrix`: on a chain that is there, or in a rehearsal on a local one."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from salvor.amounts import timestamp
from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.chain.codec import address_of
from salvor.errors import CHECK_FAILED, NoCode, NodeTrouble, OptionInvalid
from salvor.investors.chain_events import events_of, learn, logs_of, watch
from salvor.investors.claims import TOPICS, ApeIssuer
from salvor.investors.file import Investors, read_investors
from salvor.investors.journal import Journal
from salvor.investors.on_chain import Result, ask_all
from salvor.investors.onboarding import Desk, Registration, register
from salvor.investors.rehearsal import rehearse
from salvor.investors.telling import answer, tell_refused
from salvor.jurisdictions.matrix import cases_of
from salvor.jurisdictions.of_deal import DealRules
from salvor.lab import Lab, open_lab
from salvor.supervision.events import Event

if TYPE_CHECKING:
    from rich.console import Console

_BEFORE_CLOSING = 30 * 86_400


@dataclass(frozen=True)
class Live:
    """A registry that stands on a network, and the accounts of Ape's that act there."""

    network: str
    registry: str
    agent: str
    issuer: str


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
    with _network(live.network) as (project, provider):
        registry = _contract(project.IdentityRegistry, live.registry, provider)
        asked = project.TrustedIssuers.at(registry.topicsRegistry()).getClaimTopics()
        now = int(provider.get_block("latest").timestamp)
        agent, issuer, kept = _account(live.agent), ApeIssuer(_account(live.issuer)), Journal(journal)
        try:
            desk = Desk(registry, agent, issuer, kept, now, _topics(registry, asked), batch)
            desk = replace(desk, chain_id=int(provider.chain_id))
            return _with_progress(investors, desk, console, dry_run=dry_run)
        finally:
            kept.close()


@contextmanager
def _network(choice: str) -> Iterator[tuple[Any, Any]]:
    """Ape's project and provider, connected; trouble is told in one line."""
    from ape import networks, project
    from ape.exceptions import ApeException
    from ape.logging import LogLevel, logger

    logger.set_level(LogLevel.ERROR)
    try:
        connected = networks.parse_network_choice(choice)
        provider = connected.__enter__()
    except (ApeException, OSError) as error:
        raise NodeTrouble(str(error).splitlines()[0]) from None
    try:
        yield project, provider
    finally:
        connected.__exit__(None)


def read_history(notes: Mapping[str, str], network: str, first: int) -> tuple[Event, ...]:
    """What happened to some notes, by tranche, from a block on."""
    with _network(network) as (project, provider):
        learn(read_artifacts(build(Path.cwd())))
        contracts = {tranche: _contract(project.RegulatedNote, address, provider) for tranche, address in notes.items()}
        watched = watch(contracts, lambda name, address: _contract(getattr(project, name), address, provider))

        def ask(method: str, *params: Any) -> Any:
            answer = provider.web3.provider.make_request(method, list(params))
            if error := answer.get("error"):
                raise NodeTrouble(f"{method}: {error.get('message', error)}")
            return answer["result"]

        last = int(ask("eth_blockNumber"), 16)
        return events_of(logs_of(ask, watched.addresses, first, last), watched.tranches)


def _contract(container: Any, address: str, provider: Any) -> Any:
    """The contract at an address, where there is one."""
    place = address_of(address)
    if not provider.get_code(place):
        raise NoCode(container.contract_type.name, place)
    return container.at(place)


def _topics(registry: Any, asked: Sequence[int]) -> dict[str, tuple[int, ...]]:
    """Numbers of the topics that each word of the file stands for; `kyc` is all that is asked for beside the others."""
    country, klass = int(registry.countryTopic()), int(registry.classTopic())
    return {
        "kyc": tuple(int(each) for each in asked if each not in (country, klass)),
        "country": (country,),
        "class": (klass,),
    }


def _account(alias: str) -> Any:
    """One of Ape's accounts by its alias; `TEST::0` is the first of the test accounts."""
    from ape import accounts
    from ape.exceptions import AccountsError

    try:
        if alias.startswith("TEST::"):
            return accounts.test_accounts[int(alias.removeprefix("TEST::"))]
        return accounts.load(alias)
    except (AccountsError, IndexError, ValueError, KeyError):
        raise OptionInvalid(f"no account of Ape's is called '{alias}': `ape accounts list` shows them") from None


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


def ask_the_matrix(rules: DealRules, engine: str, console: Console, *, as_json: bool) -> int:
    """Ask the contracts every case; the exit code."""
    cases = cases_of(rules)
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

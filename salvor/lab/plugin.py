"""For pytest: `--engine`, a `lab` on it, and `prove`, which runs a state machine there.

A test that uses `lab` runs on the engine in this process; marked `@pytest.mark.engines("revm", "anvil")` it runs once
on each; `--engine` takes the place of both. Fixtures that live longer than a test use `shared_lab`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from salvor.chain.engines import ENGINES
from salvor.errors import OptionInvalid, SalvorError
from salvor.lab.isolation import Isolation
from salvor.lab.lab import Lab, open_lab
from salvor.lab.prove import Disproved, Options, prove
from salvor.lab.search import default_database


def pytest_addoption(parser: pytest.Parser, pluginmanager: pytest.PytestPluginManager) -> None:
    """The lab's options, and isolation, so early that it finds a test's fixtures in the order that Ape gives them."""
    pluginmanager.register(Isolation(), "salvor-isolation")
    group = parser.getgroup("salvor", "properties on three engines")
    group.addoption("--engine", choices=ENGINES, help="run tests that use a lab there, instead of where they say")
    group.addoption("--replay", metavar="EXAMPLE", help="run this example only, as a failing run printed it")
    group.addoption("--steps", type=_above_zero(int), help="steps of each machine's search")
    group.addoption("--search-seed", type=int, help="seed of each machine's search")
    group.addoption("--minutes", type=_above_zero(float), help="search so long instead of so many steps")
    group.addoption("--tally", type=Path, help="write here how far a search is")


def _above_zero(kind: type[int] | type[float]) -> Callable[[str], float]:
    """For options: a search of nothing would pass."""

    def read(text: str) -> float:
        if (number := kind(text)) <= 0:
            raise argparse.ArgumentTypeError(f"{text} is not above zero")
        return number

    return read


def pytest_configure(config: pytest.Config) -> None:
    """The lab's mark."""
    config.addinivalue_line("markers", "engines(*names): run the test's lab on each of these engines")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test an engine."""
    if "lab" not in metafunc.fixturenames:
        return
    mark = metafunc.definition.get_closest_marker("engines")
    chosen = metafunc.config.getoption("--engine")
    engines = [chosen] if chosen else list(mark.args) if mark else ["revm"]
    metafunc.parametrize("lab", engines, indirect=True)


@pytest.hookimpl(trylast=True)
def pytest_exception_interact(call: pytest.CallInfo[Any], report: pytest.TestReport) -> None:
    """Ape's plugin adds pages of traceback to what is told as text; leave the text."""
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, pytest.fail.Exception) and not error.pytrace:
        report.longrepr = str(error)
    elif isinstance(error, SalvorError) and call.excinfo:
        tests = [frame for frame in call.excinfo.traceback if "tests" in Path(frame.path).parts]
        places = [f"{frame.path}:{frame.lineno + 1}: in {frame.name}" for frame in tests]
        report.longrepr = "\n".join([*places, f"{type(error).__name__}: {error}"])


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """How much a green search has done: on a slow engine it is little."""
    for report in terminalreporter.getreports("passed"):
        done = dict(report.user_properties)
        if "searched" in done:
            terminalreporter.write_line(f"searched: {report.nodeid.split('::')[-1]}: {done['searched']}")


@pytest.fixture
def lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """A chain of the test's own, with the project's contracts."""
    chain = request.getfixturevalue("chain") if request.param == "ape" else None  # Ape connects
    # Ape puts its chain back too, but not where a fixture of a wider scope came in between: the next test would then
    # begin in the time of this one.
    before = chain.snapshot() if chain else None
    opened = open_lab(request.param, root=request.config.rootpath)
    yield opened
    opened.close()
    if chain:
        chain.restore(before)


@pytest.fixture(scope="session")
def shared_lab(request: pytest.FixtureRequest) -> Iterator[Lab]:
    """One chain for fixtures of any scope; each test sees the state of those that it asks for (`isolation.py`)."""
    engine = request.config.getoption("--engine") or "revm"
    refuse_two_isolations(engine, request.config)
    opened = open_lab(engine, root=request.config.rootpath)
    yield opened
    opened.close()


def refuse_two_isolations(engine: str, config: pytest.Config) -> None:
    """On Ape's chain, Ape's and that of `shared_lab` would take each other's snapshots away."""
    if engine == "ape" and config.pluginmanager.hasplugin("ape-test") and not config.getoption("--disable-isolation"):
        raise OptionInvalid(
            "a `shared_lab` on Ape's chain has its own isolation; switch Ape's off: --disable-isolation"
        )


@pytest.fixture
def prove_options(request: pytest.FixtureRequest) -> Options:
    """What the command line says about searches."""
    option = request.config.getoption
    return Options(
        option("--steps"), option("--search-seed"), option("--minutes"), option("--replay"), option("--tally")
    )


@pytest.fixture(name="prove")
def prove_fixture(
    request: pytest.FixtureRequest, lab: Lab, prove_options: Options, record_property: Callable[[str, object], None]
) -> Callable[..., None]:
    """Run a machine: `prove(DealMachine, steps=40_000)`."""

    def run(machine: Any, *, steps: int) -> None:
        name = getattr(request.node, "originalname", request.node.name)
        root = request.config.rootpath  # wherever pytest was started
        command = f".venv/bin/ape test {request.node.location[0]} -k {name}"
        try:
            done = prove(
                machine, lab, steps=steps, options=prove_options, command=command, database=default_database(root)
            )
        except (Disproved, SalvorError) as failed:
            pytest.fail(str(failed), pytrace=False)
        record = lab.engine.record
        refused = sum(record.refused.values())
        record_property("searched", f"{done:,} steps, {record.calls:,} calls, {refused:,} of them refused")

    return run

"""What the suites beside this file share, as their conftest.

With ROUNDS, each test is run alone first (all is taken down after it), then the files in both orders, then so many
random orders of the tests, all in one process. What each test finds is written down: blocks, clock, nonces; and which
wide fixtures are built.
"""

import json
import os
import random
from itertools import pairwise
from pathlib import Path

import pytest

from salvor.lab import open_lab

HOLDER, OTHER = "0x" + "aa" * 20, "0x" + "bb" * 20


def money(note):
    return note.balanceOf(HOLDER), note.balanceOf(OTHER)


@pytest.fixture(scope="session")
def note(shared_lab):
    return shared_lab.deploy("SettlementToken", "Note", "N", 2, sender=shared_lab.actor("issuer"))


@pytest.fixture(scope="session")
def late(note):
    supply = note.totalSupply()
    note.mint(OTHER, 1_000, sender=OTHER)
    return supply


@pytest.fixture(scope="session")
def other_lab(request):
    engine = {None: "revm", "ape": "anvil"}.get(chosen := request.config.getoption("--engine"), chosen)
    lab = open_lab(engine, root=request.config.rootpath, chain_id=31338)
    yield lab
    lab.close()


@pytest.fixture(scope="session")
def other_note(other_lab):
    return other_lab.deploy("SettlementToken", "Other", "O", 2, sender=other_lab.actor("issuer"))


def write(name, *found):
    with Path(os.environ["FOUND"]).open("a") as file:
        print(json.dumps([name, *found]), file=file)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem):
    chains = pyfuncitem.config.pluginmanager.getplugin("salvor-isolation").chains
    labs = {each.argname: chain.lab for each, chain in chains.items() if each.argname in pyfuncitem.fixturenames}
    nonces = {name: [lab.engine.nonce(who) for who in (HOLDER, OTHER)] for name, lab in labs.items()}
    write(pyfuncitem.nodeid, {name: [lab.block, lab.now, *nonces[name]] for name, lab in sorted(labs.items())})


def pytest_fixture_setup(fixturedef):
    if fixturedef.has_location and fixturedef.scope != "function":
        write("built", fixturedef.argname)


def pytest_runtestloop(session):
    if "ROUNDS" not in os.environ:
        return None
    items, dice = session.items, random.Random(7)
    orders = [dice.sample(items, len(items)) for _ in range(int(os.environ["ROUNDS"]))]
    backward = sorted(items, key=lambda item: item.path, reverse=True)
    run = session.config.hook.pytest_runtest_protocol
    for item in items:
        run(item=item, nextitem=None)
    many = [item for order in (items, backward, *orders) for item in order]
    many = [item for before, item in pairwise([None, *many]) if item is not before]  # pytest does none twice in a row
    for item, following in pairwise([*many, None]):
        run(item=item, nextitem=following)
    return True

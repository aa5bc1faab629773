"""`ape run investors` on a node of its own: killed in the middle, run again, and everybody is there once."""

import json
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APE = [str(Path(sys.executable).with_name("ape")), "run", "investors"]
PEOPLE = 40
DEPLOY = """
from ape import accounts, networks, project
with networks.parse_network_choice("ethereum:local:foundry"):
    admin, issuer = accounts.test_accounts[0], accounts.test_accounts[1]
    access = admin.deploy(project.DealAccess, admin)
    issuers = admin.deploy(project.TrustedIssuers, access)
    registry = admin.deploy(project.IdentityRegistry, access, 2, 3)
    issuers.tell(registry, sender=admin)
    registry.setTrustedIssuersRegistry(issuers, sender=admin)
    registry.setClaimTopicsRegistry(issuers, sender=admin)
    issuers.addClaimTopic(1, sender=admin)
    issuers.addTrustedIssuer(issuer, [1, 2, 3], sender=admin)
    registry.addAgent(admin, sender=admin)
    print(registry.address)
"""


@pytest.fixture(scope="module")
def node():
    """The address of an anvil that outlives every command."""
    process = subprocess.Popen(["anvil", "--port", "0"], stdout=subprocess.PIPE, text=True)
    for line in process.stdout:
        if found := re.search(r"Listening on (127\.0\.0\.1:\d+)", line):
            break
    yield f"http://{found[1]}"
    process.kill()
    process.wait()


@pytest.fixture(scope="module")
def registry(node):
    done = subprocess.run(
        [sys.executable, "-c", DEPLOY],
        cwd=ROOT,
        env=os.environ | {"APE_FOUNDRY_HOST": node},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-1]


@pytest.fixture
def command(tmp_path, node, registry):
    """The command line over a file of many people."""
    rows = [f"0x{i:040x},person {i},IT,institutional,kyc;class,2030-12-31" for i in range(1, PEOPLE + 1)]
    (tmp_path / "many.csv").write_text("\n".join(["wallet,name,country,class,claims,expiry", *rows]))
    options = ["--registry", registry, "--agent", "TEST::0", "--issuer", "TEST::1", "--batch", "4"]
    files = ["--file", str(tmp_path / "many.csv"), "--journal", str(tmp_path / "journal.sqlite")]
    return {"args": [*APE, *options, *files, "--json"], "cwd": ROOT, "env": os.environ | {"APE_FOUNDRY_HOST": node}}


def run(command, *options):
    return subprocess.run(
        [*command["args"], *options], cwd=ROOT, env=command["env"], capture_output=True, text=True, check=False
    )


def registered(node, registry):
    """Wallets by the events `IdentityRegistered`, in order."""
    from eth_hash.auto import keccak

    topic = "0x" + keccak(b"IdentityRegistered(address,address)").hex()
    asked = {"fromBlock": "0x0", "toBlock": "latest", "address": registry, "topics": [topic]}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "eth_getLogs", "params": [asked]}).encode()
    request = urllib.request.Request(node, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return [int(each["topics"][1], 16) for each in json.load(answer)["result"]]


def done_in(journal):
    if not journal.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as base:
            return base.execute("select count(*) from wallets where state = 'done'").fetchone()[0]
    except sqlite3.OperationalError:  # not yet written
        return 0


def test_a_run_that_is_killed_is_simply_run_again(tmp_path, node, registry, command):
    process = subprocess.Popen(**command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while done_in(tmp_path / "journal.sqlite") < 12 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    before = registered(node, registry)
    assert 12 <= len(before) < PEOPLE

    again = run(command)
    assert again.returncode == 0, again.stderr
    became = [each["became"] for each in json.loads(again.stdout)["wallets"]]
    assert (became.count("there"), became.count("registered")) == (len(before), PEOPLE - len(before))
    assert sorted(registered(node, registry)) == list(range(1, PEOPLE + 1))  # everybody, and nobody twice

    data = json.loads(run(command).stdout)
    assert ({each["became"] for each in data["wallets"]}, data["batches"]) == ({"there"}, 0)


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["--registry", "0x" + "77" * 20], 3, "no code at 0x7777777777777777777777777777777777777777"),
        (["--agent", "nobody"], 2, "no account of Ape's is called 'nobody'"),
    ],
)
def test_trouble_is_told_in_one_line(command, options, code, said):
    done = run(command, *options)
    assert done.returncode == code
    assert said in done.stderr.splitlines()[-1]
    assert "Traceback" not in done.stderr

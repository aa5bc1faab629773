"""`ape run investors` on a node of its own: killed in the middle, run again, all are there once; then supervised."""

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
from eth_abi import encode
from eth_hash.auto import keccak

pytestmark = pytest.mark.xdist_group("investors on a node")  # one worker: it sets up once
ROOT = Path(__file__).parents[2]
APE = [str(Path(sys.executable).with_name("ape")), "run", "investors"]
PEOPLE = 24
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
    cash = admin.deploy(project.SettlementToken, "Test Euro", "TEUR", 2)
    distributor = admin.deploy(project.Distributor, access, cash)
    compliance = admin.deploy(project.RegulatedCompliance, access, registry)
    registry.watch(compliance, sender=admin)
    note = admin.deploy(project.RegulatedNote, access, distributor, compliance, True, "Note", "NOTE")
    compliance.bindToken(note, sender=admin)
    note.addAgent(admin, sender=admin)
    print(registry.address, note.address)
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
def deployed(node):
    """Addresses of a registry and of a note that asks it."""
    done = subprocess.run(
        [sys.executable, "-c", DEPLOY],
        cwd=ROOT,
        env=os.environ | {"APE_FOUNDRY_HOST": node},
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.split()[-2:]


@pytest.fixture(scope="module")
def registry(deployed):
    return deployed[0]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("investors")


@pytest.fixture(scope="module")
def command(folder, node, registry):
    """The command line over a file of many people."""
    rows = [f"0x{i:040x},person {i},IT,institutional,kyc;class,2030-12-31" for i in range(1, PEOPLE + 1)]
    (folder / "many.csv").write_text("\n".join(["wallet,name,country,class,claims,expiry", *rows]))
    options = ["--registry", registry, "--agent", "TEST::0", "--issuer", "TEST::1", "--batch", "4"]
    files = ["--file", str(folder / "many.csv"), "--journal", str(folder / "journal.sqlite")]
    return {"args": [*APE, *options, *files, "--json"], "cwd": ROOT, "env": os.environ | {"APE_FOUNDRY_HOST": node}}


def run(command, *options):
    return subprocess.run(
        [*command["args"], *options], cwd=ROOT, env=command["env"], capture_output=True, text=True, check=False
    )


def asked(node, method, *params):
    """One question to the node."""
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    request = urllib.request.Request(node, body, {"Content-Type": "application/json"})
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)["result"]


def sent(node, contract, function, *values):
    """A transaction of the first test account, which the node signs for."""
    kinds = re.findall(r"[a-z0-9]+(?:\[\])?", function.partition("(")[2])
    data = "0x" + (keccak(function.encode())[:4] + encode(kinds, values)).hex()
    sender = asked(node, "eth_accounts")[0]
    done = asked(node, "eth_sendTransaction", {"from": sender, "to": contract, "data": data})
    while (receipt := asked(node, "eth_getTransactionReceipt", done)) is None:
        time.sleep(0.01)
    assert int(receipt["status"], 16) == 1, function


def registered(node, registry):
    """Wallets by the events `IdentityRegistered`, in order."""
    topic = "0x" + keccak(b"IdentityRegistered(address,address)").hex()
    span = {"fromBlock": "0x0", "toBlock": "latest", "address": registry, "topics": [topic]}
    return [int(each["topics"][1], 16) for each in asked(node, "eth_getLogs", span)]


def done_in(journal):
    if not journal.exists():
        return 0
    try:
        with sqlite3.connect(f"file:{journal}?mode=ro", uri=True) as base:
            return base.execute("select count(*) from wallets where state = 'done'").fetchone()[0]
    except sqlite3.OperationalError:  # not yet written
        return 0


@pytest.fixture(scope="module")
def killed(folder, node, registry, command):
    """A run that was killed in the middle, and what was registered then."""
    process = subprocess.Popen(**command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    while done_in(folder / "journal.sqlite") < 8 and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL
    return registered(node, registry)


@pytest.fixture(scope="module")
def again(killed, command):
    """The same command once more."""
    done = run(command)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_a_run_that_is_killed_is_simply_run_again(node, registry, killed, again):
    assert 8 <= len(killed) < PEOPLE
    became = [each["became"] for each in again["wallets"]]
    assert (became.count("there"), became.count("registered")) == (len(killed), PEOPLE - len(killed))
    # Everybody, and nobody twice.
    assert sorted(registered(node, registry)) == list(range(1, PEOPLE + 1)), "JU-03"


def test_supervision_reads_the_history_from_the_chain(tmp_path, folder, node, deployed, again):
    environment = os.environ | {"APE_FOUNDRY_HOST": node}
    wallets = [f"0x{i:040x}" for i in (1, 2, 3)]
    sent(node, deployed[1], "batchMint(address[],uint256[])", wallets, [500_000, 300_000, 200_000])
    sent(node, deployed[1], "forcedTransfer(address,address,uint256)", *wallets[:2], 100_000)
    sent(node, deployed[1], "setAddressFrozen(address,bool)", wallets[2], True)
    supervise = [
        APE[0],
        "run",
        "supervise",
        "--note",
        f"senior={deployed[1]}",
        "--investors",
        str(folder / "many.csv"),
    ]
    done = subprocess.run(
        [*supervise, "--out", str(tmp_path)], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / "holders.csv").read_text().splitlines()[1:]
    assert [(each.split(",")[1], each.split(",")[4], each.split(",")[8]) for each in lines] == [
        ("person 1", "4000.00", "no"),
        ("person 2", "4000.00", "no"),
        ("person 3", "2000.00", "yes"),
    ]

    question = [*APE, "explain", "person 3", "--to", "person 4", "--tranche", "senior", "--units", "1000"]
    note = ["--note", deployed[1], "--file", str(folder / "many.csv")]
    done = subprocess.run([*question, *note], cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stderr
    assert "NO  freeze: person 3 frozen" in done.stdout
    assert "NO  lock_up: 0.00 of person 3 have been kept for 366 days" in done.stdout  # by the events of the chain
    assert "the chain: The sender's wallet is frozen." in done.stdout

"""`ape run deploy apply --rehearse`: on a fork of the network first, then there. Each in a process of its own.

A second anvil stands for a testnet.
"""

import json
import re
import shutil
import subprocess

from salvor.chain.codec import address_of
from salvor.chain.solc import compile_sources
from salvor.deal.load import load_tape_mapping
from salvor.tape.check import check_tape
from salvor.tape.commitment.folder import PUBLIC, public_json
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import ROOT, nobody

BEGIN = 1_700_000_000  # before the deals close
SEPOLIA = 11_155_111
OF_THE_DEALS = ROOT / "deals"
FIXED = """
pragma solidity 0.8.37;
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
contract FixedToken is ERC20 {
    constructor() ERC20("Dollar", "DUSD") { _mint(msg.sender, 1); }
    function decimals() public pure override returns (uint8) { return 2; }
}
"""


def token_on(node):
    """A settlement asset that nobody can make more of."""
    built = compile_sources(ROOT, {"FixedToken.sol": FIXED}, outputs=["evm.bytecode.object"])
    code = built["FixedToken.sol"]["FixedToken"]["evm"]["bytecode"]["object"]
    sent = node.ask("eth_sendTransaction", {"from": deployer().address, "data": f"0x{code}", "gas": "0x5b8d80"})
    while (receipt := node.ask("eth_getTransactionReceipt", sent)) is None:
        pass
    return address_of(receipt["contractAddress"])


def short_deal(folder, token):
    """The shipped deal with two periods, on a public network where it has an owner and a real settlement asset."""
    made = shutil.copytree(OF_THE_DEALS / "charged-off-accounts", folder / "short")
    text = (made / "deal.yaml").read_text()
    text = re.sub(r"timing_curve: \[.*?\]", "timing_curve: [5000, 5000]", text, flags=re.DOTALL)
    text = re.sub(r"trades:\n.*?\n\n", "", text, flags=re.DOTALL).replace("periods: 36", "periods: 2")
    people = {name: nobody(0xA1 + place) for place, name in enumerate(("seller", "servicer", "transfer_agent"))}
    network = {"settlement": token, "owner": nobody(0xB1), "accounts": {**people, "arranger": nobody(0xB2)}}
    (made / "deal.yaml").write_text(f"{text}\nnetworks: {json.dumps({'sepolia': network})}\n")
    return made


def committed(deal, folder):
    """As `ape run tape commit` leaves it."""
    check_tape(deal / "tape.csv", load_tape_mapping(deal / "mapping.yaml"), decimals=2, out=folder / "tape")
    public = commit_tape([checked_part(folder / "tape")], Secret.draw()).public
    (folder / PUBLIC).write_text(json.dumps(public_json(public)))
    return folder / PUBLIC


def rehearsed(deal, chain, folder, *more):
    command = ["run", "deploy", "apply", deal, "--network", chain.url, "--folder", folder, "--rehearse", *more]
    return subprocess.run([ROOT / ".venv/bin/ape", *command], cwd=ROOT, capture_output=True, text=True, check=False)


def test_on_a_public_network_with_its_own_accounts_and_asset(tmp_path):
    """Nobody there has a key of seller or owner, nor can anybody make the asset; the fork lets it be played."""
    with own_node(genesis=BEGIN, chain_id=SEPOLIA) as chain:
        deal = short_deal(tmp_path, token_on(chain))
        public = committed(deal, tmp_path)
        begun = int(chain.ask("eth_blockNumber"), 16)
        more = ["--account", "TEST::0", "--commitment", public, "--yes", "--confirmations", "1"]
        done = rehearsed(deal / "deal.yaml", chain, tmp_path, *more)
        assert done.returncode == 0, done.stderr
        said = " ".join(done.stdout.split())
        book = json.loads((tmp_path / f"short-{SEPOLIA}/addresses.json").read_text())
        latest = int(chain.ask("eth_blockNumber"), 16)
        blocks = [chain.ask("eth_getBlockByNumber", hex(number), False) for number in range(begun + 1, latest + 1)]
    sent = sum(len(block["transactions"]) for block in blocks)  # a block may have several
    assert f"rehearsed on a fork of chain {SEPOLIA} at block {begun}:" in said
    assert "the deal played to its end and equals the model" in said
    assert book["accounts"]["seller"] == nobody(0xA1)
    assert sent > len(book["contracts"]), "DP-01"


def test_registers_the_investors_of_a_deal_with_jurisdictions(tmp_path):
    with own_node(genesis=BEGIN) as chain:
        done = rehearsed(OF_THE_DEALS / "cross-border/deal.yaml", chain, tmp_path)
    assert done.returncode == 0, done.stderr
    assert "the deal played to its end and equals the model" in " ".join(done.stdout.split())

"""A node's steps on a real chain, its clock in the test's hand: what it signs, hands in, waits for and takes up."""

import time
from itertools import pairwise

import pytest

from salvor.model.oracle_keys import Kind, key_of
from salvor.model.oracle_reports import Domain, Report, Told
from salvor.node.config import load_node
from salvor.node.errors import JournalUnfit, RpcFailed
from salvor.node.journal import Journal
from salvor.node.keyring import Signer
from salvor.node.rpc import Rpc
from salvor.node.running import Node
from salvor.node.transaction import Transaction
from tests.utils.oracle_nodes import HEADER, beside, month_rows

WAD = 10**18
KEYS = [key_of(Kind.HPI, place) for place in ("A", "B", "C")]
NAME = "appraiser"
DAY = 86_400
MARCH_2025, MARCH_2026 = 1_740_787_200, 1_772_323_200  # the first second after February


@pytest.fixture
def genesis():
    """Of the chain; None: an hour ago."""
    return


@pytest.fixture
def here(tmp_path, genesis):
    """A chain of the test's own, which mines each transaction at once."""
    found = beside(tmp_path, genesis=genesis)
    found.mine_by_itself()
    yield found
    found.stage.lab.close()


def index(*values):
    """Of each place the same months, from January 2025."""
    return HEADER + "".join(month_rows(place, 2025, list(values)) for place in "ABC")


class Player:
    """A node whose clock the test moves. `live` makes a new one on the same journal, as a start after a crash does."""

    def __init__(self, here, *, add=True, **changes):
        self.here, self.signer = here, here.signer(NAME, add=add)
        self.path = here.configure(NAME, KEYS, body=changes.pop("body", index("100.00", "101.00")), **changes)
        self.said, self.now, self.node = [], float(here.stage.lab.now), None
        self.live()

    def live(self):
        if self.node:
            self.node.close()
            self.journal.close()
        self.settings = load_node(self.path)
        chain = self.settings.chain
        self.journal = Journal(
            self.path.parent / "node.sqlite",
            signer=self.signer.address,
            chain_id=chain.chain_id,
            contract=chain.reports,
        )
        self.rpc = Rpc(chain.rpc, seconds=5)
        self.node = Node(
            self.settings, self.signer, self.journal, rpc=self.rpc, say=self.said.append, clock=lambda: self.now
        )
        return self.node

    def steps(self, seconds=4):
        """Step each second; a source is waited for, however slow this machine is."""
        for _ in range(seconds):
            self.now += 1
            self.node._gatherer.start_due(self.now)
            for future in list(self.node._gatherer._running.values()):
                future.exception()
            self.node.step()
            if self.node._submitter.flying:
                time.sleep(0.02)  # the chain's node takes a moment to mine
        return self

    def write(self, body):
        (self.path.parent / "index.csv").write_text(body)

    def landed(self, key=KEYS[0]):
        """Value, time, nonce."""
        found = self.here.state(self.signer.address, key)
        return found.landed_value, found.landed_time, found.landed_nonce

    def metric(self, name):
        page = self.node.metrics.text()
        return {line.split(" ")[0]: float(line.split(" ")[1]) for line in page.splitlines() if line[0] != "#"}.get(
            f"salvor_node_{name}", 0
        )


@pytest.fixture
def player(here):
    made = []

    def make(**changes):
        made.append(Player(here, **changes))
        return made[-1]

    yield make
    for each in made:
        each.node.close()
        each.journal.close()
        each.rpc.close()


class TestReporting:
    def test_all_keys_land_in_one_batch(self, player):
        node = player().steps()
        assert [node.landed(key) for key in KEYS] == [(101 * WAD, MARCH_2025, 1)] * 3
        assert node.said[-1] == "nonce 1: 3 values landed"
        assert node.metric('signatures_total{ending="landed"}') == 1
        assert node.metric("values_signed_total") == 3
        assert node.journal.open_seals() == []

    def test_nothing_is_signed_twice(self, player):
        node = player().steps(10)
        assert (node.journal.last_nonce, node.landed()[2]) == (1, 1)
        node.live()
        node.steps(10)
        assert node.journal.last_nonce == 1

    def test_a_new_month_is_reported_and_a_revised_one_is_not(self, player):
        node = player().steps()
        node.write(index("100.00", "101.50"))
        node.steps()
        assert node.landed() == (101 * WAD, MARCH_2025, 1)
        assert node.metric('contradictions_total{source="index"}') == 3  # told once, however often it is seen
        assert any(
            "HPI/A at 1740787200: 101000000000000000000 was signed, 101500000000000000000" in s for s in node.said
        )
        node.write(index("100.00", "101.50", "102.00"))
        node.steps()
        assert node.landed()[::2] == (102 * WAD, 2)

    def test_a_small_move_waits_for_the_heartbeat_and_a_large_one_does_not(self, player, here):
        node = player()
        text = node.path.read_text().replace("heartbeat: 1 h", "heartbeat: 20 s, deviation: 1 %")
        node.path.write_text(text)
        node.live()
        node.steps()
        node.write(index("100.00", "101.00", "101.50"))
        node.steps(8)
        assert node.landed()[0] == 101 * WAD
        node.steps(12)
        assert node.landed()[0] == 101_500 * WAD // 1_000
        node.write(index("100.00", "101.00", "101.50", "103.00"))
        node.steps(4)
        assert node.landed()[0] == 103 * WAD

    def test_a_source_with_nothing_new_at_the_heartbeat_is_a_complaint(self, player):
        node = player()
        node.path.write_text(node.path.read_text().replace("heartbeat: 1 h", "heartbeat: 5 s"))
        node.live()
        node.steps(3)
        assert node.node.complaints() == []
        node.steps(7)
        assert node.node.complaints() == ["3 keys had nothing new to report at their heartbeat: HPI/A, HPI/B, HPI/C"]
        assert node.metric("keys_overdue") == 3
        node.write(index("100.00", "101.00", "102.00"))
        node.steps(4)
        assert node.node.complaints() == []
        assert node.landed()[0] == 102 * WAD

    def test_a_large_number_of_keys_goes_in_batches(self, player):
        node = player(batch="{ most: 2, wait: 1 s }").steps(6)
        assert sorted(node.landed(key)[2] for key in KEYS) == [1, 1, 2]

    def test_one_value_is_a_report_of_its_own(self, player):
        node = player(batch="{ most: 1, wait: 1 s }").steps(6)
        assert [node.landed(key)[2] for key in KEYS] == [1, 2, 3]


class TestSourceTrouble:
    def test_a_failing_source_is_left_alone_longer_and_longer_and_told(self, player):
        node = player(body="<html>").steps(12)
        assert node.metric('source_failures_total{source="index"}') >= 4
        assert node.metric('source_up{source="index"}') == 0
        assert node.said[-1] == "source 'index': body: is a web page, not data"
        assert node.node.complaints()[0].startswith("source 'index' failed ")
        assert node.journal.last_nonce == 0
        node.write(index("100.00"))
        node.steps(6)
        assert node.landed()[0] == 100 * WAD
        assert node.node.complaints() == []


class TestChainTrouble:
    def test_a_chain_that_is_not_there_is_waited_for(self, player, here):
        node = player(rpc="http://127.0.0.1:9").steps(8)
        assert node.said[-1].startswith("chain: eth_chainId: 127.0.0.1: refused the connection; again in ")
        assert "the chain failed" in node.node.complaints()[0]
        assert node.journal.last_nonce == 0
        node.path.write_text(node.path.read_text().replace("http://127.0.0.1:9", here.url))
        node.live()
        node.steps()
        assert node.landed() == (101 * WAD, MARCH_2025, 1)

    def test_who_is_no_signer_yet_waits_and_pays_nothing(self, player, here):
        node = player(add=False).steps(6)
        assert f"chain: submit: the contract says NotASigner(account={node.signer.address})" in node.said[-1]
        assert here.stage.lab.engine.nonce(node.signer.address) == 0
        here.stage.reports.addSigner(node.signer.address, bytes(32), sender=here.stage.keeper)
        node.steps(6)
        assert node.landed()[0] == 101 * WAD

    def test_a_signature_that_expired_unused_is_renewed_with_the_same_values(self, player, here):
        node = player(add=False, valid_for="30 s").steps(6)
        assert node.journal.last_nonce == 1
        node.write(index("100.00", "101.50"))  # revised meanwhile: what was signed stays
        here.stage.reports.addSigner(node.signer.address, bytes(32), sender=here.stage.keeper)
        node.now += 100
        here.stage.lab.now = int(node.now)
        node.steps(6)
        assert "nonce 1: 3 values expired (it was not sent in time)" in node.said
        assert node.landed() == (101 * WAD, MARCH_2025, 2)

    def test_above_the_price_cap_nothing_is_sent(self, player, here):
        node = player(fees="{ max_fee_gwei: 100, tip_gwei: 1, bump_after: 5 s }")
        here.ask("anvil_setNextBlockBaseFeePerGas", hex(200 * 10**9))
        here.ask("evm_mine")
        node.steps(6)
        assert "wei, the policy allows 100000000000 (fees.max_fee_gwei)" in node.said[-1]
        assert here.stage.lab.engine.nonce(node.signer.address) == 0
        here.ask("anvil_setNextBlockBaseFeePerGas", hex(10**9))
        here.ask("evm_mine")
        node.steps(6)
        assert node.landed()[0] == 101 * WAD

    def test_what_is_not_mined_is_sent_again_dearer_with_the_same_number(self, player, here):
        here.ask("evm_setAutomine", False)
        node = player(fees="{ max_fee_gwei: 100, tip_gwei: 1, bump_after: 5 s }").steps(16)
        sent = node.journal.sent_for(1)
        assert len(sent) >= 3
        assert {each.number for each in sent} == {0}
        for before, after in pairwise(sent):
            assert after.tip * 8 > before.tip * 9
            assert after.max_fee * 8 > before.max_fee * 9
        here.ask("evm_mine")
        node.steps(1)
        assert node.landed() == (101 * WAD, MARCH_2025, 1)

    def test_the_price_never_goes_above_the_cap(self, player, here):
        here.ask("evm_setAutomine", False)
        node = player(fees="{ max_fee_gwei: 1.2, tip_gwei: 1, bump_after: 2 s }").steps(20)
        assert all(each.max_fee <= 12 * 10**8 for each in node.journal.sent_for(1))

    def test_a_number_that_another_transaction_took_is_given_up(self, player, here):
        """Somebody else uses the account: the signature goes out once more, and lands once."""
        here.ask("evm_setAutomine", False)
        node = player().steps(4)
        sent = node.journal.sent_for(1)[0]
        here.ask("anvil_dropTransaction", sent.hash)
        other = Signer(here.secrets[NAME])
        _, raw = Transaction(31_337, sent.number, 2 * 10**9, 2 * 10**9, 21_000, other.address, b"").sign(other)
        here.ask("eth_sendRawTransaction", f"0x{raw.hex()}")
        here.ask("evm_mine")
        here.ask("evm_setAutomine", True)
        node.steps(20)
        assert node.landed()[2] == 0  # not yet sure
        node.steps(20)
        assert node.landed() == (101 * WAD, MARCH_2025, 1)

    def test_a_receipt_that_comes_after_the_count_is_waited_for(self, player, here):
        """A node behind a balancer may know the count and not the receipt: nothing is sent, and paid, twice."""
        node = player()
        ask, hidden = node.rpc.ask, []

        def without_receipt(method, *given):
            if method == "eth_getTransactionReceipt" and len(hidden) < 20:
                hidden.append(given)
                return None
            return ask(method, *given)

        node.rpc.ask = without_receipt
        node.steps(40)
        assert len(hidden) == 20
        assert node.said[-1] == "nonce 1: 3 values landed"
        assert len(node.journal.sent_for(1)) == 1
        assert int(here.ask("eth_getTransactionCount", node.signer.address, "latest"), 16) == 1

    def test_a_transaction_that_the_node_did_not_take_is_offered_again(self, player):
        node = player()
        ask, refused = node.rpc.ask, []

        def busy(method, *given):
            if method == "eth_sendRawTransaction" and len(refused) < 3:
                refused.append(given)
                raise RpcFailed(method, "txpool is full")
            return ask(method, *given)

        node.rpc.ask = busy
        node.steps(12)
        assert [given for given in refused if given != refused[0]] == []
        assert node.said[-1] == "nonce 1: 3 values landed"
        assert len(node.journal.sent_for(1)) == 1

    def test_an_account_without_ether_is_told(self, player, here):
        node = player(fees="{ max_fee_gwei: 100, tip_gwei: 1, bump_after: 5 s }")
        here.stage.lab.engine.set_balance(node.signer.address, 0)
        here.ask("anvil_setNextBlockBaseFeePerGas", hex(10**9))
        here.ask("evm_mine")
        node.steps(8)
        assert "nsufficient funds" in node.said[-1]
        here.stage.lab.engine.set_balance(node.signer.address, 10**18)
        node.steps(8)
        assert node.said[-1] == "nonce 1: 3 values landed"

    def sign_elsewhere(self, node):
        """A second node with this key: what must never be."""
        report = Report(Told(KEYS[0], 7, MARCH_2025), 9, 2**40 - 1)
        reports = node.here.stage.reports
        signature = node.signer.sign(report.digest(Domain(31_337, reports.address)))
        reports.submit(node.signer.address, report.words, signature, sender=node.here.stage.outsider)

    def test_a_journal_that_is_older_than_what_the_chain_has_signs_nothing(self, player):
        node = player()
        self.sign_elsewhere(node)
        with pytest.raises(JournalUnfit, match="the chain has nonce 9 of this signer, the journal ends at 0"):
            node.steps(3)
        assert node.journal.last_nonce == 0

    def test_another_chain_than_is_named_signs_nothing(self, player, here):
        node = player()
        text = node.path.read_text()
        node.path.write_text(text.replace(f'hub: "{here.stage.hub.address}"', f'hub: "{here.stage.outsider.address}"'))
        node.live()
        node.steps(5)
        assert f"no contract at {here.stage.outsider.address} (chain.hub)" in node.said[-1]
        assert node.journal.last_nonce == 0

    def test_a_report_has_landed_when_its_block_is_deep_enough(self, player, here):
        node = player()
        node.path.write_text(node.path.read_text().replace("chain_id: 31337", "chain_id: 31337, confirmations: 3"))
        node.live()
        node.steps(6)
        assert node.landed()[0] == 101 * WAD
        assert node.metric("in_flight") == 1
        here.ask("evm_mine")
        node.steps(3)
        assert node.metric("in_flight") == 1
        here.ask("evm_mine")
        node.steps(3)
        assert node.said[-1] == "nonce 1: 3 values landed"

    def test_a_clock_behind_the_chain_s_burns_no_nonces(self, player, here):
        node = player(valid_for="30 s")
        here.mine(int(node.now) + 7_200)
        node.steps(20)
        assert "is this machine's clock behind the chain's?" in node.said[-1]
        assert node.journal.last_nonce < 20
        node.now += 7_200
        node.steps(8)
        assert node.landed()[0] == 101 * WAD

    @pytest.mark.parametrize("genesis", [MARCH_2026 - 30 * DAY])
    def test_what_is_dated_after_the_chain_s_clock_holds_up_nothing_else(self, player, here):
        body = index("100.00") + month_rows("A", 2026, ["150.00", "160.00"])
        node = player(body=body)
        node.now = float(MARCH_2026 + 10)
        node.steps(4)
        assert [node.landed(key)[0] for key in KEYS] == [0, 100 * WAD, 100 * WAD]
        here.mine(MARCH_2026 + 60)
        node.steps(4)
        assert node.landed()[:2] == (160 * WAD, MARCH_2026)

    def test_a_full_disk_stops_the_node_in_one_line(self, player):
        node = player()
        node.journal._db.execute("PRAGMA max_page_count = 1")
        with pytest.raises(JournalUnfit, match="it can't be written: database or disk is full"):
            fill(node)

    def test_a_report_that_another_signature_of_this_key_made_useless_is_refused_by_name(self, player, here):
        node = player(batch="{ most: 1, wait: 1 s }")
        node.node.meet_chain()
        self.sign_elsewhere(node)
        node.steps(6)
        assert any(line.startswith("nonce 1: 1 values refused (NonceUsed(signer=") for line in node.said)
        assert node.landed(KEYS[1])[2] == 2


def fill(node):
    for month in range(60):
        node.write(index(*["100.00"] * (month + 1)))
        node.steps(1)


class TestAfterACrash:
    """What a node left at any point is brought to its end by the next start."""

    def claimed(self, node):
        node.journal.claim(
            list(node.node.watch._latest.values()),
            now=int(node.now),
            valid_until=int(node.now) + 3_600,
            digest_of=node.node._sealing.digest,
        )

    def gathered(self, player):
        """Everything is known and nothing is signed."""
        node = player(batch="{ most: 100, wait: 1 h }").steps(3)
        assert node.journal.last_nonce == 0
        return node

    def restarted(self, node):
        node.write(index("100.00", "555.00"))  # the source says something else now
        node.live()
        node.steps(4)
        assert node.landed() == (101 * WAD, MARCH_2025, 1)
        assert node.journal.last_nonce == 1
        assert node.here.stage.lab.engine.nonce(node.signer.address) == 1

    def test_claimed_and_not_signed(self, player):
        node = self.gathered(player)
        self.claimed(node)
        self.restarted(node)

    def test_signed_and_not_sent(self, player):
        node = self.gathered(player)
        self.claimed(node)
        node.node._signed(node.journal.open_seals()[0])
        self.restarted(node)

    def test_written_and_not_sent(self, player, here):
        node = self.gathered(player)
        self.claimed(node)
        submitter = node.node._submitter
        submitter.take(node.node._signed(node.journal.open_seals()[0]))
        submitter._broadcast = lambda sent: None  # the kill comes here
        submitter.advance(int(node.now))
        assert len(node.journal.sent_for(1)) == 1
        self.restarted(node)

    def test_sent_and_not_mined(self, player, here):
        here.ask("evm_setAutomine", False)
        node = self.gathered(player)
        self.claimed(node)
        submitter = node.node._submitter
        submitter.take(node.node._signed(node.journal.open_seals()[0]))
        assert submitter.advance(int(node.now)) is None
        here.ask("evm_setAutomine", True)
        here.ask("evm_mine")
        self.restarted(node)

    def test_mined_and_not_noted(self, player, here):
        node = self.gathered(player)
        self.claimed(node)
        submitter = node.node._submitter
        submitter.take(node.node._signed(node.journal.open_seals()[0]))
        node.journal.ended = lambda *_: None  # the kill comes here
        while not (outcome := submitter.advance(int(node.now))):
            time.sleep(0.02)
        assert outcome.ending == "landed"
        self.restarted(node)

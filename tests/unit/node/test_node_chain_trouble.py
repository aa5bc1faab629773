"""A chain that is away, slow, dear, another one, or says no: what a node waits for, pays for and refuses."""

from itertools import pairwise

import pytest

from salvor.model.oracle_reports import Domain, Report, Told
from salvor.node.errors import JournalUnfit, RpcFailed
from salvor.node.keyring import Signer
from salvor.node.transaction import Transaction
from tests.utils.oracle_nodes import month_rows
from tests.utils.oracle_player import DAY, KEYS, MARCH_2025, MARCH_2026, NAME, WAD, index


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

    def test_signatures_that_the_signer_voids_are_dropped_and_later_ones_land(self, player, here):
        """Who voids has a reason: the same values are not signed again."""
        node = player(add=False).steps(4)
        assert node.journal.last_nonce == 1
        here.stage.reports.addSigner(node.signer.address, bytes(32), sender=here.stage.keeper)
        here.stage.reports.voidUpTo(50, sender=node.signer)
        node.steps(4)
        assert any("nonce 1: 3 values refused (NonceVoided(signer=" in line for line in node.said)
        assert node.node.complaints()[0].startswith("the contract refused nonce 1: NonceVoided(")
        assert node.landed()[2] == 0
        node.write(index("100.00", "101.00", "102.00"))
        node.steps(4)
        assert node.landed()[::2] == (102 * WAD, 51)
        assert node.node.complaints() == []

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

"""A node's steps on a real chain, its clock in the test's hand: what it signs, and what it takes up after a crash."""

import time

from tests.utils.oracle_nodes import HEADER, month_rows
from tests.utils.oracle_player import KEYS, MARCH_2025, WAD, index


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
    def test_a_key_without_a_value_holds_up_no_other_and_is_told_once(self, player):
        node = player(body=HEADER + month_rows("A", 2025, ["100.00"]) + month_rows("B", 2025, ["100.00"])).steps(6)
        assert [node.landed(key)[0] for key in KEYS] == [100 * WAD, 100 * WAD, 0]
        told = "source 'index': place_id: no row of traditional, purchase-only, monthly, C"
        assert node.said.count(told) == 1
        assert node.node.complaints() == [f"source 'index' lacks 1 of its values: {told}"]
        assert node.metric('values_missing{source="index"}') == 1
        node.write(index("100.00"))
        node.steps(3)
        assert node.node.complaints() == []

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

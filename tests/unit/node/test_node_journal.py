"""One key and time has one value; nonces are given once; and a kill at any statement leaves a journal that goes on."""

import os
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from salvor.model.oracle_reports import Told
from salvor.node.errors import JournalUnfit
from salvor.node.journal import Journal, Sent
from salvor.node.keyring import Signer
from salvor.node.observation import Observation
from salvor.node.sealing import Sealing

ROOT = Path(__file__).parents[3]
SIGNER = Signer(b"\x01" * 32)
CONTRACT = "0x00000000000000000000000000000000000000C0"
SEALING = Sealing(31_337, CONTRACT)
KEYS = [f"HPI/R{number}".encode().ljust(32, b"\0") for number in range(3)]


def opened(path, **changes):
    return Journal(path, **{"signer": SIGNER.address, "chain_id": 31_337, "contract": CONTRACT} | changes)


def told(key=0, value=100, at=1_000):
    return Observation(KEYS[key], value, at, f"row {key}")


def claim(journal, *observations, now=2_000):
    return journal.claim(observations, now=now, valid_until=now + 60, digest_of=SEALING.digest)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "node.sqlite"


@pytest.fixture
def journal(path):
    found = opened(path)
    yield found
    found.close()


class TestClaim:
    def test_gives_the_next_nonce_and_the_values_in_order(self, journal):
        seal = claim(journal, told(1), told(0))
        assert (seal.nonce, seal.state, seal.signature) == (1, "claimed", None)
        assert seal.values == (Told(KEYS[1], 100, 1_000), Told(KEYS[0], 100, 1_000))
        assert seal.digest == SEALING.digest(seal.values, 1, 2_060)
        assert claim(journal, told(2)).nonce == 2

    def test_leaves_out_what_was_signed_and_what_is_older(self, journal):
        claim(journal, told(0), told(1))
        seal = claim(journal, told(0), told(1, at=999), told(2))
        assert [each.key for each in seal.values] == [KEYS[2]]
        assert claim(journal, told(0)) is None
        assert journal.last_nonce == 2

    def test_refuses_another_value_for_a_key_and_time(self, journal):
        claim(journal, told(0))
        assert journal.contradiction(told(0)) is None
        said = journal.contradiction(told(0, value=101)).message
        assert said == "HPI/R0 at 1000: 100 was signed, 101 will not be: one key and time has one value"
        assert claim(journal, told(0, value=101)) is None

    def test_takes_the_first_of_two_values_in_one_call(self, journal):
        seal = claim(journal, told(0, value=1), told(0, value=2))
        assert [each.value for each in seal.values] == [1]

    def test_values_beyond_64_bits_come_back_as_they_went_in(self, path):
        journal = opened(path)
        claim(journal, told(value=2**127 - 1))
        journal.close()
        assert opened(path).last(KEYS[0]).value == 2**127 - 1


class TestWhatIsOpen:
    def test_is_found_again_with_all_that_was_sent(self, path):
        journal = opened(path)
        first, second, third = (claim(journal, told(number)) for number in range(3))
        journal.signed(first.nonce, b"s" * 65)
        sent = Sent(0, 0, first.nonce, "0x00", b"raw", 90_000, 10, 1, 2_001)
        journal.sending(sent)
        journal.ended(third.nonce, "refused", "NotLater")
        journal.close()
        again = opened(path)
        assert [(seal.nonce, seal.state, seal.values) for seal in again.open_seals()] == [
            (1, "signed", first.values),
            (2, "claimed", second.values),
        ]
        assert again.sent_for(1) == [sent]
        assert again.last_nonce == 3
        assert claim(again, told(1, value=5)) is None
        assert claim(again, told(1, value=5, at=1_001)).nonce == 4

    def test_an_expired_signature_is_renewed_with_the_same_values(self, journal):
        old = claim(journal, told(0), told(1))
        new = journal.renew(old, now=9_000, valid_until=9_060, digest_of=SEALING.digest)
        assert (new.nonce, new.values) == (2, old.values)
        assert new.digest != old.digest
        assert [seal.nonce for seal in journal.open_seals()] == [2]
        assert journal.contradiction(told(0, value=101))


class TestFile:
    @pytest.mark.parametrize(
        "changes",
        [{"signer": "0x" + "1" * 40}, {"chain_id": 1}, {"contract": "0x00000000000000000000000000000000000000c1"}],
    )
    def test_of_another_node_is_refused(self, path, changes):
        opened(path).close()
        with pytest.raises(JournalUnfit, match=f"it is of signer {SIGNER.address} for {CONTRACT} on chain 31337"):
            opened(path, **changes)
        opened(path).close()

    def test_in_use_is_refused(self, journal, path):
        with pytest.raises(JournalUnfit, match="another process has it open"):
            opened(path)

    def test_that_is_no_database_is_refused(self, path):
        path.write_text("not a database " * 100)
        with pytest.raises(JournalUnfit, match="file is not a database"):
            opened(path)

    def test_of_a_later_version_is_refused(self, path):
        opened(path).close()
        with sqlite3.connect(path) as other:
            other.execute("UPDATE owner SET version = 2")
        with pytest.raises(JournalUnfit, match="it has version 2, this program reads 1"):
            opened(path)

    def test_in_a_folder_that_can_not_be_is_refused(self, path):
        path.write_text("")
        with pytest.raises(JournalUnfit, match="not a journal that can be used"):
            opened(path / "node.sqlite")

    def test_holds_no_key(self, journal, path):
        seal = claim(journal, told(0))
        journal.signed(seal.nonce, SIGNER.sign(seal.digest))
        everything = b"".join(file.read_bytes() for file in path.parent.iterdir())
        assert b"\x01" * 32 not in everything
        assert b"01" * 32 not in everything


def test_pruning_forgets_old_values_and_no_rule(journal):
    for at in range(5):
        seal = claim(journal, told(0, value=at + 1, at=at), told(1, at=at), now=100 + at)
        journal.ended(seal.nonce, "landed")
    assert journal.prune(before=103) == 6
    assert claim(journal, told(0, value=9, at=4)) is None
    assert journal.contradiction(told(0, value=9, at=4))
    assert claim(journal, told(0, value=9, at=2)) is None


operation = st.tuples(st.integers(0, 2), st.integers(1, 3), st.integers(1, 5))


@settings(max_examples=25)
@given(batches=st.lists(st.lists(operation, min_size=1, max_size=5), max_size=8), reopen=st.integers(0, 7))
def test_no_history_signs_two_values_for_a_key_and_time(tmp_path_factory, batches, reopen):
    path = tmp_path_factory.mktemp("journal") / "node.sqlite"
    journal, signed, nonces = opened(path), {}, []
    for number, batch in enumerate(batches):
        if number == reopen:
            journal.close()
            journal = opened(path)
        seal = claim(journal, *(told(*each) for each in batch))
        for each in seal.values if seal else ():
            assert signed.setdefault((each.key, each.at), each.value) == each.value, "ON-01"
            assert all(at <= each.at for key, at in signed if key == each.key), "ON-01"
        nonces += [seal.nonce] if seal else []
    journal.close()
    assert nonces == list(range(1, len(nonces) + 1))


def live(path, value):
    """A node's life on a journal. It reports each signature, as the world would learn it, before it goes on."""
    journal = opened(path)

    def finish(seal):
        signature = seal.signature or SIGNER.sign(seal.digest)
        print("signed", seal.nonce, seal.digest.hex(), signature.hex(), flush=True)
        for each in seal.values:
            print("value", each.key.hex(), each.at, each.value, flush=True)
        journal.signed(seal.nonce, signature)
        if not journal.sent_for(seal.nonce):
            journal.sending(Sent(seal.nonce, 0, seal.nonce, hex(seal.nonce), b"raw", 1, 1, 1, 1))
        journal.ended(seal.nonce, "landed")

    for seal in journal.open_seals():
        finish(seal)
    for at in (1, 2):  # each run would say something else of the same times
        if seal := claim(journal, told(0, value=value, at=at), told(1, value=value, at=at)):
            finish(seal)


def live_and_die(path, value, last):
    """The same in a process of its own, killed before a statement; gives what the world learned, and statements."""
    statements, connect = 0, sqlite3.connect

    def count(statement):
        nonlocal statements
        statements += 1
        if statements == last:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(*given, **named):
        found = connect(*given, **named)
        found.set_trace_callback(count)
        return found

    out, into = os.pipe()
    if (child := os.fork()) == 0:
        os.dup2(into, 1)
        sqlite3.connect = counted
        try:
            live(path, value)
            print("statements", statements, flush=True)
            os._exit(0)
        finally:
            os._exit(1)
    os.close(into)
    with os.fdopen(out) as said:
        lines = [line.split() for line in said]
    _, status = os.waitpid(child, 0)
    assert status == (signal.SIGKILL if last else 0)
    return lines


def learn(world, lines):
    """It must never learn two values of a key and time, or two contents of a nonce."""
    for kind, *rest in lines:
        if kind == "value":
            assert world.setdefault(("value", *rest[:2]), rest[2]) == rest[2], "ON-01"
        elif kind == "signed":
            assert world.setdefault(("nonce", rest[0]), rest[1:]) == rest[1:], "ON-02"


def die_everywhere(folder):
    """Killed at each statement in turn, then started again with other values: what was promised stays."""
    statements = int(live_and_die(folder / "whole.sqlite", 7, 0)[-1][1])
    outcomes = set()
    for last in range(1, statements + 1):
        path, world = folder / f"{last}.sqlite", {}
        first = live_and_die(path, 7, last)
        learn(world, first)
        second = live_and_die(path, 8, 0)
        learn(world, second)
        journal = opened(path)
        assert journal.open_seals() == []
        assert [journal.last(key).at for key in KEYS[:2]] == [2, 2]
        outcomes.add(tuple(sorted(world[("value", KEYS[0].hex(), at)] for at in "12")))
        journal.close()
    print(statements, sorted(outcomes))


def test_a_kill_before_any_statement_leaves_a_journal_that_goes_on(tmp_path):
    """In one process that forks: it has no threads, and no journal is open in it."""
    script = (
        "import sys; from pathlib import Path; from tests.unit.node.test_node_journal import die_everywhere; "
        "die_everywhere(Path(sys.argv[1]))"
    )
    done = subprocess.run([sys.executable, "-c", script, tmp_path], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    statements, outcomes = done.stdout.split(maxsplit=1)
    assert int(statements) > 30
    # Killed before the first was written, between the two, and after both.
    assert outcomes.strip() == "[('7', '7'), ('7', '8'), ('8', '8')]"

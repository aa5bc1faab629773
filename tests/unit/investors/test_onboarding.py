"""Registering a file at a registry: once, again, after a cut, after a change; a refused row stops nobody else."""

from dataclasses import replace
from datetime import date

import pytest

from salvor.deploy.regulated import TOPICS
from salvor.errors import FileUnreadable
from salvor.investors.claims import KeyIssuer, digest_of
from salvor.investors.file import Investors, read_investors
from salvor.investors.journal import Journal
from salvor.investors.onboarding import Desk, known_of, register
from salvor.investors.rehearsal import SECRET
from tests.unit.investors.conftest import FOLDER

TODAY = date(2026, 11, 27)
YEAR = 365 * 86_400


class Cut(Exception):
    """What ends a run in the middle."""


class Signatures(KeyIssuer):
    """An issuer that counts what it signs."""

    count = 0

    def sign(self, digest):
        self.count += 1
        return super().sign(digest)


@pytest.fixture
def stage(rehearsed):
    return rehearsed()[0]


@pytest.fixture
def investors(shipped):
    return read_investors(FOLDER / "investors.csv", today=TODAY, books=shipped.books)


@pytest.fixture
def journal(tmp_path):
    opened = Journal(tmp_path / "journal.sqlite")
    yield opened
    opened.close()


@pytest.fixture
def desk(stage, journal):
    issuer = Signatures(SECRET)
    return Desk(stage.registry, stage.agent, issuer, journal, stage.lab.now, TOPICS, batch=3)


def became(done):
    return [each.became for each in done.outcomes]


class TestRegister:
    def test_brings_the_registry_to_what_the_file_says(self, desk, investors, stage):
        done = register(investors, desk)
        assert (became(done), done.batches) == (["registered"] * 7, 3)
        for row in investors.rows:
            assert known_of(stage.registry, row.wallet).is_as(row)

    def test_wallets_of_one_person_are_one_identity(self, desk, investors, stage):
        register(investors, desk)
        one, other = investors.wallets("pension fund")
        assert stage.registry.identity(one) == stage.registry.identity(other) == one

    def test_again_does_nothing_at_all(self, desk, investors, stage):
        register(investors, desk)
        signed, height = desk.issuer.count, stage.lab.engine.number
        done = register(investors, desk)
        assert (became(done), done.batches) == (["there"] * 7, 0)
        assert (desk.issuer.count, stage.lab.engine.number) == (signed, height)

    def test_a_dry_run_sends_and_signs_nothing(self, desk, investors, stage):
        height = stage.lab.engine.number
        done = register(investors, desk, dry_run=True)
        assert (became(done), done.batches) == (["registered"] * 7, 3)
        assert (desk.issuer.count, stage.lab.engine.number) == (0, height)

    def test_a_wallet_that_comes_later_joins_its_person(self, desk, investors, stage):
        first, later = Investors(investors.rows[:2], ()), investors
        register(first, desk)
        register(later, desk)
        one, other = investors.wallets("pension fund")
        assert stage.registry.identity(other) == one

    @pytest.mark.parametrize(
        ("field", "value"), [("klass", "professional"), ("country", "IT"), ("until", 1_900_000_000)]
    )
    def test_a_change_of_the_file_is_renewed(self, desk, investors, stage, field, value):
        register(investors, desk)
        rows = tuple(replace(row, **{field: value}) if row.name == "endowment" else row for row in investors.rows)
        done = register(Investors(rows, ()), replace(desk, now=stage.lab.now + 1, **_later(stage)))
        assert became(done).count("renewed") == 1
        row = next(row for row in rows if row.name == "endowment")
        assert known_of(stage.registry, row.wallet).is_as(row)

    def test_what_an_issuer_took_back_is_signed_anew(self, desk, investors, stage):
        register(investors, desk)
        signed = desk.issuer.count
        with_key = stage.lab.actor("issuer")
        with_key.address = desk.issuer.address
        stage.registry.revokeAll(sender=with_key)
        done = register(investors, replace(desk, now=stage.lab.now + 1, **_later(stage)))
        assert (set(became(done)), desk.issuer.count) == ({"renewed"}, 2 * signed)

    def test_knows_by_itself_who_counts_as_the_registry_does(self, desk, investors, stage):
        register(investors, desk)
        # Now, the last second of the dentist's claims, and the next.
        for now in (stage.lab.now, 1_822_262_399, 1_822_262_400):
            stage.lab.now = now
            for row in investors.rows:
                reckoned = known_of(stage.registry, row.wallet, tuple(stage.registry.standing()), now)
                assert reckoned == known_of(stage.registry, row.wallet)

    def test_signs_what_the_registry_would_have_signed(self, desk, stage):
        claim = (stage.admin.address, 1, 1, 5, 10, desk.issuer.address, 3)
        assert digest_of(claim, 31_337, stage.registry.address) == bytes(stage.registry.digestOf(claim))


def _later(stage):
    """A second later, as claims are told apart by the second at which they were signed."""
    stage.lab.now += 1
    return {}


class TestRefused:
    def test_one_row_stops_nobody_else_and_its_reason_is_kept(self, desk, investors, stage):
        stage.lab.now = 1_822_348_800  # 2027-10-01: the dentist's claims have run out on this chain
        done = register(investors, replace(desk, now=stage.lab.now, batch=7))
        assert became(done) == ["registered"] * 6 + ["refused"]
        (refused,) = done.of("refused")
        assert refused.row.name == "dentist"
        assert refused.reason.startswith("ClaimNeverValid(issuedAt=1822348800, ")
        entry = desk.journal.entries(desk.place)[refused.row.wallet]
        assert (entry.state, entry.reason) == ("refused", refused.reason)

    def test_a_wallet_that_is_somebody_elses_is_not_touched(self, desk, investors, stage):
        taken, stranger = investors.wallets("pension fund")[1], stage.lab.actor("somebody else").address
        register(Investors(investors.rows[:2], ()), desk)
        stage.registry.registerIdentity(taken, stranger, 0, sender=stage.agent)
        done = register(investors, desk)
        assert became(done) == ["there", "there", "refused"] + ["registered"] * 4
        assert done.of("refused")[0].reason.startswith(f"the registry has it under the identity {stranger}, ")
        assert stage.registry.identity(taken) == stranger

    def test_nobody_is_registered_by_an_issuer_whom_nobody_trusts(self, desk, investors):
        stranger = replace(desk, issuer=KeyIssuer(b"\x07" * 32))
        done = register(investors, stranger)
        assert set(became(done)) == {"refused"}
        assert all(each.reason.startswith("IssuerNotTrusted(") for each in done.outcomes)

    def test_nor_by_who_is_no_agent(self, desk, investors, stage):
        done = register(investors, replace(desk, agent=stage.lab.actor("outsider")))
        assert {each.reason.split("(")[0] for each in done.outcomes} == {"NotAnAgent"}


class TestIdentity:
    """One person is one identity, and nobody comes into somebody else's."""

    def file(self, investors, **names):
        """The first rows under other names; wallets stay."""
        rows = [replace(row, name=names.get(f"row{i}", row.name)) for i, row in enumerate(investors.rows)]
        return Investors(tuple(rows), ())

    def test_a_wallet_that_changes_its_person_in_the_file_joins_nobody(self, desk, investors, stage):
        register(Investors(investors.rows[1:3], ()), desk)  # both wallets of the pension fund
        other = self.file(investors, row2="hedge fund")
        done = register(other, replace(desk, now=stage.lab.now + 1, **_later(stage)))
        refused = {each.row.name: each.reason for each in done.of("refused")}
        assert set(refused) == {"pension fund", "hedge fund"}
        assert "has wallets of pension fund and of hedge fund under one identity" in refused["hedge fund"]
        assert len(done.of("registered")) == 5  # and stops nobody else

    def test_a_lost_wallet_is_no_way_into_the_identity_that_it_names(self, desk, investors, stage):
        register(Investors(investors.rows[1:3], ()), desk)
        lost, kept = investors.wallets("pension fund")
        stage.registry.deleteIdentity(lost, sender=stage.agent)  # as a recovery does; the identity is still called so
        thief = replace(investors.rows[1], name="thief", country="FR")
        done = register(Investors((thief,), ()), replace(desk, now=stage.lab.now + 1, **_later(stage)))
        assert done.of("refused")[0].reason == (
            f"{lost} names the identity of other wallets at the registry: add a wallet of its own"
        )
        assert known_of(stage.registry, kept).country == 840

    def test_with_a_wallet_of_its_own_it_has_an_identity_of_its_own(self, desk, investors, stage):
        register(Investors(investors.rows[1:3], ()), desk)
        lost, kept = investors.wallets("pension fund")
        stage.registry.deleteIdentity(lost, sender=stage.agent)
        own = stage.lab.actor("own").address
        rows = tuple(replace(investors.rows[1], name="finder", wallet=each) for each in (lost, own))
        done = register(Investors(rows, ()), replace(desk, now=stage.lab.now + 1, **_later(stage)))
        assert became(done) == ["registered"] * 2
        assert stage.registry.identity(lost) == stage.registry.identity(own) == own != stage.registry.identity(kept)

    def test_an_identity_that_is_empty_may_be_filled_again(self, desk, investors, stage):
        rows = Investors(investors.rows[1:2], ())
        register(rows, desk)
        stage.registry.deleteIdentity(rows.rows[0].wallet, sender=stage.agent)
        done = register(rows, replace(desk, now=stage.lab.now + 1, **_later(stage)))
        assert became(done) == ["registered"]

    def test_a_wallet_that_comes_first_after_a_cut_splits_no_person(self, desk, investors, stage):
        two, third = investors.rows[1:3], stage.lab.actor("third").address

        def cut(*_, **__):
            raise Cut

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("salvor.investors.onboarding.send", cut)
            with pytest.raises(Cut):
                register(Investors(two, ()), desk)
        rows = (replace(two[0], wallet=third), *two)
        register(Investors(rows, ()), desk)
        assert {stage.registry.identity(row.wallet) for row in rows} == {two[0].wallet}

    def test_what_was_signed_for_a_wallet_that_left_the_file_is_signed_anew(self, desk, investors, stage):
        """The lost half of a person names no identity: tomorrow it may be somebody else's."""

        def cut(*_, **__):
            raise Cut

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("salvor.investors.onboarding.send", cut)
            with pytest.raises(Cut):
                register(Investors(investors.rows[1:3], ()), desk)
        left = investors.rows[2]
        assert became(register(Investors((left,), ()), desk)) == ["registered"]
        assert stage.registry.identity(left.wallet) == left.wallet

    def test_what_was_signed_before_the_issuer_began_a_new_epoch_is_signed_anew(self, desk, investors, stage):
        def cut(*_, **__):
            raise Cut

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("salvor.investors.onboarding.send", cut)
            with pytest.raises(Cut):
                register(investors, desk)
        with_key = stage.lab.actor("issuer")
        with_key.address = desk.issuer.address
        stage.registry.revokeAll(sender=with_key)
        assert became(register(investors, desk)) == ["registered"] * 7

    def test_a_journal_of_another_chain_signs_nothing_here(self, desk, investors):
        def cut(*_, **__):
            raise Cut

        elsewhere = replace(desk, chain_id=11_155_111)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("salvor.investors.onboarding.send", cut)
            with pytest.raises(Cut):
                register(investors, elsewhere)
        assert became(register(investors, desk)) == ["registered"] * 7


class TestCut:
    @pytest.mark.parametrize("after", [1, 2])
    def test_a_run_that_ends_between_batches_is_simply_run_again(self, desk, investors, stage, after):
        def tick(done):
            if done >= 3 * after:
                raise Cut

        with pytest.raises(Cut):
            register(investors, replace(desk, tick=tick))
        signed = desk.issuer.count
        done = register(investors, desk)
        assert became(done) == ["there"] * 3 * after + ["registered"] * (7 - 3 * after), "JU-03"
        assert desk.issuer.count == signed  # the very same claims

    def test_a_run_that_ends_after_a_batch_was_mined_and_before_it_was_noted(self, desk, investors, stage, monkeypatch):
        noted = Journal.mark

        def mark(self, registry, wallets, state, reason=""):
            if state == "done":
                raise Cut
            noted(self, registry, wallets, state, reason)

        monkeypatch.setattr(Journal, "mark", mark)
        with pytest.raises(Cut):
            register(investors, desk)
        monkeypatch.undo()
        height = stage.lab.engine.number
        done = register(investors, desk)
        assert became(done) == ["there"] * 3 + ["registered"] * 4
        assert stage.lab.engine.number == height + 2

    def test_a_batch_that_is_sent_twice_does_nothing_the_second_time(self, desk, investors, stage):
        register(investors, desk)
        before = [known_of(stage.registry, row.wallet) for row in investors.rows]
        entries = desk.journal.entries(desk.place)
        from salvor.investors.onboarding import _struct

        receipt = stage.registry.register([_struct(each.call) for each in entries.values()], sender=stage.agent)
        assert receipt.events == []
        assert [known_of(stage.registry, row.wallet) for row in investors.rows] == before


class TestJournal:
    def test_is_there_after_it_was_closed(self, tmp_path):
        journal = Journal(tmp_path / "j.sqlite")
        journal.signed("0xR", [("0xW", "row", ["call"])])
        journal.mark("0xR", ["0xW"], "refused", "because")
        journal.close()
        (entry,) = Journal(tmp_path / "j.sqlite").entries("0xR").values()
        assert (entry.call, entry.state, entry.reason) == (["call"], "refused", "because")

    def test_of_another_registry_is_another_matter(self, journal):
        journal.signed("0xR", [("0xW", "row", [])])
        assert journal.entries("0xS") == {}

    def test_that_is_no_journal_is_refused(self, tmp_path):
        (tmp_path / "j.sqlite").write_text("not a database, but long enough to be one" * 100)
        with pytest.raises(FileUnreadable, match="not a journal of investors"):
            Journal(tmp_path / "j.sqlite")

"""What `ape run investors explain` rests on: who stands behind a name, what they hold, what each rule says."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from salvor.errors import OptionInvalid
from salvor.investors.explaining import Files, end_of, explain, register_at, standing
from salvor.investors.file import read_investors
from salvor.jurisdictions.answers import refusing
from salvor.jurisdictions.of_deal import load_deal_rules
from salvor.supervision.events import Event
from salvor.supervision.table import read_events

FOLDER = Path(__file__).parents[3] / "deals/cross-border"
AFTER = date(2028, 1, 25)
FUND = "0x3000000000000000000000000000000000000001"  # of the credit fund


@pytest.fixture(scope="module")
def files():
    return Files(
        load_deal_rules(FOLDER / "deal.yaml"),
        read_investors(FOLDER / "investors.csv", today=None),
        read_events(FOLDER / "events.csv"),
    )


@pytest.fixture
def asked(files):
    def answer(giver, taker, tranche="senior", units=2_000_000, day=AFTER, files=files):
        return refusing(explain(files, giver, taker, tranche, units, end_of(day)).verdicts)

    return answer


class TestExplain:
    def test_a_sale_after_the_lock_up_is_allowed(self, asked):
        assert asked("credit fund", "family office") == ()

    def test_a_day_before_its_end_it_is_not(self, asked):
        assert asked("credit fund", "family office", day=date(2027, 12, 30)) == ("lock_up",)

    @pytest.mark.parametrize(
        ("giver", "taker", "tranche", "units", "refused"),
        [
            ("bank", "family office", "senior", 1_000_000, ("retention",)),
            ("bank", "family office", "senior", 500_000, ("minimum_holding",)),
            ("credit fund", "saver", "senior", 2_000_000, ("investor_class",)),
            ("credit fund", "trader", "senior", 2_000_000, ("country_allow",)),
            ("credit fund", "former client", "senior", 2_000_000, ("identity",)),
            ("endowment", "family office", "junior", 2_000_000, ("investor_class",)),
            ("credit fund", "family office", "senior", 2_000_050, ("denomination",)),
            ("family office", "credit fund", "senior", 2_000_000, ("balance", "lock_up")),
            (None, "family office", "senior", 1_000_000, ("minimum_investment",)),
        ],
    )
    def test_names_who_refuses(self, asked, giver, taker, tranche, units, refused):
        assert asked(giver, taker, tranche, units) == refused

    def test_a_wallet_is_its_owner_and_a_stranger_nobody(self, asked):
        wallet = "0x3000000000000000000000000000000000000001"
        assert asked(wallet, "family office") == ()
        assert asked("credit fund", "0x" + "77" * 20) == ("identity",)

    def test_two_wallets_of_one_person_are_one_pocket(self, asked):
        one, other = ("0x200000000000000000000000000000000000000" + n for n in "12")
        assert asked(one, other, units=110_000_000, day=date(2027, 1, 5)) == ()

    def test_a_list_binds_from_its_event_on(self, asked, files):
        assert asked("endowment", "bank", "junior", day=date(2028, 2, 1)) == ()
        listed = Files(files.rules, files.investors, files.events, frozenset({"endowment"}))
        assert asked("endowment", "bank", "junior", day=date(2028, 2, 1), files=listed) == ("sanctions",)

    def test_a_freeze_holds_until_it_is_taken_back(self, asked):
        """The court froze the credit fund from 2027-06-01 to 2027-07-15."""
        assert asked("credit fund", "family office", day=date(2027, 6, 1)) == ("freeze", "lock_up")
        assert asked("pension fund", "credit fund", day=date(2027, 7, 14)) == ("freeze", "lock_up")
        assert asked("credit fund", "family office", day=date(2027, 7, 15)) == ("lock_up",)

    def test_a_pause_stops_everybody(self, asked, files):
        pause = Event(100_000, 0, 1_830_000_000, "senior", "pause")
        paused = Files(files.rules, files.investors, (*files.events, pause))
        assert asked("credit fund", "family office", day=date(2028, 2, 1), files=paused) == ("pause",)
        again = Event(100_001, 0, 1_830_000_001, "senior", "unpause")
        paused = Files(files.rules, files.investors, (*files.events, pause, again))
        assert asked("credit fund", "family office", day=date(2028, 2, 1), files=paused) == ()

    @pytest.mark.parametrize(
        ("giver", "taker", "tranche", "said"),
        [
            (
                "credit fnd",
                "bank",
                "senior",
                "no investor or wallet is called 'credit fnd'; did you mean 'credit fund'?",
            ),
            ("bank", "credit fund", "seniro", "no tranche is called 'seniro'; did you mean 'senior'?"),
        ],
    )
    def test_says_what_was_meant(self, asked, giver, taker, tranche, said):
        with pytest.raises(OptionInvalid, match=said.replace("?", r"\?")):
            asked(giver, taker, tranche)


class TestRegister:
    def test_is_that_of_the_day(self, files):
        early, late = (register_at(files, "senior", at) for at in (1_798_761_600, 1_898_761_600))
        assert (early.held("credit fund"), late.held("credit fund")) == (70_000_000, 69_600_000)

    def test_a_recovery_keeps_the_age_of_what_it_moves(self, files):
        register = register_at(files, "senior", 1_898_761_600)
        assert [lot.at for lot in register.lots["pension fund"]] == [1_798_718_400]


class TestStanding:
    def test_tells_what_may_move(self, files):
        assert standing(files, "bank", end_of(AFTER))[2:] == [
            "may hold: senior, mezzanine, junior",
            "senior: 100,000.00 held, 5,000.00 may move on 2028-01-25",
            "mezzanine: 30,000.00 held, 5,000.00 may move on 2028-01-25",
            "junior: 20,000.00 held, 0.00 may move on 2028-01-25",
        ]

    def test_of_a_stranger_there_is_nothing_to_tell(self, files):
        assert standing(files, "0x" + "77" * 20, end_of(AFTER)) == [
            "0x" + "77" * 20 + ": nobody registered this wallet"
        ]


class TestListed:
    STRANGER = "0x9000000000000000000000000000000000000009"

    def test_a_name_that_nobody_has_is_an_error(self, files):
        with pytest.raises(
            OptionInvalid, match="no investor or wallet is called 'credit fond'; did you mean 'credit fund'"
        ):
            explain(replace(files, listed=frozenset({"credit fond"})), "bank", "credit fund", "senior", 1, 10**10)

    def test_a_stranger_who_holds_and_is_listed_gives_nothing(self, files, asked):
        moved = Event(10**6, 0, 1_798_718_500, "senior", "issue", "", self.STRANGER, 5_000_000)
        held = replace(files, events=(*files.events, moved))
        assert "sanctions" not in asked(self.STRANGER, "family office", files=held)
        assert "sanctions" in asked(
            self.STRANGER, "family office", files=replace(held, listed=frozenset({self.STRANGER.lower()}))
        )

    def test_a_wallet_that_the_registry_joined_to_a_person_is_that_person(self, files, asked):
        joined = Event(1, 0, 1_798_700_000, "", "registered", "", self.STRANGER, 0, FUND)
        own = Event(2, 0, 1_798_700_000, "", "registered", "", FUND, 0, FUND)
        known = replace(files, events=(own, joined, *files.events))
        assert explain(known, self.STRANGER, "bank", "senior", 1, end_of(AFTER)).giver == "credit fund"

"""What a dry run tells of a deal file: free names, what holds unless said, odd dates."""

import re
from datetime import date
from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.deal.told import doubts_of_dates, told_of

SHIPPED = Path("deals/gacs-style/deal.yaml")
TEXT = SHIPPED.read_text(encoding="utf-8")
CLOSING = date(2026, 6, 30)


class TestWhatIsTold:
    def test_is_every_account_and_for_what_it_is_paid(self):
        paid, holders, _ = told_of(load_deal(SHIPPED), ["spare wallet"])
        assert paid == (
            "paid by the deal: seller (the purchase price); trustee (fee trustee, what no step takes); "
            "servicer (fee servicing, fee performance); administrator (fee administration); treasury (fee guarantee)"
        )
        assert holders == "holders: pension fund, insurer, credit fund, family office, sponsor, spare wallet"

    def test_shows_a_slip_of_the_pen_as_an_account_of_its_own(self, load):
        without_networks = re.sub(r"\nnetworks:\n(  .*\n)+", "", TEXT)  # with them it is an account without address
        (paid, *_) = told_of(load(without_networks.replace("dust_owner: trustee", "dust_owner: truste")))
        assert "trustee (fee trustee); " in paid
        assert paid.endswith("truste (what no step takes)")

    def test_has_a_fee_without_a_name(self):
        (paid, _) = told_of(load_deal(Path("deals/charged-off-accounts/deal.yaml")))
        assert "servicer (fee of a share of collections)" in paid

    def test_is_what_carries_a_vote_as_the_deal_says_or_unless_said(self, load):
        assert told_of(load_deal(SHIPPED))[2] == (
            "a vote on acceleration is carried by more than 50.0 % of the senior class within 20 days"
        )
        assert told_of(load(TEXT.replace("vote: { share: 50 %, days: 20 }\n", "")))[2].endswith(
            "within 30 days (the deal names no `vote`: this holds unless said)"
        )


class TestOddDates:
    @pytest.fixture(scope="class")
    def deal(self):
        return load_deal(SHIPPED)

    def test_are_none_where_closing_is_to_come_and_is_the_cut_off(self, deal):
        assert list(doubts_of_dates(deal, CLOSING, CLOSING)) == []
        assert list(doubts_of_dates(deal, None, CLOSING)) == []

    def test_are_a_closing_in_the_past(self, deal):
        assert list(doubts_of_dates(deal, CLOSING, date(2026, 7, 1))) == [
            "calendar.closing 2026-06-30 is in the past: fine for a play, not for a sale"
        ]

    def test_are_a_closing_that_is_not_the_cut_off(self, deal):
        (doubt,) = doubts_of_dates(deal, date(2026, 5, 31), CLOSING)
        assert doubt.startswith("calendar.closing is 2026-06-30, the mapping's cut_off 2026-05-31: ")

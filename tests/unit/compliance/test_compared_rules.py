"""Rules that only compare: each at its edge, set again, and taken off."""

import pytest

from tests.utils.regulated import CUBA, DAY, ITALY, KENYA, Rule

MONDAY = 1_893_456_000 + 6 * DAY  # 2030-01-07


@pytest.fixture
def giver(office):
    return office.holder("giver", 100)


@pytest.fixture
def taker(office):
    return office.person("taker")


class TestCountries:
    def test_on_a_list_are_replaced_by_the_next(self, office, giver, taker):
        office.rule(Rule.COUNTRY_ALLOW, [ITALY, KENYA])
        assert office.code(giver, taker, 1) == 0
        office.rule(Rule.COUNTRY_ALLOW, [KENYA])
        assert office.code(giver, taker, 1) == 17
        office.rule(Rule.COUNTRY_ALLOW, [])
        assert office.code(giver, office.person("other", KENYA), 1) == 17
        office.compliance.dropRule(int(Rule.COUNTRY_ALLOW), sender=office.admin)
        assert not office.compliance.isOn(int(Rule.COUNTRY_ALLOW))
        assert office.code(giver, taker, 1) == 0

    def test_denied_come_before_nothing(self, office, giver):
        office.rule(Rule.COUNTRY_DENY, [CUBA])
        cuban = office.person("cuban", CUBA)
        assert office.code(giver, cuban, 1) == 18
        office.rule(Rule.COUNTRY_DENY, [KENYA])
        assert office.code(giver, cuban, 1) == 0


class TestClasses:
    @pytest.mark.parametrize(("class_", "code"), [(0, 19), (1, 19), (2, 0), (3, 0)])
    def test_of_this_note(self, office, giver, class_, code):
        office.rule(Rule.INVESTOR_CLASS, 0b1100)
        assert office.code(giver, office.person("investor", ITALY, class_), 1) == code


class TestHoldings:
    def test_at_least(self, office, giver, taker):
        office.rule(Rule.MIN_HOLDING, 40)
        assert [office.code(giver, taker, units) for units in (0, 39, 40, 60, 61, 100)] == [0, 20, 0, 0, 21, 0]

    def test_at_most_of_an_identity(self, office, giver, taker):
        office.rule(Rule.MAX_HOLDING, 50)
        second = office.wallet("second wallet", "taker")
        office.note.transfer(taker, 30, sender=giver)
        assert [office.code(giver, second, units) for units in (20, 21)] == [0, 22]
        assert office.code(giver, giver, 70) == 0

    def test_of_a_share_of_the_supply(self, office, giver, taker):
        office.rule(Rule.SUPPLY_SHARE, 30 * 10**16)
        assert [office.code(giver, taker, units) for units in (30, 31)] == [0, 23]
        nobody = "0x" + "00" * 20
        assert office.compliance.canTransfer(nobody, taker, 42)  # of 142
        assert not office.compliance.canTransfer(nobody, taker, 43)  # of 143 at most 42.9


class TestIssue:
    def test_is_limited(self, lab, office, giver):
        office.rule(Rule.SUPPLY_LIMIT, 110)
        with lab.refused("TransferRefused", code=24):
            office.note.mint(giver, 11, sender=office.agent)
        office.note.mint(giver, 10, sender=office.agent)

    def test_has_a_least_first_investment(self, lab, office, taker):
        office.rule(Rule.MIN_INVESTMENT, 10)
        with lab.refused("TransferRefused", code=27):
            office.note.mint(taker, 9, sender=office.agent)
        office.note.mint(taker, 10, sender=office.agent)
        office.note.mint(taker, 1, sender=office.agent)


class TestDenomination:
    def test_is_of_whole_pieces(self, office, giver, taker):
        office.rule(Rule.DENOMINATION, office.cash.address, 25)
        assert [office.code(giver, taker, units) for units in (0, 25, 24, 50)] == [0, 0, 28, 0]

    def test_refuses_another_currency_and_pieces_of_nothing(self, lab, office):
        with lab.refused("OtherCurrency", office.note, office.cash):
            office.rule(Rule.DENOMINATION, office.note.address, 25)
        with lab.refused("ParameterOutOfRange", 5, 0, 1, 2**64 - 1):
            office.rule(Rule.DENOMINATION, office.cash.address, 0)


class TestWindow:
    @pytest.mark.parametrize(
        ("day", "second", "code"),
        [(0, 3_599, 25), (0, 3_600, 0), (4, 7_199, 0), (4, 7_200, 25), (5, 3_600, 25), (6, 3_600, 25), (7, 3_600, 0)],
    )
    def test_is_open_on_working_days_from_one_to_two(self, lab, office, giver, taker, day, second, code):
        office.rule(Rule.TRANSFER_WINDOW, MONDAY, MONDAY + 8 * DAY, 0b0011111, 3_600, 7_200)
        lab.now = MONDAY + day * DAY + second
        assert office.code(giver, taker, 1) == code

    @pytest.mark.parametrize(("beside", "code"), [(-1, 25), (0, 0), (9, 0), (10, 25)])
    def test_is_open_between_two_dates(self, lab, office, giver, taker, beside, code):
        office.rule(Rule.TRANSFER_WINDOW, MONDAY, MONDAY + 10, 127, 0, DAY)
        lab.now = MONDAY + beside
        assert office.code(giver, taker, 1) == code


class TestCounterparties:
    def test_are_one_side(self, office, giver, taker):
        exchange = office.holder("exchange", 5)
        office.rule(Rule.COUNTERPARTIES, [exchange.address])
        assert office.code(giver, taker, 1) == 26
        assert office.code(giver, exchange, 1) == office.code(exchange, taker, 1) == 0
        office.rule(Rule.COUNTERPARTIES, [])
        assert office.code(giver, exchange, 1) == 26


def test_parameters_of_another_kind_are_refused(lab, office):
    with lab.refused("SafeCastOverflowedUintDowncast", 112, 2**112):
        office.rule(Rule.MAX_HOLDING, 2**112)

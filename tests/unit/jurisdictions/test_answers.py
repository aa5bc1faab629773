"""Each rule's answer to a move: allowed at its border, refused a step beyond; own pockets and ways out are free."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from salvor.amounts import Wad
from salvor.jurisdictions.answers import refusing, verdicts
from salvor.jurisdictions.book import Count, Rulebook
from salvor.jurisdictions.matrix import counted, issued, matrix
from salvor.jurisdictions.register import Investor, Lot, Move, Register, freed, knows, moved

DAY = 86_400
NOW = 20_000 * DAY  # 2024-10-04
OPEN = Rulebook("senior", opened=("IT", "US"))
ANN = Investor("ann", "IT", "institutional", NOW + DAY)
BOB = Investor("bob", "US", "institutional", NOW + DAY)
CEM = Investor("cem", "US", "professional", NOW + DAY)


@pytest.fixture
def register():
    """Ann has 600 units of 1,000 since 100 days; Bob and Cem are known."""
    return knows(knows(issued(Register(1_000), ANN, 600, NOW - 100 * DAY), BOB), CEM)


@pytest.fixture
def asked(register):
    def answer(book, move=None, register=register, **changes):
        move = replace(move or Move("ann", "bob", 100, NOW), **changes)
        return refusing(verdicts(book, register, move, 2))

    return answer


class TestRule:
    @pytest.mark.parametrize(
        ("rule", "fits", "breaks"),
        [
            ("minimum_holding", {"minimum_holding": 100}, {"minimum_holding": 101}),
            ("minimum_holding", {"minimum_holding": 0}, {"minimum_holding": 501}),
            ("maximum_holding", {"maximum_holding": 100}, {"maximum_holding": 99}),
            ("share_of_supply", {"share_of_supply": Wad(10**17)}, {"share_of_supply": Wad(10**17 - 1)}),
            ("holder_count", {"counts": (Count(2, None, None),)}, {"counts": (Count(1, None, None),)}),
            ("holder_count", {"counts": (Count(1, ("US",), None),)}, {"counts": (Count(1, None, "institutional"),)}),
            ("lock_up", {"lock_up": 80 * DAY}, {"lock_up": 100 * DAY + 1}),
            ("hold_period", {"hold_period": {"retail": 999 * DAY}}, {"hold_period": {"institutional": 101 * DAY}}),
            ("velocity", {"velocity": (100, DAY)}, {"velocity": (99, DAY)}),
            ("denomination", {"denomination": 50}, {"denomination": 40}),
            ("country_allow", {"opened": ("US",)}, {"opened": ("IT",)}),
            ("country_deny", {"closed": ("IT",)}, {"closed": ("US",)}),
            ("investor_class", {"classes": ("institutional",)}, {"classes": ("professional",)}),
            ("transfer_window", {"first": date(2024, 10, 4)}, {"first": date(2024, 10, 5)}),
            ("transfer_window", {"first": date(2024, 1, 1), "last": date(2024, 10, 4)},
             {"first": date(2024, 1, 1), "last": date(2024, 10, 3)}),
        ],
    )  # fmt: skip
    def test_allows_at_its_border_and_refuses_beyond(self, asked, rule, fits, breaks):
        assert asked(replace(OPEN, **fits)) == ()
        assert asked(replace(OPEN, **breaks)) == (rule,)

    @pytest.mark.parametrize(("least", "refused"), [(100, ()), (101, ("minimum_investment",))])
    def test_of_the_first_investment_binds_who_subscribes_and_no_buyer(self, asked, least, refused):
        book = replace(OPEN, minimum_investment=least)
        assert asked(book, giver=None) == refused
        assert asked(book) == ()
        assert asked(book, giver=None, taker="ann") == ()

    @pytest.mark.parametrize(
        ("book", "change", "rule"),
        [
            (replace(OPEN, travel_rule=99), "recorded", "travel_rule"),
            (replace(OPEN, approved_in_advance=True), "approved", "approved_in_advance"),
        ],
    )
    def test_that_needs_something_before(self, asked, book, change, rule):
        assert asked(book) == ()
        assert asked(book, **{change: False}) == (rule,)

    def test_at_the_threshold_no_record_is_needed(self, asked):
        assert asked(replace(OPEN, travel_rule=100), recorded=False) == ()

    def test_retention_binds_the_originator_alone(self, asked, register):
        book = replace(OPEN, retention=Wad(501 * 10**15))
        assert asked(book) == ()
        assert asked(book, register=replace(register, originator="ann")) == ("retention",)
        assert asked(book, register=replace(register, originator="ann"), units=99) == ()

    def test_what_is_retained_of_an_odd_supply_is_rounded_up(self):
        book = replace(OPEN, retention=Wad(5 * 10**16))
        assert [book.retained(supply) for supply in (0, 1, 20, 21)] == [0, 1, 1, 2]

    @pytest.mark.parametrize("listed", ["ann", "bob"])
    def test_sanctions_bind_both_sides(self, asked, register, listed):
        book = replace(OPEN, sanctions=("UN",))
        on = knows(register, replace(register.investors[listed], lists=("UN",)))
        assert asked(book, register=on) == ("sanctions",)
        assert asked(OPEN, register=on) == ()

    @pytest.mark.parametrize(("until", "said"), [(NOW + 1, ()), (NOW, ("identity",)), (None, ("identity",))])
    def test_claims_end_at_their_second(self, asked, register, until, said):
        assert asked(OPEN, register=knows(register, replace(BOB, until=until))) == said

    def test_a_stranger_is_nobody(self, asked):
        assert asked(OPEN, taker="eve") == ("identity",)

    def test_every_rule_that_refuses_is_named(self, asked):
        book = replace(OPEN, opened=("IT",), classes=("retail",), lock_up=101 * DAY, minimum_holding=101)
        assert asked(book) == ("country_allow", "investor_class", "lock_up", "minimum_holding")


class TestLots:
    def test_the_oldest_go_first(self, asked, register):
        more = moved(register, Move(None, "ann", 50, NOW - DAY))
        book = replace(OPEN, lock_up=10 * DAY)
        assert asked(book, register=more, units=600) == ()
        assert asked(book, register=more, units=601) == ("lock_up",)
        sold = moved(more, Move("ann", "bob", 600, NOW))
        assert [lot.units for lot in sold.lots["ann"]] == [50]

    def test_what_was_given_counts_to_the_end_of_the_ninth_eighth(self, asked, register):
        book = replace(OPEN, velocity=(100, 8 * DAY))
        gave = moved(register, Move("ann", "bob", 60, NOW + 5))
        lasting = knows(gave, replace(BOB, until=NOW + 99 * DAY))
        assert asked(book, register=lasting, units=41, at=NOW + 9 * DAY - 1) == ("velocity",)
        assert asked(book, register=lasting, units=41, at=NOW + 9 * DAY) == ()
        assert asked(book, register=gave, units=40, at=NOW + 5) == ()

    @given(st.integers(0, 2**40), st.integers(1, 10**9))
    def test_is_freed_never_early_and_a_sixteenth_late_at_most(self, at, period):
        assert period <= freed(at, period) - at <= period + max(period // 16, 1)

    @given(st.integers(0, 2**40), st.integers(8, 10**9), st.integers(0, 10**9))
    def test_a_gift_counts_for_its_period_and_an_eighth_and_no_longer(self, at, period, later):
        register = Register(1, given={"ann": (Lot(7, at),)})
        counts = register.given_lately("ann", at + later, period) == 7
        assert counts or later >= period
        assert not counts or later <= period + -(-period // 8)


class TestCounts:
    def test_who_sells_all_makes_room(self, asked):
        book = replace(OPEN, counts=(Count(1, None, None),))
        assert asked(book, units=599) == ("holder_count",)
        assert asked(book, units=600) == ()

    def test_who_holds_may_buy_more(self, asked, register):
        both = moved(register, Move("ann", "bob", 100, NOW))
        assert asked(replace(OPEN, counts=(Count(1, None, None),)), register=both) == ()


class TestWayOut:
    STRICT = replace(OPEN, opened=("US",), lock_up=999 * DAY, maximum_holding=1, velocity=(1, DAY), classes=("retail",))

    def test_handing_back_is_never_refused(self, asked):
        assert asked(self.STRICT, taker=None) == ()

    def test_another_wallet_of_the_same_person_touches_no_limit(self, asked):
        book = replace(self.STRICT, opened=("IT",), classes=("institutional",))
        assert asked(book, taker="ann") == ()


class TestMatrix:
    BOOK = replace(
        OPEN,
        classes=("professional", "institutional"),
        minimum_investment=2_000,
        minimum_holding=1_000,
        maximum_holding=400_000,
        denomination=100,
        share_of_supply=Wad(3 * 10**17),
        counts=(Count(5, ("US",), None),),
        lock_up=40 * DAY,
        hold_period={"professional": 10 * DAY},
        velocity=(50_000, 30 * DAY),
        sanctions=("UN",),
        travel_rule=10_000,
        retention=Wad(5 * 10**16),
        approved_in_advance=True,
        first=date(2024, 10, 4),
        last=date(2030, 1, 1),
    )

    def test_no_two_cases_have_one_name(self):
        names = [case.name for case in matrix(self.BOOK, 1_000_000, 2, NOW)]
        assert sorted(names) == sorted(set(names))

    def test_every_rule_of_the_book_is_broken_by_a_case_and_kept_by_another(self):
        cases = matrix(self.BOOK, 1_000_000, 2, NOW)
        expected = {
            "allowed", "approved_in_advance", "country_allow", "denomination", "hold_period", "holder_count",
            "identity", "investor_class", "lock_up", "maximum_holding", "minimum_holding", "minimum_investment",
            "retention", "sanctions", "share_of_supply", "transfer_window", "travel_rule", "velocity",
        }  # fmt: skip
        assert set(counted(cases)) == expected

    def test_what_came_before_is_allowed_by_the_book_itself(self):
        for case in matrix(self.BOOK, 1_000_000, 2, NOW):
            register = Register(case.before.supply, {k: replace(v, lists=()) for k, v in case.before.investors.items()})
            for move in sorted(case.before.history, key=lambda each: each.at):
                assert refusing(verdicts(self.BOOK, register, move, 2)) == ()
                register = moved(register, move)

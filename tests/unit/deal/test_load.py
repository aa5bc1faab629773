"""A deal file is refused at the line and column of what is wrong: each case is the shipped deal with one change."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.deal.rules import Pay, TriggerTest

SHIPPED = Path("deals/charged-off-accounts/deal.yaml")
TEXT = SHIPPED.read_text(encoding="utf-8")

CURVE_START, FEE, SENIOR_INTEREST = " 232,", "{ pay: fee, rate: 6 % }", "{ pay: interest, tranche: senior }"
RESIDUAL = "{ pay: residual, tranche: equity }"
MEZZANINE = "name: mezzanine, symbol"
MEZZANINE_INTEREST = "{ pay: interest, tranche: mezzanine } #"


def changed(old, new):
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


class TestShippedDeal:
    def test_is_read_as_it_stands(self):
        deal = load_deal(SHIPPED)
        assert (deal.calendar.closing, deal.calendar.periods) == (date(2026, 12, 31), 36)
        assert [(t.name, t.size, t.rate) for t in deal.tranches] == [
            ("senior", Decimal(450_000), 7 * 10**16),
            ("mezzanine", Decimal(150_000), 11 * 10**16),
            ("equity", Decimal(150_000), 0),
        ]
        assert (deal.waterfall[2].pay, deal.waterfall[2].unless_on) == (Pay.INTEREST, ["behind plan"])
        (trigger,) = deal.triggers.values()
        assert (trigger.test, trigger.below, trigger.cured) == (TriggerTest.COLLECTION_RATIO, 90 * 10**16, "at_once")
        assert (deal.losses.by, deal.payees) == ("ledgers", ("seller", "servicer"))
        assert deal.units(deal.purchase_price) == 75_000_000
        assert [deal.place_of(t.name) for t in deal.tranches] == [0, 1, 2]

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("name: Demo Dollar", "name: no"),  # YAML's own guess would be false
            ("max_rejected_rows: 0 #", "#"),
            ("rate: 7 %", "rate: 1000 %"),
            ("rate: 7 %", "rate: 7.0000000000000001 %"),
            ("{ pay: fee, rate: 6 % }", "{ pay: fee, rate: 100 % }"),
        ],
    )
    def test_is_still_one_after_a_change_within_the_rules(self, load, old, new):
        load(changed(old, new))

    def test_a_note_may_have_a_name_of_31_bytes(self, load):
        deal = load(TEXT.replace("mezzanine", "m" * 24))
        assert len(deal.tranches[1].note_name) == 31

    def test_scalars_stay_text(self, load):
        assert load(changed("name: Demo Dollar", "name: no")).settlement.name == "no"
        assert load(changed("rate: 7 %", "rate: 7.25%")).tranches[0].rate == 72_500_000_000_000_000


class TestRulesBetweenFields:
    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "closing: 2026-12-31",
                "closing: 2026-12-30",
                "line 20, column 3: 'calendar.closing': 2026-12-30 is not the last day of a month",
            ),
            (
                "periods: 36",
                "periods: 35",
                "line 24, column 3: 'calendar.timing_curve': has 36 entries, the calendar 35 periods",
            ),
            (
                CURVE_START,
                " 233,",
                "line 24, column 3: 'calendar.timing_curve': adds up to 10001 basis points, not 10000",
            ),
            (
                "purchase_price: 750000.00",
                "purchase_price: 750000.001",
                "line 32, column 1: 'purchase_price': 750000.001 has more than 2 decimals (DUSD)",
            ),
            (
                "purchase_price: 750000.00",
                "purchase_price: 0.00",
                "line 32, column 1: 'purchase_price': 0.00 must be above 0 and below "
                "5192296858534827628530496329220096 units",
            ),
            (
                "purchase_price: 750000.00",
                "purchase_price: 51922968585348276285304963292200.96",
                "line 32, column 1: 'purchase_price': 51922968585348276285304963292200.96 must be above 0 and below "
                "5192296858534827628530496329220096 units",
            ),
            (
                "size: 450000.00",
                "size: 450000.005",
                "line 36, column 37: 'tranches.0.size': 450000.005 has more than 2 decimals (DUSD)",
            ),
            (
                "amount: 50000.00",
                "amount: 50000.001",
                "line 59, column 48: 'investors.3.amount': 50000.001 has more than 2 decimals (DUSD)",
            ),
            (
                MEZZANINE,
                "name: senior, symbol",
                "line 37, column 7: 'tranches.1.name': two tranches are called 'senior'",
            ),
            (
                MEZZANINE,
                f"name: {'m' * 25}, symbol",
                f"line 37, column 7: 'tranches.1.name': the note's name 'CO26-B {'m' * 25}' is longer than 31 bytes",
            ),
            ("rate: 7 %", "rate: 1000.01 %", "line 36, column 54: 'tranches.0.rate': is above 1000 % a year"),
            (
                "purchase_price: 750000.00",
                "purchase_price: 750000.01",
                "line 35, column 1: 'tranches': the tranches add up to 750000.00, the purchase price is 750000.01",
            ),
            (
                "size: 450000.00",
                "size: 449999.99",
                "line 35, column 1: 'tranches': the tranches add up to 749999.99, the purchase price is 750000.00",
            ),
            (
                "size: 450000.00",
                "size: 450000.01",
                "line 35, column 1: 'tranches': the tranches add up to 750000.01, the purchase price is 750000.00",
            ),
            (
                FEE,
                "{ pay: fee }",
                "line 46, column 5: 'waterfall.0': fee needs `fee` and perhaps `share`, or `rate`, and no other key",
            ),
            (
                FEE,
                "{ pay: fee, rate: 6 %, tranche: senior }",
                "line 46, column 5: 'waterfall.0': fee needs `fee` and perhaps `share`, or `rate`, and no other key",
            ),
            (
                SENIOR_INTEREST,
                "{ pay: interest }",
                "line 47, column 5: 'waterfall.1': interest needs `tranche`, and no other key",
            ),
            (
                "{ pay: principal, tranche: senior }",
                "{ pay: principal, tranche: senior, rate: 1 % }",
                "line 49, column 5: 'waterfall.3': principal needs `tranche`, and no other key",
            ),
            (
                SENIOR_INTEREST,
                "{ pay: interest, tranche: seniors }",
                "line 47, column 22: 'waterfall.1.tranche': no tranche is called 'seniors'; did you mean 'senior'?",
            ),
            (
                SENIOR_INTEREST,
                "{ pay: interest, tranche: x }",
                "line 47, column 22: 'waterfall.1.tranche': no tranche is called 'x' (senior, mezzanine, equity)",
            ),
            (
                f"  - {RESIDUAL}\n",
                "",
                "line 51, column 5: 'waterfall.5': the last step must take all that is left (residual or split), or "
                "`dust_owner` say whose it is",
            ),
            (
                "{ pay: principal, tranche: mezzanine }",
                RESIDUAL,
                "line 51, column 5: 'waterfall.5': the residual takes all cash: it must be the last step, and only the "
                "last",
            ),
            (
                RESIDUAL,
                "{ pay: residual, tranche: equity, unless_on: [behind plan] }",
                "line 52, column 5: 'waterfall.6': the residual can't be passed over: cash would be left without an "
                "owner",
            ),
            ("rate: 6 %", "rate: 101 %", "line 46, column 17: 'waterfall.0.rate': is above 100 % of collections"),
            (
                "{ pay: principal, tranche: senior }",
                "{ pay: principal, tranche: senior, unless_on: [behind plan] }",
                "line 36, column 5: 'tranches.0': no step always pays the principal of 'senior'",
            ),
            (
                f"  - {MEZZANINE_INTEREST}",
                "  #",
                "line 37, column 5: 'tranches.1': no step always pays the interest of 'mezzanine'",
            ),
            (
                "tranche: senior, amount: 150000.00",
                "tranche: seniorr, amount: 150000.00",
                "line 57, column 22: 'investors.1.tranche': no tranche is called 'seniorr'; did you mean 'senior'?",
            ),
            (
                "behind plan: 90 %",
                "behind plan: 1000.1 %",
                "line 42, column 3: 'triggers.behind plan': is above 1000 %",
            ),
            (
                "amount: 50000.00",
                "amount: 49999.99",
                "line 55, column 1: 'investors': orders for 'mezzanine' add up to 149999.99, it needs 150000.00",
            ),
        ],
    )
    def test_is_refused_at_its_place(self, refusal, old, new, line):
        assert refusal(changed(old, new)) == line

    @pytest.mark.parametrize(
        ("old", "new", "place", "reason"),
        [
            ("after_period: 18", "after_period: 37", "after_period", "the deal has 36 periods"),
            ("tranche: mezzanine, seller", "tranche: mezanine, seller", "tranche", "did you mean 'mezzanine'?"),
            (
                "seller: credit fund",
                "seller: credit found",
                "seller",
                "no investor is called 'credit found' (credit fund,",
            ),
            ("buyer: family office", "buyer: nobody", "buyer", "no investor is called 'nobody' ("),
            (
                "buyer: family office, amount: 50000.00",
                "buyer: family office, amount: 100000.01",
                "amount",
                "'credit fund' holds 100,000.00 of 'mezzanine' by then",
            ),
            ("buyer: family office, amount: 50000.00", "buyer: family office, amount: 0", "amount", "must be above 0"),
        ],
    )
    def test_a_trade_that_cannot_be(self, refusal, old, new, place, reason):
        line = refusal(changed(old, new))
        assert line.startswith("line 64, column ")
        assert f"'trades.0.{place}': " in line
        assert reason in line

    def test_two_tranches_with_one_symbol(self, refusal):
        assert refusal(changed("symbol: CO26-B", "symbol: CO26-A")).endswith("two tranches have the symbol 'CO26-A'")

    def test_the_first_in_the_file_is_told(self, refusal):
        two = changed("amount: 50000.00", "amount: 49999.99").replace(CURVE_START, " 233,")
        assert refusal(two).startswith("line 24, column 3: 'calendar.timing_curve'")


class TestFields:
    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            (
                "max_rejected_rows",
                "max_rejected_row",
                "line 10, column 3: 'tape.max_rejected_row': unknown key; did you mean 'max_rejected_rows'?",
            ),
            (
                RESIDUAL,
                "{ pay: residual, tranch: equity }",
                "line 52, column 22: 'waterfall.6.tranch': unknown key; did you mean 'tranche'?",
            ),
            ("\ntriggers:", "\nqqq: 1\ntriggers:", "line 41, column 1: 'qqq': unknown key"),
            ("decimals: 2 #", "#", "line 13, column 1: 'settlement.decimals': is missing"),
            ("purchase_price: 750000.00\n", "\n", "line 4, column 1: 'purchase_price': is missing"),
            (", size: 450000.00", "", "line 36, column 5: 'tranches.0.size': is missing"),
            ("salvor: 1 #", "salvor: 2 #", "line 4, column 1: 'salvor': is 2, and this version of Salvor reads 1"),
            (
                "decimals: 2 #",
                "decimals: 19 #",
                "line 16, column 3: 'settlement.decimals': '19': input should be less than or equal to 18",
            ),
            (
                "decimals: 2 #",
                "decimals: two #",
                "line 16, column 3: 'settlement.decimals': 'two' is not a whole number",
            ),
            (
                CURVE_START,
                " -1,",
                "line 25, column 7: 'calendar.timing_curve.0': '-1' must not be below 0",
            ),
            (
                "pay: residual",
                "pay: rest",
                "line 52, column 7: 'waterfall.6.pay': 'rest': input should be 'fee', 'interest', 'interest_up_to', "
                "'principal', 'principal_pro_rata', 'principal_to_target', 'top_up', 'release', 'draw', 'deficiency', "
                "'hurdle', 'split' or 'residual'; did you mean 'interest'?",
            ),
            (
                "unless_on: [behind plan]",
                "unless_on: [behind plans]",
                "line 48, column 54: 'waterfall.2.unless_on.0': no trigger is called 'behind plans'; did you mean "
                "'behind plan'?",
            ),
            (
                "name: Demo Dollar",
                "name:",
                "line 14, column 3: 'settlement.name': 'None': input should be a valid string",
            ),
            *(
                (
                    "rate: 7 %",
                    f"rate: {text}",
                    f"line 36, column 54: 'tranches.0.rate': '{text}' is not a percentage, such as 7 % or 7.25 %",
                )
                for text in ("7", "0.07", "-7 %", "7 percent", "७ %")
            ),
            *(
                (
                    "rate: 7 %",
                    f"rate: {text}",
                    f"line 36, column 54: 'tranches.0.rate': '{text}' has more than 16 decimals",
                )
                for text in ("7.00000000000000001 %", "1.0000000000000000000000000001 %")
            ),
            *(
                (
                    "periods: 36",
                    f"periods: {text}",
                    f"line 21, column 3: 'calendar.periods': '{text}' is not a whole number",
                )
                for text in ("3_6", "36.0", "1e1", "x")
            ),
            ("periods: 36", "periods: -1", "line 21, column 3: 'calendar.periods': '-1' must not be below 0"),
            *(
                (
                    "closing: 2026-12-31",
                    f"closing: {text}",
                    f"line 20, column 3: 'calendar.closing': '{text}': input should be {bound}",
                )
                for text, bound in (
                    ("9999-12-31", "less than or equal to 2200-12-31"),
                    ("1969-12-31", "greater than or equal to 2000-01-01"),
                )
            ),
            (
                "rate: 7 %",
                f"rate: 7.{'0' * 60} %",
                f"line 36, column 54: 'tranches.0.rate': '7.{'0' * 60} %' is not a percentage, such as 7 % or 7.25 %",
            ),
            *(
                (
                    "size: 450000.00",
                    f"size: {text}",
                    f"line 36, column 37: 'tranches.0.size': '{text}' is not an amount, such as 450000.00 (no sign, no "
                    "separators)",
                )
                for text in ("-1", "+1", "4.5e5", "450_000", ".5", "NaN", "१", "1" * 61)
            ),
        ],
    )
    def test_is_refused_at_its_place(self, refusal, old, new, line):
        assert refusal(changed(old, new)) == line

    @pytest.mark.parametrize(
        ("old", "new", "reason"),
        [
            ("pay: residual", "pay: residul", "'residual'; did you mean 'residual'?"),
            ("purchase_price:", "purchase_prise:", "'purchase_prise': unknown key; did you mean 'purchase_price'?"),
            ("size: 450000.00", "size: 450000,00", "decimals are written with a point, not a comma"),
            ("rate: 7 %", "rate: 7,5 %", "decimals are written with a point, not a comma"),
            ("closing: 2026-12-31", "closing: 31/12/2026", "'31/12/2026' is not a date, such as 2026-12-31"),
            ("\n  file:", "\n\tfile:", "; indent with spaces"),
            ("name: Charged-off", "name: Deal: Charged-off", "; put quotes around text that has a colon in it"),
        ],
    )
    def test_a_usual_mistake_is_told_with_what_to_do(self, refusal, old, new, reason):
        assert refusal(changed(old, new)).endswith(reason)

    def test_a_key_that_stands_twice(self, refusal):
        twice = changed("  behind plan: 90 %", "  behind plan: 90 %\n  behind plan: 80 %")
        assert refusal(twice) == "line 43, column 3: 'behind plan': stands twice"

    def test_a_value_of_several_lines_is_told_in_one(self, refusal):
        assert refusal(changed("periods: 36", "periods: |\n    a\n    b")).startswith("line 21, column 3: ")

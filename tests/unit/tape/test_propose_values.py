"""How values are written: formats, signs, units, codes. What the values leave open is asked, never guessed."""

from datetime import date

import polars as pl
import pytest

from salvor.tape.propose.days import date_keys
from salvor.tape.propose.numbers import currency_of, money_unit, number_style
from salvor.tape.propose.proposal import propose

TODAY = date(2026, 6, 30)


def days(*texts, field="default_date"):
    keys, notes = date_keys(pl.Series("day", texts), field, today=TODAY)
    return {key.name: key for key in keys}, notes


class TestDates:
    def test_one_day_above_twelve_settles_the_whole_column(self):
        keys, _ = days("11/03/2011", "03/05/2011", "20/10/2011")
        assert keys["format"].value == "%d/%m/%Y"

    def test_both_readings_are_shown_when_nothing_settles_it(self):
        keys, _ = days("05.03.2022", "01.02.2022")
        assert keys["format"].value is None
        assert keys["format"].choices == ("%d.%m.%Y", "%m.%d.%Y")
        assert keys["format"].says == "05.03.2022 is 5 March 2022 (%d.%m.%Y) or 3 May 2022 (%m.%d.%Y)"

    def test_a_contradiction_is_asked_with_a_value_of_each(self):
        keys, _ = days("13/01/2022", "01/13/2022", "14/02/2022")
        assert set(keys["format"].choices) == {"%d/%m/%Y", "%m/%d/%Y"}
        assert "2 of 3 values fit %d/%m/%Y, such as 13/01/2022" in keys["format"].says
        assert "1 of 3 values fit %m/%d/%Y, such as 01/13/2022" in keys["format"].says

    def test_days_that_are_the_same_in_both_readings_still_leave_it_open(self):
        keys, _ = days("05.05.2022", "01.02.2022")
        assert keys["format"].says.startswith("01.02.2022 is 1 February 2022")

    def test_a_few_values_that_fit_nothing_are_told(self):
        keys, notes = days(*(f"{day}/01/2022" for day in range(13, 32)), "unknown")
        assert keys["format"].value == "%d/%m/%Y"
        assert notes == ["1 other values do not fit, such as unknown"]

    def test_a_format_that_half_of_the_values_fit_is_asked(self):
        keys, _ = days("13/01/2022", "14/01/2022", "Q1 2022", "Q2 2022")
        assert keys["format"].value is None
        assert keys["format"].choices == ("%d/%m/%Y",)
        assert keys["format"].says == "2 of 4 values fit %d/%m/%Y, such as 13/01/2022"

    def test_a_time_of_midnight_is_part_of_the_format(self):
        keys, _ = days("2022-01-13 00:00:00", "2022-02-14 00:00:00")
        assert keys["format"].value == "%Y-%m-%d 00:00:00"

    def test_dates_of_no_known_format_are_asked(self):
        keys, _ = days("Q1 2022", "Q2 2022")
        assert keys["format"].value is None

    def test_two_digit_years_have_a_pivot(self):
        keys, _ = days("24-Jun-91", "18-Apr-02")
        assert (keys["format"].value, keys["century_pivot"].value) == ("%d-%b-%y", "49")

    def test_a_past_day_is_not_put_into_the_future(self):
        keys, _ = days("24-Jun-45", "18-Apr-02", field="date_of_birth")
        assert keys["century_pivot"].value == "26"

    def test_a_due_day_far_ahead_is_asked(self):
        keys, _ = days("24-Jun-52", "18-Apr-31", field="maturity_date")
        assert keys["century_pivot"].value is None
        assert keys["century_pivot"].choices == ("49", "75")


def style(*texts):
    return number_style([pl.Series("amount", texts)]).key


class TestNumbers:
    @pytest.mark.parametrize(
        ("texts", "found"),
        [
            (["1.299,99", "265,64"], '{ decimal: ",", thousands: "." }'),
            (["1,299.99", "265.64"], '{ decimal: ".", thousands: "," }'),
            (["1.299", "265,64"], '{ decimal: ",", thousands: "." }'),
            (["1.299", "265.64"], '{ decimal: "." }'),
            (["1\u202f234,50", "2"], '{ decimal: ",", thousands: " " }'),
            (["1'234.50", "2"], '{ decimal: ".", thousands: "\'" }'),
            (["(1.299,99)", "€ 12,00", "12,50-"], '{ decimal: ",", thousands: "." }'),
            (["1.299.000", "1.299"], '{ decimal: ",", thousands: "." }'),
        ],
    )
    def test_a_style_that_alone_fits_is_proposed(self, texts, found):
        assert style(*texts).value == found

    def test_points_before_three_digits_are_asked_with_both_readings(self):
        key = style("1.299", "24.500")
        assert key.value is None
        assert key.choices == ('{ decimal: "." }', '{ decimal: ",", thousands: "." }')
        assert key.says == '1.299 is 1.299 ({ decimal: "." }) or 1299 ({ decimal: ",", thousands: "." })'

    def test_commas_before_three_digits_are_asked_too(self):
        assert style("1,299", "24,500").value is None

    def test_whole_numbers_need_no_style(self):
        assert style("1299", "24500") is None

    def test_a_value_that_is_no_number_decides_nothing(self):
        assert style("1.299", "n.a.").value is None
        assert style("1.299,99", "n.a.", "12.34.x").value == '{ decimal: ",", thousands: "." }'


class TestUnits:
    @pytest.mark.parametrize("header", ["GBV (k EUR)", "GBV (£k)", "Saldo TEUR", "Importe (miles)"])
    def test_thousands_in_a_header_are_a_unit(self, header):
        assert [(key.name, key.value) for key in money_unit(header, "")] == [("unit", "thousand")]

    def test_a_letter_alone_is_asked(self):
        (key,) = money_unit("Balance K", "")
        assert (key.value, key.choices) == (None, ("thousand", "one"))

    def test_a_title_above_the_header_is_asked(self):
        (key,) = money_unit("Balance", "All amounts in TEUR")
        assert (key.value, key.choices) == (None, ("thousand", "one"))

    def test_a_plain_header_has_none(self):
        assert money_unit("Balance", "Loans of the north") == []


def tape(tmp_path, header, *rows):
    path = tmp_path / "tape.csv"
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def line_of(proposal, field):
    return next(line for line in proposal.lines if line.field == field)


class TestRates:
    HEADER = "Loan number;Balance;{}"

    @pytest.mark.parametrize(
        ("header", "values", "unit"),
        [
            ("Interest rate", ("5.25", "0.75", "4.00"), "percent"),
            ("Interest rate", ("5.25%", "0.75%", "0.10%"), "percent"),
            ("Interest rate (%)", ("0.25", "0.75", "0.40"), "percent"),
            ("Interest rate (bps)", ("525", "75", "400"), "basis_point"),
            ("Interest rate", ("0.0525", "0.0075", "0.04"), None),
            ("Interest rate", ("525", "475", "400"), None),
            ("Interest rate", ("0.05", "0.75", "1.2"), None),
            ("Exchange rate", ("1.08", "1.09", "1.10"), "fraction"),
        ],
    )
    def test_the_unit_is_told_or_asked(self, header, values, unit, tmp_path):
        rows = (f"L{place};100.50;{value}" for place, value in enumerate(values))
        path = tape(tmp_path, self.HEADER.format(header), *rows)
        field = "exchange_rate" if "Exchange" in header else "interest_rate"
        line = line_of(propose(path, class_name="consumer_debt"), field)
        assert {key.name: key.value for key in line.keys}["unit"] == unit


class TestCodes:
    def test_words_are_counted_and_unknown_ones_asked(self, tmp_path):
        rows = [f"L{place};100;{'Sofferenza' if place % 3 else 'XK7'}" for place in range(30)]
        proposal = propose(tape(tmp_path, "Loan number;Balance;Status", *rows), class_name="consumer_debt")
        line = line_of(proposal, "status")
        assert [(key.name, key.value, key.says) for key in line.values] == [
            ("Sofferenza", "defaulted", "20 rows"),
            ("XK7", None, "10 rows"),
        ]
        assert line.values[1].choices == ("performing", "paid_in_full", "defaulted", "charged_off")

    def test_words_of_ours_need_no_line(self, tmp_path):
        rows = [f"L{place};100;defaulted" for place in range(5)]
        proposal = propose(tape(tmp_path, "Loan number;Balance;Status", *rows), class_name="consumer_debt")
        assert line_of(proposal, "status").values == ()


class TestZeros:
    def test_postcodes_most_of_which_are_shorter_are_of_another_country(self, tmp_path):
        rows = [f"L{place};100;{zip_code}" for place, zip_code in enumerate(["1010", "1020", "1030", "10115"])]
        path = tape(tmp_path, "Loan number;Balance;Postcode", *rows)
        line = line_of(propose(path, class_name="consumer_debt"), "counterparty_postcode")
        assert [key.name for key in line.keys] == ["column"]

    def test_postcodes_that_lost_them_are_filled_up(self, tmp_path):
        rows = [f"L{place};100;{zip_code}" for place, zip_code in enumerate(["2116", "10001", "60601", "94105", "0"])]
        proposal = propose(tape(tmp_path, "Loan number;Balance;Zip", *rows), class_name="consumer_debt")
        keys = {key.name: key.value for key in line_of(proposal, "counterparty_postcode").keys}
        assert keys == {"column": "Zip", "pad": "5"}

    def test_postcodes_that_have_them_are_left(self, tmp_path):
        rows = [f"L{place};100;{zip_code}" for place, zip_code in enumerate(["02116", "10001", "60601", "9410"])]
        proposal = propose(tape(tmp_path, "Loan number;Balance;Zip", *rows), class_name="consumer_debt")
        assert [key.name for key in line_of(proposal, "counterparty_postcode").keys] == ["column"]

    def test_postcodes_of_several_countries_are_asked(self, tmp_path):
        codes = [("1010", "AT"), ("10001", "DE"), ("60601", "DE"), ("94105", "DE")]
        rows = [f"L{place};100;{code};{country}" for place, (code, country) in enumerate(codes)]
        proposal = propose(tape(tmp_path, "Loan number;Balance;PLZ;Country", *rows), class_name="consumer_debt")
        pad = line_of(proposal, "counterparty_postcode").keys[1]
        assert (pad.name, pad.value, pad.choices) == ("pad", None, ("5",))

    def test_short_loan_numbers_are_told_and_not_changed(self, tmp_path):
        rows = [f"{place:06};100" for place in range(100_000, 100_029)] + ["99999;100"]
        line = line_of(
            propose(tape(tmp_path, "Loan number;Balance", *rows), class_name="consumer_debt"), "contract_identifier"
        )
        assert [key.name for key in line.keys] == ["column"]
        assert line.notes == ("1 of 30 have fewer than 6 digits, such as 99999: lost zeros? `pad: 6`",)


class TestCurrency:
    def of(self, tmp_path, header, *rows):
        return propose(tape(tmp_path, header, *rows), class_name="consumer_debt").head[1]

    def test_a_sign_at_the_amounts_tells_it(self, tmp_path):
        assert self.of(tmp_path, "Loan number;Balance", "L1;€ 100,50", "L2;€ 1.200,50").value == "EUR"

    def test_a_code_in_the_header_tells_it(self, tmp_path):
        assert self.of(tmp_path, "Loan number;Balance (PLN)", "L1;100.50", "L2;1200.50").value == "PLN"

    def test_a_column_of_codes_tells_it(self, tmp_path):
        assert self.of(tmp_path, "Loan number;Balance;Currency", "L1;100;GBP", "L2;200;GBP").value == "GBP"

    def test_a_sign_of_several_currencies_is_asked(self, tmp_path):
        key = self.of(tmp_path, "Loan number;Balance", "L1;$100.50", "L2;$1200.50")
        assert (key.value, key.choices) == (None, ("AUD", "CAD", "USD"))

    def test_two_currencies_are_asked(self, tmp_path):
        key = self.of(tmp_path, "Loan number;Balance;Currency", "L1;100;GBP", "L2;200;EUR", "L3;200;EUR")
        assert (key.value, key.choices) == (None, ("EUR", "GBP"))

    def test_a_file_that_does_not_say_is_asked(self, tmp_path):
        assert self.of(tmp_path, "Loan number;Balance", "L1;100", "L2;200").value is None


def test_the_style_of_no_column_is_the_default():
    assert number_style([]).key is None


def test_a_currency_without_amounts_is_asked():
    assert currency_of({}, [], None, "").value is None

"""The investors' file: a row is accepted or refused, and each refusal is the same row with one change."""

from datetime import date

import pytest

from salvor.errors import FileMissing, FileUnreadable, RowInvalid
from salvor.investors.file import read_investors
from salvor.jurisdictions.book import Rulebook

HEADER = "wallet,name,country,class,claims,expiry"
ONE, OTHER = "0x00000000000000000000000000000000000000a1", "0x00000000000000000000000000000000000000A2"
GOOD = f"{ONE},pension fund,IT,institutional,kyc;class,2028-01-01"
TODAY = date(2027, 1, 1)


@pytest.fixture
def read(tmp_path):
    def investors(*rows, header=HEADER, books=(), today=TODAY):
        path = tmp_path / "investors.csv"
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return read_investors(path, today=today, books=books)

    return investors


@pytest.fixture
def refusal(read):
    def refused(*rows, **options):
        found = read(*rows, **options)
        assert len(found.refused) == 1
        return found.refused[0].reason

    return refused


class TestRow:
    def test_is_accepted_with_its_checksum(self, read):
        (row,) = read(GOOD).rows
        assert (row.wallet, row.name, row.country, row.klass) == (
            "0x00000000000000000000000000000000000000A1",
            "pension fund",
            "IT",
            "institutional",
        )
        assert (row.claims, row.until) == (("kyc", "class"), 1_830_297_600)

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (ONE, "0x" + "0" * 40, "the zero address is nobody's wallet"),
            (ONE, "0x00a1", "'0x00a1' is no wallet: 0x and 40 hexadecimal digits"),
            (ONE, ONE[:-1] + "g", f"'{ONE[:-1]}g' is no wallet"),
            (ONE, "0xAbcdef0000000000000000000000000000000000", "has a wrong checksum"),
            ("IT", "", "no country: a person without one would pass a list of countries that may not"),
            ("IT", "XX", "'XX' is no country"),
            ("IT", "Italy", "did you mean 'IT'?"),
            ("institutional", "institutionel", "did you mean 'institutional'?"),
            ("kyc;class", "kyc", "without a claim of class nobody is verified"),
            ("2028-01-01", "\uff12028-01-01", "is no date, such as 2027-12-31"),
            ("2028-01-01", "1969-01-01", "is no date, such as 2027-12-31"),
            (ONE, ONE.replace("a", "\u0430"), "is no wallet"),
            ("pension fund", OTHER, "a name is no wallet"),
            ("kyc;class", "", "without a claim of kyc and class nobody is verified"),
            ("kyc;class", "kyc;class;rich", "no claim is called 'rich'"),
            ("2028-01-01", "2027-01-01", "the claims ran out on 2027-01-01"),
            ("2028-01-01", "2028-02-30", "'2028-02-30' is no date"),
            ("2028-01-01", "01.01.2028", "'01.01.2028' is no date"),
            ("2028-01-01", "20280101", "'20280101' is no date"),
            ("2028-01-01", "2099-01-01", "claims that hold until 2099-01-01 are looked at by nobody again"),
            ("pension fund", "", "no name"),
        ],
    )
    def test_with_one_change_is_refused(self, refusal, old, new, said):
        assert said in refusal(GOOD.replace(old, new))

    def test_that_ran_out_is_still_somebody_for_the_supervisor(self, read):
        assert read(GOOD.replace("2028", "2020"), today=None).rows


class TestRows:
    def test_of_one_name_are_wallets_of_one_person(self, read):
        found = read(GOOD, GOOD.replace(ONE, OTHER))
        assert (found.names, len(found.wallets("pension fund"))) == (("pension fund",), 2)

    @pytest.mark.parametrize("again", [ONE, ONE.upper().replace("0X", "0x")])
    def test_of_one_wallet_the_first_counts(self, read, again):
        found = read(GOOD, GOOD.replace(ONE, again).replace("pension fund", "other"))
        assert [row.name for row in found.rows] == ["pension fund"]
        assert found.refused[0].reason == "the wallet stands in line 2 already, of pension fund"

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("IT", "FR", "pension fund is institutional of IT in line 2: one person, one answer"),
            ("institutional", "professional", "pension fund is institutional of IT in line 2"),
            ("2028", "2029", "pension fund has other claims in line 2"),
        ],
    )
    def test_of_one_person_that_differ_are_refused(self, refusal, old, new, said):
        assert said in refusal(GOOD, GOOD.replace(ONE, OTHER).replace(old, new))

    BOOKS = (Rulebook("senior", opened=("IT",), classes=("institutional",)),)

    def test_a_wallet_that_was_refused_does_not_come_back_as_somebody_else(self, read):
        found = read(GOOD.replace("IT", "JP"), GOOD.replace("pension fund", "other"), books=self.BOOKS)
        assert [each.reason for each in found.refused] == [
            "may hold no tranche: JP is not among the countries opened",
            "the wallet stands in line 2 already, of pension fund",
        ]

    def test_nor_a_person_with_another_country_and_wallet(self, read):
        found = read(GOOD.replace("IT", "JP"), GOOD.replace(ONE, OTHER), books=self.BOOKS)
        assert found.rows == ()
        assert found.refused[1].reason == "pension fund is institutional of JP in line 2: one person, one answer"

    def test_nor_a_person_whose_claims_ran_out(self, read):
        found = read(GOOD.replace("2028", "2026"), GOOD.replace(ONE, OTHER))
        assert found.rows == ()
        assert "pension fund has other claims in line 2" in found.refused[1].reason

    def test_two_names_that_look_alike_are_refused(self, refusal):
        said = refusal(GOOD, GOOD.replace(ONE, OTHER).replace("pension fund", "Pension  Fund"))
        assert said == "'Pension  Fund' looks like 'pension fund' in line 2: one person has one name"

    def test_a_ninth_wallet_is_too_many(self, refusal):
        rows = [GOOD.replace("00a1", f"00b{i}") for i in range(9)]
        assert "has 8 wallets already" in refusal(*rows)


class TestRules:
    BOOKS = (
        Rulebook("senior", opened=("IT", "US"), closed=("US",), classes=("professional", "institutional")),
        Rulebook("junior", opened=("IT",), classes=("institutional",)),
    )

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("IT", "JP", "may hold no tranche: JP is not among the countries opened"),
            ("IT", "US", "may hold no tranche: US is closed; US is not among the countries opened"),
            ("institutional", "retail", "may hold no tranche: retail may not hold senior; retail may not hold junior"),
        ],
    )
    def test_who_may_hold_nothing_is_refused(self, refusal, old, new, said):
        assert refusal(GOOD.replace(old, new), books=self.BOOKS) == said

    def test_who_may_hold_one_tranche_is_accepted(self, read):
        assert read(GOOD.replace("institutional", "professional"), books=self.BOOKS).rows


class TestFile:
    @pytest.mark.parametrize(
        ("header", "said"),
        [
            (HEADER.replace("expiry", "expires"), "line 1: no column 'expiry'; did you mean 'expires'?"),
            (HEADER + ",name", "line 1: column 'name' stands twice"),
            ("", "line 1: no column 'wallet'"),
        ],
    )
    def test_is_refused_at_its_header(self, read, header, said):
        with pytest.raises(RowInvalid) as caught:
            read(GOOD, header=header)
        assert said in caught.value.format_message()

    def test_a_quoted_name_may_not_begin_another_row(self, refusal):
        said = refusal(GOOD.replace("pension fund", '"pension\nfund"'))
        assert said == "the name has a letter that does not show: 0xa"

    def test_a_letter_that_ends_a_line_elsewhere_ends_none_here(self, read):
        found = read(GOOD.replace("pension fund", "pension\u2028fund"), GOOD.replace(ONE, OTHER))
        assert (len(found.rows), found.refused[0].line) == (1, 2)

    def test_a_row_of_another_length_is_no_table(self, read):
        with pytest.raises(RowInvalid, match="line 3: has 7 cells, the header 6"):
            read(GOOD, f"{GOOD},more")

    def test_is_missing_or_no_text(self, tmp_path):
        with pytest.raises(FileMissing):
            read_investors(tmp_path / "none.csv", today=TODAY)
        (tmp_path / "x.csv").write_bytes(b"wallet\xff")
        with pytest.raises(FileUnreadable):
            read_investors(tmp_path / "x.csv", today=TODAY)

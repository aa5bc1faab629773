"""Each kind of source on a published format: exact values from good bytes, one line and no value from bad ones."""

import json

import pytest

from salvor.model.oracle_keys import name_of
from salvor.node.errors import SourceFailed
from salvor.node.gathering import look
from salvor.node.observation import Fetched
from tests.unit.node.conftest import NOW

WAD = 10**18

GOOD = {
    "fhfa": [("HPI/US-ENC", 10136 * WAD // 100, 675_734_400), ("HPI/US-12420", 16768 * WAD // 100, 1_143_849_600)],
    "land-registry": [("COLLATERAL/17", 450_000 * WAD, 1_498_780_800)],
    "court": [("CASE/17", 1 * WAD, 1_741_101_693)],
    "bureau": [("SCORE/9", 696 * WAD, 1_653_955_200)],
    "servicer": [("BALANCE/5909223483", 448_997 * WAD // 100, 1_735_603_200)],
}
WEB_PAGE = "<!DOCTYPE html><html><body>maintenance</body></html>\n"


@pytest.mark.parametrize("name", GOOD)
def test_values_are_exact(example, name):
    found = [(name_of(each.key), each.value, each.observed_at) for each in example.read(name)]
    assert found == GOOD[name]


@pytest.mark.parametrize("name", ["fhfa", "land-registry", "court", "bureau", "servicer"])
class TestAnySource:
    @pytest.mark.parametrize(
        "body", ["", "\n", WEB_PAGE, "<?xml version='1.0'?><error/>", "\xff\xfe broken", "null", "[]", "{}"]
    )
    def test_another_content_is_refused_in_one_line(self, example, name, body):
        source = example.sources[name]
        with pytest.raises(SourceFailed) as refused:
            source.read(Fetched(body.encode("latin-1"), NOW))
        assert refused.value.message.startswith(f"source '{name}': ")
        assert len(refused.value.message.splitlines()) == 1

    def test_cut_off_anywhere_it_gives_the_same_value_or_none(self, example, name):
        """A number that loses its last digits is still a number: it must not pass."""
        good = example.read(name)
        body = example.folder / example.sources[name].where.file
        size = len(body.read_text())
        for at in range(max(1, size - 700), size - 1, 1 if name != "servicer" else 61):
            try:
                found = example.read(name, lambda text, at=at: text[:at])
            except SourceFailed:
                continue
            # Of whole rows that are missing an older value may be the newest: with its own, older time.
            for each, old in zip(found, good, strict=True):
                assert each == old or each.observed_at < old.observed_at, "ON-03"


def refused(example, name, old, new, count=1):
    def change(text):
        assert old in text
        return text.replace(old, new, count)

    with pytest.raises(SourceFailed) as error:
        example.read(name, change)
    assert len(error.value.message.splitlines()) == 1
    return error.value.message


class TestHousePrices:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            (",index_sa\n", ",indexsa\n", "index_sa: no such column"),
            (",period,", ",quarter,", "period: no such column"),
            ("hpi_flavor,frequency", "frequency,frequency", "hpi_flavor: no such column"),
            (",index_nsa,", ",index_sa,", "index_nsa: no such column"),
            ("1991,5,102.33,101.36", "1991,5,102.33,", "line 6, index_sa: is empty for DV_ENC 1991-5"),
            ("1991,5,102.33,101.36", "1991,5,102.33,1e2", "'1e2' is not a decimal number"),
            ("1991,5,102.33,101.36", "1991,5,102.33,101,36", "line 6: has 11 fields, not 10"),
            ("1991,5,102.33,101.36", "1991,5,102.33,NaN", "'NaN' is not a decimal number"),
            ("1991,5,102.33,101.36", "1991,5,102.33,0.00", "'0.00' is not above 0"),
            ("1991,5,102.33,101.36", "1991,5,102.33,-101.36", "'-101.36' is not above 0"),
            ("1991,5,102.33,101.36", "1991,5,102.33," + "9" * 30, "is more than"),
            ("1991,5,102.33,101.36", "1991,5,102.33,1.0000000000000000001", "has more than 18 decimals"),
            ("1991,5,102.33,101.36", "1991,5,102.33,\u0661", "is not a decimal number"),
            ("1991,5,102.33", "1991,13,102.33", "line 6, period: '13' is not a whole number from 1 to 12"),
            ("1991,5,102.33", "91,5,102.33", "yr: '91' is not a whole number from 1970 to 2200"),
            ("1991,5,102.33", "1991,4,102.33", "line 6: DV_ENC 1991-4 stands twice"),
            ("DV_ENC,1991,1,100.00", 'DV_ENC,1991,1,"100.00', "is not CSV"),
        ],
    )
    def test_a_fault_is_told_with_its_field(self, example, old, new, said):
        assert said in refused(example, "fhfa", old, new)

    def test_a_series_that_is_not_there(self, example):
        assert "place_id: no row of traditional, purchase-only, monthly, DV_ENC" in refused(
            example, "fhfa", "DV_ENC", "DV_WNC", count=-1
        )

    @pytest.mark.parametrize("lost", [1, 2, 3, 4])
    def test_a_last_number_that_lost_digits_is_no_number(self, example, lost):
        """101.36 cut off is 101.3, 101., 101 or 10, and the row is as long as the header."""
        source = example.sources["fhfa"]
        alone = source.model_copy(update={"values": source.values[:1]})
        text = (example.folder / "hpi_master.csv").read_text().split("traditional,all-transactions")[0]
        assert alone.read(Fetched(text.encode(), NOW)) == example.read("fhfa")[:1]
        with pytest.raises(SourceFailed, match="last line: has no end; the file is cut off"):
            alone.read(Fetched(text[: -1 - lost].encode(), NOW))

    def test_more_columns_and_another_order_change_nothing(self, example):
        def change(text):
            return (
                "\n".join(
                    ",".join([*line.split(",")[:4][::-1], *line.split(",")[4:], "note"]) if "MSA" not in line else ""
                    for line in text.splitlines()
                )
                + "\n"
            )

        source = example.sources["fhfa"]
        alone = source.model_copy(update={"values": source.values[:1]})
        text = (example.folder / "hpi_master.csv").read_text()
        found = alone.read(Fetched(change(text).encode(), NOW))
        assert found == example.read("fhfa")[:1]


class TestLandRegistry:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"450000"', '"450,000"', "line 3, column 2 (price): '450,000' is not a decimal number"),
            ('"450000"', '""', "column 2 (price): '' is not a decimal number"),
            ("2017-06-30 00:00", "30/06/2017 00:00", "column 3 (date of transfer): '30/06/2017 00:00' is not a date"),
            ("2017-06-30 00:00", "2017-06-31 00:00", "is not a date"),
            ('"DA6 8JQ"', '"DA6 8JR"', "postcode: no sale of DA6 8JQ 3"),
            ('"GREATER LONDON","A","A"\n', '"GREATER LONDON","A"\n', "has 15 fields, not 16"),
            ('"A","A"\n"{55', '"A","X"\n"{55', "column 16: is 'X', not A, C or D"),
            ("{55BDCAE6", "55BDCAE6", "column 1: is not a transaction in braces"),
        ],
    )
    def test_a_fault_is_told_with_its_field(self, example, old, new, said):
        assert said in refused(example, "land-registry", old, new)

    def row(self, number, price, day, category="A", status="A"):
        at = f'"{{55BDCAE6-6654-521D-E053-6B04A8C0DD{number}}}","{price}","{day} 00:00","DA6 8JQ","S","N","F","3","",'
        return f'{at}"HANSOL ROAD","","BEXLEYHEATH","BEXLEY","GREATER LONDON","{category}","{status}"\n'

    def value(self, example, *rows):
        found = example.read("land-registry", lambda text: text + "".join(rows))
        return found[0].value // WAD

    def test_the_last_sale_counts_whatever_the_order(self, example):
        assert self.value(example, self.row("01", 300_000, "2012-01-02")) == 450_000
        assert self.value(example, self.row("01", 500_000, "2019-01-02")) == 500_000

    def test_a_repossession_is_no_market_price_unless_it_is_asked_for(self, example):
        assert self.value(example, self.row("01", 200_000, "2019-01-02", category="B")) == 450_000

    def test_a_changed_record_replaces_and_a_deleted_one_is_gone(self, example):
        assert self.value(example, self.row("7A", 455_000, "2017-06-30", status="C")) == 455_000
        older = self.row("01", 300_000, "2012-01-02")
        assert self.value(example, older, self.row("7A", 450_000, "2017-06-30", status="D")) == 300_000

    def test_two_prices_of_one_day_are_no_price(self, example):
        with pytest.raises(SourceFailed, match="sold twice on one day"):
            self.value(example, self.row("01", 460_000, "2017-06-30"))

    def test_a_transaction_that_stands_twice(self, example):
        with pytest.raises(SourceFailed, match="line 4, column 1: the transaction stands twice"):
            self.value(example, self.row("7A", 460_000, "2017-06-30"))


class TestCourtDocket:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"date_terminated": null,', "", "date_terminated: is missing"),
            ('"date_modified"', '"modified"', "date_modified: is missing"),
            ("2025-03-04T07:21:33.846411-08:00", "2025-03-04T07:21:33", "is not a time with a zone"),
            ("2025-03-04T07:21:33.846411-08:00", "yesterday", "date_modified: 'yesterday' is not a time"),
            (
                '"date_terminated": null',
                '"date_terminated": "03/01/2025"',
                "date_terminated: '03/01/2025' is not a date",
            ),
            ('"date_terminated": null', '"date_terminated": "2023-01-01"', "is before the case was filed (2024-02-07)"),
            ('"date_terminated": null', '"date_terminated": false', "date_terminated: 'False' is not a date"),
            ('"id": 90000017', '"id": 90000018', "id: no docket 90000017 in the answer"),
            ('"id": 90000017', '"id": 9.5', "id: '9.5' is not a whole number"),
            ('"id": 90000017', '"id": 90000017, "id": 90000018', "id: stands twice in one object"),
            ('"docket_number": "1:24-bk-00017",', "", "docket_number: is missing"),
        ],
    )
    def test_a_fault_is_told_with_its_field(self, example, old, new, said):
        assert said in refused(example, "court", old, new)

    def test_a_case_that_ended(self, example):
        ended = example.read("court", lambda text: text.replace("null", '"2025-03-01"'))
        assert ended[0].value == 2 * WAD

    def test_a_list_of_dockets(self, example):
        one = example.read("court")
        assert example.read("court", lambda text: json.dumps({"count": 1, "results": [json.loads(text)]})) == one
        with pytest.raises(SourceFailed, match=r"results\[1\]\.id: docket 90000017 stands twice"):
            example.read("court", lambda text: f'{{"results": [{text}, {text}]}}')


class TestCreditBureau:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ('"score": 696', '"score": "696.5"', "models[0].score: '696.5' is not a whole number from 300 to 850"),
            ('"score": 696', '"score": 9001', "models[0].score: '9001' is not a whole number from 300 to 850"),
            ('"score": 696', '"score": true', "models[0].score: 'True' is not"),
            ('"score": 696', '"score": NaN', "body: is not JSON that can be used: NaN is no number"),
            ('"score": 696', '"rejectCode": "1"', "models[0].rejectCode: the model gives no score"),
            ('"score": 696, ', "", "models[0].score: is missing"),
            ('"02778"', '"02779"', "models[].modelNumber: 0 models 02778, not one"),
            ('"code": "1", ', '"code": "2", ', "hitCode.code: is '2'"),
            ('"05312022"', '"2022-05-31"', "reportDate: '2022-05-31' is not a date of the form %m%d%Y"),
            ('"05312022"', '"5312022"', "reportDate: '5312022' is not a date"),
            ('"completed"', '"pending"', "status: is 'pending', not 'completed'"),
            ("BORROWER-9", "BORROWER-8", "customerReferenceNumber: no report of a reference that is asked for"),
            ('"models"', '"scores"', "models: is missing"),
        ],
    )
    def test_a_fault_is_told_with_its_field(self, example, old, new, said):
        assert said in refused(example, "bureau", old, new)

    def test_no_word_about_a_person_is_in_an_error(self, example):
        for old in ('"reportDate"', '"models"', '"hitCode"', '"customerReferenceNumber"', '"score"'):
            message = refused(example, "bureau", old, '"x"')
            assert not any(word in message for word in ("EXAMPLE", "PERSON", "666000000", "BORROWER"))


class TestServicerFile:
    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("|Balance|", "|Saldo|", "body: row 1: no column 'Balance'"),
            ("£4,489.97", "£4.489,97", "loan: no accepted row of loan '0000005909223483'; 3 rows break a rule"),
            ("£4,489.97", "4489.97 EUR", "loan: no accepted row"),
            ("£4,489.97", "£4,489.975", "loan: no accepted row"),
            ("£4,489.97", "", "loan: no accepted row"),
            ("0000005909223483", "5909223483", "loan: no accepted row of loan '0000005909223483'"),
        ],
    )
    def test_a_fault_is_told_with_its_field(self, example, old, new, said):
        assert said in refused(example, "servicer", old, new)

    def test_a_field_that_is_no_number(self, example):
        source = example.sources["servicer"]
        for field in ("product_type", "gross_balanse"):
            asked = source.model_copy(update={"values": (source.values[0].model_copy(update={"field": field}),)})
            with pytest.raises(SourceFailed, match=f"{field} of loan '0000005909223483': is not an amount or a rate"):
                asked.read(Fetched((example.folder / source.where.file).read_bytes(), NOW))

    def test_the_newest_file_by_the_day_in_its_name(self, example, tmp_path):
        source = example.sources["servicer"]
        tape = (example.folder / source.where.file).read_text()
        for day, balance in (("2025-01-31", "4,400.00"), ("2025-02-28", "4,300.00"), ("2025-02-30", "1.00")):
            (tmp_path / f"servicer-{day}.csv").write_text(tape.replace("4,489.97", balance))
        where = source.where.model_copy(update={"file": str(tmp_path / "servicer-{date}.csv")})
        found = look(source.model_copy(update={"where": where}), NOW)
        assert not found.failure
        assert [(each.value, each.observed_at) for each in found.observations] == [(4_300 * WAD, 1_740_700_800)]


def test_what_is_dated_later_than_now_is_refused(example):
    source = example.sources["land-registry"]
    found = look(source, 1_498_780_799)
    assert found.failure
    assert "time: price paid {55BDCAE6" in found.failure.message
    assert not look(source, 1_498_780_800).failure


def test_a_fault_of_ours_stays_in_its_source(example):
    def broken(source, now):
        raise ZeroDivisionError

    found = look(example.sources["court"], NOW, broken)
    assert found.failure.message == "source 'court': body: can't be read (ZeroDivisionError)"

"""Which column is which field: measured on headers of tapes in five languages, and on rows of a real file."""

from itertools import permutations
from pathlib import Path

import polars as pl
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from salvor.deal.load import load_tape_mapping
from salvor.tape.propose.looks import looks_of
from salvor.tape.propose.matching import best_assignment, fit, match
from salvor.tape.propose.proposal import DOUBTFUL, propose
from salvor.tape.propose.sample import Sample
from salvor.tape.propose.words import is_personal, meaning, nearness, plain
from salvor.tape.schema import asset_class

pytestmark = pytest.mark.xdist_group("matching")  # one worker: it sets up once
ROOT = Path(__file__).parents[3]
HEADERS = yaml.safe_load(Path(__file__).with_name("headers.yaml").read_text())
EXTRACT = ROOT / "tests/tapes/extracts/sba-7a-head.csv"


@pytest.fixture(scope="module")
def proposals(tmp_path_factory):
    """Of each set of headers, its class named, the field and the confidence of every column."""
    folder, found = tmp_path_factory.mktemp("headers"), {}
    for each in HEADERS:
        path = folder / f"{len(found)}.csv"
        path.write_text(each["rows"])
        found[each["name"]] = propose(path, class_name=each["asset_class"])
    return found


def fields_of(proposal):
    return {line.column: (line.field or "", line.confidence) for line in proposal.lines if line.column}


class TestHeaders:
    def test_there_are_tapes_of_every_language_and_class(self):
        assert {each["language"] for each in HEADERS} == {"en", "it", "es", "de", "fr"}
        assert {each["asset_class"] for each in HEADERS} >= {"sme_loans", "consumer_debt", "commercial_real_estate"}
        assert len(HEADERS) >= 8

    def test_nine_of_ten_columns_are_right(self, proposals):
        told = [
            (each["name"], column, expected, fields_of(proposals[each["name"]])[column][0])
            for each in HEADERS
            for column, expected in each["expected"].items()
        ]
        wrong = [each for each in told if each[2] != each[3]]
        assert len(wrong) * 10 <= len(told), wrong

    @pytest.mark.parametrize("each", HEADERS, ids=lambda each: each["name"])
    def test_no_tape_has_a_wrong_field_that_is_sure(self, each, proposals):
        found = fields_of(proposals[each["name"]])
        assert set(found) == set(each["expected"])
        sure = {column: field for column, (field, confidence) in found.items() if confidence > 90}
        assert {column: field for column, field in sure.items() if field != each["expected"][column]} == {}

    @pytest.mark.parametrize("each", HEADERS, ids=lambda each: each["name"])
    def test_no_wrong_field_is_read_before_somebody_says_so(self, each, proposals):
        asked = {
            key.choices[0] for place, key in proposals[each["name"]].open() if place.endswith(".column") and key.choices
        }
        for column, (field, confidence) in fields_of(proposals[each["name"]]).items():
            if field and confidence < DOUBTFUL:
                assert column in asked

    @pytest.mark.parametrize("each", HEADERS, ids=lambda each: each["name"])
    def test_the_asset_class_is_found_or_asked_for(self, each, tmp_path):
        path = tmp_path / "tape.csv"
        path.write_text(each["rows"])
        key = propose(path).head[0]
        assert each["asset_class"] in (key.value, *key.choices)

    def test_every_column_has_one_line_and_every_field_at_most_one_column(self, proposals):
        for each in HEADERS:
            lines = proposals[each["name"]].lines
            columns = [line.column for line in lines if line.column]
            fields = [line.field for line in lines if line.field]
            assert len(columns) == len(set(columns))
            assert len(fields) == len(set(fields))


class TestRealTape:
    def test_is_mapped_as_in_the_deal(self):
        deal = load_tape_mapping(ROOT / "deals/sba-7a/mapping.yaml")
        proposal = propose(EXTRACT)
        found = {
            line.field: {
                **{key.name: key.value for key in line.keys},
                **({"values": {key.name: key.value for key in line.values}} if line.values else {}),
            }
            for line in proposal.mapped
        }
        wanted = {
            name: {key: value if key == "values" else str(value) for key, value in source.items()}
            for name, source in deal.model_dump(mode="json", exclude_defaults=True, by_alias=True)["fields"].items()
        }
        assert found == wanted
        assert [(key.name, key.value) for key in proposal.head] == [("asset_class", "sme_loans"), ("currency", None)]


def looks(*values, name="column"):
    frame = pl.DataFrame({name: list(values)})
    return looks_of(Sample(Path("tape.csv"), frame, None, (), whole=True), name)


class TestValues:
    SME = asset_class("sme_loans").fields

    @pytest.mark.parametrize(
        ("field", "fitting", "unfit"),
        [
            ("origination_date", ["13/05/2014", "01/02/2015"], ["1.299,99", "12,00"]),
            ("gross_balance", ["1.299,99", "12,00"], ["13/05/2014", "01/02/2015"]),
            ("interest_rate", ["5,25 %", "4,00 %"], ["Milano", "Roma"]),
            ("term", ["84", "120"], ["84.5", "120.25"]),
            ("status", ["P I F", "CHGOFF"], ["13/05/2014", "01/02/2015"]),
            ("contract_identifier", ["0001-17", "0001-18"], ["1.299,99", "12,00"]),
            ("lender", ["Bank One", "Bank Two"], ["13/05/2014", "01/02/2015"]),
        ],
    )
    def test_of_another_kind_exclude_a_field(self, field, fitting, unfit):
        assert fit("column", looks(*fitting), field, self.SME[field]) >= 70
        assert fit("column", looks(*unfit), field, self.SME[field]) == 0

    def test_weigh_more_than_a_header_that_lies(self):
        columns = {"Balance": looks("13/05/2014", "01/02/2015", name="Balance")}
        assert match(columns, asset_class("sme_loans")) == []

    def test_of_another_shape_are_no_legal_entity(self):
        field = self.SME["legal_entity_identifier"]
        assert fit("LEI", looks("529900T8BM49AURSDO55", "7LTWFZYICNSX8D621K86"), "legal_entity_identifier", field) >= 70
        assert fit("LEI", looks("RSSMRA80A01F205X", "VRDLGU75B02H501Y"), "legal_entity_identifier", field) == 0

    def test_that_repeat_are_no_loan_number(self):
        assert fit("id", looks("a", "a", "b", "b"), "contract_identifier", self.SME["contract_identifier"]) <= 25

    def test_of_a_personal_loan_code_are_known_in_five_languages(self):
        allowed = self.SME["status"].allowed
        assert [meaning(each, allowed) for each in ("CHGOFF", "In sofferenza", "fallido", "Gekündigt", "Douteux")] == [
            "charged_off",
            "defaulted",
            "charged_off",
            "defaulted",
            "defaulted",
        ]
        assert meaning("XK7", allowed) is None


class TestWords:
    @pytest.mark.parametrize("header", ["LoanStatus", "loan_status", "LOAN STATUS", "Loan-Status", "loan  status"])
    def test_case_and_signs_do_not_count(self, header):
        assert plain(header) == "loan status"

    @pytest.mark.parametrize(
        "header", ["Nr. rapporto", "N° rapporto", "NUM_RAPPORTO", "Código préstamo", "Kontonummer"]
    )
    def test_a_loan_number_is_known_in_many_spellings(self, header):
        assert nearness(header, "contract_identifier", "") == 100

    @pytest.mark.parametrize("header", ["Codice Fiscale", "CF", "Date of birth", "Steuernummer", "email", "Cognome"])
    def test_of_living_people_are_known_whatever_the_class(self, header):
        assert is_personal(header)

    @pytest.mark.parametrize("header", ["Balance", "Loan number", "LEI", "Status", "Bank"])
    def test_of_nobody_are_no_secret(self, header):
        assert not is_personal(header)

    def test_one_word_of_several_is_never_more_than_a_question(self):
        assert 0 < nearness("Property City", "counterparty_city", "") < DOUBTFUL


@given(
    st.integers(1, 4).flatmap(
        lambda wide: st.lists(st.lists(st.integers(0, 9), min_size=wide, max_size=wide), min_size=1, max_size=4)
    )
)
def test_no_other_assignment_is_worth_more(worth):
    """Against every assignment there is."""
    taken = best_assignment(worth)
    used = [place for place in taken if place is not None]
    assert len(used) == len(set(used))
    rows, columns = len(worth), len(worth[0])
    best = max(
        sum(worth[row][place] for row, place in enumerate(order) if place < columns)
        for order in permutations(range(max(rows, columns)), rows)
    )
    assert sum(worth[row][place] for row, place in enumerate(taken) if place is not None) == best

"""Each asset class through the same code: its example tape, its words, and what no leaf may be made of."""

import csv
from collections import defaultdict
from pathlib import Path
from typing import ClassVar

import pytest
from pydantic import ValidationError

from salvor.deal.load import load_tape_mapping
from salvor.tape.check import check_tape
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from salvor.tape.plan import TapeMapping
from salvor.tape.schema import asset_class

ROOT = Path(__file__).parents[3]
CLASSES = sorted(path.stem for path in (ROOT / "salvor/tape/schemas").glob("*.yaml"))
EXAMPLES = ROOT / "deals/examples"

# Of each example: rows read, the rules broken by row of the file, and the rows that are rejected.
FOUND = {
    "commercial_real_estate": (24, {5: ["112"], 9: ["131"], 14: ["132"], 20: ["021", "115"]}, {5, 20}),
    "consumer_debt": (32, {4: ["016", "122"], 11: ["111"], 18: ["117"], 26: ["031"]}, {4, 26}),
    "sme_loans": (20, {2: ["116"], 3: ["115"], 7: ["107"], 8: ["104"], 14: ["122"]}, {8}),
    "special_situations": (18, {3: ["161"], 5: ["163"], 8: ["162"], 12: ["164"], 15: ["124"]}, {8}),
    "supply_chain_receivables": (28, {3: ["141"], 8: ["143"], 12: ["142"], 19: ["121"], 25: ["041"]}, {3, 19}),
}


@pytest.mark.parametrize("name", sorted(FOUND))
class TestExamples:
    def test_exactly_the_faults_that_are_told_are_found(self, name, tmp_path):
        read, broken, rejected = FOUND[name]
        mapping = load_tape_mapping(EXAMPLES / name / "mapping.yaml")
        checked = check_tape(EXAMPLES / name / "tape.csv", mapping, decimals=2, out=tmp_path)
        found, out = defaultdict(list), set()
        with checked.exceptions.open(newline="") as file:
            for line in csv.DictReader(file):
                found[int(line["row"])].append(line["rule"].removeprefix("TAPE-"))
                if line["severity"] == "reject":
                    out.add(int(line["row"]))
        assert mapping.asset_class == name
        assert dict(found) == broken
        assert out == rejected
        assert (checked.totals.rows_read, checked.totals.rows_accepted) == (read, read - len(rejected))

    def test_its_origin_says_that_it_is_invented(self, name):
        assert "is invented" in (EXAMPLES / name / "ORIGIN.md").read_text()


class TestSumsOfSmallFirms:
    """Sums are of what is owed where the tape says it, else of what was paid out."""

    FIELDS: ClassVar = {
        "contract_identifier": {"column": "id"},
        "origination_date": {"column": "agreed", "format": "%Y-%m-%d"},
        "status": {"column": "status"},
    }
    TAPE = "id,agreed,status,out,owed\nL1,2020-01-02,defaulted,1000.00,400.00\nL2,2020-01-02,defaulted,500.00,\n"

    def check(self, tmp_path, **amounts):
        (tmp_path / "tape.csv").write_text(self.TAPE)
        fields = self.FIELDS | {name: {"column": column} for name, column in amounts.items()}
        head = {"salvor_mapping": "1", "asset_class": "sme_loans", "currency": "EUR", "fields": fields}
        checked = check_tape(tmp_path / "tape.csv", TapeMapping.model_validate(head), decimals=2, out=tmp_path / "out")
        return checked.as_json()["balance"], checked.totals.units_accepted, checked.breaches

    def test_of_the_gross_balance_where_it_is_mapped(self, tmp_path):
        said = self.check(tmp_path, disbursed_amount="out", gross_balance="owed")
        assert said == ("gross_balance", 400_00, {"TAPE-001": 1})

    def test_of_what_was_paid_out_where_it_is_not(self, tmp_path):
        assert self.check(tmp_path, disbursed_amount="out") == ("disbursed_amount", 1_500_00, {})

    def test_one_of_both_is_needed(self, tmp_path):
        with pytest.raises(ValidationError, match="sme_loans needs 'gross_balance'"):
            self.check(tmp_path)

    def test_are_committed_of_the_same_field(self, tmp_path):
        self.check(tmp_path, disbursed_amount="out", gross_balance="owed")
        part = checked_part(tmp_path / "out")
        assert part.balance == "gross_balance"
        assert commit_tape([part], Secret.draw()).public.gross_balance == 400_00


def test_amounts_in_thousands_are_units(tmp_path):
    mapping = load_tape_mapping(EXAMPLES / "special_situations/mapping.yaml")
    checked = check_tape(EXAMPLES / "special_situations/tape.csv", mapping, decimals=2, out=tmp_path)
    with (EXAMPLES / "special_situations/tape.csv").open() as file:
        texts = [line["book value kUSD"] for line in csv.DictReader(file)]
    # "401.076" thousand dollars are 40,107,600 cents.
    units = [int(whole) * 100_000 + int(part.ljust(5, "0")) for whole, part in (text.split(".") for text in texts)]
    assert checked.totals.units_read == sum(units)


@pytest.mark.parametrize("name", CLASSES)
class TestSchemas:
    def test_its_file_has_its_name_and_its_balance_is_money(self, name):
        schema = asset_class(name)
        assert schema.asset_class == name
        assert {schema.fields[name].kind for name in schema.balances} == {"money"}
        assert all(schema.fields[name].committed for name in schema.balances)
        assert schema.fields["contract_identifier"].required

    def test_codes_have_values_and_other_kinds_have_none(self, name):
        for field, spec in asset_class(name).fields.items():
            assert (spec.kind == "code") == bool(spec.allowed), field
            assert spec.code_list is None or spec.kind == "text", field
            assert (spec.least is None and spec.most is None) or spec.kind in ("integer", "rate"), field
            assert not spec.signed or spec.kind == "money", field

    def test_what_tells_of_a_person_is_never_committed(self, name):
        telling = {"counterparty_name", "date_of_birth", "counterparty_national_identifier", "counterparty_address"}
        for field in (telling | {"property_address"}) & asset_class(name).fields.keys():
            assert not asset_class(name).fields[field].committed, field


def test_one_name_is_one_kind_in_every_class():
    kinds = defaultdict(set)
    for name in CLASSES:
        for field, spec in asset_class(name).fields.items():
            kinds[field].add((spec.kind, spec.personal, spec.after_cut_off))
    assert {field: found for field, found in kinds.items() if len(found) > 1} == {}


def test_every_class_but_that_of_the_demo_has_an_example():
    examples = {path.name for path in EXAMPLES.iterdir()} - {"related-tables", "triggers"}
    assert examples == set(FOUND) == set(CLASSES) - {"charged_off_accounts"}

"""The mapping of related tables: every join has one way, no field comes from two tables, and what is wrong is told."""

from pathlib import Path

import pytest

from salvor.deal.load import load_tape_mapping
from salvor.errors import DealInvalid
from salvor.tape.plan import TapeMapping
from salvor.tape.schema import asset_class
from salvor.tape.tables.templates import fields_of, templates

ROOT = Path(__file__).parents[3]
EXAMPLE = ROOT / "deals/examples/related-tables/mapping.yaml"
OF_RELATIONSHIP = (
    "      contract_identifier: { column: Kontonr }\n      counterparty_identifier: { column: Kundennr }\n"
)
OF_PAIRS = (
    "      contract_identifier: { column: Kontonr }\n      collateral_identifier: { column: Sicherheit }\n"
    "      lien_position: { column: Rang }\n"
)


def test_the_joined_loan_has_fields_of_all_tables():
    mapping = load_tape_mapping(EXAMPLE)
    columns = {name: source.column for name, source in mapping.fields.items()}
    assert columns["gross_balance"] == "loan.Forderung"
    assert columns["counterparty_identifier"] == "relationship.Kundennr"
    assert columns["counterparty_name"] == "counterparty.Name"
    assert columns["lien_position"] == "collateral_relationship.Rang"
    assert columns["legal_status"] == "enforcement.Maßnahme"
    assert columns["recovered_amount"] == "external_collection.Erlös"
    assert list(columns) == [name for name in asset_class("commercial_real_estate").fields if name in columns]
    assert not {"enforcement_date", "collected_amount", "counterparty_role"} & columns.keys()


def test_it_is_read_back_from_what_a_check_writes_of_it():
    mapping = load_tape_mapping(EXAMPLE)
    said = mapping.model_dump(mode="json", exclude_defaults=True, by_alias=True)
    assert TapeMapping.model_validate(said) == mapping


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("  collateral:\n", "  colateral:\n", "there is no table 'colateral'; did you mean 'collateral'"),
        ("  loan:\n", "  relationships:\n", "there is no table 'relationships'; did you mean 'relationship'"),
        ("salvor_mapping: 1\n", "salvor_mapping: 1\nfile: { delimiter: ; }\n", "`file` is of a tape of one file"),
        (
            "salvor_mapping: 1\n",
            "salvor_mapping: 1\nfields: { status: { column: x } }\n",
            "`fields` are of a tape of one",
        ),
        ("      counterparty_city:", "      counterparty_town:", "table counterparty has no field 'counterparty_town'"),
        ("      gross_balance: { column: Forderung }\n", "", "table loan needs 'gross_balance': all that is owed"),
        (
            '      enforcement_date: { column: Datum, format: "%d.%m.%Y" }\n',
            "",
            "table enforcement needs 'enforcement_date': when the step was taken",
        ),
        (
            "column: Stichtag, format",
            "column: Stichtag, pad: 3, format",
            "'collateral_valuation_date' is date: `pad` does not fit",
        ),
        ("Bürge: guarantor", "Bürge: sponsor", "'counterparty_role' has no value 'sponsor'; it has: borrower"),
        ("Bürge: guarantor", "Bürge: '?'", "must be decided"),
        (
            OF_RELATIONSHIP,
            "      contract_identifier: { column: Kontonr }\n",
            "nothing says which counterparty belongs to which loan: map 'counterparty_identifier'",
        ),
        (
            OF_RELATIONSHIP,
            OF_RELATIONSHIP + "      collateral_identifier: { column: Anmerkung }\n",
            "tables relationship and collateral_relationship both say which collateral belongs to a loan",
        ),
        (
            "      currency: { column: Währung }\n",
            "      currency: { column: Währung }\n      counterparty_identifier: { column: Kunde }\n",
            "tables relationship and loan both say which counterparty belongs to a loan",
        ),
        (
            "      currency: { column: Währung }\n",
            "      currency: { column: Währung }\n      recovered_amount: { column: Erhalten }\n",
            "'recovered_amount' comes from tables loan and external_collection and historical_collection",
        ),
        (
            "      collateral_region: { column: Region }\n",
            "      collateral_region: { column: Region }\n      lien_position: { column: Rang }\n",
            "'lien_position' comes from tables collateral_relationship and collateral; map it in one of them",
        ),
        (
            "    includes_external: false",
            "    #",
            "table historical_collection needs `includes_external`: true if what",
        ),
        (
            "    file: inkasso.csv",
            "    file: inkasso.csv\n    includes_external: true",
            "`includes_external` is of table hist",
        ),
        (
            "    includes_external: false",
            "    includes_externals: false",
            "unknown key; did you mean 'includes_external'",
        ),
    ],
)
def test_what_is_wrong_with_it_is_told(tmp_path, old, new, told):
    text = EXAMPLE.read_text()
    assert old in text
    path = tmp_path / "mapping.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(DealInvalid) as refused:
        load_tape_mapping(path)
    assert told in refused.value.message


def without(*tables):
    """The example without some of its tables."""
    said = load_tape_mapping(EXAMPLE).model_dump(mode="json", exclude_defaults=True, by_alias=True)
    return said | {"tables": {name: table for name, table in said["tables"].items() if name not in tables}}


@pytest.mark.parametrize(
    ("gone", "told"),
    [
        (["loan"], "`tables` needs 'loan': one row a loan"),
        (["collateral"], "table collateral_relationship names collaterals, and there is no table collateral"),
        (["collateral_relationship"], "nothing says which collateral belongs to which loan"),
        (["relationship"], "nothing says which counterparty belongs to which loan"),
        (["external_collection"], "`includes_external` is of table historical_collection, where there is a table ext"),
    ],
)
def test_a_table_that_another_needs_is_asked_for(gone, told):
    with pytest.raises(ValueError, match=told):
        TapeMapping.model_validate(without(*gone))


@pytest.mark.parametrize(
    "gone",
    [
        ["counterparty"],
        ["counterparty", "relationship"],
        ["collateral", "collateral_relationship"],
        ["enforcement"],
        [name for name in templates() if name != "loan"],
    ],
)
def test_what_no_other_table_needs_can_be_left_out(gone):
    assert TapeMapping.model_validate(without(*gone)).fields["gross_balance"].column == "loan.Forderung"


def test_enforcement_of_collaterals_needs_their_table():
    said = without("collateral", "collateral_relationship")
    fields = said["tables"]["enforcement"]["fields"]
    fields["collateral_identifier"] = fields.pop("contract_identifier")
    with pytest.raises(ValueError, match="table enforcement names collaterals, and there is no table collateral"):
        TapeMapping.model_validate(said)
    fields["contract_identifier"] = fields.pop("collateral_identifier")
    assert "legal_status" in TapeMapping.model_validate(said).fields
    del fields["contract_identifier"]
    with pytest.raises(ValueError, match="table enforcement needs 'contract_identifier' or 'collateral_identifier'"):
        TapeMapping.model_validate(said)


@pytest.mark.parametrize("name", sorted(path.stem for path in (ROOT / "salvor/tape/schemas").glob("*.yaml")))
def test_one_name_is_one_kind_in_tables_and_classes(name):
    schema = asset_class(name)
    for table in templates():
        for field, spec in fields_of(table, schema).items():
            if field in schema.fields:
                assert (spec.kind, spec.personal) == (schema.fields[field].kind, schema.fields[field].personal), field


def test_every_field_that_a_table_may_bring_is_of_some_class():
    known = {field for path in (ROOT / "salvor/tape/schemas").glob("*.yaml") for field in asset_class(path.stem).fields}
    for name, template in templates().items():
        assert template.of_class == "all" or set(template.of_class) <= known, name

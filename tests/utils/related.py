"""Small tapes of related tables: three loans with all that belongs to them, changed in one place by each test."""

import csv
import io
from dataclasses import dataclass, field, replace

import polars as pl

from salvor.tape.check import Checked, check_tape
from salvor.tape.plan import TapeMapping

ROWS = {
    "loan": ["id,status,balance", "L1,defaulted,100.00", "L2,defaulted,200.00", "L3,defaulted,300.00"],
    "counterparty": ["cp,town,country", "C1,Kiel,DE", "C2,Bonn,DE", "C3,Rome,IT"],
    "relationship": ["loan,cp,role,pledge,rank", "L1,C1,borrower,,", "L2,C2,borrower,,", "L3,C3,borrower,,"],
    "collateral": ["pledge,kind,worth,valued"],
    "enforcement": ["loan,step,day"],
    "external_collection": ["loan,day,paid"],
    "historical_collection": ["no,loan,day,paid"],
}
DAY = {"format": "%Y-%m-%d"}
FIELDS = {
    "loan": {"contract_identifier": "id", "status": "status", "gross_balance": "balance"},
    "counterparty": {"counterparty_identifier": "cp", "counterparty_city": "town", "counterparty_country": "country"},
    "relationship": {
        "contract_identifier": "loan",
        "counterparty_identifier": "cp",
        "counterparty_role": "role",
    },
    "collateral": {
        "collateral_identifier": "pledge",
        "collateral_type": "kind",
        "collateral_value": "worth",
        "collateral_valuation_date": {"column": "valued"} | DAY,
    },
    "enforcement": {
        "contract_identifier": "loan",
        "legal_status": "step",
        "enforcement_date": {"column": "day"} | DAY,
    },
    "external_collection": {
        "contract_identifier": "loan",
        "collection_date": {"column": "day"} | DAY,
        "collected_amount": "paid",
    },
    "historical_collection": {
        "collection_identifier": "no",
        "contract_identifier": "loan",
        "collection_date": {"column": "day"} | DAY,
        "collected_amount": "paid",
    },
}
PLEDGES = {"collateral_identifier": "pledge", "lien_position": "rank"}  # of a relationship


def related_mapping(tables, *, fields=None, files=True, cut_off="2024-12-31", **keys):
    """A mapping of these tables; `fields` are more of a table, or None where one is not mapped.

    `keys` are keys of the historical collections.
    """
    fields = {name: FIELDS[name] | (fields or {}).get(name, {}) for name in tables}
    fields = {name: {field: each for field, each in found.items() if each} for name, found in fields.items()}
    named = {**fields.get("relationship", {}), **fields["loan"]}
    if "contract_identifier" not in fields.get("collateral", named) and "collateral_identifier" not in named:
        fields["relationship"] |= PLEDGES
    said = {
        name: {
            "fields": {field: {"column": each} if isinstance(each, str) else each for field, each in found.items()},
            **({"file": f"{name}.csv"} if files else {"style": {"sheet": name}}),
        }
        for name, found in fields.items()
    }
    if keys:
        said["historical_collection"] |= keys
    top = {"salvor_mapping": "1", "asset_class": "commercial_real_estate", "currency": "EUR", "cut_off": cut_off}
    return TapeMapping.model_validate(top | {"numbers": {"decimal": "."}, "tables": said})


@dataclass(frozen=True)
class Related:
    """Tables as lines of text; the first line of each is its header."""

    rows: dict = field(default_factory=lambda: {name: ROWS[name] for name in ("loan", "counterparty", "relationship")})
    fields: dict = field(default_factory=dict)
    keys: dict = field(default_factory=dict)

    def plus(self, table, *lines):
        """With these lines more in a table."""
        return replace(self, rows=self.rows | {table: [*self.rows.get(table, ROWS[table]), *lines]})

    def with_lines(self, table, *lines):
        """With these lines in a table, header and all."""
        return replace(self, rows=self.rows | {table: list(lines)})

    def mapped(self, table, **fields):
        """With more fields of a table mapped."""
        return replace(self, fields=self.fields | {table: self.fields.get(table, {}) | fields})

    def with_keys(self, **keys):
        """With keys of the mapping: of the historical collections, or `cut_off`."""
        return replace(self, keys=self.keys | keys)

    def mapping(self, **more):
        """Its mapping."""
        return related_mapping(self.rows, fields=self.fields, **self.keys, **more)

    def write(self, folder):
        """A CSV file a table."""
        folder.mkdir(exist_ok=True)
        for name, lines in self.rows.items():
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n")

    def check(self, tmp_path):
        """Write and check it."""
        self.write(tmp_path / "tape")
        return Outcome(check_tape(tmp_path / "tape", self.mapping(), decimals=2, out=tmp_path / "out"))


@dataclass(frozen=True)
class Outcome:
    """What came of a check, in the words of a test."""

    checked: Checked

    def loans(self, *fields):
        """Fields of the accepted loans, by identifier."""
        frame = pl.read_parquet(self.checked.accepted)
        found = {row["contract_identifier"]: tuple(row[name] for name in fields) for row in frame.iter_rows(named=True)}
        return {key: values[0] if len(fields) == 1 else values for key, values in found.items()}

    def told(self, *columns, rule=None):
        """Lines of the exceptions file, as the named columns, of one rule or of all."""
        lines = csv.DictReader(io.StringIO(self.checked.exceptions.read_text()))
        return [tuple(line[name] for name in columns) for line in lines if rule in (None, line["rule"])]

    def rules(self):
        """Rule and field and row of each line."""
        return self.told("row", "field", "rule")

    def beside(self, name):
        """A file beside the accepted loans, as rows."""
        return pl.read_parquet(self.checked.accepted.with_name(name)).rows()

    def table(self, name):
        """The totals of a table."""
        return next(each for each in self.checked.tables if each.table == name)

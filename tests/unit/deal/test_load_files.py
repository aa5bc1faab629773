"""Files that are no deal at all, and mapping files: refused at the line and column of what is wrong."""

from pathlib import Path

import pytest

from salvor.deal.load import load_deal, load_tape_mapping
from salvor.errors import FileMissing

MAPPING = Path("deals/charged-off-accounts/mapping.yaml").read_text(encoding="utf-8")


class TestFile:
    @pytest.mark.parametrize(
        ("content", "line"),
        [
            ("a: [1\n", "line 2, column 1: not valid YAML: expected ',' or ']', but got '<stream end>'"),
            ("a: 1\nb: c: d\n", "line 2, column 5: not valid YAML: mapping values are not allowed here"),
            ("a: 1\n\tb: 2\n", "line 2, column 1: not valid YAML: found character '\\t' that cannot start any token"),
            ("a: 1\n---\nb: 2\n", "line 2, column 1: not valid YAML: but found another document"),
            (b"a: \xff\n", "line 1, column 1: not valid YAML in UTF-8: 'utf-8' codec can't decode byte 0xff"),
            (b"a: \x01\n", "line 1, column 1: not valid YAML in UTF-8: unacceptable character #x0001"),
            ("? [a]\n: b\n", "line 1, column 3: a key is a word"),
            ("a: &x [*x]\n", "line 1, column 8: aliases (*name) are not allowed in a deal"),
            ("", "line 1, column 1: a deal file is a list of `key: value` lines"),
            ("# nothing\n", "line 1, column 1: a deal file is a list of `key: value` lines"),
            ("- a\n- b\n", "line 1, column 1: a deal file is a list of `key: value` lines"),
            ("only text\n", "line 1, column 1: a deal file is a list of `key: value` lines"),
        ],
    )
    def test_is_no_deal(self, refusal, content, line):
        assert refusal(content).startswith(line)

    @pytest.mark.parametrize("name", ["none.yaml", "."])
    @pytest.mark.parametrize(("load", "what"), [(load_deal, "deal file"), (load_tape_mapping, "mapping file")])
    def test_is_missing_or_a_folder(self, tmp_path, name, load, what):
        path = tmp_path / name
        with pytest.raises(FileMissing) as caught:
            load(path)
        assert caught.value.format_message() == f"{path}: no such {what}; check the path"


class TestMapping:
    @pytest.mark.parametrize(
        ("old", "new", "line"),
        [
            ("rounding: half_even", "rounding: nearest", "line 13, column 47: 'fields.recovered_later.rounding': "),
            ("rounding: half_even", "round: up", "line 13, column 47: 'fields.recovered_later.round': unknown key"),
            ("salvor_mapping: 1\n", "", "line 4, column 1: 'salvor_mapping': is missing"),
            (
                "contract_identifier: { column: account_id }",
                "contract_identifier: account_id",
                "line 9, column 3: 'fields.contract_identifier': 'account_id': ",
            ),
            ("currency: USD", "curency: USD", "line 6, column 1: 'curency': unknown key; did you mean 'currency'?"),
            ("recovery_level: {", "contract_identifier: {", "line 11, column 3: 'contract_identifier': stands twice"),
            (
                "recovery_level: {",
                "recovery_levl: {",
                "line 11, column 3: 'fields.recovery_levl': charged_off_accounts has no field 'recovery_levl'; did you",
            ),
            (
                "recovery_level: { column: recovery_level",
                "recovery_level: { column: recovery_level, pad: 2",
                "line 11, column 3: 'fields.recovery_level': 'recovery_level' is integer: `pad` does not fit it",
            ),
            (
                "asset_class: charged_off_accounts",
                "asset_class: charged_off",
                "line 5, column 1: 'asset_class': no asset class 'charged_off'; ",
            ),
            *(
                (
                    "recovery_level: { column: recovery_level",
                    f"charge_off_date: {{ column: recovery_level, format: {written!r}",
                    "line 11, column 3: 'fields.charge_off_date': 'charge_off_date' is a date: its `format` is ",
                )
                for written in ("dd.mm.yyyy", "%d.%m", "%m/%Y", "%d.%m.%H", "DD/%m/YYYY")
            ),
        ],
    )
    def test_is_refused_at_its_place(self, refusal, old, new, line):
        assert MAPPING.count(old) == 1
        assert refusal(MAPPING.replace(old, new), load_tape_mapping).startswith(line)

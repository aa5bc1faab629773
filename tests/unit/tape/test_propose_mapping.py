"""From a file to a mapping file: what is read, what is written, and that nothing open is ever loaded."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from salvor.deal.load import load_tape_mapping
from salvor.errors import DealInvalid, MappingExists, OptionInvalid
from salvor.tape.check import check_tape
from salvor.tape.plan import FileStyle
from salvor.tape.propose.proposal import propose
from salvor.tape.propose.target import style_of, target_of, write_proposal
from salvor.tape.propose.written import plain, scalar, written

ROOT = Path(__file__).parents[3]
EXTRACT = ROOT / "tests/tapes/extracts/sba-7a-head.csv"
SETTLED = """Loan number;Name;Balance;Default date;Status
L1;A. Person;1.299,99;13/05/2014;Sofferenza
L2;B. Person;265,64;01/02/2015;Fallido
"""


@pytest.fixture
def tape(tmp_path):
    def write(content, name="tape.csv"):
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def mapping_of(path, **named):
    """The mapping as it is loaded from what is written."""
    proposal = propose(path, **{"class_name": "consumer_debt", "currency": "EUR", **named})
    target = path.with_name("mapping.yaml")
    write_proposal(proposal, target, force=True)
    return load_tape_mapping(target)


class TestWritten:
    def test_a_settled_proposal_loads_and_checks_the_tape_exactly(self, tape, tmp_path):
        path = tape(SETTLED)
        checked = check_tape(path, mapping_of(path), decimals=2, out=tmp_path / "out")
        assert checked.totals.units_accepted == 129_999 + 26_564
        assert checked.totals.rows_rejected == 0

    def test_the_real_tape_gives_the_mapping_of_the_deal(self, tmp_path):
        target = tmp_path / "mapping.yaml"
        write_proposal(propose(EXTRACT, currency="USD"), target, force=False)
        ours = load_tape_mapping(target)
        deal = load_tape_mapping(ROOT / "deals/sba-7a/mapping.yaml")
        assert ours == deal.model_copy(update={"cut_off": None})

    def test_samples_and_confidence_stand_beside_each_line(self, tape):
        text = written(propose(tape(SETTLED), class_name="consumer_debt"))
        assert 'default_date: { column: Default date, format: "%d/%m/%Y" } # 100 %: 13/05/2014, 01/02/2015' in text
        assert "Sofferenza: defaulted # 1 row" in text

    def test_nothing_about_people_is_written(self, tape):
        path = tape("Loan number;Name;Balance;Phone;Remark\nL1;A. Person;1.299,99;5550101;asked A. Person\n")
        proposal = propose(path, class_name="consumer_debt")
        assert "Person" not in written(proposal)
        assert "5550101" not in written(proposal)
        assert "Person" not in json.dumps(proposal.as_json())

    def test_columns_that_are_no_field_are_listed_with_samples(self, tape):
        text = written(
            propose(tape("Loan number;Balance;Wobble\nL1;1.299,99;17\nL2;12,50;19\n"), class_name="consumer_debt")
        )
        assert "#   Wobble: 17, 19" in text

    def test_a_field_that_is_needed_and_not_there_must_be_decided(self, tape):
        path = tape("Loan number;Wobble\nL1;1.299,99\nL2;12,50\n")
        with pytest.raises(DealInvalid, match=r"'fields\.gross_balance\.column': must be decided: Wobble"):
            mapping_of(path)

    def test_columns_with_hostile_names_stay_themselves(self, tape):
        path = tape('"Loan number # {";"Balance: ""x"" \'";"null"\nL1;1.299,99;1\nL2;12,50;2\n')
        fields = mapping_of(path).fields
        assert fields["contract_identifier"].column == "Loan number # {"
        assert fields["gross_balance"].column == 'Balance: "x" \''


@given(st.text())
def test_any_text_is_read_back_as_it_was(text):
    assert yaml.load(f"key: {scalar(text)}\n", Loader=yaml.BaseLoader) == {"key": text}


@pytest.mark.parametrize(
    "word", ["null", "true", "No", "off", "y", "12", "1e3", "2020-01-01", "", "~", "- a", "a: b", "#"]
)
def test_a_word_is_a_word_for_every_reader_of_yaml(word):
    read = yaml.safe_load(f"key: {scalar(word)}\n")["key"]
    assert str(read) == word
    assert isinstance(read, str) or word == "12"


@given(st.text())
def test_no_sample_can_leave_its_comment(text):
    assert yaml.load(f"key: 1 # {plain(text)}\nlast: 2\n", Loader=yaml.BaseLoader) == {"key": "1", "last": "2"}


class TestOpenQuestions:
    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (
                "Loan number;Balance;Default date\nL1;12,50;05.03.2022\nL2;3,10;01.02.2022\n",
                r"line 12, column 5: 'fields\.default_date\.format': must be decided: %d\.%m\.%Y or %m\.%d\.%Y",
            ),
            (
                "Loan number;Balance\nL1;1.299\nL2;24.500\n",
                r'line 6, column 1: .numbers.: must be decided: { decimal: "\." } or { decimal: ",", thousands: "\." }',
            ),
            (
                "Loan number;Balance;Status\nL1;12,50;XK7\nL2;3,10;default\n",
                r"line 13, column 7: 'fields\.status\.values\.XK7': must be decided: performing or paid_in_full or",
            ),
            (
                "Loan number;Balance K\nL1;12,50\nL2;3,10\n",
                r"'fields\.gross_balance\.unit': must be decided: thousand or one",
            ),
        ],
    )
    def test_loading_refuses_them_with_place_and_choices(self, content, told, tape):
        with pytest.raises(DealInvalid, match=told):
            mapping_of(tape(content))

    def test_a_currency_that_the_file_does_not_say_is_refused(self, tape):
        with pytest.raises(DealInvalid, match=r"line 5, column 1: 'currency': must be decided"):
            mapping_of(tape(SETTLED), currency=None)

    def test_a_class_that_the_columns_leave_open_is_refused(self, tape):
        with pytest.raises(DealInvalid, match=r"line 4, column 1: 'asset_class': must be decided: \w+ or \w+"):
            mapping_of(tape("Loan number;Balance\nL1;12,50\nL2;3,10\n"), class_name=None)

    def test_once_decided_it_loads(self, tape):
        path = tape("Loan number;Balance;Default date\nL1;12,50;05.03.2022\nL2;3,10;01.02.2022\n")
        proposal = propose(path, class_name="consumer_debt", currency="EUR")
        text = written(proposal).replace('"? %d.%m.%Y or %m.%d.%Y"', '"%d.%m.%Y"')
        target = path.with_name("mapping.yaml")
        target.write_text(text)
        assert load_tape_mapping(target).fields["default_date"].format == "%d.%m.%Y"


class TestTarget:
    def test_is_beside_the_tape(self, tape):
        path = tape(SETTLED)
        assert target_of(path, None, force=False) == path.with_name("tape.mapping.yaml")

    def test_is_not_a_mapping_that_somebody_edited(self, tape, tmp_path):
        path, target = tape(SETTLED), tmp_path / "mapping.yaml"
        target.write_text("edited")
        with pytest.raises(MappingExists, match=r"mapping\.yaml: is there already"):
            write_proposal(propose(path, class_name="consumer_debt"), target, force=False)
        assert target.read_text() == "edited"

    def test_is_replaced_when_forced(self, tape, tmp_path):
        path, target = tape(SETTLED), tmp_path / "mapping.yaml"
        target.write_text("edited")
        write_proposal(propose(path, class_name="consumer_debt"), target, force=True)
        assert "salvor_mapping: 1" in target.read_text()

    def test_is_never_the_tape_by_another_path(self, tape, tmp_path):
        path, link = tape(SETTLED), tmp_path / "link.yaml"
        link.symlink_to(path)
        with pytest.raises(OptionInvalid, match="is the tape itself"):
            target_of(path, link, force=True)

    def test_is_never_the_tape(self, tape):
        path = tape(SETTLED)
        with pytest.raises(OptionInvalid, match="is the tape itself"):
            target_of(path, path, force=True)

    def test_is_no_folder(self, tape, tmp_path):
        with pytest.raises(OptionInvalid, match="is a folder"):
            target_of(tape(SETTLED), tmp_path, force=True)

    def test_a_delimiter_is_one_sign(self):
        assert style_of("cp1252", ";", 3) == FileStyle(encoding="cp1252", delimiter=";", header_row=3)
        with pytest.raises(OptionInvalid, match="';;' can't be a delimiter"):
            style_of(None, ";;", None)


class TestCommand:
    def run(self, *arguments):
        command = [sys.executable, "-c", "from ape._cli import cli; cli()", "run", "tape", "map", *arguments]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=dict(os.environ))

    def test_exits_with_0_when_nothing_is_left_to_decide(self, tape, tmp_path):
        target = tmp_path / "mapping.yaml"
        done = self.run(str(tape(SETTLED)), "--asset-class", "consumer_debt", "--currency", "EUR", "--out", str(target))
        assert done.returncode == 0, done.stderr
        assert "gross_balance" in done.stdout
        assert load_tape_mapping(target).currency == "EUR"

    def test_exits_with_1_and_tells_as_json_what_is_open(self, tape, tmp_path):
        path = tape(SETTLED)
        done = self.run(str(path), "--asset-class", "consumer_debt", "--json")
        told = json.loads(done.stdout)
        assert done.returncode == 1
        assert [each["place"] for each in told["open"]] == ["currency"]
        assert told["mapping"] == str(tmp_path / "tape.mapping.yaml")

    def test_bad_input_is_one_line_and_exit_code_2(self, tmp_path):
        done = self.run(str(tmp_path / "none.csv"))
        assert done.returncode == 2
        assert "none.csv: no such tape; check the path" in done.stderr
        assert list(tmp_path.iterdir()) == []

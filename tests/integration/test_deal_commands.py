"""`ape run deal ...` as an issuer uses it."""

import importlib.util
import json
import shutil

import pytest
from click.testing import CliRunner

from salvor.deal.load import load_deal
from tests.utils.small_plan import ROOT

CHARGED_OFF = ROOT / "deals/charged-off-accounts"


def run(name, *arguments, answers=None):
    spec = importlib.util.spec_from_file_location(f"deal_{name}", ROOT / f"scripts/deal/{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return CliRunner().invoke(module.cli, list(map(str, arguments)), input=answers, catch_exceptions=False)


class TestNew:
    @pytest.mark.parametrize("tranches", ["", "senior, equity", "a, b, c, d", "only"])
    def test_the_answers_make_a_deal(self, tmp_path, tranches):
        made = run("new", tmp_path / "deal.yaml", answers=f"\n{tranches}\n" + "\n" * 30)
        assert made.exit_code == 0, made.output
        deal = load_deal(tmp_path / "deal.yaml")
        assert sum(each.size for each in deal.tranches) == deal.purchase_price

    def test_the_deal_can_be_explained_and_read_with_its_tape(self, tmp_path):
        shutil.copytree(CHARGED_OFF, tmp_path / "own")
        assert run("new", tmp_path / "own/deal.yaml", "--force", answers="\n" * 30).exit_code == 0
        explained = run("explain", tmp_path / "own/deal.yaml")
        assert explained.output.startswith("# NPL 2026-1\n")

    def test_answers_that_make_no_deal_leave_no_file(self, tmp_path):
        answers = "1000.00\nsenior, equity\n10.00\n7 %\n10.00\n0 %\n" + "\n" * 20
        refused = run("new", tmp_path / "deal.yaml", answers=answers)
        assert refused.exit_code == 2
        assert "these answers make no deal" in refused.output
        assert list(tmp_path.iterdir()) == []

    def test_a_file_that_is_there_stays(self, tmp_path):
        (tmp_path / "deal.yaml").write_text("mine")
        assert run("new", tmp_path / "deal.yaml").exit_code == 2
        assert (tmp_path / "deal.yaml").read_text() == "mine"


def test_explain_writes_markdown_and_pdf(tmp_path):
    done = run("explain", CHARGED_OFF / "deal.yaml", "--out", tmp_path / "sheet.md", "--pdf", tmp_path / "sheet.pdf")
    assert done.exit_code == 0
    assert (tmp_path / "sheet.md").read_text().startswith("# Charged-off accounts 2026-1\n")
    assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF-1.4")


def test_explain_tells_line_and_column(tmp_path):
    text = (CHARGED_OFF / "deal.yaml").read_text().replace("purchase_price", "purchase_prise")
    (tmp_path / "deal.yaml").write_text(text)
    refused = run("explain", tmp_path / "deal.yaml")
    assert refused.exit_code == 2
    assert "line 32, column 1: 'purchase_prise': unknown key; did you mean 'purchase_price'?" in refused.output


def test_schema_is_json():
    assert json.loads(run("schema").output)["title"] == "Salvor deal"

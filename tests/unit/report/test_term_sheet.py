"""The term sheet says everything that the file says, in words and as PDF."""

import re

import pytest

from salvor.deal.load import load_deal
from salvor.deal.rules import Pay, TriggerTest
from salvor.report.pdf import pdf_of, width_of, wrapped, write_pdf
from salvor.report.term_sheet import term_sheet
from salvor.report.term_words import _PAYS, _TESTS
from tests.utils.small_plan import ROOT

SHIPPED = sorted((ROOT / "deals").rglob("deal.yaml"))
GACS = ROOT / "deals/gacs-style/deal.yaml"


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.parent.name)
def test_names_everybody_and_every_step(path):
    deal = load_deal(path)
    sheet = term_sheet(deal)
    for each in [*deal.tranches, *deal.investors]:
        assert each.name in sheet
    for name in [*deal.fees, *deal.triggers]:
        assert name in sheet
    assert len(re.findall(r"^\d+\. ", sheet, re.MULTILINE)) == len(deal.every_step)
    assert "None" not in sheet


def test_there_are_words_for_every_step_and_every_trigger():
    assert set(_PAYS) == set(Pay)
    assert set(_TESTS) == set(TriggerTest)


def test_says_whose_word_of_investors_counts_and_who_registers_them():
    sheet = term_sheet(load_deal(ROOT / "deals/cross-border/deal.yaml"))
    assert "- bureau says kyc, class of investors: 0x00000000000000000000000000000000000000D1" in sheet
    assert "- registers investors: 0x00000000000000000000000000000000000000D3" in sheet


def test_says_who_decides_challenges():
    deal = load_deal(GACS)
    assert "decides challenges" not in term_sheet(deal)
    network = deal.networks["sepolia"].model_copy(update={"resolver": "0x00000000000000000000000000000000000000A3"})
    said = "- decides challenges of reports: 0x00000000000000000000000000000000000000A3"
    assert said in term_sheet(deal.model_copy(update={"networks": {"sepolia": network}}))


def test_a_step_says_its_condition():
    sheet = term_sheet(load_deal(GACS))
    assert "6. 60 % of the fee servicing to servicer (only while behind plan or unprofitable is on)" in sheet
    assert "22. all that is left: 20 % to servicer (performance), the rest to J" in sheet


def test_an_index_and_a_value_source_of_the_deal_s_hub_are_named():
    deal = load_deal(GACS)
    index = deal.index.model_copy(update={"value": "RATE/EURIBOR1M", "within_hours": 72})
    said = "is told by the value RATE/EURIBOR1M, up to 72 hours after a period's start; until then it is 2.1 %"
    assert said in term_sheet(deal.model_copy(update={"index": index}))
    assert "is told by an oracle; until then" in term_sheet(deal)
    deal = load_deal(ROOT / "deals/evergreen/deal.yaml")
    own = deal.evergreen.model_copy(update={"value_source": "POOL/pool"})
    assert "- evergreen, value source: POOL/pool" in term_sheet(deal.model_copy(update={"evergreen": own}))


def test_a_part_without_words_stands_at_the_end(monkeypatch):
    monkeypatch.setattr("salvor.report.term_sheet._TOLD", {"name"})
    sheet = term_sheet(load_deal(GACS))
    assert "## Further terms" in sheet
    assert "- purchase price: 3500000.00" in sheet
    assert "- vote, days: 20" in sheet


class TestThePdf:
    def test_is_the_same_for_the_same_text(self):
        text = term_sheet(load_deal(GACS))
        assert pdf_of(text) == pdf_of(text)

    def test_has_all_words(self, tmp_path):
        """Read back from the file's own streams."""
        text = term_sheet(load_deal(GACS))
        write_pdf(text, tmp_path / "sheet.pdf")
        content = (tmp_path / "sheet.pdf").read_bytes()
        shown = b" ".join(re.findall(rb"\((.*?)(?<!\\)\) Tj", content)).decode("cp1252").replace("\\", "")
        words = set(re.findall(r"[A-Za-z]{3,}", re.sub(r"0x\w+", "", text)))
        assert words - set(re.findall(r"[A-Za-z]+", shown)) == set()

    def test_its_table_leads_to_its_objects(self):
        content = pdf_of("# A title\n\nA line (with brackets) and €.")
        begin = int(re.search(rb"startxref\n(\d+)", content)[1])
        assert content[begin:].startswith(b"xref\n")
        for number, place in enumerate(re.findall(rb"(\d{10}) 00000 n", content), start=1):
            assert content[int(place) :].startswith(f"{number} 0 obj".encode())

    def test_lines_fit(self):
        lines = wrapped("word " * 100 + "x" * 300, 10, 200)
        assert all(width_of(line, 10) <= 200 for line in lines)
        assert "".join(lines).replace(" ", "") == "word" * 100 + "x" * 300

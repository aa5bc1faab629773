"""The page of due diligence: whatever a bank's file says, it is text; nothing is loaded, and no person is in it."""

import json
import re
from html.parser import HTMLParser

import pytest

from salvor.amounts import WAD
from salvor.report.tape_page import percent_down, render, write_page
from salvor.tape.review.review import review_tape
from salvor.tape.review.terms import Criterion, Limit, Terms
from tests.utils.checked import checked, loan

EVIL = "<script>alert(1)</script>"
MORE = "</script><img src=x onerror=alert(2)>"
LONG = "<b>" + "a lender with a very long name " * 3
PERCENT = WAD // 100
VOID = {"meta", "br", "img", "input", "hr", "link"}


class Page(HTMLParser):
    """Tags and their attributes, texts outside scripts, rows of tables, and scripts apart."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.scripts, self.rows, self.open, self.texts = [], [], [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "script":
            self.scripts.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1] += data
        else:
            self.texts.append(data)
            if "td" in self.open or "th" in self.open:
                self.rows[-1][-1] += data

    def plots(self):
        """Data and layout of each plot, by its element."""
        found = {}
        for script in self.scripts:
            if match := re.search(r'Plotly\.newPlot\(\s*"([\w-]+)",\s*', script):
                data, end = json.JSONDecoder().raw_decode(script[match.end() :])
                rest = script[match.end() + end :].lstrip(", \n")
                found[match[1]] = (data, json.JSONDecoder().raw_decode(rest)[0])
        return found


def reviewed(folder, *loans, terms=None, deal=""):
    return review_tape(checked(folder / "checked", *loans), terms or Terms(), out=folder / "out", deal=deal)


@pytest.fixture(scope="module")
def review(tmp_path_factory):
    rows = [
        loan(1, "1000.00", counterparty_region=EVIL, lender=LONG, counterparty_name="Jane Roe", status="performing"),
        loan(2, "2500.50", counterparty_region=MORE, lender="A & B", counterparty_name="John Doe", status="performing"),
        loan(3, "x", counterparty_region="C", lender="A & B", counterparty_name="Ann Poe", status="performing"),
        loan(4, "9.00", counterparty_region="C", lender="A & B", counterparty_name="Ann Poe", status="lost"),
    ]
    terms = Terms(
        (Criterion("EL-01", "lender", f"lender one of {EVIL}", none_of=("Z",)),),
        (Limit("CL-01", "counterparty_region", 50 * PERCENT, f"any {EVIL}: at most 50 % of the pool"),),
    )
    return reviewed(tmp_path_factory.mktemp("page"), *rows, terms=terms, deal=f"deal {EVIL}")


@pytest.fixture(scope="module")
def text(review):
    return render(review)


@pytest.fixture(scope="module")
def page(text):
    return Page(text)


class TestUntrustedText:
    def test_a_region_that_is_a_script_is_text(self, page, text):
        assert EVIL not in text
        assert "alert(2)>" not in text
        assert [EVIL in row for row in page.rows].count(True) >= 1
        assert [MORE in row for row in page.rows].count(True) >= 1

    def test_no_element_comes_out_of_a_value(self, page):
        assert {tag for tag, _ in page.tags} == {
            *(
                "html",
                "head",
                "meta",
                "title",
                "style",
                "script",
                "body",
                "nav",
                "a",
                "h1",
                "h2",
                "h3",
                "dl",
                "dt",
                "dd",
            ),
            *("div", "b", "p", "span", "table", "tr", "th", "td"),
        }
        # Plotly itself, and one for each plot.
        assert len(page.scripts) == 1 + len(page.plots())
        assert page.open == []

    def test_no_element_does_anything(self, page):
        for tag, attributes in page.tags:
            assert not [name for name in attributes if name.startswith("on") or name in ("src", "action", "formaction")]
            if "href" in attributes:
                assert (tag, attributes["href"][0]) == ("a", "#")

    def test_labels_of_plots_are_escaped_twice_since_plotly_reads_markup(self, page):
        _, layout = page.plots()["plot-strata-counterparty_region"]
        assert [label.strip() for label in layout["yaxis"]["ticktext"]] == [
            "&lt;/script&gt;&lt;img src=x onerror…",
            "&lt;script&gt;alert(1)&lt;/script&gt;",
        ]
        assert "<" not in "".join(script.split("newPlot")[1] for script in page.scripts if "plot-strata" in script)

    def test_a_label_is_cut_before_it_is_escaped(self, page):
        _, layout = page.plots()["plot-strata-lender"]
        assert [label.strip() for label in layout["yaxis"]["ticktext"]] == [
            "A &amp; B",
            "&lt;b&gt;a lender with a very lon…",
        ]

    def test_the_name_of_the_deal_and_what_it_demands_are_text(self, page):
        assert f"Due diligence: deal {EVIL}" in page.texts
        assert [row[1] for row in page.rows if row and row[0] == "EL-01"] == [f"lender one of {EVIL}"]
        assert f"CL-01: any {EVIL}: at most 50 % of the pool" in page.texts


class TestPersons:
    def test_neither_their_values_nor_their_fields_are_there(self, page, text):
        own = " ".join([*page.texts, *(script for script in page.scripts if len(script) < 100_000)])
        for word in ("Jane", "Roe", "John", "Doe", "Ann", "counterparty_name"):
            assert not re.search(rf"\b{word}\b", own)
        assert "Personal fields left out: 1." in text


class TestAlone:
    def test_its_browser_may_load_nothing(self, page):
        [policy] = [each["content"] for tag, each in page.tags if each.get("http-equiv") == "Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "http" not in policy
        assert not [tag for tag, _ in page.tags if tag in ("link", "iframe", "img", "object", "embed", "base", "form")]

    def test_plotly_is_in_it_once(self, page, text):
        assert sum(len(script) > 1_000_000 for script in page.scripts) == 1
        assert text.count("plotly.js v") == 1

    def test_it_fits_a_phone_and_paper(self, page, text):
        assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in page.tags
        assert "@media print" in text
        assert "@media (max-width: 600px)" in text

    def test_the_same_review_gives_the_same_page(self, review, text, tmp_path):
        assert render(review) == text
        path = write_page(review, tmp_path)
        assert (path.name, path.read_text(encoding="utf-8")) == ("review.html", text)


class TestFigures:
    def test_what_was_read_is_accepted_and_rejected(self, page):
        assert [row for row in page.rows if row and row[0] in ("accepted", "rejected", "read")] == [
            ["accepted", "2", "3,500.50"],
            ["rejected", "2", "9.00"],
            ["read", "4", "3,509.50"],
        ]

    def test_rules_are_told_in_sentences(self, page):
        assert [row[:4] for row in page.rows if row[0].startswith("TAPE-")] == [
            ["TAPE-010", "reject", "1", "not an amount"],
            ["TAPE-040", "reject", "1", "a value that the field does not know"],
        ]

    def test_file_hash_and_cut_off_date(self, page, review):
        assert {"tape.csv", review.source.sha256, "2024-12-31", "EUR, 2 decimals"} <= set(page.texts)

    def test_a_broken_limit_says_by_how_much_and_never_rounds_in_its_favour(self, page):
        # 2,500.50 of 3,500.50 are 71.432... %; the limit is 1,750.25.
        assert "broken by 750.25" in page.texts
        assert [MORE, "1", "2,500.50", "71.44 %", "750.25"] in page.rows

    def test_strata_round_down_and_end_with_the_pool(self, page):
        assert [MORE, "1", "2,500.50", "71.43 %", "2,500.50", "2,500.50", "2,500.50"] in page.rows
        assert ["pool", "2", "3,500.50", "", "", "", ""] in page.rows

    def test_plots_show_the_figures_of_their_tables(self, page, review):
        plots = page.plots()
        assert set(plots) == {f"plot-strata-{table.name}" for table in review.tables} | {
            "plot-quality",
            "plot-blind",
            "plot-full",
        }
        [bars], layout = plots["plot-strata-counterparty_region"]
        assert (bars["x"], bars["y"], layout["xaxis"]["title"]["text"]) == ([2500, 1000], [0, 1], "gross_balance, EUR")
        [bars], _ = plots["plot-quality"]
        assert bars["x"] == [each.score for each in review.quality.fields]

    @pytest.mark.parametrize(
        ("share", "said"), [(WAD, "100.00 %"), (WAD - 1, "99.99 %"), (WAD // 3, "33.33 %"), (0, "0.00 %")]
    )
    def test_shares_are_rounded_down(self, share, said):
        assert percent_down(share) == said


class TestOtherTapes:
    def test_nothing_demanded_and_nothing_broken(self, tmp_path):
        page = Page(
            render(reviewed(tmp_path, loan(1, "1.00", interest_rate="7.25"), loan(2, "2.00", interest_rate="-1")))
        )
        assert {"No criteria: every accepted loan is eligible.", "No limits.", "None."} <= set(page.texts)
        assert [row[5:7] for row in page.rows if row[0] == "interest_rate" and len(row) == 10] == [["-1 %", "7.25 %"]]

    def test_no_loan_is_eligible(self, tmp_path):
        terms = Terms(
            (Criterion("EL-01", "gross_balance", "says", at_least=500),), (Limit("CL-01", "size", 0, "says"),)
        )
        page = Page(render(reviewed(tmp_path, loan(1, "1.00"), terms=terms)))
        assert {"No loan is eligible.", "No eligible loan is in it: holds."} <= set(page.texts)

    def test_a_proposal_is_told_and_so_is_that_there_is_none(self, tmp_path):
        loans = [loan(1, "60.00"), *(loan(n, "20.00") for n in range(2, 6))]
        limits = (
            Limit("CL-01", "contract_identifier", 40 * PERCENT, "says"),
            Limit("CL-02", "contract_identifier", 1, "x"),
        )
        page = Page(render(reviewed(tmp_path, *loans, terms=Terms((), limits))))
        words = " ".join(" ".join(page.texts).split())
        assert "Proposal: loans to take out: 1. The limit then holds, in a pool of 4 loans and 80.00." in words
        assert "First of them: L1 (60.00); review.json has the list." in words
        assert "No list of loans that is short enough would mend it." in words

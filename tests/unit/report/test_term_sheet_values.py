"""The section of a term sheet on values from outside: the example of docs/oracles.md, and each kind of source."""

from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.report.term_sheet import term_sheet

DEAL = Path("deals/charged-off-accounts/deal.yaml")
EXAMPLE = "\n" + Path("docs/oracles.md").read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0]
FEED, ID = "0x" + "33" * 20, "0x" + "ab" * 32


@pytest.fixture
def sheet(tmp_path):
    """Of the deal with this section, changed so."""

    def made(change=lambda text: text):
        for file in DEAL.parent.iterdir():
            (tmp_path / file.name).write_bytes(file.read_bytes())
        path = tmp_path / "deal.yaml"
        path.write_text(DEAL.read_text(encoding="utf-8") + change(EXAMPLE), encoding="utf-8")
        return term_sheet(load_deal(path))

    return made


def test_the_page_s_example(sheet):
    section = sheet().split("## Values from outside\n\n")[1].split("\n\n")[0].splitlines()
    assert section == [
        "- HPI/US-CA is the median of its fresh sources, 2 of 3 at least: a report of registry, fresh for 100 days; "
        f"a report of bureau, fresh for 100 days; Chainlink's feed {FEED}, fresh for 25 hours",
        "  believed: at least 1, at most 100,000.5, at most 10 % from the median, and 20 % of change within 30 days",
        "  else: the last good one, 5 % less and 0.5 % a day of its age, for 90 days; then there is none",
        "- registry signs reports: 0x1111111111111111111111111111111111111111",
        "- bureau signs reports: 0x2222222222222222222222222222222222222222",
        "- a report can be challenged with 1,000.00 DUSD for 2 days, and does not count until that is decided, within "
        "5 days; it was wrong when it is decided so, or when others later say more than 5 % else; who challenged "
        "wrongly loses all of it to the seller, 10 % of it where nobody decides",
        "- sources are compared with the truth in periods of 30 days",
    ]


def test_what_the_file_does_not_say_is_said(sheet):
    said = sheet(lambda text: text.split("      deviation")[0])
    assert "believed: at least 0.000000000000000001, no upper bound, at most 10 % from the median\n" in said
    assert "  else: there is no value\n" in said
    assert "oracle" not in said.split("## Further terms")[-1]


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (f'chainlink: {{ feed: "{FEED}", uptime: "{FEED}" }}', f"Chainlink's feed {FEED} while the sequencer is up by"),
        (f'band: {{ reference: "{FEED}", base: EUR, quote: USD }}', f"Band's EUR/USD at {FEED}"),
        (f'pyth: {{ contract: "{FEED}", feed: "0x{"ab" * 32}" }}', f"Pyth's feed 0x{'ab' * 32} at {FEED}"),
        (f'market: {{ pair: "{FEED}", base_decimals: 18, quote_decimals: 6 }}', f"of 60 minutes of the market {FEED}"),
    ],
)
def test_each_kind_of_source(sheet, source, words):
    assert words in sheet(lambda text: text.replace(f'chainlink: "{FEED}"', source))


def test_a_deal_without_values_has_no_such_section():
    assert "Values from outside" not in term_sheet(load_deal(DEAL))

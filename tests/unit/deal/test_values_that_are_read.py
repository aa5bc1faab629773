"""`value_source` of an evergreen deal and `value` of an index: keys of the deal's own oracle section."""

from pathlib import Path

import pytest
import yaml

from salvor.deal.load import load_deal
from salvor.deploy.terms import compile_terms
from salvor.tape.committed import ClassTotal, CommittedTape

EVERGREEN = Path("deals/evergreen/deal.yaml").read_text(encoding="utf-8")
FLOATING = Path("deals/gacs-style/deal.yaml").read_text(encoding="utf-8")
TAPE = CommittedTape(b"\2" * 32, (ClassTotal("consumer_debt", b"\1" * 32, 100, 500_000_000),))
OWN = """
oracle:
  signers: { valuer: "0x1111111111111111111111111111111111111111" }
  challenges: { bond: 1000.00 }
  values:
    - { key: POOL/pool, quorum: 1, sources: [{ signer: valuer, hours: 240 }] }
    - { key: RATE/EURIBOR1M, quorum: 1, lowest: 0, sources: [{ signer: valuer, hours: 240 }] }
"""
TAUGHT = yaml.safe_load(Path("docs/oracles.md").read_text(encoding="utf-8").split("```yaml\n")[2].split("```")[0])
PLAIN_ORACLE = next(line for line in FLOATING.splitlines(keepends=True) if line.startswith("    oracle: "))


def valued(key):
    """The shipped evergreen deal with a value source."""
    return EVERGREEN.replace("  exits:", f"  value_source: {key}\n  exits:", 1)


def indexed(key, *, networks=False):
    """The shipped deal with floating rates, its index a value; whom the networks name stays only where it is said."""
    text = FLOATING.replace("  first: 2.1 %\n", f"  first: 2.1 %\n  value: {key}\n  within_hours: 72\n", 1)
    return text if networks else text.replace(PLAIN_ORACLE, "", 1)


@pytest.fixture
def load_beside(tmp_path):
    """With the mapping that the shipped deal is screened by."""

    def load(text):
        mapping = Path("deals/gacs-style/mapping.yaml").read_text(encoding="utf-8")
        (tmp_path / "mapping.yaml").write_text(mapping, encoding="utf-8")
        (tmp_path / "deal.yaml").write_text(text, encoding="utf-8")
        return load_deal(tmp_path / "deal.yaml")

    return load


def test_the_page_s_lines_are_a_deal_s(load, load_beside):
    fund, index = TAUGHT["evergreen"], TAUGHT["index"]
    assert load(valued(fund["value_source"]) + OWN).evergreen.value_source == "POOL/pool"
    own = load_beside(
        indexed(index["value"]).replace("within_hours: 72", f"within_hours: {index['within_hours']}") + OWN
    )
    assert (own.index.value, own.index.within_hours) == ("RATE/EURIBOR1M", 120)


class TestAValueSource:
    def test_becomes_the_fund_s(self, load):
        terms = compile_terms(load(valued("POOL/pool") + OWN), [], TAPE)
        assert (terms.rules.evergreen.source, terms.oracle.fund_reads, terms.oracle.index_reads) == (
            True,
            "POOL/pool",
            "",
        )

    def test_is_none_where_nothing_is_said(self, load):
        terms = compile_terms(load(EVERGREEN + OWN), [], TAPE)
        assert (terms.rules.evergreen.source, terms.oracle.fund_reads) == (False, "")

    @pytest.mark.parametrize(
        ("key", "section", "said"),
        [
            ("POOL/pol", OWN, "no value of `oracle` is called 'POOL/pol'; did you mean 'POOL/pool'?"),
            ("RATE/EURIBOR1M", OWN, "'RATE/EURIBOR1M' is no value of kind POOL"),
            ("POOL/pool", "", "'POOL/pool' needs the section `oracle`"),
            ("pool", OWN, "'pool' is no key"),
        ],
    )
    def test_that_does_not_fit_is_told_with_its_place(self, refusal, key, section, said):
        line = refusal(valued(key) + section)
        assert "evergreen.value_source" in line
        assert said in line


class TestAnIndexOfTheHub:
    def test_needs_nobody_on_a_network(self, load_beside):
        own = compile_terms(load_beside(indexed("RATE/EURIBOR1M") + OWN), [], TAPE).oracle
        assert (own.index_reads, own.index_within, own.fund_reads) == ("RATE/EURIBOR1M", 72 * 3_600, "")

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            (indexed("RATE/EURIBOR3M") + OWN, "'index.value': no value of `oracle` is called 'RATE/EURIBOR3M'"),
            (indexed("POOL/pool") + OWN, "'index.value': 'POOL/pool' is no value of kind RATE or GROWTH"),
            (indexed("RATE/EURIBOR1M"), "'index.value': 'RATE/EURIBOR1M' needs the section `oracle`"),
            (indexed("RATE/EURIBOR1M", networks=True) + OWN, "'networks.sepolia.oracle': is asked by nobody"),
        ],
    )
    def test_that_does_not_fit_is_told_with_its_place(self, refusal, text, said):
        assert said in refusal(text)

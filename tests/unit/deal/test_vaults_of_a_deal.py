"""The vaults of a deal file: over one tranche or several, and what is told of slips."""

from pathlib import Path

import pytest

from salvor.deal.load import load_deal
from salvor.deploy.vaults import VaultTerms, vault_terms
from salvor.errors import DealInvalid

SHIPPED = Path("deals/gacs-style/deal.yaml")
TEXT = SHIPPED.read_text(encoding="utf-8")
WAD, DAY = 10**18, 86_400


@pytest.fixture
def refusal(tmp_path):
    def refuse(old, new):
        assert old in TEXT
        (tmp_path / "mapping.yaml").write_text((SHIPPED.parent / "mapping.yaml").read_text())
        (tmp_path / "deal.yaml").write_text(TEXT.replace(old, new, 1))
        with pytest.raises(DealInvalid) as refused:
            load_deal(tmp_path / "deal.yaml")
        return refused.value.message

    return refuse


def test_what_the_file_says_is_what_is_deployed():
    assert vault_terms(load_deal(SHIPPED)) == (
        VaultTerms("Senior income", "SINC", ((0, 1),)),
        VaultTerms("Two to one", "MIX", ((0, 2), (1, 1)), (WAD // 2, WAD, 20 * DAY)),
    )


def test_a_deal_without_vaults_has_none():
    assert vault_terms(load_deal(Path("deals/charged-off-accounts/deal.yaml"))) == ()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("over: A #", "over: Z #", "'vaults.0.over': no tranche is called 'Z'"),
        ("{ A: 2, B: 1 }", "{ A: 2, C: 1 }", "'vaults.1.over': no tranche is called 'C'"),
        ("symbol: MIX", "symbol: SINC", "'vaults.1.symbol': 'SINC' is the symbol of another vault"),
        ("lowest: 0.50", "lowest: 1.50", "'vaults.1.bid': begins at 1.50, above its highest price 1.00"),
        ("lowest: 0.50", "lowest: 0.00", "'vaults.1.bid.lowest': must be above 0 and at most 1,000"),
        ("cash: passed_on", "cash: reinvested", "'vaults.0': reinvests its cash and has no `bid`"),
        ("cash: reinvested", "cash: passed_on", "'vaults.1.bid': is of no use: the vault passes its cash on"),
    ],
)
def test_slips_are_told_with_their_place(refusal, old, new, said):
    assert said in refusal(old, new)


@pytest.mark.parametrize(
    ("old", "new"),
    [("{ A: 2, B: 1 }", "{ A: 0, B: 1 }"), ("{ A: 2, B: 1 }", "{ A: 2 }"), ("1.00, days: 20", "1.00, days: 0")],
)
def test_numbers_that_make_no_vault_are_refused(refusal, old, new):
    assert "vaults" in refusal(old, new)

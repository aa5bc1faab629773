"""At which part of a claim the notes of a deal file carry it: as it says, else price over gross balance, rounded up."""

from pathlib import Path

import pytest

from salvor.amounts import WAD
from salvor.deploy.terms import compile_terms
from tests.utils.leaves import committed

TEXT = Path("deals/gacs-style/deal.yaml").read_text(encoding="utf-8")
NAMED = "losses: { by: ledgers, carrying_ratio: 35 % }"
PRICE = 350_000_000  # units


@pytest.fixture
def ratio_of(load):
    """The ratio of the deal with these losses, over a tape of so many units."""

    def compiled(losses, balance):
        assert TEXT.count(NAMED) == 1
        return compile_terms(
            load(TEXT.replace(NAMED, losses)), (), committed(b"\1" * 32, 1, balance)
        ).rules.carrying_ratio

    return compiled


@pytest.mark.parametrize("text", ["35", "100", "0.0000000000000001"])
@pytest.mark.parametrize("balance", [0, 1, 10 * PRICE])
def test_is_what_the_deal_names_whatever_the_tape(ratio_of, text, balance):
    named = ratio_of(f"losses: {{ by: ledgers, carrying_ratio: {text} % }}", balance)
    assert named == {"35": 35 * WAD // 100, "100": WAD, "0.0000000000000001": 1}[text]


@pytest.mark.parametrize(
    ("balance", "ratio"),
    [
        (5 * PRICE, WAD // 5),
        (3 * PRICE, WAD // 3 + 1),  # up
        (PRICE, WAD),
        (PRICE - 1, WAD),  # above par: a claim costs no more than its amount
        (0, WAD),  # the tape tells no balances
        (2**112 - 1, -(-PRICE * WAD // (2**112 - 1))),
        (PRICE * WAD * 7, 1),
    ],
)
def test_is_else_price_over_gross_balance_rounded_up_and_at_most_par(ratio_of, balance, ratio):
    assert ratio_of("losses: { by: ledgers }", balance) == ratio


@pytest.mark.parametrize("balance", [PRICE, PRICE + 1, 2 * PRICE - 1, 3 * PRICE, 7 * PRICE + 5, 10**18])
def test_written_off_in_full_costs_the_price_to_the_unit(ratio_of, balance):
    assert balance * ratio_of("losses: { by: ledgers }", balance) // WAD == PRICE

"""The `oracle` section of a deal file: each case is the example of docs/oracles.md with one change."""

from pathlib import Path

import pytest

from salvor.deal import oracle as section
from salvor.model import oracle as model
from salvor.model.oracle_keys import Kind

TEXT = Path("deals/charged-off-accounts/deal.yaml").read_text(encoding="utf-8")
REGISTRY, BUREAU = "0x" + "11" * 20, "0x" + "22" * 20
FEED = "0x" + "33" * 20
PAGE = Path("docs/oracles.md").read_text(encoding="utf-8")
OWN = "\n" + PAGE.split("```yaml\n")[1].split("```")[0]  # what the page teaches


@pytest.fixture
def read(load):
    return lambda text=OWN: load(TEXT + text).oracle


class TestTheExample:
    def test_is_read(self, read):
        value = read().values[0]
        assert (value.key, value.quorum, value.change.days) == ("HPI/US-CA", 2, 30)
        assert value.bounds == (10**18, 100_000 * 10**18 + 5 * 10**17)
        assert [source.signer for source in value.sources] == ["registry", "bureau", None]
        assert (value.sources[2].chainlink.feed.lower(), value.sources[2].chainlink.uptime) == (FEED, None)

    def test_a_deal_without_it_reads_no_values(self, load):
        assert load(TEXT).oracle is None

    def test_what_is_not_said_is_careful(self, read):
        short = OWN.split("      deviation")[0]
        value = read(short).values[0]
        assert (value.while_failing, value.deviation, value.bounds) == ("refuse", 10**17, (1, 2**128 - 1))

    def test_kinds_and_limits_are_the_hub_s(self):
        assert tuple(Kind) == section.KINDS
        assert (section.MOST_SOURCES, section.LARGEST) == (model.MOST_SOURCES, model.LARGEST)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("HPI/US-CA", "HPX/US-CA", "'HPX/US-CA' is no key"),
        ("key: HPI/US-CA", "key: HPI", "'HPI' is no key"),
        ("quorum: 2", "quorum: 4", "'oracle.values.0.quorum': is 4, and there are 3 sources"),
        ("quorum: 2", "quorum: 0", "greater than or equal to 1"),
        ("signer: registry, hours", "signer: regitry, hours", "did you mean 'registry'?"),
        ("signer: bureau, hours: 2400", "signer: registry, hours: 1", "stands twice: a source counts once"),
        (f'chainlink: "{FEED}"', f'chainlink: "{FEED[:-1]}"', "is no address"),
        (f'chainlink: "{FEED}", ', "", "is one of signer, chainlink, band, pyth and market; here none"),
        (f'chainlink: "{FEED}"', f'signer: bureau, chainlink: "{FEED}"', "; here signer and chainlink"),
        ("highest: 100000.5", "highest: 1", "must be above the lowest value"),
        ("lowest: 1", "lowest: 0.0000000000000000001", "a bound has more than 18 decimals"),
        ("haircut_a_day: 0.5 %", "haircut_a_day: 1.06 %", "leaves nothing of a value that was held for 90 days"),
        ("hold_days: 90", "hold_days: 0", "says for how long a value is held"),
        ("deviation: 10 %", "deviation: 2000 %", "is above 1844 %"),
        ("bond: 1000.00", "bond: 0", "must be above 0"),
        ("bond: 1000.00", "bond: 0.001", "has more than 2 decimals"),
        ("tolerance: 5 %", "tolerance: 100 %", "no report would be wrong"),
        ("lapse_cost: 10 %", "lapse_cost: 100.1 %", "no more than the bond is there"),
        (BUREAU, REGISTRY, "two signers have one address"),
        ("hours: 25", "hours: 0", "greater than or equal to 1"),
        ("gas: 100000", "gas: 10000", "greater than or equal to 20000"),
        ("while_failing: hold_lower", "while_failing: hold_low", "hold_lower"),
    ],
)
def test_one_thing_wrong_is_told_with_its_place(refusal, old, new, said):
    assert old in OWN
    line = refusal(TEXT + OWN.replace(old, new, 1))
    assert said in line
    assert "oracle" in line


def test_a_key_that_stands_twice_is_told(refusal):
    twice = OWN + OWN[OWN.index("    - key") :]
    assert "'HPI/US-CA' stands twice" in refusal(TEXT + twice)


class TestOtherSources:
    def test_of_each_kind_are_read(self, read):
        other = f"""
        - {{ band: {{ reference: "{FEED}", base: EUR, quote: USD }}, hours: 1 }}
        - {{ pyth: {{ contract: "{FEED}", feed: "0x{"ab" * 32}", uncertainty: 2 % }}, hours: 1 }}
        - {{ market: {{ pair: "{FEED}", base_decimals: 6, quote_decimals: 18, window_minutes: 30 }}, hours: 1 }}
        - {{ chainlink: {{ feed: "{BUREAU}", uptime: "{FEED}", grace_minutes: 60 }}, hours: 1 }}
"""
        text = OWN.replace("      deviation", other.lstrip("\n") + "      deviation")
        sources = read(text).values[0].sources[3:]
        assert sources[0].band.base == "EUR"
        assert sources[1].pyth.uncertainty == 2 * 10**16
        assert (sources[2].market.window_minutes, sources[2].market.of_token) == (30, 0)
        assert sources[3].chainlink.grace_minutes == 60

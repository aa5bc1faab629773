"""Who is who on a network: every party has an address, each address is one, and slips are told with line and column."""

import shutil

import pytest
import yaml

from salvor.deal.load import load_deal
from salvor.errors import DealInvalid
from tests.utils.small_plan import ROOT

SHIPPED = ROOT / "deals/gacs-style/deal.yaml"
TEXT = SHIPPED.read_text()


@pytest.fixture
def refusal(tmp_path):
    def refuse(old, new):
        assert old in TEXT
        for other in ("mapping.yaml",):
            (tmp_path / other).write_text((SHIPPED.parent / other).read_text())
        (tmp_path / "deal.yaml").write_text(TEXT.replace(old, new, 1))
        with pytest.raises(DealInvalid) as refused:
            load_deal(tmp_path / "deal.yaml")
        return refused.value.message

    return refuse


def test_addresses_have_a_checksum():
    accounts = load_deal(SHIPPED).networks["sepolia"].accounts
    assert accounts["trustee"] == yaml.safe_load(TEXT)["networks"]["sepolia"]["accounts"]["trustee"]


def test_a_party_is_missing(refusal):
    line = next(line for line in TEXT.splitlines() if line.strip().startswith("arranger: "))
    assert "'networks.sepolia.accounts': has no address of arranger" in refusal(line + "\n", "")


def test_a_party_that_the_deal_does_not_know(refusal):
    said = refusal("      trustee:", "      trusty:")
    assert "no party or payee is called 'trusty'; did you mean 'trustee'?" in said


def test_a_digit_too_few(refusal):
    assert "is no address: 0x and 40 hexadecimal digits" in refusal('00B1"', '0B1"')


def test_a_digit_that_is_not_what_it_was(refusal):
    assert "has a wrong checksum" in refusal('0000B1"', 'Aa00B1"')


def test_a_rate_floats_and_nobody_tells_the_index(refusal):
    line = next(line for line in TEXT.splitlines() if line.strip().startswith("oracle: "))
    assert "has no `oracle`" in refusal(line + "\n", "")


def test_a_key_that_is_misspelt(refusal):
    assert "unknown key; did you mean 'settlement'?" in refusal("settlement: test_token", "setlement: test_token")


class TestClaimIssuers:
    """Of a deal with `compliance`: somebody vouches for what is asked of investors."""

    DEAL = ROOT / "deals/cross-border/deal.yaml"

    @pytest.fixture
    def refused(self, tmp_path):
        def refuse(old, new):
            text = self.DEAL.read_text()
            assert old in text
            shutil.copytree(ROOT / "deals/whole-life", tmp_path / "whole-life")
            (tmp_path / "cross-border").mkdir()
            (tmp_path / "cross-border/deal.yaml").write_text(text.replace(old, new, 1))
            with pytest.raises(DealInvalid) as refused:
                load_deal(tmp_path / "cross-border/deal.yaml")
            return refused.value.message

        return refuse

    def test_are_read_with_their_topics(self):
        issuers = load_deal(self.DEAL).networks["sepolia"].claim_issuers
        assert {name: each.topics for name, each in issuers.items()} == {
            "bureau": ["kyc", "class"],
            "civil register": ["country"],
        }

    def test_nobody_says_the_class(self, refused):
        said = refused("topics: [kyc, class]", "topics: [kyc]")
        assert "has no `claim_issuers` for class, which the deal's `compliance` asks for" in said

    def test_a_topic_that_nobody_asks_for(self, refused):
        assert "'networks.sepolia.claim_issuers" in refused("topics: [country]", "topics: [nationality]")

    def test_a_topic_stands_twice(self, refused):
        assert "a topic stands twice" in refused("topics: [country]", "topics: [country, country]")

    def test_an_address_stands_twice(self, refused):
        assert "stands twice" in refused("00d2", "00D1")

    def test_a_resolver_of_a_deal_without_values(self, refusal):
        line = next(line for line in TEXT.splitlines() if line.strip().startswith("oracle: "))
        said = refusal(line, f'{line}\n    resolver: "0x00000000000000000000000000000000000000d3"')
        assert "'networks.sepolia.resolver': the deal has no `oracle`, so there is nothing to decide" in said

    def test_of_a_deal_without_jurisdictions(self, refusal):
        line = next(line for line in TEXT.splitlines() if line.strip().startswith("oracle: "))
        said = refusal(line, f'{line}\n    registrar: "0x00000000000000000000000000000000000000d3"')
        assert "the deal has no `compliance`, so nobody is asked for claims" in said

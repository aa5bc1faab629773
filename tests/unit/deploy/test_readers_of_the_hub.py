"""What a deal reads of its own hub: the index of floating rates, and in a plan the fund's value source."""

from dataclasses import replace

import pytest

from salvor.deploy.apply import apply
from salvor.deploy.live import Parties
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.terms import DealTerms, as_played
from salvor.model.oracle import Failure, Status
from salvor.model.oracle_readers import base_rate
from salvor.model.refusal import Refused
from salvor.model.terms import Rate, RateKind
from tests.property.evergreen_stage import evergreen, small_deal
from tests.utils.oracle import selector
from tests.utils.own_node import GENESIS, deployer
from tests.utils.read_values import DAY, WAD, Values, read_terms
from tests.utils.small_plan import small_accounts, small_plan, small_steps
from tests.utils.world import TAPE, small_terms

RATE = "RATE/EURIBOR1M"
GROWTH = "GROWTH/EURIBOR1M"
PERCENT = WAD // 100


def floating(closing, oracle):
    """The small deal; its senior rate floats."""
    terms = small_terms(closing, oracle=oracle, first_index=2 * PERCENT)
    senior, *others = terms.rules.tranches
    senior = replace(senior, rate=Rate(RateKind.FLOATING, margin=3 * PERCENT, floor=0, cap=10 * WAD))
    return replace(terms, rules=replace(terms.rules, tranches=(senior, *others)))


def valued(closing, oracle):
    """The small evergreen deal, valued by its source."""
    rules = replace(small_deal(closing, evergreen(source=True)), gross_balance=TAPE.committed.gross_balance)
    rules = replace(rules, loan_count=TAPE.committed.loan_count)
    return DealTerms(small_terms(closing).note_names, TAPE.committed, rules, oracle=oracle)


@pytest.fixture
def own():
    return read_terms(RATE, index_reads=RATE, index_within=2 * DAY)


@pytest.fixture
def live(lab, own):
    """Nothing is sold; the clock stands at closing, where the first period begins."""
    people = (lab.actor(role) for role in ("admin", "seller", "servicer", "transfer agent", "arranger"))
    parties = Parties(*people)
    token = lab.deploy("SettlementToken", "Test Dollar", "TUSD", 2, sender=parties.admin)
    closing = lab.now + 10 * DAY
    live = apply(lab.contracts, floating(closing, own), parties=parties, settlement=token)
    lab.now = closing
    return live


@pytest.fixture
def values(lab, live, own):
    return Values(lab, live, own)


@pytest.fixture
def tell(lab, live):
    return lambda: live.index_record.tell(1, sender=lab.actor("outsider"))


class TestAnIndexOfTheHub:
    def test_is_whom_the_record_asks(self, live, values):
        rate = live.oracle.base_rate
        assert live.index_record.oracle() == rate.address
        assert (rate.hub(), rate.key(), rate.within()) == (live.oracle.hub.address, values.key, 2 * DAY)

    def test_is_told_of_signed_reports_by_anyone(self, lab, live, values, tell):
        start = lab.now
        lab.now += 2 * DAY
        values.say(19 * PERCENT // 10)
        tell()
        assert tuple(live.index_record.told(1)) == (19 * PERCENT // 10, True)
        assert base_rate(values.read(lab.now), start, 2 * DAY) == 19 * PERCENT // 10

    def test_waits_for_a_report(self, lab, values, tell):
        with lab.refused("NotGoodEnough", values.key, Status.REFUSED, Failure.NO_QUORUM, 0, 2):
            tell()

    @pytest.mark.parametrize("beside", [-1, 2 * DAY + 1], ids=["before the period", "too long after its start"])
    def test_of_another_time_is_not_the_period_s(self, lab, values, tell, beside):
        start = lab.now
        lab.now += max(0, beside)
        values.say(2 * PERCENT, at=start + beside)
        with lab.refused("NotOfThatTime", start, start + beside, 2 * DAY):
            tell()
        with pytest.raises(Refused) as said:
            base_rate(values.read(lab.now), start, 2 * DAY)
        assert (said.value.error, said.value.values) == ("NotOfThatTime", (start, start + beside, 2 * DAY))

    def test_that_does_not_fit_is_refused(self, lab, values, tell):
        values.say(2**63)
        with lab.refused("RateTooLarge", 2**63, 2**63 - 1):
            tell()
        with pytest.raises(Refused, match="RateTooLarge"):
            base_rate(values.read(lab.now), lab.now, 0)


class TestAnIndexBelowZero:
    @pytest.fixture
    def own(self):
        return read_terms(GROWTH, index_reads=GROWTH, index_within=2 * DAY)

    def test_is_told_as_growth(self, lab, live, values, tell):
        assert live.oracle.base_rate.isGrowth()
        start = lab.now
        values.say(WAD - PERCENT // 2)
        tell()
        assert tuple(live.index_record.told(1)) == (-PERCENT // 2, True)
        assert base_rate(values.read(lab.now), start, 2 * DAY, growth=True) == -PERCENT // 2


def address_at(node, to, call, word):
    """A word of what a view answers, as an address."""
    answer = node.ask("eth_call", {"to": to, "data": f"0x{selector(call).hex()}"}, "latest")
    return "0x" + answer[2:][64 * word : 64 * word + 64][24:]


class TestAPlan:
    def test_gives_the_fund_its_source(self, node, quick, tmp_path):
        terms = valued(GENESIS + 10 * DAY, read_terms("POOL/pool", fund_reads="POOL/pool"))
        live = small_steps(node, terms=terms).live
        apply_plan(small_plan(node, terms=terms), node, [deployer()], tmp_path / "j", quick)
        names = [address_at(node, live.fund.address, "terms()", word) for word in range(12)]
        assert live.oracle.pool_value.address.lower() in names
        assert address_at(node, live.oracle.pool_value.address, "pool()", 0) == live.pool.address.lower()

    def test_gives_the_index_record_the_hub_though_no_network_names_an_oracle(self, node, quick, tmp_path, own):
        terms = floating(GENESIS + 10 * DAY, own)
        assert not small_accounts().oracle
        live = small_steps(node, terms=terms).live
        apply_plan(small_plan(node, terms=terms), node, [deployer()], tmp_path / "j", quick)
        rate = live.oracle.base_rate.address
        assert address_at(node, live.index_record.address, "oracle()", 0) == rate.lower()


class TestAPlay:
    def test_has_nobody_who_signs(self):
        played = as_played(valued(GENESIS, read_terms("POOL/pool", fund_reads="POOL/pool")))
        assert (played.oracle.fund_reads, played.rules.evergreen.source) == ("", False)
        assert as_played(floating(GENESIS, read_terms(RATE, index_reads=RATE))).oracle.index_reads == ""

    def test_of_a_deal_without_values_is_the_deal(self):
        terms = small_terms(GENESIS)
        assert as_played(terms) == terms

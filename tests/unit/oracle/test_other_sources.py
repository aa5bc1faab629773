"""BandSource, PythSource and MarketSource: what they make of a played system; compared with the model in every case."""

import pytest
from eth_abi import encode

from salvor.model import oracle_sources
from salvor.model.oracle import UNREACHABLE, Answer, Policy, Reason, Source, Status
from salvor.model.oracle_sources import Mark, MarketTerms, Pair
from tests.utils.oracle import DAY, HOUR, KEY, WAD, Manner, plain, selector

REFERENCE = selector("getReferenceData(string,string)")
PRICE = selector("getPriceUnsafe(bytes32)")
RESERVES, SUM_0, SUM_1 = (
    selector(f"{name}()") for name in ("getReserves", "price0CumulativeLast", "price1CumulativeLast")
)


class Asked:
    """An adapter and what it asks."""

    def __init__(self, stage, name):
        self.stage, self.adapter, self.played = stage, stage.lab.deploy(name, sender=stage.keeper), stage.play()

    def answer(self, config, expected: Answer):
        assert plain(self.adapter.answer(KEY, config)) == expected.words
        return expected


class TestBand:
    @pytest.fixture
    def band(self, stage):
        return Asked(stage, "BandSource")

    def config(self, band):
        return encode(("(address,string,string)",), ((band.played.address, "EUR", "USD"),))

    def say(self, band, rate, base_at, quote_at):
        band.played.teach(REFERENCE, encode(("uint256",) * 3, (rate, base_at, quote_at)))
        return band.answer(self.config(band), oracle_sources.band(rate, base_at, quote_at))

    def test_is_as_old_as_its_older_side(self, stage, band):
        now = stage.lab.now
        assert self.say(band, 11 * WAD // 10, now, now - 60).at == now - 60
        assert self.say(band, 11 * WAD // 10, now - 70, now).at == now - 70

    @pytest.mark.parametrize(
        ("rate", "base", "reason"),
        [
            (0, 5, Reason.NONE),
            (2**128, 5, Reason.TOO_LARGE),
            (2**256 - 1, 5, Reason.TOO_LARGE),
            (5, 0, Reason.NO_VALUE),
        ],
    )
    def test_with_one_thing_wrong(self, band, rate, base, reason):
        assert self.say(band, rate, base, 7).reason is reason

    @pytest.mark.parametrize("manner", [Manner.REFUSE, Manner.LONG_REFUSAL])
    def test_that_reverts_is_unreachable(self, stage, band, manner):
        self.say(band, WAD, 5, 5)
        band.adapter.check(KEY, self.config(band))
        band.played.behave(manner)
        band.answer(self.config(band), UNREACHABLE)

    def test_says_its_config(self, band):
        assert band.adapter.configOf((band.played.address, "EUR", "USD")) == self.config(band)

    def test_counts_in_the_hub(self, stage, band):
        self.say(band, 11 * WAD // 10, stage.lab.now, stage.lab.now)
        stage.set_policy(Policy((source(band, self.config(band)),), 1))
        assert stage.hub.read(KEY).value == 11 * WAD // 10

    def test_a_policy_over_a_pair_that_is_not_known_is_refused(self, stage, band):
        band.played.behave(Manner.REFUSE)
        with stage.lab.refused("Refused"):
            stage.set_policy(Policy((source(band, self.config(band)),), 1))


def source(asked, config, max_age=HOUR):
    return Source(asked.adapter.address, config, max_age)


class TestPyth:
    @pytest.fixture
    def pyth(self, stage):
        return Asked(stage, "PythSource")

    def config(self, pyth, most=WAD // 100):
        return encode(("address", "bytes32", "uint64"), (pyth.played.address, bytes(32), most))

    def say(self, pyth, price, conf, exponent, at=9, most=WAD // 100):
        pyth.played.teach(PRICE, encode(("int64", "uint64", "int32", "uint256"), (price, conf, exponent, at)))
        return pyth.answer(self.config(pyth, most), oracle_sources.pyth(price, conf, exponent, at, most))

    def test_passes_its_confidence_on(self, pyth):
        given = self.say(pyth, 100 * 10**8, 10**7, -8)
        assert (given.value, given.confidence, given.at) == (100 * WAD, WAD // 10, 9)

    @pytest.mark.parametrize(
        ("price", "conf", "exponent", "at", "reason"),
        [
            (100, 1, 0, 9, Reason.NONE),
            (100, 2, 0, 9, Reason.UNCERTAIN),
            (0, 0, 0, 9, Reason.NONE),
            (0, 1, 0, 9, Reason.UNCERTAIN),
            (-1, 0, -8, 9, Reason.NEGATIVE),
            (2**63 - 1, 0, 0, 9, Reason.NONE),
            (100, 1, -36, 9, Reason.NONE),
            (100, 1, -37, 9, Reason.UNREACHABLE),
            (100, 1, 1, 9, Reason.UNREACHABLE),
            (100, 1, -8, 0, Reason.NO_VALUE),
            (100, 1, -8, 2**256 - 1, Reason.NONE),
            (2**63 - 1, 2**64 - 1, 0, 9, Reason.UNCERTAIN),
        ],
    )
    def test_of_any_price(self, pyth, price, conf, exponent, at, reason):
        assert self.say(pyth, price, conf, exponent, at).reason is reason

    def test_says_its_config(self, pyth):
        assert pyth.adapter.configOf((pyth.played.address, bytes(32), WAD // 100)) == self.config(pyth)

    def test_of_every_exponent_is_the_same_value(self, pyth):
        for decimals in range(19):
            assert self.say(pyth, 7 * 10**decimals, 0, -decimals).value == 7 * WAD, "OR-07"

    def test_rounds_its_confidence_up(self, pyth):
        assert self.say(pyth, 10**18, 1, -19, most=WAD).confidence == 1

    def test_that_reverts_is_unreachable(self, pyth):
        self.say(pyth, 100, 1, 0)
        pyth.adapter.check(KEY, self.config(pyth))
        pyth.played.behave(Manner.LONG_REFUSAL)
        pyth.answer(self.config(pyth), UNREACHABLE)

    def test_refuses_a_config_of_another_length(self, stage, pyth):
        with stage.lab.refused("ConfigUnusable", b"x"):
            pyth.adapter.check(KEY, b"x")


class Trading:
    """A market that accumulates, and its model."""

    def __init__(self, stage):
        self.stage, self.asked = stage, Asked(stage, "MarketSource")
        self.older = self.newer = None
        self.say(Pair(10**9, 2 * 10**9, 2**256 - 5, 7, stage.lab.now))

    def say(self, pair):
        self.pair, played = pair, self.asked.played
        words = (pair.reserve0, pair.reserve1, pair.changed % 2**32)
        played.teach(RESERVES, encode(("uint112", "uint112", "uint32"), words))
        played.teach(SUM_0, encode(("uint256",), (pair.cumulative0,)))
        played.teach(SUM_1, encode(("uint256",), (pair.cumulative1,)))

    def trade(self, reserve0, reserve1):
        """Now, at other reserves from here on."""
        now = self.stage.lab.now
        self.say(Pair(reserve0, reserve1, *self.pair.at(now), now))

    def mark(self, window=HOUR):
        now = self.stage.lab.now
        receipt = self.asked.adapter.mark(self.asked.played.address, window, sender=self.stage.outsider)
        self.older, self.newer = self.newer, Mark(*self.pair.at(now), now)
        return receipt

    def config(self, own):
        words = (own.of_token1, own.base_decimals, own.quote_decimals, own.window, own.least_reserve)
        kinds = ("address", "bool", "uint8", "uint8", "uint32", "uint112")
        return encode(kinds, (self.asked.played.address, *words))

    def answer(self, own):
        expected = oracle_sources.market(own, self.pair, (self.older, self.newer), self.stage.lab.now)
        return self.asked.answer(self.config(own), expected)


class TestMarket:
    OWN = MarketTerms(False, 6, 6, HOUR)

    @pytest.fixture
    def trading(self, stage):
        return Trading(stage)

    def test_says_its_config(self, trading):
        own = self.OWN
        words = (own.of_token1, own.base_decimals, own.quote_decimals, own.window, own.least_reserve)
        assert trading.asked.adapter.configOf((trading.asked.played.address, *words)) == trading.config(own)

    def test_averages_over_the_window(self, stage, trading):
        trading.mark()
        stage.lab.wait(HOUR // 2)
        trading.trade(10**9, 4 * 10**9)
        stage.lab.wait(HOUR // 2)
        given = trading.answer(self.OWN)
        assert (given.value, given.at) == (3 * WAD, stage.lab.now - HOUR // 2)

    def test_a_price_of_one_block_moves_it_by_one_block(self, stage, trading):
        """What a flash loan can do."""
        trading.mark()
        stage.lab.wait(HOUR)
        trading.trade(1, 10**15)
        assert trading.answer(self.OWN).value == 2 * WAD

    def test_gives_either_side(self, stage, trading):
        trading.mark()
        stage.lab.wait(HOUR)
        assert trading.answer(self.OWN).value == 2 * WAD
        assert trading.answer(MarketTerms(True, 6, 6, HOUR)).value == WAD // 2

    def test_has_none_before_a_mark_is_old_enough(self, stage, trading):
        assert trading.answer(self.OWN).reason is Reason.TOO_THIN
        trading.mark()
        assert trading.answer(self.OWN).reason is Reason.TOO_THIN
        stage.lab.wait(HOUR - 1)
        assert trading.answer(self.OWN).reason is Reason.TOO_THIN
        stage.lab.wait(1)
        assert trading.answer(self.OWN).reason is Reason.NONE

    def test_takes_the_newer_mark_once_it_is_old_enough(self, stage, trading):
        trading.mark()
        stage.lab.wait(HOUR)
        trading.trade(10**9, 4 * 10**9)
        trading.mark()
        stage.lab.wait(HOUR - 1)
        assert trading.answer(self.OWN).value < 4 * WAD
        stage.lab.wait(1)
        assert trading.answer(self.OWN).value == 4 * WAD

    def test_refuses_a_mark_within_the_window(self, stage, trading):
        """Else whoever marks each block would leave none that is old enough."""
        trading.mark()
        first = stage.lab.now
        stage.lab.wait(HOUR - 1)
        with stage.lab.refused("TooEarlyToMark", trading.asked.played.address, first + HOUR - 1, first + HOUR):
            trading.mark()
        trading.mark(window=DAY)  # another window, other marks

    def test_keeps_two_marks(self, stage, trading):
        trading.mark()
        stage.lab.wait(HOUR)
        told = trading.mark().events[0]
        older, newer = trading.asked.adapter.marks(trading.asked.played.address, HOUR)
        marks = (trading.older, trading.newer)
        assert plain((older, newer)) == tuple((mark.cumulative0, mark.cumulative1, mark.at) for mark in marks)
        assert (told.cumulative0, told.cumulative1, told.at) == plain(newer)

    def test_of_too_little_is_too_thin(self, stage, trading):
        trading.mark()
        stage.lab.wait(HOUR)
        assert trading.answer(MarketTerms(False, 6, 6, HOUR, 2 * 10**9)).reason is Reason.NONE
        assert trading.answer(MarketTerms(False, 6, 6, HOUR, 2 * 10**9 + 1)).reason is Reason.TOO_THIN

    def test_nobody_trades_in_is_stale_by_its_last_trade(self, stage, trading):
        traded = stage.lab.now
        trading.mark()
        stage.lab.wait(DAY)
        assert trading.answer(self.OWN).at == traded
        stage.set_policy(Policy((source(trading.asked, trading.config(self.OWN), max_age=HOUR),), 1))
        assert (stage.hub.peek(KEY).status, stage.hub.answers(KEY)[0].reason) == (Status.REFUSED, Reason.STALE)

    @pytest.mark.parametrize(
        ("base", "quote"), [(0, 0), (18, 6), (6, 18), (0, 36), (36, 0), (36, 36), (0, 18), (0, 19)]
    )
    def test_of_any_decimals(self, stage, trading, base, quote):
        trading.mark()
        stage.lab.wait(HOUR)
        trading.answer(MarketTerms(False, base, quote, HOUR))

    @pytest.mark.parametrize("reserves", [(1, 2**112 - 1), (2**112 - 1, 1), (0, 5), (5, 0), (0, 0)])
    def test_of_any_reserves(self, stage, trading, reserves):
        trading.trade(*reserves)
        trading.mark()
        stage.lab.wait(HOUR)
        for own in (self.OWN, MarketTerms(True, 36, 0, HOUR), MarketTerms(False, 36, 0, HOUR)):
            trading.answer(own)

    @pytest.mark.parametrize("own", [MarketTerms(False, 37, 6, HOUR), MarketTerms(False, 6, 37, HOUR)])
    def test_refuses_decimals_that_cannot_be(self, stage, trading, own):
        with stage.lab.refused("ConfigUnusable", trading.config(own)):
            trading.asked.adapter.check(KEY, trading.config(own))

    def test_refuses_no_window(self, stage, trading):
        config = trading.config(MarketTerms(False, 6, 6, 0))
        with stage.lab.refused("ConfigUnusable", config):
            trading.asked.adapter.check(KEY, config)
        trading.asked.adapter.check(KEY, trading.config(self.OWN))

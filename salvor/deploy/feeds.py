"""Feeds of others that a deal's policies read: what their adapters ask of them when a policy is set."""

from __future__ import annotations

from eth_abi import encode
from eth_hash.auto import keccak

from salvor.chain.codec import address_of
from salvor.deal.oracle import Oracle, ValueSource
from salvor.deploy.plan.outside import Outside, Reply

_LIMITS = ("minAnswer()", "maxAnswer()", "minSubmissionValue()", "maxSubmissionValue()")
_MARKET = ("getReserves()", "price0CumulativeLast()", "price1CumulativeLast()")


def ask_feeds(section: Oracle, outside: Outside) -> None:
    """Every source of every value that is no signer, as `configOf` and `check` of its adapter will ask it."""
    for value in section.values:
        for number, source in enumerate(value.sources, start=1):
            _ask(source, f"source {number} of {value.key}", outside)


def _ask(source: ValueSource, whose: str, outside: Outside) -> None:
    def ask(address: str, signature: str, arguments: bytes = b"") -> Reply:
        return outside.ask(whose, address_of(address), bytes(keccak(signature.encode())[:4]) + arguments)

    if own := source.chainlink:
        behind = _address(ask(own.feed, "aggregator()")) or own.feed
        ask(own.feed, "decimals()")
        for name in _LIMITS:
            ask(behind, name)
        if own.uptime:
            ask(own.uptime, "latestRoundData()")
    elif pair := source.band:
        names = encode(("string", "string"), (pair.base, pair.quote))
        ask(pair.reference, "getReferenceData(string,string)", names)
    elif feed := source.pyth:
        ask(feed.contract, "getPriceUnsafe(bytes32)", bytes.fromhex(feed.feed[2:]))
    elif market := source.market:
        for name in _MARKET:
            ask(market.pair, name)


def _address(reply: Reply) -> str:
    """Of a proxy; empty where the feed has nobody behind it."""
    plain = not reply.refused and len(reply.data) == 32 and not any(reply.data[:12])
    return address_of(f"0x{reply.data[12:].hex()}") if plain else ""

"""The contracts that a deal's values come from: hub, signed reports, disputes, accuracy, and the adapters it needs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from eth_abi import encode

from salvor.chain.send import learn_errors_of, selector_of, send
from salvor.deal import oracle as file
from salvor.deploy.live import LiveOracle, Parties
from salvor.deploy.structs import NOBODY
from salvor.deploy.terms import OracleTerms
from salvor.model.oracle import OnFailure, Policy, Source
from salvor.model.oracle_keys import Kind, key_of

DAY, HOUR, MINUTE = 86_400, 3_600, 60
_STANDS = {
    "refuse": OnFailure.REFUSE,
    "hold_lower": OnFailure.HOLD_LOWER,
    "hold_higher": OnFailure.HOLD_HIGHER,
}
_ADAPTERS = {"chainlink": "ChainlinkSource", "band": "BandSource", "pyth": "PythSource", "market": "MarketSource"}


def deploy_oracle(
    project: Any,
    terms: OracleTerms | None,
    *,
    access: Any,
    settlement: Any,
    pool: Any,
    parties: Parties,
) -> LiveOracle | None:
    """Deploy from the admin's account, add the signers, set every policy, and give the roles to the manager at last.

    A feed must answer when its policy is set: its adapter asks it.
    What the fund and the index record will ask knows the hub and the pool only, so both can come later.
    """
    if terms is None:
        return None
    admin, own = parties.admin, terms.section
    hub = admin.deploy(project.OracleHub, access)
    reports = admin.deploy(project.SignedReports, access)
    windows = [own.challenges.days * DAY, own.challenges.decide_days * DAY]
    shares = [own.challenges.tolerance, own.challenges.lapse_cost]
    given = (terms.bond, windows, shares, parties.account(own.challenges.forfeits_to))
    disputes = admin.deploy(project.Disputes, access, hub, reports, settlement, *given)
    # Periods are counted from 1970, so that a number says which days are meant.
    accuracy = admin.deploy(project.Accuracy, access, hub, 0, own.accuracy_days * DAY)
    used = {kind for value in own.values for source in value.sources for kind in _ADAPTERS if getattr(source, kind)}
    adapters = {kind: admin.deploy(getattr(project, _ADAPTERS[kind])) for kind in _ADAPTERS if kind in used}
    live = _with_readers(project, terms, admin, pool, LiveOracle(hub, reports, disputes, accuracy, adapters))
    for contract in (hub, reports, disputes, accuracy, *adapters.values(), live.pool_value, live.base_rate):
        if contract:
            learn_errors_of(contract)
    # What no role was given yet is the admin's: so the deployer never holds the keeper's role where another does.
    for name, address in own.signers.items():
        send(reports.addSigner, address, name.encode()[:32].ljust(32, b"\0"), sender=admin)
    for value in own.values:
        send(hub.setPolicy, key_in(value.key), policy_of(value, own, live).words, sender=admin)
    _set_roles(access, live, admin, parties)
    return live


def _with_readers(project: Any, terms: OracleTerms, admin: Any, pool: Any, live: LiveOracle) -> LiveOracle:
    """What reads the hub for the fund and for the index record, where the deal names a key."""
    value = rate = None
    if terms.fund_reads:
        value = admin.deploy(project.PoolValue, live.hub, key_in(terms.fund_reads), pool)
    if terms.index_reads:
        growth = terms.index_reads.partition("/")[0] == Kind.GROWTH
        rate = admin.deploy(project.BaseRate, live.hub, key_in(terms.index_reads), terms.index_within, growth)
    return replace(live, pool_value=value, base_rate=rate)


def key_in(text: str) -> bytes:
    """A key of a deal file as the hub has it."""
    kind, _, subject = text.partition("/")
    return key_of(Kind(kind), subject)


def policy_of(value: file.Value, oracle: file.Oracle, live: LiveOracle) -> Policy:
    """As the hub takes it."""
    lowest, highest = value.bounds
    return Policy(
        sources=tuple(_source(source, oracle, live) for source in value.sources),
        quorum=value.quorum,
        max_deviation=value.deviation,
        max_change=value.change.share if value.change else 0,
        change_window=value.change.days * DAY if value.change else 0,
        lowest=lowest,
        highest=highest,
        on_failure=_STANDS[value.while_failing],
        haircut=value.haircut,
        haircut_growth=value.haircut_a_day,
        hold_at_most=value.hold_days * DAY,
    )


def _source(source: file.ValueSource, oracle: file.Oracle, live: LiveOracle) -> Source:
    limits = source.hours * HOUR, source.gas
    if source.signer:
        return Source(live.reports.address, encode(("address",), (oracle.signers[source.signer],)), *limits)
    kind = next(kind for kind in _ADAPTERS if getattr(source, kind))
    return Source(live.adapters[kind].address, _config(source, live.adapters[kind]), *limits)


def _config(source: file.ValueSource, adapter: Any) -> bytes:
    """Which feed, in the adapter's own layout; Chainlink's is read off the feed."""
    if own := source.chainlink:
        return bytes(adapter.configOf(own.feed, own.uptime or NOBODY, own.grace_minutes * MINUTE))
    if pair := source.band:
        return bytes(adapter.configOf((pair.reference, pair.base, pair.quote)))
    if feed := source.pyth:
        return bytes(adapter.configOf((feed.contract, bytes.fromhex(feed.feed[2:]), feed.uncertainty)))
    own_market: Any = source.market
    decimals = (own_market.base_decimals, own_market.quote_decimals)
    rest = (own_market.window_minutes * MINUTE, own_market.least_reserve)
    return bytes(adapter.configOf((own_market.pair, own_market.of_token == 1, *decimals, *rest)))


def _set_roles(access: Any, live: LiveOracle, admin: Any, parties: Parties) -> None:
    keeper = parties.manager
    kept = [(live.hub, ["setPolicy", "dropPolicy", "forget"]), (live.reports, ["addSigner", "removeSigner"])]
    roles = {
        access.ORACLE_KEEPER(): (kept, keeper),
        access.RESOLVER(): ([(live.disputes, ["resolve"])], parties.resolver or keeper),
        access.DISPUTES(): ([(live.reports, ["setStanding"]), (live.hub, ["forgetBetween"])], live.disputes),
        access.TRUTH_KEEPER(): ([(live.accuracy, ["tellTruth"])], keeper),
    }
    for role, (targets, holder) in roles.items():
        for target, functions in targets:
            selectors = [selector_of(target, name) for name in functions]
            send(access.setTargetFunctionRole, target, selectors, role, sender=admin)
        send(access.grantRole, role, holder, 0, sender=admin)

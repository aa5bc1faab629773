"""T-REX 4.1.6 as Tokeny compiled and published it, behind its proxies, with ONCHAINID 2.0.0: one token and its people.

Both packages are fetched into `out/peers/trex`; nothing of them is compiled again. Their licence is GPL-3.0: they are
run beside the project and are no part of it.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from eth_abi import encode
from eth_hash.auto import keccak

from benchmarks.peers import PeerMissing, run_npm_install
from salvor.chain.artifacts import Artifact
from salvor.chain.handles import Blueprint, Contract, blueprint_of
from salvor.lab import Actor, Lab
from salvor.toolchain.paths import ROOT
from tests.utils.signing import Signer

TREX, ONCHAINID = "4.1.6", "2.0.0"
TOPIC, COUNTRY = 7, 380
MODULES = ("CountryAllow", "MaxBalance", "CountryRestrict", "TransferRestrict", "SupplyLimit")
_CACHE = ROOT / "out" / "peers" / "trex"
_PACKAGES = {"@tokenysolutions/t-rex": TREX, "@onchain-id/solidity": ONCHAINID}
_LIMIT = 2**128


@cache
def published(name: str) -> Blueprint:
    """One contract of either package; raises when it can't be had."""
    folders = []
    for package, version in _PACKAGES.items():
        own = _CACHE / package.split("/")[-1]  # a folder each: npm takes out what it was not asked for
        if not (own / "node_modules" / package / "package.json").exists():
            run_npm_install(own, f"{package}@{version}")
        folders.append(own / "node_modules" / package / "artifacts" / "contracts")
    files = [file for folder in folders for file in folder.rglob(f"{name}.json")]
    if not files:
        raise PeerMissing(f"T-REX {TREX}", f"no contract {name} in its packages")
    return _read(files[0], name)


def _read(file: Path, name: str) -> Blueprint:
    try:
        found = json.loads(file.read_text())
        return blueprint_of(Artifact(f"TREX{name}", str(file), tuple(found["abi"]), found["bytecode"][2:]))
    except (OSError, KeyError, ValueError) as error:
        raise PeerMissing(f"T-REX {TREX}", f"{name}: {error}") from None


class TRex:
    """A token with its registries and compliance, each behind its proxy."""

    def __init__(self, lab: Lab, owner: Actor, issuer: Signer) -> None:
        self.lab, self.owner, self.issuer = lab, owner, issuer
        parts = ("Token", "ClaimTopicsRegistry", "IdentityRegistry", "IdentityRegistryStorage")
        parts += ("TrustedIssuersRegistry", "ModularCompliance")
        logic = [self.deploy(name) for name in parts]
        self.authority = self.deploy("TREXImplementationAuthority", True, "0x" + "00" * 20, "0x" + "00" * 20)
        self.authority.addAndUseTREXVersion((4, 1, 6), tuple(each.address for each in logic), sender=owner)
        self.topics = self.proxy("ClaimTopicsRegistry")
        self.issuers = self.proxy("TrustedIssuersRegistry")
        self.storage = self.proxy("IdentityRegistryStorage")
        self.registry = self.proxy("IdentityRegistry", self.issuers, self.topics, self.storage)
        self.compliance = self.proxy("ModularCompliance")
        nobody = "0x" + "00" * 20
        self.token = self.proxy("Token", self.registry, self.compliance, "T-REX", "TREX", 0, nobody)
        self.identities = self.deploy("ImplementationAuthority", self.deploy("Identity", owner, True))
        self.claim_issuer = self.deploy("ClaimIssuer", issuer.address)
        self._wire()

    def deploy(self, name: str, *values: Any) -> Contract:
        """One of the published contracts."""
        return published(name).deploy(self.lab.engine, *values, sender=self.owner)

    def proxy(self, name: str, *values: Any) -> Contract:
        """The proxy of a part, spoken to as the part."""
        made = self.deploy(f"{name}Proxy", self.authority, *values)
        return published(name).at(self.lab.engine, made.address)

    def person(self, name: str, *, proxied: bool = False) -> Actor:
        """A wallet with an identity that has one claim, registered. Transfers are cheaper where it has no proxy."""
        wallet = self.lab.actor(name)
        made = self.deploy("IdentityProxy", self.identities, wallet) if proxied else None
        identity = (
            published("Identity").at(self.lab.engine, made.address) if made else self.deploy("Identity", wallet, False)
        )
        data = b"checked"
        content = keccak(encode(["address", "uint256", "bytes"], [identity.address, TOPIC, data]))
        signature = self.issuer.key.sign_msg_hash(keccak(b"\x19Ethereum Signed Message:\n32" + content))
        sealed = signature.r.to_bytes(32) + signature.s.to_bytes(32) + bytes([signature.v + 27])
        identity.addClaim(TOPIC, 1, self.claim_issuer, sealed, data, "", sender=wallet)
        self.registry.registerIdentity(wallet, identity, COUNTRY, sender=self.owner)
        return wallet

    def add(self, name: str, *calls: tuple[str, tuple[Any, ...]]) -> Contract:
        """A module behind its proxy, bound and told its parameters."""
        logic = published(f"{name}Module")
        data = logic.functions["initialize()"].selector
        made = self.deploy("ModuleProxy", logic.deploy(self.lab.engine, sender=self.owner), data)
        module = logic.at(self.lab.engine, made.address)
        self.compliance.addModule(module, sender=self.owner)
        for function, values in calls:
            call = getattr(module, function).encode(*values)
            self.compliance.callModuleFunction(call, module, sender=self.owner)
        return module

    def add_five(self, trader: Actor) -> None:
        """The five rules, before anything is minted: nothing is refused to `trader`."""
        self.add("CountryAllow", ("batchAllowCountries", ([COUNTRY],)))
        self.add("MaxBalance", ("setMaxBalance", (_LIMIT,)))
        self.add("CountryRestrict", ("addCountryRestriction", (192,)))
        self.add("TransferRestrict", ("allowUser", (trader.address,)))
        self.add("SupplyLimit", ("setSupplyLimit", (_LIMIT,)))

    def _wire(self) -> None:
        owner = self.owner
        self.storage.bindIdentityRegistry(self.registry, sender=owner)
        self.topics.addClaimTopic(TOPIC, sender=owner)
        self.issuers.addTrustedIssuer(self.claim_issuer, [TOPIC], sender=owner)
        for agency in (self.registry, self.token):
            agency.addAgent(owner, sender=owner)
        self.registry.addAgent(self.token, sender=owner)
        self.token.unpause(sender=owner)

"""A deal file on one network: read, checked, compiled, and ready to be planned; what all commands of `deploy` share."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from eth_abi import decode
from eth_abi.exceptions import DecodingError

from salvor.chain.artifacts import Artifact
from salvor.chain.codec import address_of
from salvor.deal.load import load_deal, load_tape_mapping
from salvor.deal.oracle import Challenges
from salvor.deal.schema import Deal
from salvor.deploy.deal_plan import Accounts, DealSteps, Token, deal_steps
from salvor.deploy.feeds import ask_feeds
from salvor.deploy.plan.create3 import factory_on
from salvor.deploy.plan.journal import Journal, fact_of
from salvor.deploy.plan.outside import Outside
from salvor.deploy.plan.plan import Plan, make_plan
from salvor.deploy.plan.refusals import NetworkMissing, NetworkUnfit
from salvor.deploy.plan.rpc import Node, bytes_in, number_in
from salvor.deploy.powers import power_of
from salvor.deploy.terms import DealTerms, compile_terms
from salvor.deploy.warnings import warnings_of
from salvor.errors import RowsRejected
from salvor.files import write_whole
from salvor.jurisdictions.of_deal import DealRules
from salvor.tape.check import check_tape, first_reject
from salvor.tape.commitment.folder import PUBLIC, public_json, read_public
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from salvor.tape.committed import CommittedTape
from salvor.tape.loans import read_loans

BOOK = "addresses.json"  # of a deployment, in its folder
_DECIMALS = "0x313ce567"  # selector of `decimals()`
_SYMBOL = "0x95d89b41"  # of `symbol()`
LOCAL = ("local", "31337", "1337")  # names of networks on which nobody loses anything
THROWN_AWAY = (
    "the tape was committed with a secret that nobody keeps, so no loan of it can ever be proved; "
    "for a real deal commit it by `ape run tape commit` and name --commitment"
)


@dataclass(frozen=True)
class Deployment:
    """One deal on one chain."""

    deal: Deal
    terms: DealTerms
    accounts: Accounts
    token: Token
    node: Node
    chain_id: int
    folder: Path  # journal, address book and the last plan
    artifacts: Mapping[str, Artifact]
    salt: str
    doubts: tuple[str, ...] = ()
    rules: DealRules | None = None  # of a deal that names jurisdictions

    @property
    def journal(self) -> Path:
        """Of this deal on this chain under this salt."""
        return self.folder / "journal.sqlite"

    def steps(self) -> DealSteps:
        """Every contract and call of the deal, as the file has it."""
        block = self.node.ask("eth_getBlockByNumber", "latest", False) or {}
        now, outside = number_in(block.get("timestamp")) or 0, Outside(self.node, str(block.get("number", "latest")))
        if self.terms.oracle:
            ask_feeds(self.terms.oracle.section, outside)
        return deal_steps(
            self.deal.name,
            self.terms,
            self.artifacts,
            self.accounts,
            self.token,
            chain_id=self.chain_id,
            now=min(now, self.terms.closing - 1),  # a deal that is past its closing is still compared with its file
            factory=factory_on(self.node, begun_with=self._begun_with()),
            salt=self.salt,
            rules=self.rules,
            outside=outside.codes(),
        )

    def _begun_with(self) -> str:
        """The factory by name, as the journal has it, or the address book where the journal is elsewhere."""
        if said := fact_of(self.journal, "factory"):
            return said
        book = self.folder / BOOK
        return str(json.loads(book.read_text(encoding="utf-8")).get("factory", "")) if book.is_file() else ""

    def plan(self, journal: Journal | None = None) -> Plan:
        """Nothing is sent."""
        mined = journal.mined() if journal else None
        if self.terms.oracle:
            check_resolver(self.accounts.decides, self.terms.oracle.section.challenges, self.node)
        made = self.steps()
        said = [*self.doubts, *warnings_of(self.accounts, self.token, self.node)]
        return make_plan(made.steps, self.node, warnings=said, mined=mined)


def read_terms(
    deal_file: Path, out: Path, commitment: Path | None, *, local: bool
) -> tuple[Deal, DealTerms, list[str]]:
    """The deal and its tape, checked, with the tape's public commitment; on a local network one may be drawn."""
    deal = load_deal(deal_file)
    groups, said = read_groups(deal_file, deal, out, local=local)
    mapping = load_tape_mapping(deal_file.parent / deal.tape.mapping)
    source = deal_file.parent / deal.tape.file
    tape = check_tape(source, mapping, decimals=deal.settlement.decimals, out=out / "tape")
    if tape.totals.rows_rejected > deal.tape.max_rejected_rows or not tape.totals.rows_accepted:
        raise RowsRejected(source, first_reject(tape), tape.totals, deal.tape.max_rejected_rows, tape.exceptions)
    loans, kept = read_loans(tape), out / PUBLIC
    public, doubts = _committed(out, commitment, kept, local=local)
    if public.loan_count != len(loans):
        raise NetworkUnfit(f"{commitment or kept} committed {public.loan_count} loans, the tape has {len(loans)}")
    return deal, compile_terms(deal, loans, public, groups), [*doubts, *said]


def read_groups(deal_file: Path, deal: Deal, out: Path, *, local: bool) -> tuple[tuple[DealTerms, ...], list[str]]:
    """Further tranches that the deal's section `liquidation` names, each from its own file and tape."""
    found, doubts = [], list[str]()
    for name, group in (deal.liquidation.groups if deal.liquidation else {}).items():
        folder, commitment = deal_file.parent, group.commitment
        public = folder / commitment if commitment else None
        _, terms, said = read_terms(folder / group.deal, out / f"group {name}", public, local=local)
        found.append(terms)
        doubts += [f"group '{name}': {each}" for each in said]
    return tuple(found), doubts


def _committed(out: Path, commitment: Path | None, kept: Path, *, local: bool) -> tuple[CommittedTape, list[str]]:
    if commitment:
        return read_public(commitment / PUBLIC if commitment.is_dir() else commitment), []
    if not local:
        raise NetworkUnfit("name --commitment: on a public network the tape's root must be one that can be proved")
    if not kept.exists():
        drawn = commit_tape([checked_part(out / "tape")], Secret.draw()).public
        write_whole(kept, json.dumps(public_json(drawn), indent=2) + "\n")
    return read_public(kept), [THROWN_AWAY]


def accounts_on(deal: Deal, network: str, admin: str) -> tuple[Accounts, Token]:
    """Who is who there by the deal file; raises when it does not say."""
    if network not in deal.networks:
        raise NetworkMissing(network, list(deal.networks))
    own, token = deal.networks[network], deal.settlement
    named = dict(own.accounts)
    parties = {name: named.pop(name) for name in ("seller", "servicer", "transfer_agent", "arranger")}
    accounts = Accounts(
        admin=address_of(admin),
        **parties,
        others=named,
        owner=own.owner or "",
        oracle=own.oracle or "",
        claim_issuers=own.claim_issuers,
        registrar=own.registrar or "",
        resolver=own.resolver or "",
    )
    address = "" if own.settlement == "test_token" else own.settlement
    return accounts, Token(token.name, token.symbol, token.decimals, address)


def check_resolver(resolver: str, challenges: Challenges, node: Node) -> None:
    """A resolver behind a timelock can act before a dispute lapses: else every challenge takes its report out."""
    delay, window = power_of(node, resolver).delay, challenges.decide_days * 86_400
    if delay >= window:
        raise NetworkUnfit(
            f"the resolver {resolver} is a timelock of {delay} seconds, and a challenge lapses after {window}: it "
            "could decide none; name another `resolver` on the network, or more `decide_days`"
        )


def check_token(token: Token, node: Node) -> None:
    """The settlement asset on the chain counts in the decimals of the deal file, and is the one that it names."""
    if not token.address:
        return
    code, decimals, symbol = node.ask_all(
        [
            ("eth_getCode", (token.address, "latest")),
            *(("eth_call", ({"to": token.address, "data": data}, "latest")) for data in (_DECIMALS, _SYMBOL)),
        ]
    )
    if not bytes_in(code):
        raise NetworkUnfit(f"no contract stands at the settlement asset's address {token.address}")
    if (found := number_in(decimals)) != token.decimals:
        raise NetworkUnfit(
            f"the settlement asset at {token.address} has {found} decimals, the deal file {token.decimals}"
        )
    if (called := _text(bytes_in(symbol))) != token.symbol:
        raise NetworkUnfit(
            f"the settlement asset at {token.address} is called '{called}', in the deal file '{token.symbol}'; "
            "name the right asset, or say `symbol` as it does"
        )


def _text(answer: bytes | None) -> str:
    """As ERC-20 has it, or in one word, as some older tokens do."""
    try:
        if answer and len(answer) == 32:
            return answer.rstrip(b"\0").decode()
        return str(decode(["string"], answer or b"")[0])
    except (DecodingError, OverflowError, UnicodeDecodeError):
        return ""

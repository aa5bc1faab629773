"""From the options of `ape run deploy`, a deployment ready to be planned."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.deal.load import load_deal
from salvor.deal.networks import ClaimIssuer
from salvor.deal.schema import Deal
from salvor.deploy.connect import Connection, connected, signer_for
from salvor.deploy.deal_plan import Accounts, Token
from salvor.deploy.deployment import Deployment, accounts_on, check_token, read_terms
from salvor.deploy.plan.signers import Signer
from salvor.jurisdictions.of_deal import load_deal_rules
from salvor.options import Deploying
from salvor.toolchain.paths import ROOT


@contextmanager
def opened(chosen: Deploying) -> Iterator[tuple[Deployment, Signer | None]]:
    """Everything read and checked, with a node at hand, and who signs; a Safe signs elsewhere."""
    load_deal(chosen.deal)  # a slip in the file is told before any node is asked
    with connected(chosen.network) as connection:
        signer = None if chosen.safe else signer_for(chosen.account, connection, impersonate=chosen.impersonate)
        admin = chosen.safe or (signer.address if signer else "")
        yield _deployment(chosen, connection, admin), signer


def _deployment(chosen: Deploying, connection: Connection, admin: str) -> Deployment:
    folder, local = chosen.place(connection.chain_id), connection.is_local
    deal, terms, doubts = read_terms(chosen.deal, folder, chosen.commitment, local=local)
    accounts, token = _who(deal, connection, admin)
    check_token(token, connection.node)
    return Deployment(
        deal,
        terms,
        accounts,
        token,
        connection.node,
        connection.chain_id,
        folder,
        read_artifacts(build(ROOT)),
        chosen.salt,
        tuple(doubts),
        None if deal.compliance is None else load_deal_rules(chosen.deal),
    )


def _who(deal: Deal, connection: Connection, admin: str) -> tuple[Accounts, Token]:
    """By the deal file; on a local chain for which it says nothing, Ape's test accounts."""
    if connection.network in deal.networks or not connection.is_local:
        return accounts_on(deal, connection.network, admin)
    from ape import accounts

    everybody = [str(account.address) for account in accounts.test_accounts]
    parts = ("seller", "servicer", "transfer_agent", "arranger")
    named = dict(zip(parts, everybody[1:], strict=False))
    payees = [name for name in deal.payees if name not in ("seller", "servicer")]
    others = {name: everybody[5 + place % (len(everybody) - 5)] for place, name in enumerate(payees)}
    floating = any(tranche.floating for tranche in deal.tranches)
    oracle = everybody[-1] if floating else ""  # a stand-in: the warning says that no contract is there
    token = Token(deal.settlement.name, deal.settlement.symbol, deal.settlement.decimals)
    vouching = ClaimIssuer(address=everybody[-2], topics=["kyc", "country", "class"])
    issuers = {"test account": vouching} if deal.compliance else {}
    return Accounts(admin=admin, **named, others=others, oracle=oracle, claim_issuers=issuers), token

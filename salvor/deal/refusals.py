"""With which custom errors the contracts can refuse what a life does, by verb, and when they do.

docs/playing.md shows the same as a table. What is not named here never refuses an event of a life.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from salvor.errors import near

_NOT_ADMITTED = "who receives is not admitted"
_TOO_FEW = "the holder has fewer notes of the tranche"
_NOT_CLOSED = "the subscription is still open"
_NO_ORDER = "nothing is left of an order for the tranche"

REFUSALS: Mapping[str, Mapping[str, str]] = {
    "order": {
        "WrongSale": "the subscription is not open",
        "NotEligible": "the investor is not admitted",
        "AboveLimit": "all orders for the tranche would be above what the books hold",
    },
    "take_back": {
        "WrongSale": "the subscription is not open",
        "NotEligible": "the investor is not admitted any more and takes back less than all",
        "AboveLimit": "the order is smaller",
    },
    "hand_over": {
        "WrongSale": _NOT_CLOSED,
        "NoOrder": _NO_ORDER,
        "NotEligible": "the investor is not admitted any more",
    },
    "refund": {"WrongSale": _NOT_CLOSED, "NoOrder": "no cash of an order for the tranche is left"},
    "recover_order": {
        "WrongSale": _NOT_CLOSED,
        "NoOrder": _NO_ORDER,
        "HasOrder": "the new wallet has an order of its own for the tranche",
        "NotEligible": "the new wallet is not admitted",
    },
    "transfer": {
        "HolderFrozen": "the holder is frozen in the tranche",
        "NotEligible": _NOT_ADMITTED,
        "ERC20InsufficientBalance": _TOO_FEW,
    },
    "force_transfer": {"NotEligible": _NOT_ADMITTED, "ERC20InsufficientBalance": _TOO_FEW},
    "recover": {
        "SameWallet": "the lost wallet and the new one are the same",
        "NotEligible": "the new wallet is not admitted",
        "NothingToRecover": "the lost wallet has neither notes of the tranche nor unclaimed cash",
    },
    "claim": {"HolderFrozen": "the holder is frozen in the tranche"},
    "call_vote": {
        "NothingToVoteOn": "the deal is not closed yet, accelerated already, or wound up",
        "VoteOpen": "a vote of the senior class is open",
        "NoUnits": "the caller holds nothing of the senior class",
        "NoSuchTranche": "no tranche has principal left, so none is the senior class",
    },
    "vote": {
        "NoVoteOpen": "no vote is open: none was called, its days are over, or it is carried",
        "NotSenior": "the tranche that votes is not the senior class any more",
        "AlreadyVoted": "the holder has voted",
        "NoUnits": "the holder has nothing now of what was held when the vote was called",
    },
    "buy_loans": {
        "NotPurchased": "the deal is not closed, or was cancelled",
        "LastReportIsIn": "the last report is in",
        "NotRevolving": "the deal does not revolve, or not any more",
        "AboveAccount": "the price is above the revolving account",
        "AboveLimit": "the gross balance would be above what the books hold",
    },
}
# Of a deal with jurisdictions, beside these.
RULED: Mapping[str, Mapping[str, str]] = {
    "admit": {
        "ClaimNeverValid": "the claims of the investor's row have run out",
        "WalletTaken": "the account became somebody else's new wallet",
    },
    "remove": {
        "WalletUnknown": "the account is not registered",
        "WalletHolds": "the account has notes of some tranche",
    },
    "order": {"NotEligible": "the account is not registered, or a rule refuses so many units"},
    "recover_order": {"NotEligible": "the same of the new wallet"},
    "hand_over": {"TransferRefused": "the account is not registered any more, or a rule refuses what was allotted"},
    "transfer": {
        "UnitsFrozen": "the originator keeps these units",
        "HolderFrozen": "one of both is frozen in the tranche",
        "TransferRefused": "a rule refuses it, or who receives is not verified",
    },
    "force_transfer": {"TransferRefused": "who receives is not verified"},
    "recover": {
        "RecoveryNotPossible": "the lost wallet is not registered",
        "WalletTaken": "the new wallet is somebody else's",
    },
}
NAMES = tuple(dict.fromkeys(name for names in (*REFUSALS.values(), *RULED.values()) for name in names))


def refusal_findings(name: str) -> Iterator[str]:
    """Why a name is none of a refusal; nothing where it is one."""
    if name in ("yes", "no", "true", "false"):
        yield f"'{name}' is no name: write the error that is meant, such as HolderFrozen (docs/playing.md lists them)"
    elif name not in NAMES:
        yield f"no refusal is called '{name}'{near(name, NAMES) or '; docs/playing.md lists them'}"


def table(refusals: Mapping[str, Mapping[str, str]]) -> str:
    """A table of docs/playing.md."""
    rows = [f"| `{do}` | `{name}` | {when} |" for do, names in refusals.items() for name, when in names.items()]
    return "\n".join(["| `do` | `refused` | when |", "|---|---|---|", *rows])

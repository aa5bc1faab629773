"""ERC-4626 clause by clause (final, https://eips.ethereum.org/EIPS/eip-4626, CC0): number, words, and the test of each.

Numbers are function and place of the sentence: 5.2 is the second sentence about `maxDeposit`.
"""

from __future__ import annotations

from typing import NamedTuple


class Clause(NamedTuple):
    """One sentence of the standard; `test` names the function in `test_erc4626_clauses.py`."""

    number: str
    function: str
    words: str
    test: str
    here: str = ""  # how it is met, where that is not plain


_MAX = "MUST return the most that would be accepted and not revert; never higher than the actual maximum"
_LIMITS = "MUST factor in global and user-specific limits; 0 while entirely disabled, even temporarily"
_NO_LIMITS = "MUST NOT account for limits like those of the max function"
_PREVIEW_REVERT = "MUST NOT revert due to vault specific limits"
_SEEN = "a settlement asset that refuses the vault can't be seen by a view (docs/vaults.md, rule 13)"

CLAUSES = (
    Clause("0.1", "shares", "MUST implement EIP-20 to represent shares", "shares_are_an_erc20"),
    Clause(
        "0.2",
        "shares",
        "MAY revert on transfer if non-transferrable",
        "shares_are_an_erc20",
        "transfers ask compliance",
    ),
    Clause("0.3", "shares", "MUST implement EIP-20's optional metadata", "shares_have_metadata"),
    Clause("1.1", "asset", "MUST be an EIP-20 token contract", "asset_is_a_token"),
    Clause("1.2", "asset", "MUST NOT revert", "views_never_revert"),
    Clause(
        "2.1",
        "totalAssets",
        "SHOULD include any compounding that occurs from yield",
        "assets_include_what_was_bought",
        "cash is no asset until it has bought notes",
    ),
    Clause(
        "2.2",
        "totalAssets",
        "MUST be inclusive of any fees charged against assets",
        "there_are_no_fees",
        "there are none",
    ),
    Clause("2.3", "totalAssets", "MUST NOT revert", "views_never_revert"),
    Clause("3.1", "convertToShares", "MUST NOT be inclusive of any fees", "there_are_no_fees", "there are none"),
    Clause(
        "3.2",
        "convertToShares",
        "MUST NOT show any variations depending on the caller",
        "conversion_is_the_same_for_all",
    ),
    Clause(
        "3.3",
        "convertToShares",
        "MUST NOT reflect slippage or other on-chain conditions",
        "conversion_ignores_conditions",
    ),
    Clause(
        "3.4",
        "convertToShares",
        "MUST NOT revert unless by overflow of an unreasonably large input",
        "views_never_revert",
    ),
    Clause("3.5", "convertToShares", "MUST round down towards 0", "conversion_rounds_down"),
    Clause("4.1", "convertToAssets", "MUST NOT be inclusive of any fees", "there_are_no_fees", "there are none"),
    Clause(
        "4.2",
        "convertToAssets",
        "MUST NOT show any variations depending on the caller",
        "conversion_is_the_same_for_all",
    ),
    Clause(
        "4.3",
        "convertToAssets",
        "MUST NOT reflect slippage or other on-chain conditions",
        "conversion_ignores_conditions",
    ),
    Clause(
        "4.4",
        "convertToAssets",
        "MUST NOT revert unless by overflow of an unreasonably large input",
        "views_never_revert",
    ),
    Clause("4.5", "convertToAssets", "MUST round down towards 0", "conversion_rounds_down"),
    Clause("5.1", "maxDeposit", _MAX, "the_most_can_be_deposited", _SEEN),
    Clause(
        "5.2",
        "maxDeposit",
        "MUST NOT rely on balanceOf of asset of the user",
        "max_deposit_ignores_what_the_caller_has",
    ),
    Clause("5.3", "maxDeposit", _LIMITS, "limits_are_zero_while_disabled"),
    Clause(
        "5.4", "maxDeposit", "MUST return 2^256 - 1 if there is no limit", "there_is_always_a_limit", "notes are finite"
    ),
    Clause("5.5", "maxDeposit", "MUST NOT revert", "views_never_revert"),
    Clause(
        "6.1", "previewDeposit", "MUST be as close to and no more than the shares of a deposit", "previews_are_exact"
    ),
    Clause("6.2", "previewDeposit", _NO_LIMITS, "previews_ignore_limits"),
    Clause("6.3", "previewDeposit", "MUST be inclusive of deposit fees", "there_are_no_fees", "there are none"),
    Clause("6.4", "previewDeposit", _PREVIEW_REVERT, "previews_ignore_limits"),
    Clause("7.1", "deposit", "MUST emit Deposit", "deposit_and_mint_say_so"),
    Clause("7.2", "deposit", "MUST support approve and transferFrom on asset", "deposit_and_mint_pull_by_allowance"),
    Clause("7.3", "deposit", "MUST revert if all of assets can't be deposited", "more_than_can_come_in_is_refused"),
    Clause("8.1", "maxMint", _MAX, "the_most_can_be_minted", _SEEN),
    Clause(
        "8.2", "maxMint", "MUST NOT rely on balanceOf of asset of the user", "max_deposit_ignores_what_the_caller_has"
    ),
    Clause("8.3", "maxMint", _LIMITS, "limits_are_zero_while_disabled"),
    Clause(
        "8.4", "maxMint", "MUST return 2^256 - 1 if there is no limit", "there_is_always_a_limit", "notes are finite"
    ),
    Clause("8.5", "maxMint", "MUST NOT revert", "views_never_revert"),
    Clause("9.1", "previewMint", "MUST be as close to and no fewer than the assets of a mint", "previews_are_exact"),
    Clause("9.2", "previewMint", _NO_LIMITS, "previews_ignore_limits"),
    Clause("9.3", "previewMint", "MUST be inclusive of deposit fees", "there_are_no_fees", "there are none"),
    Clause("9.4", "previewMint", _PREVIEW_REVERT, "previews_ignore_limits"),
    Clause("10.1", "mint", "MUST emit Deposit", "deposit_and_mint_say_so"),
    Clause("10.2", "mint", "MUST support approve and transferFrom on asset", "deposit_and_mint_pull_by_allowance"),
    Clause("10.3", "mint", "MUST revert if all of shares can't be minted", "more_than_can_come_in_is_refused"),
    Clause(
        "11.1",
        "maxWithdraw",
        _MAX,
        "the_most_can_be_withdrawn",
        "for the owner as receiver; who may not hold can still send the notes to who may",
    ),
    Clause("11.2", "maxWithdraw", _LIMITS, "limits_are_zero_while_disabled"),
    Clause("11.3", "maxWithdraw", "MUST NOT revert", "views_never_revert"),
    Clause(
        "12.1",
        "previewWithdraw",
        "MUST be as close to and no fewer than the shares of a withdrawal",
        "previews_are_exact",
    ),
    Clause("12.2", "previewWithdraw", _NO_LIMITS, "previews_ignore_limits"),
    Clause("12.3", "previewWithdraw", "MUST be inclusive of withdrawal fees", "there_are_no_fees", "there are none"),
    Clause("12.4", "previewWithdraw", _PREVIEW_REVERT, "previews_ignore_limits"),
    Clause("13.1", "withdraw", "MUST emit Withdraw", "withdraw_and_redeem_say_so"),
    Clause("13.2", "withdraw", "MUST support the owner as caller", "the_owner_takes_out"),
    Clause("13.3", "withdraw", "MUST support a caller with EIP-20 approval over the shares", "a_spender_takes_out"),
    Clause("13.4", "withdraw", "SHOULD check that the caller can spend the owner's shares", "nobody_else_takes_out"),
    Clause("13.5", "withdraw", "MUST revert if all of assets can't be withdrawn", "more_than_can_leave_is_refused"),
    Clause("14.1", "maxRedeem", _MAX, "the_most_can_be_redeemed", "as 11.1"),
    Clause("14.2", "maxRedeem", _LIMITS, "limits_are_zero_while_disabled"),
    Clause("14.3", "maxRedeem", "MUST NOT revert", "views_never_revert"),
    Clause(
        "15.1", "previewRedeem", "MUST be as close to and no more than the assets of a redemption", "previews_are_exact"
    ),
    Clause("15.2", "previewRedeem", _NO_LIMITS, "previews_ignore_limits"),
    Clause("15.3", "previewRedeem", "MUST be inclusive of withdrawal fees", "there_are_no_fees", "there are none"),
    Clause("15.4", "previewRedeem", _PREVIEW_REVERT, "previews_ignore_limits"),
    Clause("16.1", "redeem", "MUST emit Withdraw", "withdraw_and_redeem_say_so"),
    Clause("16.2", "redeem", "MUST support the owner as caller", "the_owner_takes_out"),
    Clause("16.3", "redeem", "MUST support a caller with EIP-20 approval over the shares", "a_spender_takes_out"),
    Clause("16.4", "redeem", "SHOULD check that the caller can spend the owner's shares", "nobody_else_takes_out"),
    Clause("16.5", "redeem", "MUST revert if all of shares can't be redeemed", "more_than_can_leave_is_refused"),
    Clause("17.1", "Deposit", "MUST be emitted when tokens come in by mint and deposit", "deposit_and_mint_say_so"),
    Clause(
        "18.1", "Withdraw", "MUST be emitted when shares leave by redeem and withdraw", "withdraw_and_redeem_say_so"
    ),
    Clause("19.1", "rounding", "shares issued, and assets given for shares: down", "rounding_is_for_the_vault"),
    Clause("19.2", "rounding", "shares taken for assets, and assets taken for shares: up", "rounding_is_for_the_vault"),
    Clause(
        "19.3",
        "decimals",
        "strongly recommended to mirror the asset's decimals",
        "shares_have_metadata",
        "plus six where a vault reinvests: inflation costs a million times more",
    ),
)


def table() -> str:
    """The page docs/erc4626.md."""
    rows = [
        f"| {each.number} | `{each.function}` | {each.words} | `test_{each.test}` | {each.here} |" for each in CLAUSES
    ]
    head = (
        "# ERC-4626, clause by clause\n\n"
        "Generated from `tests/conformance/standards/erc4626.py`. Numbers are function and place of the sentence in "
        "the [standard](https://eips.ethereum.org/EIPS/eip-4626).\nEach test (`test_erc4626_clauses.py` beside) runs "
        "on every kind of vault in every situation that `situations.py` makes.\n"
        "The MAY clauses on a second flow, in which assets or shares are sent to the vault first, are not used: what "
        "is sent unasked is nobody's.\n"
    )
    return "\n".join([head, "| clause | of | words | test | here |", "|---|---|---|---|---|", *rows]) + "\n"

"""Every way to say no: each error builds one line from its fields and owns its exit code.

Exit codes: 0 fine, 1 a check failed, 2 bad input, 3 chain trouble.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from salvor.tape.check import Totals

CHECK_FAILED, BAD_INPUT, CHAIN_TROUBLE = 1, 2, 3


class SalvorError(click.ClickException):
    """Root of all errors that a user is meant to read; click prints the line and exits with `exit_code`."""

    exit_code = BAD_INPUT

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.splitlines()))


def near(word: str, known: Iterable[str]) -> str:
    """A hint at the known word that was probably meant; empty when none is near."""
    match = get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean '{_seen(match[0])}'?" if match else ""


def _seen(word: str) -> str:
    """The word with letters that can't be seen, such as a no-break space, written as their codes."""
    return "".join(letter if letter.isprintable() else f"\\u{ord(letter):04x}" for letter in word)


class FileMissing(SalvorError):
    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{path}: no such {what}; check the path")


class FileUnreadable(SalvorError):
    """Not the kind of file that was asked for."""

    def __init__(self, path: Path, wanted: str, reason: str) -> None:
        super().__init__(f"{path}: not {wanted}: {reason}")


class TapeEmpty(SalvorError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: no data rows below the header (row 1)")


class ColumnMissing(SalvorError):
    def __init__(self, path: Path, column: str, found: list[str], mapped: list[str]) -> None:
        hint = near(column, [name for name in found if name not in mapped]) or f"; found: {', '.join(found)}"
        super().__init__(f"{path}: row 1: no column '{column}'{hint}")


class NumbersAmbiguous(SalvorError):
    def __init__(self, path: Path, row: int, column: str, text: str) -> None:
        super().__init__(
            f"{path}: row {row}, column '{column}': is {text} more than a thousand, or a number with three decimals? "
            'name `numbers` in the mapping: { decimal: ",", thousands: "." } or { decimal: "." }'
        )


class RowsRejected(SalvorError):
    """More rows were rejected than the deal allows; the exceptions file has them all."""

    def __init__(self, path: Path, first: str, totals: Totals, allowed: int, exceptions: Path) -> None:
        super().__init__(
            f"{path}: {first} ({totals.rows_rejected} of {totals.rows_read} rows rejected, the deal allows {allowed}; "
            f"see {exceptions})"
        )


class FieldNotMapped(SalvorError):
    def __init__(self, field: str, why: str) -> None:
        super().__init__(f"the mapping has no column for '{field}': {why}")


class DealInvalid(SalvorError):
    """The deal file, at a line and column."""

    def __init__(self, path: Path, line: int, column: int, field: str, reason: str) -> None:
        where = f" '{field}':" if field else ""
        super().__init__(f"{path}: line {line}, column {column}:{where} {reason}")


class RulesContradict(SalvorError):
    """Lines of jurisdictions that no book of rules can hold together."""


class OrderAgainstRules(SalvorError):
    """An order or a trade of a deal that its own jurisdictions do not allow."""

    def __init__(self, what: str, reasons: str, more: int) -> None:
        others = f" (and {more} more)" if more else ""
        super().__init__(f"{what}: {reasons}{others}; `ape run investors check` tells all, or change the deal")


class HistoryBroken(SalvorError):
    """Events that can't all have happened: some are missing, or are not of one chain."""

    exit_code = CHECK_FAILED


class RowInvalid(SalvorError):
    """A file of rows, at a line."""

    def __init__(self, path: Path, line: int, reason: str) -> None:
        super().__init__(f"{path}: line {line}: {reason}")


class CollectionsInvalid(SalvorError):
    """The servicer's collections, at a line where one is to blame."""

    def __init__(self, path: Path, line: int | None, reason: str) -> None:
        super().__init__(f"{path}: line {line}: {reason}" if line else f"{path}: {reason}")


class CarryingRatiosDiffer(SalvorError):
    """Groups of tranches between which a claim could not move as it is; ratios in percent."""

    def __init__(self, group: str, given: str, needed: str) -> None:
        super().__init__(
            f"group '{group}' carries a claim at {given}, the deal's own tranches at {needed}: a case that moves must "
            "be carried there as here; write one ratio in both files, `losses: { by: ledgers, carrying_ratio: ... }`"
        )


class LoanTwice(SalvorError):
    """Collections could not say whose they are."""

    def __init__(self, loan: str, first: str, second: str) -> None:
        super().__init__(f"loan '{loan}' stands in {first} and in '{second}'; give one of them another identifier")


class OptionInvalid(SalvorError):
    """A command line that asks for what can't be."""


class ChainTrouble(SalvorError):
    """The node is not there, not ours, or refused what must succeed."""

    exit_code = CHAIN_TROUBLE


class NodeMissing(ChainTrouble):
    def __init__(self) -> None:
        super().__init__("anvil was not found; run `make setup`, then `make doctor` shows what is still missing")


class PortTaken(ChainTrouble):
    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} is taken by a program that is not anvil; stop it, or set `foundry: host: auto` in "
            "ape-config.yaml and unset APE_FOUNDRY_HOST"
        )


class NodeTrouble(ChainTrouble):
    def __init__(self, reason: str) -> None:
        super().__init__(f"the node did not start or answer: {reason}; `make doctor` shows what was found")


class WrongChain(ChainTrouble):
    def __init__(self, given: int, expected: int) -> None:
        super().__init__(f"connected to chain {given}, expected {expected}: this command is for a local test chain")


class ChainPastClosing(ChainTrouble):
    def __init__(self, now: int, closing: int) -> None:
        super().__init__(
            f"the chain's clock stands at {now}, after the deal's closing ({closing}); it only goes forward: "
            "stop that anvil, so that the command starts its own"
        )


class ReconciliationFailed(SalvorError):
    """Money is missing, or the contracts and the model disagree."""

    exit_code = CHECK_FAILED

    def __init__(self, differences: list[str]) -> None:
        super().__init__(f"reconciliation failed: {'; '.join(differences)}")


class ArgumentsMismatch(SalvorError):
    def __init__(self, called: str, given: int, wanted: str) -> None:
        super().__init__(f"{called} was given {given} arguments; it takes {wanted}")


class ArgumentInvalid(SalvorError):
    def __init__(self, called: str, name: str, kind: str, value: object) -> None:
        super().__init__(f"{called}: argument '{name}': {value!r} is no {kind}")


class AddressInvalid(SalvorError):
    def __init__(self, value: object) -> None:
        super().__init__(f"{value!r} is no address: 0x and 40 hexadecimal digits, a contract, or an actor")


class OutputUnreadable(ChainTrouble):
    """Not what the ABI promises: another contract stands there, or none."""

    def __init__(self, called: str, data: bytes, wanted: str) -> None:
        shown = f"0x{data[:64].hex()}{'...' if len(data) > 64 else ''}"
        super().__init__(f"{called} answered {shown} ({len(data)} bytes), which is not {wanted}")


class ArtifactMissing(SalvorError):
    def __init__(self, path: Path, name: str, found: list[str]) -> None:
        hint = near(name, found) or f"; there is: {', '.join(sorted(found))}"
        super().__init__(f"{path}: no contract '{name}'{hint}")


class ArtifactAmbiguous(SalvorError):
    def __init__(self, name: str, found: list[str]) -> None:
        super().__init__(f"more than one contract is called '{name}'; say which: {', '.join(found)}")


class LibraryMissing(SalvorError):
    def __init__(self, name: str, libraries: list[str]) -> None:
        super().__init__(f"{name} needs libraries that are not linked: {', '.join(libraries)}; deploy them, then link")


class NotDeployable(SalvorError):
    def __init__(self, name: str, source: str) -> None:
        super().__init__(f"{source}:{name} has no code: it is an interface or an abstract contract")


class PragmaUnmet(SalvorError):
    def __init__(self, source: str, pragma: str, version: str) -> None:
        super().__init__(
            f"{source}: 'pragma solidity {pragma}' does not allow solc {version}, the one version of this project "
            "(ape-config.yaml); take a file that allows it"
        )


class CompilerMissing(SalvorError):
    def __init__(self, version: str, folder: Path) -> None:
        there = ", ".join(sorted(file.name.removeprefix("solc-v") for file in folder.glob("solc-v*"))) or "none"
        super().__init__(f"solc {version}, which ape-config.yaml asks for, is not in {folder} (there is: {there})")


class FunctionMissing(SalvorError, AttributeError):
    """Also an AttributeError, so that `hasattr` answers instead of raising."""

    def __init__(self, contract: str, name: str, known: list[str]) -> None:
        hint = near(name, known) or f"; it has: {', '.join(sorted(known)) or 'none'}"
        super().__init__(f"{contract} has no function or event '{name}'{hint}")


class FunctionAmbiguous(SalvorError):
    def __init__(self, contract: str, name: str, signatures: list[str]) -> None:
        choices = ", ".join(f"contract['{each}']" for each in signatures)
        super().__init__(f"{contract}.{name} is overloaded; say which: {choices}")


class SenderMissing(SalvorError):
    def __init__(self, called: str) -> None:
        super().__init__(f"{called} changes state: say who sends it, sender=...")


class NoCode(ChainTrouble):
    """A call there would succeed and do nothing."""

    def __init__(self, contract: str, address: str) -> None:
        super().__init__(
            f"no code at {address}, where {contract} should be; was it deployed after the snapshot restored?"
        )


class StaleSnapshot(ChainTrouble):
    """Restoring it would silently destroy state."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"this snapshot can't be restored: {reason}")


class EngineCannot(ChainTrouble):
    """What this engine can't do, and which can."""

    def __init__(self, engine: str, what: str, instead: str) -> None:
        super().__init__(f"the engine '{engine}' can't {what}; {instead}")


class EngineGone(ChainTrouble):
    """The node behind an engine died or stopped answering."""

    def __init__(self, engine: str, reason: str) -> None:
        super().__init__(f"the engine '{engine}' is gone: {reason}")


class SlotMissing(SalvorError):
    def __init__(self, contract: str, path: str, known: list[str]) -> None:
        hint = near(path.rsplit(".", 1)[-1], known) or (f"; there is: {', '.join(known)}" if known else "")
        super().__init__(f"the storage of {contract} has no '{path}'{hint}")


class NotAsExpected(SalvorError, AssertionError):
    """A check that failed, in a test or a campaign."""

    exit_code = CHECK_FAILED


class OtherRegistry(SalvorError):
    """A compliance or a note asks another registry than the one that was deployed for it."""

    exit_code = CHECK_FAILED

    def __init__(self, contract: str, asked: str, registry: str) -> None:
        super().__init__(f"{contract} asks the registry {asked} and not {registry}: deploy again")


class StrategyNotCut(SalvorError):
    def __init__(self, where: str, strategy: str) -> None:
        super().__init__(
            f"{where}: {strategy} can't be drawn in blocks; use sampled_from, booleans, integers with both bounds, "
            "just, one_of, tuples, lists of at most 32, and map of these"
        )


class SecretUnfit(SalvorError):
    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a secret that can be used: {reason}")


class PassphraseWrong(SalvorError):
    def __init__(self, path: Path) -> None:
        super().__init__(f"{path}: the passphrase does not open it; it can't be recovered, look for the right one")


class NotCommitted(SalvorError):
    """What can't be disclosed, or is not there."""

    def __init__(self, what: str, hint: str) -> None:
        super().__init__(f"{what}{hint}")


class MappingExists(SalvorError):
    def __init__(self, path: Path) -> None:
        super().__init__(
            f"{path}: is there already and may have been edited; name another --out, or --force replaces it"
        )

"""Every way in which a node says no; one line each, and never a secret in it."""

from __future__ import annotations

from pathlib import Path

from salvor.errors import ChainTrouble, SalvorError


class SourceFailed(SalvorError):
    """A source did not give what it should: nothing of it is signed."""

    def __init__(self, source: str, field: str, reason: str, *, wait: int = 0) -> None:
        super().__init__(f"source '{source}': {field}: {reason}")
        self.source, self.field, self.reason = source, field, reason
        self.wait = wait  # seconds for which it asks to be left alone


class KeyUnfit(SalvorError):
    """The signer's key file or its passphrase."""

    def __init__(self, where: str, reason: str) -> None:
        super().__init__(f"{where}: not a key that can sign: {reason}")


class JournalUnfit(SalvorError):
    """The journal is another node's, damaged, or in use."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path}: not a journal that can be used: {reason}")


class WouldContradict(SalvorError):
    """This node has signed another value for the same key and time; it signs one, ever."""

    def __init__(self, key: str, time: int, signed: int, asked: int) -> None:
        super().__init__(f"{key} at {time}: {signed} was signed, {asked} will not be: one key and time has one value")
        self.signed, self.asked = signed, asked


class RpcFailed(ChainTrouble):
    """The chain's node did not answer, or with an error."""

    def __init__(self, method: str, reason: str, data: object = None) -> None:
        super().__init__(f"{method}: {reason}")
        self.reason, self.data = reason, data


class FeesAboveCap(ChainTrouble):
    """Gas costs more than the policy allows: nothing is sent until it is cheaper."""

    def __init__(self, needed: int, cap: int) -> None:
        super().__init__(f"gas costs {needed} wei, the policy allows {cap} (fees.max_fee_gwei)")

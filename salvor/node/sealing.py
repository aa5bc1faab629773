"""From values to what the contract takes: the digest that is signed, and the call that hands it in.

One value is a report, more are a batch under one Merkle root. Digests are the model's
(`salvor/model/oracle_reports.py`); a test compares them, and the selectors below, with the contract's own.
"""

from __future__ import annotations

from collections.abc import Sequence

from eth_abi import encode

from salvor.model.oracle_reports import Batch, Domain, Report, Told
from salvor.node.journal import Seal
from salvor.tape.merkle import keccak

_REPORT = "(bytes32,uint128,uint40,uint32,uint40)"
_BATCH = "(bytes32,uint32,uint32,uint40)"
_TOLD = "(bytes32,uint128,uint40)"
SUBMIT = f"submit(address,{_REPORT},bytes)"
SUBMIT_BATCH = f"submitBatch(address,{_BATCH},{_TOLD}[],bytes)"
_SELECTORS = {each: keccak(each.encode())[:4] for each in (SUBMIT, SUBMIT_BATCH)}


class Sealing:
    """For one contract on one chain."""

    def __init__(self, chain_id: int, contract: str) -> None:
        self.contract = contract
        self._domain = Domain(chain_id, contract)

    def digest(self, values: Sequence[Told], nonce: int, valid_until: int) -> bytes:
        """32 bytes to sign."""
        if len(values) == 1:
            return Report(values[0], nonce, valid_until).digest(self._domain)
        return Batch(values, nonce=nonce, valid_until=valid_until).digest(self._domain)

    def call(self, seal: Seal, signer: str) -> bytes:
        """Calldata that hands a signature in."""
        if seal.signature is None:
            raise ValueError("it is not signed yet")
        if len(seal.values) == 1:
            report = Report(seal.values[0], seal.nonce, seal.valid_until)
            words = bytes(encode(["address", _REPORT, "bytes"], [signer, report.words, seal.signature]))
            return _SELECTORS[SUBMIT] + words
        batch = Batch(seal.values, nonce=seal.nonce, valid_until=seal.valid_until)
        told = [each.words for each in batch.values]
        kinds = ["address", _BATCH, f"{_TOLD}[]", "bytes"]
        return _SELECTORS[SUBMIT_BATCH] + bytes(encode(kinds, [signer, batch.words, told, seal.signature]))

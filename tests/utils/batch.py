"""Many view calls in one JSON-RPC batch: a whole state in the time of two of Ape's calls."""

from __future__ import annotations

import requests


class Batch:
    """A fixed list of view calls, encoded once; `read` gives the words of each answer as integers."""

    def __init__(self, provider, calls) -> None:
        self._url = provider.uri
        self._session = requests.Session()
        self._requests = [
            {
                "jsonrpc": "2.0",
                "id": number,
                "method": "eth_call",
                "params": [{"to": method.contract.address, "data": _data(method, args)}, "latest"],
            }
            for number, (method, *args) in enumerate(calls)
        ]

    def read(self) -> list[tuple[int, ...]]:
        """The answers in the order of the calls."""
        answers = self._session.post(self._url, json=self._requests).json()
        by_number = {answer["id"]: answer["result"] for answer in answers}
        return [_words(by_number[number]) for number in range(len(self._requests))]


def _data(method, args) -> str:
    return "0x" + bytes(method.encode_input(*args)).hex()


def _words(result: str) -> tuple[int, ...]:
    text = result.removeprefix("0x")
    return tuple(int(text[place : place + 64], 16) for place in range(0, len(text), 64))

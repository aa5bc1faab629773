"""The table of ERC-7540 and its neighbours on a gate: read from the tests, each of which names its clause."""

from __future__ import annotations

import ast
from pathlib import Path

ERCS = (7540, 7575, 7887)
TESTS = Path(__file__).with_name("test_erc7540_clauses.py")


def table() -> str:
    """The page docs/erc7540.md."""
    requests, shares, cancels = (f"[ERC-{number}](https://eips.ethereum.org/EIPS/eip-{number})" for number in ERCS)
    head = (
        "# ERC-7540, clause by clause\n\n"
        "Generated from `tests/conformance/standards/test_erc7540_clauses.py`: the tests of a gate by "
        f"{requests} (requests), {shares} (a share of its own),\n{cancels} (cancellation), and of ERC-4626 and ERC-165 "
        "what they keep. Numbers are subject and place here; words of a standard are shortened. "
        "The rules of a gate: [evergreen.md](evergreen.md).\n"
    )
    rows = []
    classes = [each for each in ast.parse(TESTS.read_text()).body if isinstance(each, ast.ClassDef)]
    for subject, one in enumerate(classes, 1):
        tests = [each for each in one.body if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")]
        for place, test in enumerate(tests, 1):
            standard = test.name.split("_")[1]
            words = (ast.get_docstring(test) or "").replace("|", "\\|")
            rows.append(f"| {subject}.{place} | {standard} | {words} | `{one.name}.{test.name}` |")
    return "\n".join([head, "| clause | ERC | words | test |", "|---|---|---|---|", *rows]) + "\n"

"""`ape run deploy ...` in this process, on a node of a test's own."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

from click.testing import CliRunner, Result

from salvor.deploy.plan.rpc import Node
from tests.utils.small_plan import ROOT

DEAL = ROOT / "deals/charged-off-accounts/deal.yaml"
BEGIN = 1_700_000_000  # before the deal closes


def commands_on(node: Node, folder: Path) -> Callable[..., Result]:
    """A function of a command's name and arguments; journals lie in `folder/out`."""

    def command(name: str, *arguments: object, deal: Path = DEAL) -> Result:
        path = ROOT / f"scripts/deploy/{name}.py"
        spec: Any = importlib.util.spec_from_file_location(f"deploy_{name}", path)
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        common = [str(deal), "--network", node.url, "--folder", str(folder / "out")]
        return CliRunner().invoke(module.cli, [*common, *map(str, arguments)], catch_exceptions=False)

    return command

"""The example of the page is run as it stands there, on a node of its own."""

import re
from pathlib import Path

from tests.utils.small_plan import ROOT, artifacts

PAGE = ROOT / "docs/deploying.md"


def example():
    return re.search(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)[1]


def test_it_is_ten_lines():
    lines = [line for line in example().splitlines() if line and not line.startswith(("from ", "#"))]
    assert len(lines) <= 10


def test_it_deploys(node, tmp_path, monkeypatch, capsys):
    artifacts()  # compiled by now
    code = example().replace("http://127.0.0.1:8545", node.url).replace('".build"', repr(str(ROOT / ".build")))
    monkeypatch.chdir(tmp_path)
    exec(compile(code, str(PAGE), "exec"), {})
    said = capsys.readouterr().out
    addresses = re.findall(r"'(\w+)': '(0x\w+)'", said)
    assert [name for name, _ in addresses] == ["SettlementToken", "DealAccess", "Distributor"]
    assert all(len(node.ask("eth_getCode", address, "latest")) > 2 for _, address in addresses)
    assert Path("out/my-protocol.sqlite").exists()

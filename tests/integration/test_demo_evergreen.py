"""`ape run demo --deal deals/evergreen/deal.yaml`: investors come and go, and every unit is found again."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
DEAL = "evergreen"  # a folder of deals/


def test_the_evergreen_deal_reconciles(tmp_path):
    ape = str(Path(sys.executable).with_name("ape"))
    command = [ape, "run", "demo", "--deal", DEAL, "--out", str(tmp_path), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["reconciliation"]["holds"]
    assert told["reconciliation"]["refunds"] == 7_000_000  # two entries that no epoch met
    assert {line["name"]: line["invested"] for line in told["tranches"]} == {
        "A": 127_000_000,
        "B": 40_000_000,
        "J": 8_770_167,
    }
    assert "asked in period 3: sponsor would leave J with 400,000.00 units" in done.stderr

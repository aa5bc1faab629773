"""The JSON schema for editors, checked by ajv, which editors use too: every shipped deal passes, slips are marked."""

import json
import subprocess

import pytest
import yaml

from salvor.deal.for_editors import deal_json_schema
from salvor.toolchain.paths import BIN
from tests.utils.small_plan import ROOT

SHIPPED = sorted((ROOT / "deals").rglob("deal.yaml"))
CHECK = """
const Ajv = require("ajv/dist/2020");
const { schema, documents } = JSON.parse(require("fs").readFileSync(0, "utf8"));
const check = new Ajv({ strict: false, allErrors: true }).compile(schema);
const found = documents.map((each) => (check(each) ? [] : check.errors.map((e) => e.instancePath + " " + e.message)));
process.stdout.write(JSON.stringify(found));
"""


def as_an_editor_reads(text):
    return json.loads(json.dumps(yaml.safe_load(text), default=str))


def checked(*documents):
    asked = json.dumps({"schema": deal_json_schema(), "documents": documents})
    command = [str(BIN / "node"), "-e", CHECK]
    done = subprocess.run(command, input=asked, cwd=ROOT, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_every_shipped_deal_passes():
    texts = [path.read_text() for path in SHIPPED]
    assert checked(*map(as_an_editor_reads, texts)) == [[] for _ in texts]


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("rate: 7 %", "rate: 7", "/tranches/0/rate"),
        ("periods: 36", "periods: 36.5", "/calendar/periods"),
        ("purchase_price:", "price:", ""),
        ("size: 450000.00", "size: much", "/tranches/0/size"),
        ("pay: residual", "pay: rest", "/waterfall/6/pay"),
        ("salvor: 1", "salvor: 2", "/salvor"),
        ("behind plan: 90 %", "behind plan: ninety", "/triggers/behind plan"),
    ],
)
def test_a_slip_is_marked(old, new, place):
    text = (ROOT / "deals/charged-off-accounts/deal.yaml").read_text()
    assert old in text
    [found] = checked(as_an_editor_reads(text.replace(old, new, 1)))
    assert any(each.startswith(f"{place} ") for each in found)


def test_no_default_that_a_file_could_not_hold():
    assert '"default"' not in json.dumps(deal_json_schema())

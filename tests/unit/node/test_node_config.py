"""The configuration: every fault in one line with its place, and no secret in it."""

import shutil

import pytest

from salvor.errors import SalvorError
from salvor.node.config import load_node
from salvor.node.keys import key_of
from tests.unit.node.conftest import ROOT


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(ROOT / "deals/oracle-node", tmp_path / "oracle-node")
    shutil.copytree(ROOT / "deals/examples/consumer_debt", tmp_path / "examples/consumer_debt")
    return tmp_path / "oracle-node"


def changed(folder, old, new):
    path = folder / "node.yaml"
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))
    return path


def test_the_example_is_read(folder):
    settings = load_node(folder / "node.yaml")
    assert (settings.valid_for, settings.batch.most, settings.fees.cap, settings.fees.tip) == (
        3_600,
        100,
        10**11,
        10**9,
    )
    assert settings.sources[0].values[0].deviation == 5 * 10**15
    assert settings.journal == str(folder / "node.sqlite")
    assert settings.sources[4].mapping == str(folder / "../examples/consumer_debt/mapping.yaml")
    assert len(list(settings.watched())) == 6


@pytest.mark.parametrize(
    ("old", "new", "line", "said"),
    [
        ("valid_for: 1 h", "vald_for: 1 h", 18, "'vald_for': unknown key; did you mean 'valid_for'?"),
        ("valid_for: 1 h", "valid_for: 1 hour ago", 18, "'1 hour ago' is not a length of time, such as 30 s"),
        ("valid_for: 1 h", "valid_for: 0 s", 18, "'0 s' is not a length of time"),
        ("salvor_node: 1", "salvor_node: 2", 3, "'salvor_node': '2': input should be '1'"),
        ("place_id: DV_ENC", "plce_id: DV_ENC", 34, "unknown key; did you mean 'place_id'?"),
        ("heartbeat: 31 days, deviation: 0.5 %", "deviation: 0.5 %", 34, "'sources.0.values.0.heartbeat': is missing"),
        ("deviation: 0.5 %", "deviation: half a percent", 34, "'half a percent' is not a percentage"),
        ("key: HPI/US-ENC", "key: HPY/US-ENC", 34, "'HPY' is no kind of value; did you mean 'HPI'?"),
        ("key: HPI/US-ENC", "key: US-ENC", 34, "'US-ENC' is not a key, such as COLLATERAL/17"),
        ("key: HPI/US-ENC", "key: HPI/US ENC", 34, "a key is made of visible ASCII characters"),
        ("key: HPI/US-ENC", "key: HPI/US-12420", 35, "HPI/US-12420 is watched twice; one key, one source"),
        ("kind: house_prices", "kind: house_price", 29, "kind 'house_price' is none of"),
        ("kind: house_prices", "kind: house_price", 29, "did you mean 'house_prices'?"),
        ("    kind: house_prices\n", "", 29, "`kind` is missing"),
        ("name: land-registry", "name: fhfa", 29, "'fhfa' is the name of two sources"),
        ("{ file: hpi_master.csv }", "{ file: a.csv, url: http://a.example }", 31, "name either `file` or `url`"),
        ("{ file: hpi_master.csv }", "{ url: http://a.example/b }", 31, "is not https: whoever is on the way could"),
        (
            "{ file: hpi_master.csv }",
            "{ file: a, headers: { Authorization: { env: TOKEN } } }",
            31,
            "`headers` are for an address",
        ),
        ("{ file: hpi_master.csv }", "{ url: ftp://a.example/b }", 31, "is not an address, such as https://"),
        ("{ file: hpi_master.csv }", "{ url: https://a.example:99999/b }", 31, "is not an address, such as https://"),
        ("{ file: hpi_master.csv }", "{ url: https://me:pw@a.example/b }", 31, "has a name or password in it"),
        ("{ file: hpi_master.csv }", '{ file: "hpi-{date}.csv" }', 31, "{date} is for a servicer's file"),
        (
            "{ file: hpi_master.csv }",
            "{ url: http://a.example/b, headers: { Authorization: { env: TOKEN } } }",
            31,
            "is not https: whoever is on the way could write another value, and read the `headers`",
        ),
        (
            "{ file: hpi_master.csv }",
            "{ url: https://a.example/b, headers: { Authorization: { env: s3cret } } }",
            31,
            "is not the name of an environment variable",
        ),
        ('hub: "0x5FbDB2315678afecb367f032d93F642f64180aa3"', "hub: 0x5FbD", 9, "'0x5FbD' is no address"),
        ("most: 100", "most: 501", 22, "should be less than or equal to 500"),
        ("max_fee_gwei: 100", "max_fee_gwei: 1e3", 24, "'1e3' is not an amount of gwei, such as 50 or 0.1"),
        ("account: example-appraiser", "file: k.json\n  account: a", 13, "name either `file` or `account`"),
        ("port: 9464", "port: 94640", 20, "should be less than or equal to 65535"),
        ("categories: [A]", "categories: []", 46, "should have at least 1 item"),
    ],
)
def test_a_fault_is_told_with_its_line(folder, old, new, line, said):
    path = changed(folder, old, new)
    with pytest.raises(SalvorError) as refused:
        load_node(path)
    message = refused.value.message
    assert message.startswith(f"{path}: line {line}, column ")
    assert said in message
    assert (len(message.splitlines()), refused.value.exit_code) == (1, 2)


def test_a_mapping_that_is_not_there(folder):
    path = changed(folder, "consumer_debt/mapping.yaml", "consumer_debt/map.yaml")
    with pytest.raises(SalvorError, match=r"map\.yaml: no such mapping file"):
        load_node(path)


def test_no_sources_at_all(folder):
    path = folder / "node.yaml"
    text = path.read_text()
    path.write_text(text[: text.index("sources:")] + "sources: []\n")
    with pytest.raises(SalvorError, match=r"'sources': .* at least 1 item"):
        load_node(path)


def test_keys_in_hexadecimal_are_taken_as_they_are():
    assert key_of("0x" + "ab" * 32) == b"\xab" * 32
    with pytest.raises(ValueError, match="is not a key"):
        key_of("0x" + "ab" * 31)


def test_a_long_key_is_shortened_as_the_hub_documents():
    key = key_of("COLLATERAL/a-loan-with-a-very-long-identifier")
    assert (len(key), key[:11]) == (32, b"COLLATERAL#")

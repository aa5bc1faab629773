"""Byte for byte what `@openzeppelin/merkle-tree` does: the library itself builds the same trees and loads our dumps."""

import json
import subprocess

import pytest

from salvor.tape.merkle import StandardMerkleTree
from salvor.toolchain.paths import BIN, ROOT

NODE = BIN / "node"  # the set-up always brings it, and the library: without them these tests fail, not skip
WORDS = ("bytes32", "bytes32", "uint256", "bytes32")  # of a loan: encoded without the general encoder
MIXED = ("string", "uint256", "uint256")
SIZES = (1, 2, 3, 4, 5, 7, 8, 9, 33)

SCRIPT = """
const { StandardMerkleTree } = require("@openzeppelin/merkle-tree");
const ours = JSON.parse(require("fs").readFileSync(0, "utf8"));
const values = ours.values.map(({ value }) => value);
const theirs = StandardMerkleTree.of(values, ours.leafEncoding);
const loaded = StandardMerkleTree.load(ours);
loaded.validate();
process.stdout.write(JSON.stringify({
  root: theirs.root,
  proofs: values.map((_, i) => theirs.getProof(i)),
  dump: theirs.dump(),
  loadedRoot: loaded.root,
  verified: values.map((value, i) => loaded.verify(value, loaded.getProof(i))),
}));
"""


def ask_openzeppelin(dump):
    """What the JavaScript library makes of the values in a dump; raises when it does not load it."""
    done = subprocess.run(
        [NODE, "-e", SCRIPT], cwd=ROOT, input=json.dumps(dump), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def loans(count):
    """Loans with identifiers of every kind: empty, leading zeros, longer than a word, beyond ASCII."""
    kinds = ("{:04}", "account {} of a bank with a long name", "Ł{}", "{}")
    return [(kinds[n % 4].format(n) if n else "", n * 10**30, n % 100) for n in range(count)]


def assert_same(tree):
    theirs = ask_openzeppelin(tree.dump())
    assert theirs["root"] == theirs["loadedRoot"] == "0x" + tree.root.hex()
    assert theirs["proofs"] == [["0x" + node.hex() for node in tree.proof(n)] for n in range(len(tree.values))]
    assert theirs["verified"] == [True] * len(tree.values)
    assert theirs["dump"] == tree.dump()


@pytest.mark.parametrize("size", SIZES)
def test_the_same_root_proofs_and_dump(size):
    assert_same(StandardMerkleTree(loans(size), MIXED))


@pytest.mark.parametrize("size", SIZES)
def test_the_same_for_another_leaf(size):
    values = [(n, f"{n:03}", 2**256 - 1 - n) for n in range(size)]
    assert_same(StandardMerkleTree(values, ("uint256", "string", "uint256")))


def test_the_same_for_two_equal_values():
    assert_same(StandardMerkleTree([("7", 1, 0), ("8", 1, 0), ("7", 1, 0)], MIXED))


@pytest.mark.parametrize("size", SIZES)
def test_the_same_for_leaves_of_whole_words(size):
    values = [(bytes([n]) * 32, b"\xff" * 32, n * 10**70, bytes([255 - n]) * 32) for n in range(size)]
    assert_same(StandardMerkleTree(values, WORDS))

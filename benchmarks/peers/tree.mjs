// The peer of salvor/tape/merkle.py: reads {"values": [...], "encoding": [...]}, builds the tree, says its root and the seconds.
import { readFileSync } from "node:fs";
import { StandardMerkleTree } from "@openzeppelin/merkle-tree";

const { values, encoding } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const began = performance.now();
const tree = StandardMerkleTree.of(values, encoding);
const seconds = (performance.now() - began) / 1000;
console.log(JSON.stringify({ root: tree.root, seconds }));

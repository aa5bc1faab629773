// Hardhat Ignition's engine without Hardhat around it: 20 tokens and 60 calls of them, as a user's module says it.
// Asked with JSON on stdin (url, artifact, contracts, calls, folder, journal, poll), answers with JSON on stdout.
import fs from "node:fs";
import { performance } from "node:perf_hooks";
import { buildModule, deploy } from "@nomicfoundation/ignition-core";

const asked = JSON.parse(fs.readFileSync(0, "utf8"));
let requests = 0;
let id = 0;
const provider = {
  async request({ method, params }) {
    requests += 1;
    const body = JSON.stringify({ jsonrpc: "2.0", id: ++id, method, params: params ?? [] });
    const answer = await fetch(asked.url, { method: "POST", headers: { "content-type": "application/json" }, body });
    const said = await answer.json();
    if (said.error) throw Object.assign(new Error(said.error.message), said.error);
    return said.result;
  },
};

const module_ = buildModule("Bench", (m) => {
  const made = [];
  for (let i = 0; i < asked.contracts; i++) {
    made.push(m.contract("SettlementToken", asked.artifact, [`Dollar ${i}`, `USD${i}`, 2], { id: `token${i}` }));
  }
  for (let i = 0; i < asked.calls; i++) {
    m.call(made[i % made.length], "mint", [asked.account, BigInt(1 + i)], { id: `mint${i}` });
  }
  return Object.fromEntries(made.map((each, i) => [`token${i}`, each]));
});

const artifactResolver = {
  async loadArtifact() {
    return asked.artifact;
  },
  async getBuildInfo() {
    return undefined;
  },
};
const config = { requiredConfirmations: 1 };
if (asked.poll) config.blockPollingInterval = asked.poll;
const begun = performance.now();
const result = await deploy({
  config,
  artifactResolver,
  provider,
  deploymentDir: asked.folder,
  ignitionModule: module_,
  deploymentParameters: {},
  accounts: [asked.account],
});
const seconds = (performance.now() - begun) / 1000;
if (result.type !== "SUCCESSFUL_DEPLOYMENT") throw new Error(JSON.stringify(result));
const addresses = Object.values(result.contracts).map((each) => each.address);
fs.writeSync(1, JSON.stringify({ seconds, requests, addresses }));

"""From a deal file to contracts; and for any set of contracts: plan it, apply it, resume it.

What stands here is the small API of the second part, the same that the deal's own commands use (docs/deploying.md).
"""

from __future__ import annotations

from salvor.chain.artifacts import read_artifacts
from salvor.deploy.plan.plan import Plan, make_plan, read_plan, write_plan
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.run import Applied, Options, apply_plan
from salvor.deploy.plan.signers import ApeSigner, Impersonated, Key, Signer
from salvor.deploy.plan.steps import Existing, Planned, Step, Steps, steps_on

__all__ = [
    "ApeSigner",
    "Applied",
    "Existing",
    "Impersonated",
    "Key",
    "Node",
    "Options",
    "Plan",
    "Planned",
    "Signer",
    "Step",
    "Steps",
    "apply_plan",
    "make_plan",
    "read_artifacts",
    "read_plan",
    "steps_on",
    "write_plan",
]

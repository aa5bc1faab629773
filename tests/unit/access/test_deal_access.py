"""DealAccess: every privileged function, who may call it, and that nobody else may.

The table is compared with the source, so a privileged function without a line here fails.
"""

import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from salvor.tape.merkle import keccak
from tests.utils import liquidation_access, oracle_access
from tests.utils.world import NO_CORRECTION, report_of

SOURCES = Path(__file__).parents[3] / "contracts"
DAY = 86_400


@dataclass(frozen=True)
class Privileged:
    """A restricted function and its only caller; `args` are those of a call that its caller could make."""

    contract: str
    function: str
    role: str
    args: tuple

    def targets(self, world):
        """Every deployed contract that has the function."""
        live = world.live
        one = {"AllowList": live.allow_list, "LoanPool": live.pool, "Offering": live.offering}
        one["Distributor"] = live.distributor
        return list(live.notes) if self.contract == "TrancheNote" else [one[self.contract]]

    def call(self, target, world, caller):
        """Try it as `caller`; the caller stands for whoever an argument names."""
        args = [caller if each == "caller" else world.now + DAY if each == "tomorrow" else each for each in self.args]
        return send(getattr(target, self.function), *args, sender=caller)


TABLE = (
    Privileged("AllowList", "admit", "TRANSFER_AGENT", ("caller", "tomorrow")),
    Privileged("AllowList", "remove", "TRANSFER_AGENT", ("caller",)),
    Privileged("Distributor", "appoint", "OFFERING", ("caller",)),
    Privileged("Distributor", "snapshotOf", "VOTE", ("caller", 1)),
    Privileged("LoanPool", "buyFurther", "MANAGER", ((b"\x01" * 32, 1, 1), 0)),
    Privileged("LoanPool", "purchase", "OFFERING", ("caller",)),
    Privileged("LoanPool", "report", "SERVICER", (1, report_of(0), NO_CORRECTION)),
    Privileged("Offering", "open", "ARRANGER", ("caller",)),
    Privileged("Offering", "recoverOrder", "TRANSFER_AGENT", (0, "caller", "caller")),
    Privileged("TrancheNote", "forceTransfer", "TRANSFER_AGENT", ("caller", "caller", 1)),
    Privileged("TrancheNote", "handOver", "OFFERING", ("caller", 1)),
    Privileged("TrancheNote", "issue", "OFFERING", (1,)),
    Privileged("TrancheNote", "recover", "TRANSFER_AGENT", ("caller", "caller")),
    Privileged("TrancheNote", "setFrozen", "TRANSFER_AGENT", ("caller", True)),
)

# Contracts that stand beside a deal and obey its roles (tests/unit/vaults/test_vault_roles.py).
BESIDE_A_DEAL = {(name, call) for name in ("NoteBasket", "NoteVault") for call in ("forceTransfer", "recover")}

# Whoever calls these acts for themselves, or does what the deal says anyway.
OPEN_TO_ALL = {
    ("DefaultVote", "call"),
    ("DefaultVote", "vote"),
    ("Distributor", "openAccounts"),
    ("Distributor", "openBook"),
    ("Distributor", "payCredit"),
    ("IndexRecord", "tell"),
    ("NoteBasket", "bundle"),
    ("NoteBasket", "claimFor"),
    ("NoteBasket", "harvest"),
    ("NoteBasket", "transfer"),
    ("NoteBasket", "transferFrom"),
    ("NoteBasket", "unbundle"),
    ("NoteVault", "claimCash"),
    ("NoteVault", "claimCashFor"),
    ("NoteVault", "deposit"),
    ("NoteVault", "harvest"),
    ("NoteVault", "mint"),
    ("NoteVault", "redeem"),
    ("NoteVault", "transfer"),
    ("NoteVault", "transferFrom"),
    ("NoteVault", "withdraw"),
    ("Offering", "close"),
    ("LoanPool", "reportMissing"),
    ("Offering", "handOver"),
    ("Offering", "order"),
    ("Offering", "reduce"),
    ("Offering", "refund"),
    ("Offering", "settle"),
    ("ReinvestingNoteVault", "sell"),
    ("TrancheNote", "claim"),
    ("TrancheNote", "claimFor"),
    ("TrancheNote", "claimMany"),
    ("TrancheNote", "transfer"),
    ("TrancheNote", "transferFrom"),
    ("Waterfall", "run"),
}
# These know their one caller without a role: another contract of the deal. Each refuses an outsider by its own error
# (TestOutsiders in tests/unit/waterfall/test_full_life.py; `release`: tests/unit/notes/test_release.py).
FOR_ONE_CONTRACT = {
    ("Distributor", "book"),
    ("Distributor", "payHolder"),
    ("Distributor", "release"),
    ("Distributor", "tryPayHolder"),
    ("Waterfall", "begin"),
    ("Waterfall", "declareDefault"),
    ("Waterfall", "spend"),
}
# Parts of a token, or of a gate: their functions are called on the whole.
PART_OF = {"Earnings": "TrancheNote", "Supervised": "TrancheNote", "GateBooks": "Gate"}
# Of an evergreen deal: an outsider is refused, the role obeyed, in tests/unit/fund/test_fund_access.py.
EVERGREEN = {
    ("EvergreenFund", "announceWriteOff"),
    ("EvergreenFund", "change"),
    ("EvergreenFund", "setPaused"),
    ("Gate", "movePosition"),
    ("TrancheNote", "setGate"),
}
EVERGREEN_OPEN = {
    ("EvergreenFund", "settle"),
    ("Gate", "cancelDepositRequest"),
    ("Gate", "cancelRedeemRequest"),
    ("Gate", "claimCancelDepositRequest"),
    ("Gate", "claimCancelRedeemRequest"),
    ("Gate", "claimEarned"),
    ("Gate", "deposit"),
    ("Gate", "mint"),
    ("Gate", "redeem"),
    ("Gate", "requestDeposit"),
    ("Gate", "requestRedeem"),
    ("Gate", "setOperator"),
    ("Gate", "turnBack"),
    ("Gate", "withdraw"),
}
EVERGREEN_FOR_ONE_CONTRACT = {
    ("Distributor", "resize"),
    ("EvergreenFund", "bought"),
    ("Gate", "recover"),
    ("Gate", "forward"),
    ("Gate", "settle"),
    ("TrancheNote", "remake"),
    ("Waterfall", "settleEpoch"),
}
# Their own table: tests/unit/compliance/test_regulated_access.py.
OF_A_REGULATED_NOTE = {"Agents", "RegulatedNote", "RegulatedUnits"} | {
    path.stem for path in (SOURCES / "compliance").rglob("*.sol") if path.stem != "AllowList"
}
ROLES = ("SERVICER", "TRANSFER_AGENT", "OFFERING", "ARRANGER", "MANAGER", "VOTE")

each_privileged = pytest.mark.parametrize("line", TABLE, ids=lambda line: f"{line.contract}.{line.function}")


def declared_functions():
    """(contract, function, what stands between its arguments and its body) of every function in contracts/."""
    for path in sorted(SOURCES.rglob("*.sol")):
        if path.parent.name == "mocks" or path.stem in OF_A_REGULATED_NOTE:
            continue
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for match in re.finditer(r"\bfunction\s+(\w+)\s*\([^)]*\)([^{;]*)[{;]", text):
            yield PART_OF.get(path.stem, path.stem), match[1], set(re.findall(r"\w+", match[2]))


def role_holders(world):
    """Every party of the deal, with the role that it alone holds (or none)."""
    live = world.live
    holding = {
        "SERVICER": live.parties.servicer,
        "TRANSFER_AGENT": live.parties.transfer_agent,
        "OFFERING": live.offering,
        "ARRANGER": live.parties.arranger,
        "MANAGER": live.parties.admin,
        "VOTE": live.vote,
    }
    others = (live.parties.seller, live.pool, live.allow_list, live.distributor, live.waterfall)
    return holding, (*others, *live.notes, *world.holders, world.outsider)


class TestSource:
    def test_has_the_restricted_functions_of_the_table_and_no_others(self):
        found = {(contract, name) for contract, name, words in declared_functions() if "restricted" in words}
        beside = liquidation_access.RESTRICTED | set(oracle_access.RESTRICTED) | BESIDE_A_DEAL | EVERGREEN
        assert found == {(line.contract, line.function) for line in TABLE} | beside

    def test_has_no_other_function_that_changes_anything_unless_it_is_open_to_all(self):
        changing = {
            (contract, name)
            for contract, name, words in declared_functions()
            if words & {"external", "public"} and not words & {"view", "pure", "restricted"}
        }
        beside = liquidation_access.OTHERS | oracle_access.OPEN_TO_ALL | EVERGREEN_OPEN | EVERGREEN_FOR_ONE_CONTRACT
        assert changing == OPEN_TO_ALL | FOR_ONE_CONTRACT | beside


class TestRestrictedFunctions:
    @each_privileged
    def test_refuse_an_outsider(self, world, outsider, line):
        for target in line.targets(world):
            refusal = refusal_of(lambda target=target: line.call(target, world, outsider))
            assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))

    @each_privileged
    def test_refuse_the_admin(self, world, line):
        admin = world.live.parties.admin
        if line.role == "MANAGER":
            return  # the admin's own part in the deals that this project deploys
        for target in line.targets(world):
            refusal = refusal_of(lambda target=target: line.call(target, world, admin))
            assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (admin.address,))

    @each_privileged
    def test_let_their_one_role_through(self, world, line):
        access = world.live.access
        holding, others = role_holders(world)
        for target in line.targets(world):
            selector = keccak(getattr(target, line.function).abis[0].selector.encode())[:4]
            callers = (*holding.values(), *others)
            allowed = [caller for caller in callers if access.canCall(caller, target, selector)[0]]
            assert allowed == [holding[line.role]]


class TestRoles:
    def test_have_the_numbers_that_the_interface_promises(self, world):
        access = world.live.access
        assert [getattr(access, role)() for role in ROLES] == [1, 2, 3, 4, 5, 6]

    def test_are_held_by_one_party_each_without_delay(self, world):
        access = world.live.access
        holding, others = role_holders(world)
        for role in ROLES:
            number = getattr(access, role)()
            members = [each for each in (*holding.values(), *others) if access.hasRole(number, each)[0]]
            assert members == [holding[role]]
            assert access.hasRole(number, holding[role])[1] == 0
            assert access.getRoleAdmin(number) == access.ADMIN_ROLE()

    def test_are_granted_by_the_admin_alone(self, world):
        access = world.live.access
        holding, others = role_holders(world)
        members = [each for each in (*holding.values(), *others) if access.hasRole(access.ADMIN_ROLE(), each)[0]]
        assert members == [world.live.parties.admin]


class TestGrantRole:
    def test_lets_a_new_holder_in(self, world, outsider):
        live = world.live
        send(live.access.grantRole, live.access.TRANSFER_AGENT(), outsider, 0, sender=live.parties.admin)
        until = world.now + DAY
        send(live.allow_list.admit, outsider, until, sender=outsider)
        assert live.allow_list.admittedUntil(outsider) == until

    @pytest.mark.parametrize("role", ROLES)
    def test_refuses_an_outsider(self, world, outsider, role):
        access = world.live.access
        refusal = refusal_of(lambda: send(access.grantRole, getattr(access, role)(), outsider, 0, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagerUnauthorizedAccount", (outsider.address, 0))

    def test_refuses_a_role_s_own_holder(self, world, outsider):
        access, agent = world.live.access, world.live.parties.transfer_agent
        refusal = refusal_of(lambda: send(access.grantRole, access.TRANSFER_AGENT(), outsider, 0, sender=agent))
        assert (refusal.error, refusal.values) == ("AccessManagerUnauthorizedAccount", (agent.address, 0))


class TestRevokeRole:
    def test_shuts_a_holder_out(self, world):
        live, agent = world.live, world.live.parties.transfer_agent
        send(live.access.revokeRole, live.access.TRANSFER_AGENT(), agent, sender=live.parties.admin)
        refusal = refusal_of(lambda: send(live.allow_list.remove, agent, sender=agent))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (agent.address,))

    def test_refuses_an_outsider(self, world, outsider):
        access, agent = world.live.access, world.live.parties.transfer_agent
        refusal = refusal_of(lambda: send(access.revokeRole, access.TRANSFER_AGENT(), agent, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagerUnauthorizedAccount", (outsider.address, 0))


class TestSetTargetFunctionRole:
    def test_refuses_an_outsider(self, world, outsider):
        access = world.live.access
        args = (world.live.pool, [bytes(4)], 1)
        refusal = refusal_of(lambda: send(access.setTargetFunctionRole, *args, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagerUnauthorizedAccount", (outsider.address, 0))

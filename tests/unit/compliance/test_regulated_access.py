"""Every function of a regulated note and of what it asks that changes anything: an outsider may not call it.

The tables are compared with the source, so a function without a line here fails.
"""

import re
from pathlib import Path

import pytest

from salvor.lab import open_lab
from tests.utils.regulated import ITALY, KYC, NO_LIMIT, NOBODY, open_office

SOURCES = Path(__file__).parents[3] / "contracts"
FOLDERS = {
    *(path for path in (SOURCES / "compliance").rglob("*.sol") if path.stem != "AllowList"),
    *(SOURCES / "notes").glob("Regulated*.sol"),
    SOURCES / "access/Agents.sol",
}
ROOT = b"\x01" * 32
SOME = "0x" + "11" * 20
PAPERS = (0, SOME, NOBODY, 0, ROOT, ROOT)
MOVEMENT = ((SOME, 1, ITALY, 1, 5), (SOME, 2, ITALY, 1, 5), 5, 0)

# Contract, function, arguments of a call.
BY_ROLE = (
    ("note", "addAgent", (SOME,)),
    ("note", "removeAgent", (SOME,)),
    ("note", "setName", ("x",)),
    ("note", "setSymbol", ("x",)),
    ("note", "setOnchainID", (SOME,)),
    ("note", "setIdentityRegistry", (SOME,)),
    ("note", "setCompliance", (SOME,)),
    ("note", "issue", (5,)),
    ("note", "handOver", (SOME, 5)),
    ("note", "setGate", (SOME,)),
    ("note", "setFrozen", (SOME, True)),
    ("note", "forceTransfer", (SOME, SOME, 5)),
    ("note", "recover", (SOME, SOME)),
    ("registry", "addAgent", (SOME,)),
    ("registry", "removeAgent", (SOME,)),
    ("registry", "setClaimTopicsRegistry", (SOME,)),
    ("registry", "setTrustedIssuersRegistry", (SOME,)),
    ("registry", "setIdentityRegistryStorage", (SOME,)),
    ("registry", "bindIdentityRegistry", (SOME,)),
    ("registry", "unbindIdentityRegistry", (SOME,)),
    ("registry", "watch", (SOME,)),
    ("registry", "unwatch", (SOME,)),
    ("issuers", "tell", (SOME,)),
    ("issuers", "addClaimTopic", (9,)),
    ("issuers", "removeClaimTopic", (KYC,)),
    ("issuers", "addTrustedIssuer", (SOME, [1])),
    ("issuers", "removeTrustedIssuer", (SOME,)),
    ("issuers", "updateIssuerClaimTopics", (SOME, [1])),
    ("compliance", "bindToken", (SOME,)),
    ("compliance", "setRule", (0, b"")),
    ("compliance", "dropRule", (0,)),
    ("compliance", "addModule", (SOME,)),
    ("compliance", "removeModule", (SOME,)),
    ("compliance", "resumeModule", (SOME,)),
    ("compliance", "callModuleFunction", (b"1234", SOME)),
)
BY_ROLE_OR_TOKEN = (
    ("compliance", "unbindToken", ("note",)),
    ("compliance", "useRegistry", (SOME,)),
)
BY_AGENT = (
    ("note", "pause", ()),
    ("note", "unpause", ()),
    ("note", "mint", (SOME, 5)),
    ("note", "burn", (SOME, 5)),
    ("note", "setAddressFrozen", (SOME, True)),
    ("note", "freezePartialTokens", (SOME, 5)),
    ("note", "unfreezePartialTokens", (SOME, 5)),
    ("note", "forcedTransfer", (SOME, SOME, 5)),
    ("note", "recoveryAddress", (SOME, SOME, SOME)),
    ("note", "supervise", (PAPERS,)),
    ("note", "batchForcedTransfer", ([SOME], [SOME], [5])),
    ("note", "batchMint", ([SOME], [5])),
    ("note", "batchBurn", ([SOME], [5])),
    ("note", "batchSetAddressFrozen", ([SOME], [True])),
    ("note", "batchFreezePartialTokens", ([SOME], [5])),
    ("note", "batchUnfreezePartialTokens", ([SOME], [5])),
    ("registry", "registerIdentity", (SOME, SOME, 0)),
    ("registry", "batchRegisterIdentity", ([SOME], [SOME], [0])),
    ("registry", "register", ([],)),
    ("registry", "addIdentityToStorage", (SOME, SOME, 0)),
    ("registry", "deleteIdentity", (SOME,)),
    ("registry", "removeIdentityFromStorage", (SOME,)),
    ("registry", "updateIdentity", (SOME, SOME)),
    ("registry", "modifyStoredIdentity", (SOME, SOME)),
    ("registry", "updateCountry", (SOME, ITALY)),
    ("registry", "modifyStoredInvestorCountry", (SOME, ITALY)),
    ("compliance", "suspendModule", (SOME,)),
    ("count", "rebuild", ([],)),
    ("count", "finishRebuild", ()),
    ("root", "publish", (ROOT,)),
    ("root", "clear", (SOME,)),
    ("root", "clearPerson", (SOME,)),
    ("approved", "approve", (SOME, SOME, 5, 2**39)),
    ("approved", "withdraw", (SOME, SOME, 5)),
    ("travel", "file", (SOME, SOME, 5, ROOT)),
)
# Another contract, by an error of its own with the caller and whom it obeys.
BY_ONE_CONTRACT = (
    ("note", "remake", (1, 1), "NotTheGate"),
    ("compliance", "transferred", (SOME, SOME, 5), "NotTheToken"),
    ("compliance", "created", (SOME, 5), "NotTheToken"),
    ("compliance", "destroyed", (SOME, 5), "NotTheToken"),
    ("compliance", "rehearse", (SOME, MOVEMENT), "NotTheToken"),
    ("compliance", "tellAll", (True,), "ModuleUnknown"),
    ("registry", "issuerChanged", (SOME,), "NotTheIssuersRegistry"),
    ("registry", "topicsChanged", (), "NotTheIssuersRegistry"),
    *(
        (rule, hook, (MOVEMENT,) if hook != "begin" else (), "NotTheCompliance")
        for rule in ("count", "lock", "hold", "velocity", "fee", "root", "oracle", "approved", "travel")
        for hook in ("begin", "created", "transferred", "destroyed")
    ),
    ("count", "set", (0, [0] * 4, [], []), "NotTheCompliance"),
    ("lock", "set", (1, 1), "NotTheCompliance"),
    ("hold", "set", ([1] * 4,), "NotTheCompliance"),
    ("velocity", "set", (1, 1), "NotTheCompliance"),
    ("fee", "set", (SOME, 1, SOME), "NotTheCompliance"),
    ("oracle", "set", (SOME,), "NotTheCompliance"),
    ("travel", "set", (1,), "NotTheCompliance"),
)
# Whoever calls these acts for themselves, does what is true anyway, or is ignored.
OPEN_TO_ALL = {
    "addClaim",
    "revokeClaim",
    "revokeAll",
    "refresh",
    "moving",
    "reportModule",
    "suspendBroken",
    "standingChanged",
    "rewritten",
    "joined",
    "flag",
    "bring",
    "drop",
    "batchTransfer",
    "transfer",
    "transferFrom",
}
MODULES = {
    "count": ("HolderCount", (NO_LIMIT, [NO_LIMIT] * 4, [], [])),
    "lock": ("LockUp", (10, 0)),
    "hold": ("HoldPeriod", ([10] * 4,)),
    "velocity": ("Velocity", (10, 24)),
    "fee": ("TransferFee", ("cash", 10**16, SOME)),
    "root": ("SanctionsRoot", ()),
    "oracle": ("SanctionsOracle", (SOME,)),
    "approved": ("ApprovedTransfers", ()),
    "travel": ("TravelRule", (10,)),
}


def changing():
    """Names of functions that change something, outside interfaces and libraries."""
    for path in FOLDERS:
        text = re.sub(r"//[^\n]*|/\*.*?\*/", "", path.read_text(encoding="utf-8"), flags=re.DOTALL)
        for match in re.finditer(r"\bfunction\s+(\w+)\s*\([^)]*\)([^{;]*)[{;]", text):
            words = set(re.findall(r"\w+", match[2]))
            if words & {"external", "public"} and not words & {"view", "pure"}:
                yield path.stem, match[1], words


@pytest.fixture(scope="module")
def contracts():
    lab = open_lab("revm")
    office = open_office(lab)
    named = {name: getattr(office, name) for name in ("note", "registry", "issuers", "compliance")}
    for name, (kind, values) in MODULES.items():
        values = [office.cash if each == "cash" else each for each in values]
        named[name] = lab.deploy(kind, office.compliance, *values, sender=office.admin)
    yield lab, named
    lab.close()


def attempt(contracts, who, line):
    lab, named = contracts
    contract, function, values = line[:3]
    values = [named[each] if isinstance(each, str) and each in named else each for each in values]
    getattr(named[contract], function)(*values, sender=lab.actor(who))


def of(table):
    return pytest.mark.parametrize("line", table, ids=lambda line: f"{line[0]}.{line[1]}")


class TestSource:
    def test_has_the_functions_of_the_tables_and_no_others(self):
        named = {line[1] for table in (BY_ROLE, BY_ROLE_OR_TOKEN, BY_AGENT, BY_ONE_CONTRACT) for line in table}
        inherited = {"setGate", "remake", "setFrozen", "forceTransfer", "recover"}  # of Earnings and Supervised
        found = {name for _, name, _ in changing()}
        assert found | inherited == named | OPEN_TO_ALL

    def test_restricts_what_is_a_role_s(self):
        found = {name for _, name, words in changing() if "restricted" in words}
        supervised = {"setGate", "setFrozen", "forceTransfer", "recover"}
        assert found | supervised == {line[1] for line in BY_ROLE}


class TestOutsiders:
    @of(BY_ROLE + BY_ROLE_OR_TOKEN)
    def test_have_no_role(self, contracts, line):
        lab, _ = contracts
        with lab.refused("AccessManagedUnauthorized", lab.actor("outsider")):
            attempt(contracts, "outsider", line)

    @of(BY_AGENT)
    def test_are_no_agents(self, contracts, line):
        lab, _ = contracts
        with lab.refused("NotAnAgent", lab.actor("outsider")):
            attempt(contracts, "outsider", line)

    @of(BY_ONE_CONTRACT)
    def test_are_no_contracts_of_the_note(self, contracts, line):
        lab, _ = contracts
        with lab.refused(line[3]):
            attempt(contracts, "outsider", line)


class TestAgents:
    def test_act_no_more_after_they_were_removed(self, contracts):
        lab, named = contracts
        for contract in ("note", "registry"):
            named[contract].addAgent(lab.actor("helper"), sender=lab.actor("admin"))
            assert named[contract].isAgent(lab.actor("helper"))
            named[contract].removeAgent(lab.actor("helper"), sender=lab.actor("admin"))
            line = next(line for line in BY_AGENT if line[0] == contract)
            with lab.refused("NotAnAgent", lab.actor("helper")):
                attempt(contracts, "helper", line)

    def test_are_no_zero_addresses(self, contracts):
        lab, named = contracts
        with lab.refused("ZeroAgent"):
            named["note"].addAgent(NOBODY, sender=lab.actor("admin"))

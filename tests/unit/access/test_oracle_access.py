"""Who may call what of the oracle's contracts: the table in tests/utils/oracle_access.py, each line tried."""

import pytest

from salvor.model.oracle import Policy, Source
from tests.utils.oracle import KEY, set_stage
from tests.utils.oracle_access import RESTRICTED, ROLES

each_restricted = pytest.mark.parametrize("line", sorted(RESTRICTED), ids=".".join)


@pytest.fixture
def stage(lab):
    return set_stage(lab, signers=1)


def contracts(stage):
    own = {"OracleHub": stage.hub, "SignedReports": stage.reports, "Disputes": stage.disputes}
    return own | {"Accuracy": stage.accuracy}


def holders(stage):
    people = {"ORACLE_KEEPER": stage.keeper, "RESOLVER": stage.resolver}
    return people | {"DISPUTES": stage.disputes, "TRUTH_KEEPER": stage.truth_keeper}


def call(stage, line, caller):
    contract, function = line
    own = contracts(stage)[contract]
    policy = Policy((Source(stage.play().address, b"", 1),), 1)
    args = {
        "setPolicy": (KEY, policy.words),
        "dropPolicy": (KEY,),
        "forget": (KEY,),
        "addSigner": (caller, bytes(32)),
        "removeSigner": (stage.signers[0],),
        "setStanding": (stage.signers[0], KEY, 0, 2),
        "forgetBetween": (KEY, 0, 1),
        "resolve": (1, True),
        "tellTruth": (KEY, 0, 1),
    }[function]
    return getattr(own, function)(*args, sender=caller)


@each_restricted
def test_refuses_an_outsider(stage, line):
    with stage.lab.refused("AccessManagedUnauthorized", stage.outsider):
        call(stage, line, stage.outsider)


@each_restricted
def test_refuses_the_admin_and_the_holders_of_other_roles(stage, line):
    others = [each for role, each in holders(stage).items() if role not in (RESTRICTED[line], "DISPUTES")]
    for other in (*others, stage.lab.actor("admin"), stage.signers[0]):
        with stage.lab.refused("AccessManagedUnauthorized", other):
            call(stage, line, other)


@each_restricted
def test_lets_its_one_role_through(stage, line):
    contract, function = line
    own = contracts(stage)[contract]
    selector = getattr(own, function).selector
    allowed = [role for role, caller in holders(stage).items() if stage.access.canCall(caller, own, selector)[0]]
    assert allowed == [RESTRICTED[line]], "AC-01"


@pytest.mark.parametrize(("role", "number"), ROLES.items())
def test_roles_have_the_numbers_that_the_interface_promises(stage, role, number):
    assert getattr(stage.access, role)() == number

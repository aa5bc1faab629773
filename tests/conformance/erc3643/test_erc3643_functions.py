"""Every function and event of T-REX's interfaces, one by one: the same selector, the same answers, the same topics."""

import pytest

from tests.conformance.erc3643.trex import FACTS, event_of, interface_id, parts_of, signature_of
from tests.utils.regulated import open_office

# Of OpenZeppelin's Ownable, which no interface of ERC-3643 has: here the deal's AccessManager says who owns.
NOT_OURS = {"owner()", "transferOwnership(address)", "renounceOwnership()"}
OWNED = "OwnershipTransferred"
FUNCTIONS = [(kind, line) for kind, facts in FACTS.items() for line in facts["functions"]]
EVENTS = [(kind, line) for kind, facts in FACTS.items() for line in facts["events"]]


@pytest.fixture
def found(shared_lab):
    """Our contract for each of T-REX's."""
    return lambda kind: shared_lab.contracts[FACTS[kind]["ours"]]


@pytest.mark.parametrize(("kind", "line"), FUNCTIONS)
def test_a_function_is_there_with_its_types(found, kind, line):
    ours, theirs = found(kind).functions.get(signature_of(line)), parts_of(line)
    if signature_of(line) in NOT_OURS:
        assert ours is None
        return
    assert ours is not None
    assert ours.is_view == (theirs["stateMutability"] == "view")
    assert [each["type"] for each in ours.outputs] == [each["type"] for each in theirs["outputs"]]


@pytest.mark.parametrize(("kind", "line"), EVENTS)
def test_an_event_is_there_with_its_topics(found, kind, line):
    if line.startswith(OWNED):
        return
    theirs = event_of(line)
    abi = found(kind).artifact.abi
    shapes = [
        [(each["type"], each["indexed"]) for each in entry["inputs"]]
        for entry in abi
        if entry["type"] == "event" and entry["name"] == theirs["name"]
    ]
    assert [(each["type"], each["indexed"]) for each in theirs["inputs"]] in shapes


@pytest.mark.parametrize("kind", [kind for kind in FACTS if kind != "agents"])
def test_an_interface_id_is_known(lab, kind):
    office = open_office(lab)
    ours = {"RegulatedNote": office.note, "IdentityRegistry": office.registry, "TrustedIssuers": office.issuers}
    contract = ours.get(FACTS[kind]["ours"], office.compliance)
    assert contract.supportsInterface(interface_id(kind))
    assert contract.supportsInterface(bytes.fromhex("01ffc9a7"))
    assert not contract.supportsInterface(b"\xff" * 4)

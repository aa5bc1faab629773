"""What the node believes of the contracts is what they are: selectors, structs, errors, digests, batches that land."""

import pytest

from salvor.chain.codec import canonical, signature
from salvor.model.oracle import Failure, Reason, Status
from salvor.model.oracle_reports import Batch, Domain, Report, Told
from salvor.node.journal import Seal
from salvor.node.keyring import Signer
from salvor.node.reading import CALLS, FAILURE, REASONS, STATUS
from salvor.node.sealing import SUBMIT, SUBMIT_BATCH, Sealing
from salvor.node.submitting import ERRORS
from tests.utils.oracle import FOREVER, plain, set_stage

SIGNER = Signer(b"\x07" * 32)
WAD = 10**18


@pytest.fixture
def stage(lab):
    stage = set_stage(lab)
    stage.reports.addSigner(SIGNER.address, b"node".ljust(32, b"\0"), sender=stage.keeper)
    return stage


def abis(stage, kind):
    both = [*stage.hub.blueprint.artifact.abi, *stage.reports.blueprint.artifact.abi]
    return {abi["name"]: abi for abi in both if abi["type"] == kind}


def test_calls_are_those_of_the_interfaces(stage):
    functions = abis(stage, "function")
    for name, (called, gives) in CALLS.items():
        assert signature(functions[name]) == called
        assert canonical(functions[name]["outputs"][0]) == gives
    assert signature(functions["submit"]) == SUBMIT
    assert signature(functions["submitBatch"]) == SUBMIT_BATCH


def test_errors_are_those_of_the_interface(stage):
    errors = abis(stage, "error")
    for name, *given in ERRORS:
        assert [(each["name"], each["type"]) for each in errors[name]["inputs"]] == [tuple(each) for each in given]


def test_words_are_in_the_order_of_the_enums():
    def words(kind):
        return [each.name.lower().replace("_", " ") for each in kind]

    assert words(Reason)[1:] == list(REASONS)[1:]
    assert words(Status) == list(STATUS)
    assert words(Failure)[1:] == list(FAILURE)[1:]


def sealed(stage, count, nonce=1):
    values = tuple(
        Told(f"HPI/R{number}".encode().ljust(32, b"\0"), number * WAD, stage.lab.now) for number in range(count)
    )
    sealing = Sealing(31_337, stage.reports.address)
    digest = sealing.digest(values, nonce, FOREVER)
    return sealing, Seal(nonce, FOREVER, digest, SIGNER.sign(digest), "signed", values)


@pytest.mark.parametrize("count", [1, 2, 3, 100])
def test_what_is_signed_lands(stage, count):
    sealing, seal = sealed(stage, count)
    if count == 1:
        assert seal.digest == stage.reports.digestOfReport(Report(seal.values[0], 1, FOREVER).words)
    else:
        assert seal.digest == stage.reports.digestOfBatch(Batch(seal.values, nonce=1, valid_until=FOREVER).words)
    stage.lab.engine.execute(stage.outsider.address, stage.reports.address, sealing.call(seal, SIGNER.address))
    for told in seal.values:
        assert plain(stage.reports.landed(SIGNER.address, told.key))[:3] == (told.value, told.at, 1)


def test_another_contract_or_chain_is_another_digest(stage):
    _, seal = sealed(stage, 2)
    for chain_id, contract in ((1, stage.reports.address), (31_337, stage.hub.address)):
        assert Sealing(chain_id, contract).digest(seal.values, 1, FOREVER) != seal.digest
    assert Domain(31_337, stage.reports.address).separator != Domain(1, stage.reports.address).separator


def test_what_is_not_signed_can_not_be_handed_in(stage):
    sealing, seal = sealed(stage, 2)
    with pytest.raises(ValueError, match="not signed"):
        sealing.call(Seal(1, FOREVER, seal.digest, None, "claimed", seal.values), SIGNER.address)

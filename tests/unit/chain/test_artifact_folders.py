"""Compiled contracts from the folders of Ape, Foundry and Hardhat, written here as those tools write them."""

import json

import pytest

from salvor.chain.artifacts import mark_of, read_artifacts
from salvor.chain.engines import open_engine
from salvor.chain.handles import blueprint_of
from salvor.errors import (
    AddressInvalid,
    ArtifactAmbiguous,
    ArtifactMissing,
    FileMissing,
    FileUnreadable,
    LibraryMissing,
    NotDeployable,
)
from salvor.lab import Actor
from tests.utils.zoo import compiled

LIBRARIES, CREATION, LEFT, RIGHT = (
    f"tests/zoo/{name}.sol" for name in ("Libraries", "Creation", "twice/left", "twice/right")
)


def contracts():
    """Those of a few sources: (source, name, the compiler's output)."""
    for source in (LIBRARIES, CREATION, LEFT, RIGHT):
        for name, output in compiled()[source].items():
            yield source, name, output


def write(path, content):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))


def foundry(folder):
    """`out/<file>/<contract>.json`, with the bytecode as an object and the source in the metadata."""
    for source, name, output in contracts():
        code = output["evm"]["bytecode"]
        bytecode = {"object": f"0x{code['object']}", "linkReferences": code["linkReferences"]}
        target = json.loads(output["metadata"]) if output["metadata"] else {}
        content = {"abi": output["abi"], "bytecode": bytecode, "metadata": target, "id": 7}
        write(folder / source / f"{name}.json", content)
    write(folder / "build-info" / "0123.json", {"abi": "not an artifact", "id": "0123"})
    return folder


def hardhat(folder):
    """`artifacts/<source>/<contract>.json`, with the bytecode as text, and a `.dbg.json` beside it."""
    for source, name, output in contracts():
        code = output["evm"]["bytecode"]
        content = {
            "_format": "hh-sol-artifact-1",
            "contractName": name,
            "sourceName": source,
            "abi": output["abi"],
            "bytecode": f"0x{code['object']}",
            "linkReferences": code["linkReferences"],
        }
        write(folder / source / f"{name}.json", content)
        write(folder / source / f"{name}.dbg.json", {"_format": "hh-sol-dbg-1", "buildInfo": "../x.json"})
    write(folder / "build-info" / "0123.json", {"input": {}, "output": {}})
    return folder


def ape(folder):
    """`.build/__local__.json`, a manifest without the names of libraries; it holds a name once."""
    types = {
        name: {
            "abi": output["abi"],
            "sourceId": source,
            "deploymentBytecode": {"bytecode": f"0x{output['evm']['bytecode']['object']}"},
        }
        for source, name, output in contracts()
    }
    types["INothing"]["deploymentBytecode"] = None
    write(folder / "__local__.json", {"manifest": "ethpm/3", "contractTypes": types})
    return folder


@pytest.fixture(params=[ape, foundry, hardhat], ids=["ape", "foundry", "hardhat"])
def artifacts(request, tmp_path):
    return read_artifacts(request.param(tmp_path / "built"))


@pytest.fixture(params=[foundry, hardhat], ids=["foundry", "hardhat"])
def with_twins(request, tmp_path):
    return read_artifacts(request.param(tmp_path / "built"))


@pytest.fixture
def deployer():
    return Actor(open_engine("revm", genesis=1_000_000_000), "deployer")


class TestReading:
    def test_finds_every_contract(self, artifacts):
        assert set(artifacts) == {name for _, name, _ in contracts()}
        assert len(artifacts) == len(set(artifacts))

    def test_gives_source_and_code(self, artifacts):
        factory = artifacts["Factory"]
        assert factory.source == CREATION
        assert factory.creation_code().hex() == compiled()[CREATION]["Factory"]["evm"]["bytecode"]["object"]

    def test_gives_what_can_be_deployed(self, artifacts, deployer):
        factory = deployer.deploy(blueprint_of(artifacts["Factory"]), 2)
        assert factory.make(4, sender=deployer).return_value == factory.children(2)

    def test_a_manifest_can_be_named_itself(self, tmp_path):
        assert "Factory" in read_artifacts(ape(tmp_path) / "__local__.json")

    def test_refuses_a_name_that_is_not_there(self, artifacts):
        with pytest.raises(ArtifactMissing, match="no contract 'Factroy'; did you mean 'Factory'"):
            artifacts["Factroy"]

    def test_refuses_a_source_that_is_not_there(self, artifacts):
        with pytest.raises(ArtifactMissing, match=r"no contract 'elsewhere.sol:Factory'"):
            artifacts["elsewhere.sol:Factory"]

    @pytest.mark.parametrize("name", ["INothing", "Unfinished"])
    def test_refuses_to_deploy_an_interface(self, artifacts, deployer, name):
        with pytest.raises(NotDeployable, match=f"{CREATION}:{name} has no code: it is an interface or an abstract"):
            deployer.deploy(blueprint_of(artifacts[name]))


class TestTheSameNameTwice:
    def test_is_refused_by_name_alone(self, with_twins):
        with pytest.raises(ArtifactAmbiguous, match=f"called 'Twin'; say which: {LEFT}:Twin, {RIGHT}:Twin"):
            with_twins["Twin"]

    @pytest.mark.parametrize(("source", "side"), [(LEFT, "left"), (RIGHT, "right")])
    def test_is_found_by_its_source(self, with_twins, deployer, source, side):
        assert deployer.deploy(blueprint_of(with_twins[f"{source}:Twin"])).side() == side


class TestLibraries:
    def test_work_when_they_are_linked(self, artifacts, deployer):
        libraries = {name: deployer.deploy(blueprint_of(artifacts[name])) for name in ("Doubling", "Halving")}
        linked = deployer.deploy(blueprint_of(artifacts["Linked"].link(**libraries)))
        receipt = linked.double(21, sender=deployer)
        assert (receipt.return_value, linked.halve(9)) == (42, 4)
        assert [(event.name, event.address) for event in receipt.events] == [("Doubled", linked.address)]

    def test_can_be_linked_one_after_the_other(self, artifacts):
        address = "0x" + "11" * 20
        linked = artifacts["Linked"].link(Doubling=address).link(Halving=address)
        assert linked.creation_code().count(bytes.fromhex("11" * 20)) == 2

    def test_are_named_when_none_is_linked(self, artifacts):
        wanted = f"Linked needs libraries that are not linked: {LIBRARIES}:Doubling, {LIBRARIES}:Halving; deploy them"
        with pytest.raises(LibraryMissing, match=wanted):
            artifacts["Linked"].creation_code()

    def test_are_named_when_one_is_linked(self, artifacts):
        linked = artifacts["Linked"].link(Halving="0x" + "11" * 20)
        with pytest.raises(LibraryMissing, match=f"not linked: {LIBRARIES}:Doubling; deploy"):
            linked.creation_code()

    def test_that_nobody_asked_for_are_refused(self, artifacts):
        with pytest.raises(LibraryMissing, match=r"Trebling \(given, but not asked for\)"):
            artifacts["Linked"].link(Trebling="0x" + "11" * 20)

    @pytest.mark.parametrize("address", ["0x1234", "nowhere", 5])
    def test_at_no_address_are_refused(self, artifacts, address):
        with pytest.raises(AddressInvalid, match="is no address"):
            artifacts["Linked"].link(Halving=address)

    def test_of_one_name_in_two_sources_are_told_apart(self, tmp_path):
        files = ("a.sol", "b.sol")
        code = "".join(f"73__${mark_of(f'{file}:Same')}$__" for file in files)
        links = {file: {"Same": [{"start": 1, "length": 20}]} for file in files}
        content = {"contractName": "User", "sourceName": "u.sol", "abi": [], "bytecode": code, "linkReferences": links}
        write(tmp_path / "User.json", content)
        user, address = read_artifacts(tmp_path)["User"], "0x" + "11" * 20
        with pytest.raises(ArtifactAmbiguous, match=r"'Same'; say which: a.sol:Same, b.sol:Same"):
            user.link(Same=address)
        both = user.link(**{"a.sol:Same": address, "b.sol:Same": address})
        assert both.creation_code() == bytes.fromhex("73" + "11" * 20) * 2


class TestFoldersThatAreNone:
    def test_one_that_is_not_there(self, tmp_path):
        with pytest.raises(FileMissing, match="no such folder of artifacts; compile first"):
            read_artifacts(tmp_path / "out")

    def test_one_that_is_empty(self, tmp_path):
        with pytest.raises(FileUnreadable, match="no JSON file in it has an ABI"):
            read_artifacts(tmp_path)

    def test_one_with_a_file_that_is_cut_off(self, tmp_path):
        write(foundry(tmp_path) / "Broken.sol" / "Broken.json", '{"abi": [')
        with pytest.raises(FileUnreadable, match=r"Broken.json: not JSON"):
            read_artifacts(tmp_path)

    @pytest.mark.parametrize("content", [[], {"abi": []}, {"name": "package"}, "text"])
    def test_other_json_files_are_left_alone(self, tmp_path, content):
        write(foundry(tmp_path) / "other.json", content if content != "text" else '"text"')
        assert "Factory" in read_artifacts(tmp_path)

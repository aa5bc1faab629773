"""The compiler was chosen by the root's pragma, not by what the root imports (ApeWorX/ape-solidity 42, 37, 163).

Elsewhere a root with ^0.8.4 that imports a file with =0.8.12 failed with pages, or made the tool download a compiler.
Here one version is pinned: what it may not compile is told in one line with the file, its pragma and the version that
is there, before the compiler is asked; nothing is downloaded; and the bytecode does not depend on the folder.
"""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.chain.pragmas import allows
from salvor.chain.solc import check_project, compile_sources
from salvor.errors import CompilerMissing, FileUnreadable, PragmaUnmet

ROOT = Path(__file__).parents[2]
VERSION = "0.8.37"
CODE = ["evm.bytecode.object"]

PRAGMAS = """
0.8.37 | =0.8.37 | = 0.8.37 | 0.8.36 | =0.8.24 | 0.8 | 0 | 1 | 0.8.x | 0.8.X | 0.8.* | 0.x | * | x.x.x | 0.9.x
"0.8.37" | ^0.8.37 | ^0.8.20 | ^ 0.8.20 | ^0.8.38 | ^0.8 | ^0 | ^0.7.6 | ^0.9 | ^1 | ^0.0.3 | ~0.8.30 | ~0.8.38
~0.8 | ~0.7 | ~0 | ~1 | >=0.8.20 | >=0.8.38 | >=0.8 | >=0.9 | >0.8.36 | >0.8.37 | >0.8 | >0.7 | >0 | <0.8.37 | <0.8.38
<0.8 | <0.9 | <1 | <=0.8 | <=0.8.36 | <=0.8.37 | <=0.7 | >=0.8.20 <0.9.0 | >= 0.8.20 < 0.9.0 | >=0.8.20<0.9.0
>=0.4.0 <0.8.0 | >=0.8.20 <0.8.37 | 0.8.30 - 0.8.40 | 0.7 - 0.8 | 0.8.38 - 0.9 | 0.8.0 - 0.8.36 | 0.7 - 0.8.37
0.8 - 0.9 | 0.8.36 || 0.8.37 | ^0.7.0 || ^0.8.0 | ^0.6.0 || ^0.7.0 | 0.7 - 0.7.6 || >=0.8.30 <0.9 | 0.8.37 0.8.36
0.8.37 ^0.8.0 | "0.8.24" | =0.8.24 /* 0.8.37 */ | 0.8.37 /* 0.8.24 */
"""


def pragmas():
    # `||` also holds the sign that parts the list.
    return [each.strip() for line in PRAGMAS.strip().splitlines() for each in re.split(r"(?<!\|)\|(?!\|)", line)]


@pytest.fixture
def project(tmp_path):
    """A project with the settings of this one; `write` adds a contract, and nothing else is in it."""
    (tmp_path / "ape-config.yaml").write_bytes((ROOT / "ape-config.yaml").read_bytes())
    (tmp_path / "package-lock.json").write_text("{}")
    return tmp_path


def write(project, name, pragma, *imports):
    file = project / name
    file.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"pragma solidity {pragma};", *(f"import {each};" for each in imports)]
    file.write_text("\n".join(["// SPDX-License-Identifier: Apache-2.0", *lines, f"contract {file.stem} {{}}", ""]))


def compiled(project, name, outputs=CODE):
    return compile_sources(project, {name: (project / name).read_text()}, outputs=outputs)


def test_which_versions_a_pragma_allows_is_what_the_compiler_says():
    sources = {pragma: {"content": f"pragma solidity {pragma};"} for pragma in pragmas()}
    asked = {"language": "Solidity", "sources": sources, "settings": {"outputSelection": {"*": {"*": ["abi"]}}}}
    compiler = Path(os.environ["SOLCX_BINARY_PATH"]) / f"solc-v{VERSION}"
    done = subprocess.run(
        [compiler, "--standard-json"], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    errors = [each for each in json.loads(done.stdout)["errors"] if each["severity"] == "error"]
    assert all("requires different compiler version" in each["message"] for each in errors)
    refused = {each["sourceLocation"]["file"] for each in errors}
    assert 10 < len(refused) < len(sources) - 10
    assert {pragma for pragma in sources if not allows(pragma, (0, 8, 37))} == refused


class TestARootThatImportsAnotherVersion:
    @pytest.mark.parametrize("pragma", ["=0.8.24", "0.8.17", ">=0.4.0 <0.8.0", ">= 0.8.0 < 0.8.30"])
    def test_is_told_by_file_pragma_and_version(self, project, pragma):
        write(project, "contracts/Root.sol", "^0.8.20", '{Token} from "./vendored/Token.sol"')
        write(project, "contracts/vendored/Token.sol", pragma)
        with pytest.raises(PragmaUnmet) as refused:
            compiled(project, "contracts/Root.sol")
        assert refused.value.message.startswith(
            f"contracts/vendored/Token.sol: 'pragma solidity {pragma}' does not allow solc {VERSION}"
        )

    def test_is_told_before_ape_compiles(self, project):
        write(project, "contracts/Root.sol", "^0.8.20", '"vendored/Token.sol"')
        write(project, "vendored/Token.sol", "0.8.17")
        with pytest.raises(PragmaUnmet, match=r"^vendored/Token\.sol: "):
            build(project)
        assert not (project / ".build" / "__local__.json").exists()

    def test_compiles_with_one_that_all_allow(self, project):
        write(project, "contracts/Root.sol", "^0.8.20", '{Token} from "./vendored/Token.sol"')
        write(project, "contracts/vendored/Token.sol", ">= 0.8.20 < 0.9.0")
        check_project(project)
        assert compiled(project, "contracts/Root.sol")["contracts/Root.sol"]["Root"]["evm"]["bytecode"]["object"]

    @pytest.mark.parametrize(
        "imported",
        [
            '"./Token.sol"',
            "'./Token.sol'",
            '{Token} from "./Token.sol"',
            '{Token as T, /* "not/this.sol"; */ Other} from\n  "./Token.sol"',
            '* as All from "./Token.sol"',
            '"./Token.sol" as All',
            '"../contracts/./Token.sol"',
            '"contracts/Token.sol"',
            '"@openzeppelin/contracts/Token.sol"',
            '"./Between.sol"',
        ],
    )
    def test_is_found_however_it_is_imported(self, project, imported):
        write(project, "contracts/Root.sol", "^0.8.20", imported)
        write(project, "contracts/Between.sol", "^0.8.20", '"./Token.sol"')
        for place in ("contracts", "node_modules/@openzeppelin/contracts"):
            write(project, f"{place}/Token.sol", "=0.8.24")
        with pytest.raises(PragmaUnmet, match=r"/Token\.sol: 'pragma solidity =0\.8\.24'"):
            compiled(project, "contracts/Root.sol")

    def test_is_found_behind_the_longest_remapping(self, project):
        config = yaml.safe_load((project / "ape-config.yaml").read_text())
        config["solidity"]["import_remapping"] = ["@a/b=node_modules/b", "@a=node_modules/a"]
        (project / "ape-config.yaml").write_text(yaml.safe_dump(config))
        write(project, "contracts/Root.sol", "^0.8.20", '"@a/b/Token.sol"')
        write(project, "node_modules/a/b/Token.sol", "^0.8.20")
        write(project, "node_modules/b/Token.sol", "=0.8.24")
        with pytest.raises(PragmaUnmet, match=r"^node_modules/b/Token\.sol: "):
            compiled(project, "contracts/Root.sol")

    def test_is_left_to_the_compiler_when_it_can_not_be_read(self, project):
        write(project, "contracts/Root.sol", "whatever")
        with pytest.raises(FileUnreadable, match="version pragma"):
            compiled(project, "contracts/Root.sol")

    def test_is_not_what_a_comment_or_a_text_says(self, project):
        write(project, "contracts/Token.sol", "=0.8.24")
        write(project, "contracts/Good.sol", "^0.8.20")
        text = """
            // import "./Token.sol";
            /* pragma solidity =0.8.24; */
            pragma solidity ^0.8.20 /* not =0.8.24 */;
            import {Good /* not "./Token.sol" */} from "./Good.sol";
            contract Root { string public said = "pragma solidity =0.8.24; import './Token.sol';"; }
        """
        assert compile_sources(project, {"contracts/Root.sol": text}, outputs=CODE)


class TestACompilerThatIsNotThere:
    @pytest.mark.parametrize("compile_it", [lambda project: compiled(project, "contracts/Root.sol"), build])
    def test_is_named_and_not_downloaded(self, project, compile_it):
        config = (project / "ape-config.yaml").read_text().replace(f"version: {VERSION}", "version: 0.8.24")
        (project / "ape-config.yaml").write_text(config)
        write(project, "contracts/Root.sol", "=0.8.24")
        before = sorted(Path(os.environ["SOLCX_BINARY_PATH"]).iterdir())
        with pytest.raises(CompilerMissing, match=r"solc 0\.8\.24, .* \(there is: .*0\.8\.37"):
            compile_it(project)
        assert sorted(Path(os.environ["SOLCX_BINARY_PATH"]).iterdir()) == before


def test_two_machines_make_the_same_bytecode(project, tmp_path_factory):
    """The folder is in neither the code nor the hash of the metadata behind it."""
    write(project, "contracts/Root.sol", "^0.8.20", '{Token} from "./vendored/Token.sol"')
    write(project, "contracts/vendored/Token.sol", "^0.8.0")
    other = tmp_path_factory.mktemp("another") / "machine"
    shutil.copytree(project, other)
    here, there = (compiled(folder, "contracts/Root.sol", [*CODE, "metadata"]) for folder in (project, other))
    assert here == there


def test_ape_makes_the_bytecode_that_the_compiler_makes():
    artifact = read_artifacts(build(ROOT))["AllowList"]
    made = compiled(ROOT, artifact.source)[artifact.source]["AllowList"]["evm"]["bytecode"]["object"]
    assert artifact.code == made

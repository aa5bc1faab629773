"""The project itself is tested: who imports whom, what the README promises, what the pages say, how long files are."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from tests.property.catalogue import PROPERTIES, table

ROOT = Path(__file__).parents[2]
SALVOR = ROOT / "salvor"
# Each folder may use itself and those before it; `toolchain` runs before anything is installed,
# uses nothing, and may be used by all.
ORDER = [
    "amounts",
    "errors",
    "files",
    "options",
    "tape",
    "deal",
    "jurisdictions",
    "supervision",
    "model",
    "chain",
    "node",
    "lab",
    "deploy",
    "desk",
    "report",
    "investors",
    "demo",
    "play",
    "rehearsal",
]
CHAINLESS = ["amounts", "tape", "deal", "jurisdictions", "supervision", "model"]


def imports(path):
    """Top modules that a file imports when it is loaded or run; those for type checkers do not count."""
    tree = ast.parse(path.read_text())
    skipped = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and getattr(node.test, "id", "") == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""


def test_no_two_test_files_have_one_name():
    """Pytest collects only the first of them when both are asked for."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert sorted(names) == sorted(set(names))


def room(module):
    parts = module.split(".")
    return parts[1] if parts[0] == "salvor" and len(parts) > 1 else None


def python_files():
    return sorted(path for path in SALVOR.rglob("*.py") if path.name != "__init__.py")


def tracked(*patterns):
    names = subprocess.run(["git", "ls-files", *patterns], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    return [ROOT / name for name in names.split() if (ROOT / name).exists()]


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(SALVOR)))
def test_arrows_point_one_way(path):
    own = path.relative_to(SALVOR).parts[0].removesuffix(".py")
    used = {room(module) for module in imports(path)} - {None, own, "toolchain"}
    if own == "toolchain":
        assert not {room(module) for module in imports(path)} - {None, own}
        return
    assert used <= set(ORDER[: ORDER.index(own)])


@pytest.mark.parametrize("path", python_files(), ids=lambda path: str(path.relative_to(SALVOR)))
def test_the_pure_core_knows_no_chain(path):
    own = path.relative_to(SALVOR).parts[0].removesuffix(".py")
    tops = {module.split(".")[0] for module in imports(path)}
    if own in CHAINLESS:
        assert not tops & {"ape", "web3", "eth_account", "requests"}


def test_the_page_of_properties_is_fresh():
    assert (ROOT / "docs/properties.md").read_text() == table()


def test_every_property_is_asserted_somewhere():
    text = "".join(path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    beside = (path for path in (ROOT / "tests/property").glob("*.py") if path.name != "catalogue.py")
    text += "".join(path.read_text() for path in beside)
    assert [name for name in PROPERTIES if f'"{name}' not in text] == []


def test_the_commands_of_the_pages_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    pages = "".join(path.read_text() for path in tracked("*.md"))
    assert set(re.findall(r"`make ([a-z-]+)", pages)) <= targets
    scripts = set(re.findall(r"`ape run ([a-z]+)(?: ([a-z]+))?", pages))
    files = [f"{name}/{command}" if (ROOT / "scripts" / name).is_dir() else name for name, command in scripts]
    assert [file for file in files if not (ROOT / f"scripts/{file}.py").is_file()] == []


def test_the_links_of_the_pages_lead_somewhere():
    for page in tracked("*.md"):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text()):
            if not target.startswith("http"):
                assert (page.parent / target).exists(), f"{page}: {target}"


def test_every_function_of_an_interface_is_described():
    for path in (ROOT / "interfaces").glob("I*.sol"):
        body = path.read_text().split("\ninterface ")[1]
        for match in re.finditer(r"\n    function (\w+)", body):
            above = body[: match.start()].rstrip().splitlines()[-1].strip()
            assert above.startswith("///"), f"{path.name}: {match[1]}"


def test_no_file_is_longer_than_its_budget():
    long = {
        path.relative_to(ROOT): lines
        for path in tracked("*.py", "*.sol")
        if (lines := path.read_text().count("\n")) > 400
    }
    assert long == {}


def test_nothing_of_one_machine_or_one_registry_stands_in_the_project():
    hosts = ["pypi." + "org", "pythonhosted." + "org", "registry.npmjs." + "org", "/wo" + "rk/", "/ro" + "ot/"]
    found = [
        (str(path.relative_to(ROOT)), host)
        for path in tracked()
        for host in hosts
        if host in path.read_text(errors="ignore")
    ]
    assert found == []

"""The shipped whole life, prepared once a session."""

import shutil

import pytest

from salvor.lab.lab import open_lab
from salvor.play import prepare_life
from tests.utils.lives import FOLDER


@pytest.fixture(scope="session")
def whole_life(tmp_path_factory):
    return prepare_life(FOLDER / "deal.yaml", FOLDER / "life.yaml", out=tmp_path_factory.mktemp("life"))


@pytest.fixture
def folder(tmp_path):
    """A copy of the deal's folder, to be spoilt."""
    return shutil.copytree(FOLDER, tmp_path / "deal")


@pytest.fixture
def early_lab(request, whole_life):
    """A chain of the test's own that begins before anybody subscribes."""
    opened = open_lab(root=request.config.rootpath, genesis=whole_life.script.terms.closing - 30 * 86_400)
    yield opened
    opened.close()

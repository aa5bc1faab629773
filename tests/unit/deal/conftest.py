"""Deal files written for a test, and why they are refused."""

import pytest

from salvor.deal.load import load_deal
from salvor.errors import DealInvalid


@pytest.fixture
def refusal(tmp_path):
    """Why a text is no deal file, without the path."""

    def refused(content, load=load_deal):
        path = tmp_path / "deal.yaml"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        with pytest.raises(DealInvalid) as caught:
            load(path)
        line = caught.value.format_message()
        assert "\n" not in line
        return line.removeprefix(f"{path}: ")

    return refused


@pytest.fixture
def load(tmp_path):
    def load_text(text):
        path = tmp_path / "deal.yaml"
        path.write_text(text, encoding="utf-8")
        return load_deal(path)

    return load_text

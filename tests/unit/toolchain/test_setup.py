"""The set-up does each step once, and again when what it made is gone or made from other inputs."""

import subprocess
import sys
from pathlib import Path

import pytest

from salvor.toolchain import paths, setup

ROOT = Path(__file__).parents[3]


@pytest.fixture
def receipt(tmp_path, monkeypatch):
    monkeypatch.setattr(paths, "RECEIPT", tmp_path / "setup.json")
    return tmp_path / "setup.json"


@pytest.fixture
def steps(tmp_path, monkeypatch, receipt):
    """A set-up of two steps that write what they did."""
    done = []

    def step(name, fingerprint="inputs"):
        witness = tmp_path / name

        def do():
            done.append(name)
            witness.touch()

        return setup.Step(name, do, fingerprint, (witness,))

    plan = {"steps": [step("first"), step("second")], "done": done, "step": step}
    monkeypatch.setattr(setup, "_steps", lambda: plan["steps"])
    return plan


class TestMain:
    def test_does_every_step_once(self, steps):
        assert setup.main() == 0
        assert setup.main() == 0
        assert steps["done"] == ["first", "second"]

    def test_does_a_step_again_when_its_file_is_gone(self, steps, tmp_path):
        setup.main()
        (tmp_path / "second").unlink()
        setup.main()
        assert steps["done"] == ["first", "second", "second"]

    def test_does_a_step_again_when_its_inputs_changed(self, steps):
        setup.main()
        steps["steps"][0] = steps["step"]("first", "other inputs")
        setup.main()
        assert steps["done"] == ["first", "second", "first"]

    def test_goes_on_where_it_was_interrupted(self, steps, capsys):
        def fail():
            raise setup.SetupFailed("no network")

        good = steps["steps"][1]
        steps["steps"][1] = setup.Step("second", fail, "inputs", good.witnesses)
        assert setup.main() == 3
        assert "set-up failed: no network" in capsys.readouterr().err
        steps["steps"][1] = good
        assert setup.main() == 0
        assert steps["done"] == ["first", "second"]

    def test_survives_a_receipt_that_was_cut_off(self, steps, receipt):
        setup.main()
        receipt.write_text('{"first": "inp')
        assert setup.main() == 0
        assert steps["done"] == ["first", "second", "first", "second"]


def test_tells_the_error_the_mend_and_where_the_rest_is(tmp_path, monkeypatch):
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    script = "import sys; print('error: nothing here', file=sys.stderr); sys.exit('see above')"
    with pytest.raises(
        setup.SetupFailed, match=r"^error: nothing here \(try this; all that was said: .*\.setup\.log\)$"
    ):
        setup._run([sys.executable, "-c", script], mend="try this")


def test_finds_nothing_to_do_in_this_checkout():
    done = subprocess.run(
        [sys.executable, "-B", "-m", "salvor.toolchain.setup"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout == ""

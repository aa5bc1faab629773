"""A wrong deal file is bad input, also where no node answers: commands read it first."""

import pytest

from salvor.deploy.plan.rpc import Node
from tests.utils.deploy_commands import DEAL, commands_on

NOBODY_THERE = Node("http://127.0.0.1:1")


@pytest.mark.parametrize("name", ["plan", "apply", "diff", "verify", "resume"])
def test_a_slip_in_the_file_is_told_before_any_node_is_asked(name, tmp_path):
    wrong = tmp_path / "deal.yaml"
    wrong.write_text(DEAL.read_text().replace("purchase_price:", "purchase_prize:"))
    told = commands_on(NOBODY_THERE, tmp_path)(name, deal=wrong)
    assert (told.exit_code, "purchase_price" in told.output) == (2, True), told.output

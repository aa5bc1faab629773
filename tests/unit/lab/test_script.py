"""How a call is told in a failing example."""

from salvor.chain.handles import Call
from salvor.lab.script import Script


def test_a_call_with_a_list_of_selectors_can_be_told(lab):
    admin = lab.actor("admin")
    access = lab.deploy("DealAccess", admin, sender=admin)
    method = access.setTargetFunctionRole
    script = Script(lab)
    script.call(Call(access, method.function, (access, [b"\1\2\3\4"], 5), admin, 0))
    assert "DealAccess.setTargetFunctionRole(target=DealAccess, selectors=" in script.text()


def test_bytes_are_told_in_digits(lab):
    admin = lab.actor("admin")
    access = lab.deploy("DealAccess", admin, sender=admin)
    script = Script(lab)
    script.call(Call(access, access.execute.function, (access, b"\1\2"), admin, 0))
    assert "execute(target=DealAccess, data=0x0102)" in script.text()

"""What the machine of the whole waterfall does with roles: they change hands, and contracts are closed for a while."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from salvor.chain.refusal import refusal_of
from tests.property.waterfall_draws import actors
from tests.property.waterfall_stage import privileges

ROLES = ("agent", "arranger", "servicer", "manager")
AGENT = ("admit", "remove", "recoverOrder", "setFrozen", "forceTransfer", "recover")
CLOSED = "AccessManagedUnauthorized"


class RoleRules:
    """The admin's part. `roles` says who has each role now; an outsider never has one."""

    def take_roles(self) -> None:
        """As the deal was deployed."""
        parties, access = self.live.parties, self.live.access
        holders = (parties.transfer_agent, parties.arranger, parties.servicer, parties.admin)
        numbers = (access.TRANSFER_AGENT(), access.ARRANGER(), access.SERVICER(), access.MANAGER())
        self.roles, self.first = dict(zip(ROLES, holders, strict=True)), dict(zip(ROLES, holders, strict=True))
        self.numbers = dict(zip(ROLES, numbers, strict=True))

    def privileged_by(self, name) -> list:
        """Calls that a role may make, with arguments that do no harm where they are obeyed."""
        held = {"agent": AGENT, "arranger": ("open",)}
        held |= {"servicer": ("report",), "manager": ("buyFurther",)}
        calls = [(method, args) for _, method, *args in privileges(self.drawn)]
        return [(method, args) for method, args in calls if method.called.split(".")[1] in held[name]]

    @rule(name=st.sampled_from(ROLES), to=actors, back=st.sampled_from([True, False, False]))
    def hand_role_on(self, name, to, back) -> None:
        """From then on the former holder is refused; the other rules call as the new one."""
        access, admin, old = self.live.access, self.live.parties.admin, self.roles[name]
        new = self.first[name] if back or to == 4 else self.people[to]
        access.revokeRole(self.numbers[name], old, sender=admin)
        access.grantRole(self.numbers[name], new, 0, sender=admin)
        self.roles[name] = new
        if old.address == new.address:
            return
        for method, args in self.privileged_by(name):
            refusal = refusal_of(lambda method=method, args=args: method(*args, sender=old))
            assert (refusal.error, refusal.values) == (CLOSED, (old.address,)), "RO-01"

    @rule(name=st.sampled_from(ROLES), actor=actors, number=st.integers(0, 7))
    def pause_and_resume(self, name, actor, number) -> None:
        """While a contract is closed its roles are refused, what anybody may do goes on, and then all is as before."""
        access, admin, by = self.live.access, self.live.parties.admin, self.roles[name]
        calls = self.privileged_by(name)
        targets = {method.contract.address: method.contract for method, _ in calls}
        for target in targets.values():
            access.setTargetClosed(target, True, sender=admin)
        for method, args in calls:
            refusal = refusal_of(lambda method=method, args=args: method(*args, sender=by))
            assert (refusal.error, refusal.values) == (CLOSED, (by.address,)), "RO-02"
        if self.books:
            self.claim(actor, number, actor)
            self.run(0)
        self.pay_credit(number)
        for target in targets.values():
            access.setTargetClosed(target, False, sender=admin)

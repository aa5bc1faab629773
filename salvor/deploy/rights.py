"""Who may do what: every right that an AccessManager gives, folded from its events.

The same events come from a deployment in memory (what the deal file means) and from a chain (what is). An AccessManager
can't list its members; its events leave nobody out.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from salvor.chain.engine import Log
from salvor.chain.handles import Blueprint, Event

ADMIN, PUBLIC = 0, 2**64 - 1  # roles that every AccessManager has


@dataclass
class Rights:
    """Members of roles, roles of functions, and who rules over roles."""

    members: dict[tuple[int, str], int] = field(default_factory=dict)  # role and account: delay of execution, seconds
    functions: dict[tuple[str, bytes], int] = field(default_factory=dict)  # contract and selector: role
    admins: dict[int, int] = field(default_factory=dict)  # of a role; ADMIN where none is named
    guardians: dict[int, int] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # contracts whose restricted functions nobody may call
    delays: dict[str, int] = field(default_factory=dict)  # of changes to a contract's functions, seconds

    def holders(self, role: int) -> dict[str, int]:
        """Accounts with their delays."""
        return {account: delay for (own, account), delay in self.members.items() if own == role}

    def take(self, event: Event) -> None:
        """One event more."""
        match event.name:
            case "RoleGranted":
                self.members[event.roleId, event.account] = event.delay
            case "RoleRevoked":
                self.members.pop((event.roleId, event.account), None)
            case "TargetFunctionRoleUpdated":
                self.functions[event.target, event.selector] = event.roleId
            case "RoleAdminChanged":
                self.admins[event.roleId] = event.admin
            case "RoleGuardianChanged":
                self.guardians[event.roleId] = event.guardian
            case "TargetClosed" if event.closed:
                self.closed.add(event.target)
            case "TargetClosed":
                self.closed.discard(event.target)
            case "TargetAdminDelayUpdated":
                self.delays[event.target] = event.delay


def rights_of(access: str, blueprint: Blueprint, logs: Iterable[Log]) -> Rights:
    """Of the AccessManager at an address, from logs in the chain's order."""
    kinds = {event.topic: event for events in blueprint.events.values() for event in events}
    rights = Rights()
    for log in logs:
        if log.address == access and log.topics and (kind := kinds.get(log.topics[0])):
            rights.take(kind.read(log))
    return rights


@dataclass(frozen=True)
class Difference:
    """Something that is not as the deal file has it; `cure` is the call of the AccessManager that would mend it."""

    what: str
    file: str
    chain: str
    cure: tuple[str, tuple[object, ...]]


def differences_between(wanted: Rights, found: Rights, names: Names) -> list[Difference]:
    """Members, functions, rulers and closed contracts; nothing when all is equal."""
    return [
        *_members(wanted, found, names),
        *_functions(wanted, found, names),
        *_rulers(wanted, found, names),
        *_closed(wanted, found, names),
    ]


@dataclass(frozen=True)
class Names:
    """How people call addresses, selectors and roles."""

    addresses: Mapping[str, str]
    selectors: Mapping[bytes, str]
    roles: Mapping[int, str]

    def who(self, address: str) -> str:
        """An account or a contract."""
        return f"{self.addresses[address]} ({address})" if address in self.addresses else address

    def role(self, role: int) -> str:
        """By its constant in the contract."""
        return self.roles.get(role, f"role {role}")

    def function(self, target: str, selector: bytes) -> str:
        """Contract and function."""
        return f"{self.addresses.get(target, target)}.{self.selectors.get(selector, '0x' + selector.hex())}"


def _members(wanted: Rights, found: Rights, names: Names) -> Iterable[Difference]:
    for role, account in sorted({*wanted.members, *found.members}):
        own, live = wanted.members.get((role, account)), found.members.get((role, account))
        if own == live:
            continue
        cure: tuple[str, tuple[object, ...]] = ("revokeRole", (role, account))
        if own is not None:
            cure = ("grantRole", (role, account, own))
        yield Difference(f"{names.role(role)} of {names.who(account)}", _held(own), _held(live), cure)


def _functions(wanted: Rights, found: Rights, names: Names) -> Iterable[Difference]:
    for target, selector in sorted({*wanted.functions, *found.functions}):
        own, live = wanted.functions.get((target, selector), ADMIN), found.functions.get((target, selector), ADMIN)
        if own != live:
            cure = ("setTargetFunctionRole", (target, [selector], own))
            yield Difference(names.function(target, selector), names.role(own), names.role(live), cure)


def _rulers(wanted: Rights, found: Rights, names: Names) -> Iterable[Difference]:
    kinds = (
        ("admin", "setRoleAdmin", wanted.admins, found.admins),
        ("guardian", "setRoleGuardian", wanted.guardians, found.guardians),
    )
    for what, function, ours, theirs in kinds:
        for role in sorted({*ours, *theirs}):
            own, live = ours.get(role, ADMIN), theirs.get(role, ADMIN)
            if own != live:
                said = names.role(own), names.role(live)
                yield Difference(f"{what} of {names.role(role)}", *said, (function, (role, own)))


def _closed(wanted: Rights, found: Rights, names: Names) -> Iterable[Difference]:
    for target in sorted(wanted.closed ^ found.closed):
        own, live = (["open", "closed"][target in each.closed] for each in (wanted, found))
        yield Difference(names.who(target), own, live, ("setTargetClosed", (target, target in wanted.closed)))


def _held(delay: int | None) -> str:
    if delay is None:
        return "not held"
    return "held" if delay == 0 else f"held, with a delay of {delay} seconds"

"""A chain that many tests share, and each sees as if it were run alone: in the state of the fixtures it asks for.

Each fixture wider than a function that gets hold of a shared lab is a layer on its chain. When a layer is taken off,
the chain goes back to where it was before, and the fixtures above are finished first, so that pytest builds them again
when they are next asked for: whatever is cached is on the chain. After each test the chain goes back, too.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from functools import partial
from itertools import takewhile
from typing import Any, NoReturn

import pytest

from salvor.chain.engine import Snapshot
from salvor.lab.lab import Lab

Fixture = pytest.FixtureDef[Any]
Request = Any  # pytest's: not all that is needed of it is public
Asked = tuple[Fixture, object]  # a fixture, and the parameter that it is built for


class Layer:
    """What one fixture does to a chain; how the chain was before, and in which state tests began."""

    def __init__(self, fixture: Fixture, request: Request, before: Snapshot, top: Snapshot) -> None:
        self.fixture, self.request, self.before, self.top = fixture, request, before, top
        self.asked: Asked = (fixture, fixture.cache_key(request))
        self.open = True  # while the fixture is being set up


class Chain:
    """A shared lab and the layers on it, the oldest first."""

    def __init__(self, lab: Lab) -> None:
        self.lab, self.top = lab, lab.snapshot()  # the state in which tests begin
        self.layers: list[Layer] = []

    def begin(self, fixture: Fixture, request: Request, *, clean: bool) -> Layer:
        """From here on the fixture may change the chain, which is not `clean` when a test has changed it already."""
        at_top = clean and not any(layer.open for layer in self.layers)
        layer = Layer(fixture, request, self.top if at_top else self.lab.snapshot(), self.top)
        self.layers.append(layer)
        # Finalizers are run from the last to the first: the fixture tidies up before the chain goes back.
        fixture.addfinalizer(partial(self.take_off, layer))
        return layer

    def complete(self, layer: Layer) -> None:
        """The fixture is set up."""
        layer.open, self.top = False, self.lab.snapshot()

    def take_off(self, layer: Layer) -> None:
        """Finish the fixtures above, then go back to where the chain was before this one."""
        if layer in self.layers:
            try:
                self.undo(self.layers.index(layer) + 1)
            finally:
                del self.layers[self.layers.index(layer) :]
                self.top = layer.top
                self.lab.restore(layer.before)

    def undo(self, index: int) -> None:
        """Finish the fixtures of all layers from this one on, the highest first."""
        _do_all(self._finishes(index))

    def keep(self, asked: Sequence[Asked]) -> None:
        """Leave those layers that are, from the lowest on, what is asked for in this order."""
        pairs = zip((layer.asked for layer in self.layers), asked, strict=False)
        self.undo(sum(1 for _ in takewhile(_same, pairs)))

    def settle(self, asked: Sequence[Asked]) -> None:
        """Take off the lowest layer that is not asked for so far, and all above: they come later, or not at all."""
        known = {fixture for fixture, _ in asked}
        strange = (place for place, each in enumerate(self.layers) if not each.open and each.fixture not in known)
        self.undo(next(strange, len(self.layers)))

    def put_back(self) -> None:
        """Undo what a test did."""
        self.lab.restore(self.top)

    def _finishes(self, index: int) -> Iterator[Callable[[], object]]:
        while len(self.layers) > index:
            layer = self.layers[-1]
            yield partial(layer.fixture.finish, layer.request)


class Isolation:
    """A plugin of pytest. A lab is shared when a fixture that is wider than a function gives it."""

    def __init__(self) -> None:
        self.chains: dict[Fixture, Chain] = {}  # by the fixture that gives the lab
        self.late: dict[Fixture, list[Fixture]] = {}  # what fixtures have asked for in their bodies
        self.clean = False  # from the beginning of a test until something of its own may change a chain
        self._users: dict[Fixture, set[Fixture]] = {}  # fixtures with the labs that they have got hold of
        self._reached: set[Fixture] = set()  # labs whose layers are as this test needs them
        self._last: list[Callable[[], object]] = []  # to be done when the test is over
        self._item: Any = None

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Take off what this test does not ask for, and whatever is above that."""
        self._item, self.clean, self._reached = item, True, set()
        if self.chains and isinstance(item, pytest.Function):
            _listen(item._request, self.foresee)
            for lab, asked in _Order(self, item, item.fixturenames).layers.items():
                self._keep(lab, asked)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_call(self) -> None:
        """A test without fixtures of its own scope begins here."""
        self._enter()

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: Fixture, request: Request) -> Generator[None, object, object]:
        """Learn which fixtures get hold of a lab, and make each a layer just before it can use it."""
        if fixturedef.scope == "function":
            self._enter()
            if self.chains:
                _listen(request, self.foresee)
            return (yield)
        building = _Building(self, fixturedef, request)
        _listen(request, building.foresee, building.needs)
        try:
            value = yield
        except BaseException:
            building.fail()
            raise
        self._users[fixturedef] = building.complete()
        if building.labs and not self.clean:
            self._last.append(partial(fixturedef.finish, request))
        if isinstance(value, Lab) and all(chain.lab is not value for chain in self.chains.values()):
            self.chains[fixturedef] = Chain(value)
            self._reached.add(fixturedef)
            fixturedef.addfinalizer(partial(self.chains.pop, fixturedef))
        return value

    def labs_of(self, fixture: Fixture) -> set[Fixture]:
        """The lab it is, and those that it knows."""
        return {lab for lab in (fixture, *self._users.get(fixture, ())) if lab in self.chains}

    def foresee(self, name: str, request: Request, *, building: bool = False) -> None:
        """Take off what would not be there, before the test or one of its fixtures asks in its body for another."""
        if not self.chains or name == "request":
            return
        above = [each.fixturename for each in request._iter_chain()]
        so_far = self._item._request._fixture_defs.values()
        for lab, asked in _Order(self, self._item, [name], above, so_far).layers.items():
            if lab not in self._reached:
                self._keep(lab, asked)
            elif building:
                self.chains[lab].settle(asked)

    def _keep(self, lab: Fixture, asked: Sequence[Asked]) -> None:
        self._reached.add(lab)
        try:
            self.chains[lab].keep(asked)
        except (Exception, pytest.fail.Exception) as error:  # of fixtures that this test does not ask for
            self._last.append(partial(_raise, error))

    def _enter(self) -> None:
        """From here on the test may change chains; its first finalizer is run last."""
        if self.clean:
            self.clean = False
            self._item.addfinalizer(self._leave)

    def _leave(self) -> None:
        last, self._last = self._last, []
        _do_all([*reversed(last), *(chain.put_back for chain in self.chains.values())])


class _Building:
    """A wide fixture while it is set up."""

    def __init__(self, isolation: Isolation, fixture: Fixture, request: Request) -> None:
        self._isolation, self._fixture, self._request = isolation, fixture, request
        self._layers: list[tuple[Chain, Layer]] = []
        self._over = False
        self._late = isolation.late[fixture] = []
        self.labs: set[Fixture] = set()

    def foresee(self, name: str, request: Request) -> None:
        """It is about to ask for another fixture; its arguments it has already."""
        if name not in self._fixture.argnames:
            self._isolation.foresee(name, request, building=True)

    def needs(self, needed: Fixture) -> None:
        """It has been given another fixture."""
        labs = self._isolation.labs_of(needed)
        if self._over or not labs:
            return
        if needed.argname not in self._fixture.argnames:  # pytest takes no note of this dependency
            self._late.append(needed)
            needed.addfinalizer(partial(self._fixture.finish, self._request))
        for lab in labs - self.labs:
            chain = self._isolation.chains[lab]
            self._layers.append((chain, chain.begin(self._fixture, self._request, clean=self._isolation.clean)))
        self.labs |= labs

    def complete(self) -> set[Fixture]:
        """It is set up; these are the labs that it knows."""
        self._over = True
        for chain, layer in self._layers:
            chain.complete(layer)
        return self.labs

    def fail(self) -> None:
        """Nothing stays of a fixture that could not be set up."""
        _do_all([partial(chain.take_off, layer) for chain, layer in self._layers])


class _Order:
    """By lab, the layers that a test asks for, in the order in which pytest would build them on a fresh chain."""

    def __init__(
        self,
        isolation: Isolation,
        item: Any,
        names: Iterable[str],
        above: Sequence[str] = (),
        so_far: Iterable[Fixture] = (),
    ) -> None:
        self.layers: dict[Fixture, list[Asked]] = {}
        self._isolation, self._item = isolation, item
        self._params = item.callspec.params if hasattr(item, "callspec") else {}
        self._labs: dict[Fixture, set[Fixture]] = {}
        for fixture in so_far:
            self._visit(fixture, ())
        for name in names:
            for fixture in self._named(name, above):
                self._visit(fixture, above)

    def _named(self, name: str, above: Sequence[str]) -> Sequence[Fixture]:
        """The fixture of this name; the one that it overrides, for those that it asks for."""
        known = self._item._fixtureinfo.name2fixturedefs
        found = known[name] if name in known else self._item.session._fixturemanager.getfixturedefs(name, self._item)
        place = len(found or ()) - 1 - above.count(name)
        return found[place : place + 1] if place >= 0 else ()

    def _visit(self, fixture: Fixture, above: Sequence[str]) -> set[Fixture]:
        if fixture not in self._labs:
            self._labs[fixture], inner = set(), (*above, fixture.argname)
            arguments = [each for name in fixture.argnames for each in self._named(name, inner)]
            self._know(fixture, set().union(*[self._visit(each, inner) for each in arguments]))
            for needed in self._isolation.late.get(fixture, ()):
                self._know(fixture, self._visit(needed, inner))
            if fixture in self._isolation.chains:
                self.layers.setdefault(fixture, [])
                self._labs[fixture].add(fixture)
        return self._labs[fixture]

    def _know(self, fixture: Fixture, labs: set[Fixture]) -> None:
        for lab in labs - self._labs[fixture]:
            self.layers[lab].append((fixture, self._params.get(fixture.argname)))
        self._labs[fixture] |= labs


def _listen(
    request: Request, before: Callable[[str, Request], None], after: Callable[[Fixture], None] | None = None
) -> None:
    """Be told what is asked for through this request: the name before, the fixture afterwards."""
    ask = request.getfixturevalue

    def asking(name: str) -> object:
        before(name, request)
        value = ask(name)
        if after and name != "request":
            after(request._get_active_fixturedef(name))
        return value

    request.getfixturevalue = asking


def _same(pair: tuple[Asked, Asked]) -> bool:
    (one, parameter), (other, wanted) = pair
    return one is other and (parameter is wanted or bool(parameter == wanted))


def _raise(error: BaseException) -> NoReturn:
    raise error


def _do_all(actions: Iterable[Callable[[], object]]) -> None:
    """Every one, whatever becomes of the others; then raise what went wrong."""
    errors: list[BaseException] = []
    for action in actions:
        try:
            action()
        except BaseException as error:  # pytest's failures are no Exception
            errors.append(error)
    if len(errors) == 1:
        raise errors[0]
    if errors:
        raise BaseExceptionGroup("errors while fixtures were taken down", errors)

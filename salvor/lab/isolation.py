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


class Layer:
    """What one fixture does to a chain; how the chain was before, and in which state tests began."""

    def __init__(self, fixture: Fixture, request: Request, before: Snapshot, top: Snapshot) -> None:
        self.fixture, self.request, self.before, self.top = fixture, request, before, top
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

    def keep(self, asked: Sequence[Fixture]) -> None:
        """Leave those layers that are, from the lowest on, what is asked for in this order."""
        pairs = zip((layer.fixture for layer in self.layers), asked, strict=False)
        self.undo(sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1], pairs)))

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
        self.needs: dict[Fixture, list[Fixture]] = {}  # of a fixture: those with a lab that it has asked for, in order
        self.clean = False  # from the beginning of a test until something of its own may change a chain
        self._users: dict[Fixture, set[Fixture]] = {}  # fixtures with the labs that they have got hold of
        self._reached: set[Fixture] = set()  # labs whose layers are as this test needs them
        self._last: list[Callable[[], object]] = []  # to be done when the test is over
        self._item: Any = None

    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        """Take off what this test does not ask for, and whatever is above that."""
        self._item, self.clean, self._reached = item, True, set()
        if self.chains and isinstance(item, pytest.Function):
            _listen(item._request, self.reach)
            for lab, asked in _Order(self, item).layers.items():
                self._reached.add(lab)
                try:
                    self.chains[lab].keep(asked)
                except (Exception, pytest.fail.Exception) as error:  # of fixtures that this test does not ask for
                    self._last.append(partial(_raise, error))

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
                _listen(request, self.reach)
            return (yield)
        building = _Building(self, fixturedef, request)
        _listen(request, building.ask)
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
            fixturedef.addfinalizer(partial(self.chains.pop, fixturedef))
        return value

    def labs_of(self, fixture: Fixture) -> set[Fixture]:
        """The lab it is, and those that it knows."""
        return {lab for lab in (fixture, *self._users.get(fixture, ())) if lab in self.chains}

    def reach(self, needed: Fixture) -> None:
        """The test has got hold of something at a moment that was not to be foreseen."""
        for lab in self.labs_of(needed) - self._reached:
            self.settle(lab, needed)

    def settle(self, lab: Fixture, needed: Fixture) -> None:
        """Take off the layers that the test has not asked for so far: they would come later, or not at all."""
        self._reached.add(lab)
        asked, ahead = set[Fixture](), [needed, *self._item._request._fixture_defs.values()]
        while ahead:
            asked.add(fixture := ahead.pop())
            ahead += [each for each in self.needs.get(fixture, ()) if each not in asked]
        chain = self.chains[lab]
        strange = (place for place, each in enumerate(chain.layers) if not each.open and each.fixture not in asked)
        chain.undo(next(strange, len(chain.layers)))

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
        self._needs = isolation.needs[fixture] = []
        self.labs: set[Fixture] = set()

    def ask(self, needed: Fixture) -> None:
        """It has been given another fixture."""
        isolation, labs = self._isolation, self._isolation.labs_of(needed)
        if self._over:  # a function that the fixture has made asks for more
            return isolation.reach(needed)
        if labs:
            self._needs.append(needed)
            if needed.argname not in self._fixture.argnames:  # pytest takes no note of this dependency
                needed.addfinalizer(partial(self._fixture.finish, self._request))
        for lab in labs - self.labs:
            isolation.settle(lab, needed)
            chain = isolation.chains[lab]
            self._layers.append((chain, chain.begin(self._fixture, self._request, clean=isolation.clean)))
        self.labs |= labs
        return None

    def complete(self) -> set[Fixture]:
        """It is set up; these are the labs that it knows."""
        self._over = True
        for chain, layer in self._layers:
            chain.complete(layer)
        return self.labs

    def fail(self) -> None:
        """Nothing stays of a fixture that could not be set up."""
        self._over = True
        _do_all([partial(chain.take_off, layer) for chain, layer in self._layers])


class _Order:
    """By lab, the layers that a test asks for, in the order in which pytest would build them on a fresh chain."""

    def __init__(self, isolation: Isolation, item: pytest.Function) -> None:
        self.layers: dict[Fixture, list[Fixture]] = {}
        self._isolation, self._found = isolation, item._fixtureinfo.name2fixturedefs
        self._labs: dict[Fixture, set[Fixture]] = {}
        for name in item.fixturenames:
            for fixture in self._named(name, ()):
                if fixture.scope != "function":
                    self._visit(fixture, ())

    def _named(self, name: str, above: tuple[str, ...]) -> Sequence[Fixture]:
        """The fixture of this name; the one that it overrides, for those that it asks for."""
        found = self._found.get(name, ())
        place = len(found) - 1 - above.count(name)
        return found[place : place + 1] if place >= 0 else ()

    def _visit(self, fixture: Fixture, above: tuple[str, ...]) -> set[Fixture]:
        if fixture not in self._labs:
            self._labs[fixture], inner = set(), (*above, fixture.argname)
            arguments = [each for name in fixture.argnames for each in self._named(name, inner)]
            self._know(fixture, set().union(*[self._visit(each, inner) for each in arguments]))
            for needed in self._isolation.needs.get(fixture, ()):
                self._know(fixture, self._visit(needed, inner))
            if fixture in self._isolation.chains:
                self.layers.setdefault(fixture, [])
                self._labs[fixture].add(fixture)
        return self._labs[fixture]

    def _know(self, fixture: Fixture, labs: set[Fixture]) -> None:
        for lab in labs - self._labs[fixture]:
            self.layers[lab].append(fixture)
        self._labs[fixture] |= labs


def _listen(request: Request, told: Callable[[Fixture], None]) -> None:
    """Be told each fixture that is asked for through this request."""
    ask = request.getfixturevalue

    def asking(name: str) -> object:
        value = ask(name)
        if name != "request":
            told(request._get_active_fixturedef(name))
        return value

    request.getfixturevalue = asking


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

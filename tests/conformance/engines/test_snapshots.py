"""Snapshots: state, money, nonces, height and clock come back, as often as wanted; what is stale says so."""

import random

import pytest

from salvor.errors import NoCode, StaleSnapshot


class Book:
    """Snapshots of all engines of a trio, by name."""

    def __init__(self, trio):
        self.trio, self.kept = trio, {}

    def keep(self, name):
        self.kept[name] = [side.lab.snapshot() for side in self.trio.sides]

    def back(self, name):
        for side, snapshot in zip(self.trio.sides, self.kept[name], strict=True):
            side.lab.restore(snapshot)

    def is_stale(self, name):
        def refused(side):
            with pytest.raises(StaleSnapshot, match="can't be restored: an earlier one was restored"):
                side.lab.restore(self.kept[name][self.trio.sides.index(side)])

        self.trio.each(refused)

    def state(self):
        """All that a snapshot keeps."""
        accounts = [self.trio.each(lambda side, who=who: side.account(who)) for who in self.trio.known]
        return self.trio.each(lambda side: side.block), accounts


@pytest.fixture
def book(trio):
    return Book(trio)


@pytest.fixture
def caller(trio, owner):
    return trio.deploy("Caller", sender=owner)


class TestRestore:
    def test_brings_everything_back(self, trio, book, caller, owner, rich):
        trio.wait(100)
        caller.spend(1, sender=owner)
        book.keep("start")
        before = book.state()
        trio.wait(1_000)
        caller.spend(2, sender=rich)
        purse = trio.deploy("Purse", sender=rich, value=7)
        trio.each(lambda side: side.engine.set_balance(owner.address, 99))
        assert book.state() != before
        book.back("start")
        del trio.known[purse.address]
        assert book.state() == before
        assert caller.counter().value == 1

    def test_as_often_as_wanted(self, trio, book, caller, owner):
        book.keep("start")
        before = book.state()
        for number in range(1, 6):
            trio.wait(number)
            assert caller.spend(number, sender=owner).value == number
            book.back("start")
            assert book.state() == before

    def test_at_once(self, book, caller):
        book.keep("start")
        for _ in range(3):
            book.back("start")
        assert caller.counter().value == 0

    def test_the_clock_can_go_on_from_there(self, trio, book, caller, owner):
        place = trio.deploy("Surroundings", sender=owner)
        book.keep("start")
        now = trio.sides[0].engine.now
        for seconds in (1_000, 10, 0, 500):
            trio.wait(seconds)
            assert place.mark(sender=owner).value.timestamp == now + seconds
            book.back("start")
            assert place.peek().value.timestamp == now

    def test_takes_back_nonces_that_deployments_need(self, trio, book, caller, owner):
        book.keep("start")
        caller.spend(1, sender=owner)
        first = trio.deploy("Unpaid", sender=owner).address
        book.back("start")
        del trio.known[first]
        caller.spend(1, sender=owner)
        assert trio.deploy("Child", 0, sender=owner).address == first

    def test_a_contract_that_is_gone_says_so(self, trio, book, owner):
        book.keep("start")
        unpaid = trio.deploy("Unpaid", sender=owner)
        unpaid.call(sender=owner)
        book.back("start")
        del trio.known[unpaid.address]

        def gone(side):
            handle = unpaid.handles[id(side)]
            for use in (lambda: handle.call(sender=owner), handle.calls, lambda: side.lab.at("Unpaid", handle.address)):
                with pytest.raises(NoCode, match=f"no code at {handle.address}"):
                    use()

        trio.each(gone)

    def test_a_contract_that_stands_there_again_can_be_used(self, trio, book, owner):
        book.keep("start")
        unpaid = trio.deploy("Unpaid", sender=owner)
        book.back("start")
        trio.deploy("Unpaid", sender=owner)
        unpaid.call(sender=owner)
        assert unpaid.calls().value == 1


class TestNested:
    def test_inner_ones_first(self, book, caller, owner):
        states = []
        for depth in range(5):
            book.keep(depth)
            states.append(book.state())
            caller.spend(1, sender=owner)
        for depth in reversed(range(5)):
            book.back(depth)
            assert book.state() == states[depth]

    def test_an_outer_one_takes_the_inner_ones_with_it(self, book, caller, owner):
        for depth in range(4):
            book.keep(depth)
            caller.spend(1, sender=owner)
        book.back(1)
        for depth in (2, 3):
            book.is_stale(depth)
        assert caller.counter().value == 1
        book.back(1)
        book.back(0)
        assert caller.counter().value == 0
        book.is_stale(1)

    def test_a_stale_one_destroys_nothing(self, book, caller, owner):
        book.keep("outer")
        caller.spend(3, sender=owner)
        book.keep("inner")
        book.back("outer")
        before = book.state()
        for _ in range(3):
            book.is_stale("inner")
        assert book.state() == before
        assert caller.spend(1, sender=owner).value == 1

    def test_new_ones_after_a_restore(self, book, caller, owner):
        book.keep("outer")
        for number in range(1, 5):
            caller.spend(number, sender=owner)
            book.keep("inner")
            caller.spend(10, sender=owner)
            book.back("inner")
            assert caller.counter().value == number
            book.back("outer")
            book.is_stale("inner")

    def test_of_another_engine_is_stale(self, trio):
        first, second = trio.sides[:2]
        for one, other in ((first, second), (second, first)):
            with pytest.raises(StaleSnapshot, match="another engine's"):
                one.lab.restore(other.lab.snapshot())

    def test_thousands(self, pair):
        book, owner = Book(pair), pair.actor("owner")
        caller = pair.deploy("Caller", sender=owner)
        for depth in range(3_000):
            book.keep(depth)
        caller.spend(1, sender=owner)
        book.back(2_500)
        caller.spend(2, sender=owner)
        assert caller.counter().value == 2
        book.back(0)
        assert caller.counter().value == 0


class TestAfterFailures:
    def test_refused_calls_between_do_not_matter(self, trio, book, caller, owner):
        refuser = trio.deploy("Refuser", sender=owner)
        book.keep("start")
        before = book.state()
        for _ in range(3):
            refuser.countThenRefuse.refused(sender=owner)
            refuser.forever.refused(sender=owner)
            trio.refuse("Child", 1, sender=owner)
            caller.spend.call(3, sender=owner)
            assert book.state() == before
        caller.spend(3, sender=owner)
        book.back("start")
        assert book.state() == before


class TestAnyOrder:
    @pytest.mark.parametrize("seed", range(4))
    def test_of_keeping_going_back_and_sending(self, pair, seed):
        """A stack of states in Python says what must come back."""
        draw, owner = random.Random(seed), pair.actor("owner", 10**6)
        book, stack, name = Book(pair), [], 0
        caller = pair.deploy("Caller", sender=owner)
        for _ in range(120):
            what = draw.choices(["send", "wait", "deploy", "give", "keep", "back", "refuse"], [8, 3, 2, 2, 6, 5, 2])[0]
            if what == "send":
                caller.spend(draw.randint(1, 3), sender=owner)
            elif what == "wait":
                pair.wait(draw.randint(0, 100))
            elif what == "deploy":
                pair.deploy("Purse", sender=owner, value=draw.randint(0, 5))
            elif what == "give":
                wei = draw.randint(100, 10**6)
                pair.each(lambda side, wei=wei: side.engine.set_balance(owner.address, wei))
            elif what == "refuse":
                caller.recurse.refused(10_000, sender=owner)
            elif what == "keep":
                name += 1
                book.keep(name)
                stack.append((name, book.state(), list(pair.known)))
            elif stack:
                place = draw.randrange(len(stack))
                del stack[place + 1 :]
                kept, state, known = stack[place]
                book.back(kept)
                pair.known = dict.fromkeys(known)
                assert book.state() == state

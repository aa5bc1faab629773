"""Rules with a memory: counts, lots, what was sent, fees, lists, approvals and records."""

import pytest

from salvor.tape.merkle import keccak
from tests.utils.regulated import DAY, ITALY, KENYA, NO_LIMIT

HOUR = 3_600
ANY = [NO_LIMIT] * 4


@pytest.fixture
def giver(office):
    return office.holder("giver", 100)


@pytest.fixture
def taker(office):
    return office.person("taker")


class TestHolderCount:
    @pytest.fixture
    def count(self, office):
        module = office.module("HolderCount", 2, ANY, [KENYA], [1])
        office.registry.watch(module, sender=office.admin)
        return module

    @pytest.fixture
    def giver(self, office, request):
        """Who holds comes after the module, whatever the order in which fixtures are made: it counts from the first."""
        if "count" in request.fixturenames:
            request.getfixturevalue("count")
        return office.holder("giver", 100)

    def test_lets_so_many_begin(self, lab, office, count, giver, taker):
        third = office.person("third")
        office.note.transfer(taker, 10, sender=giver)
        assert (count.holders(), count.holdersOfCountry(ITALY), count.holdersOfClass(2)) == (2, 2, 2)
        with lab.refused("TransferRefused", code=128):
            office.note.transfer(third, 10, sender=giver)
        office.note.transfer(third, 90, sender=giver)  # who gives all makes room
        assert count.holders() == 2
        second = office.wallet("second wallet", "third")
        office.note.transfer(second, 5, sender=third)
        assert count.holders() == 2, "CO-05"

    def test_is_by_country_and_by_class(self, office, count, giver):
        data = count.set.encode(NO_LIMIT, [NO_LIMIT, 0, NO_LIMIT, NO_LIMIT], [KENYA], [1])
        office.compliance.callModuleFunction(data, count, sender=office.admin)
        first, second = (office.person(name, KENYA) for name in ("first", "second"))
        office.note.transfer(first, 10, sender=giver)
        assert [office.code(giver, second, 1), office.code(first, second, 1)] == [128, 128]
        assert office.code(first, second, 10) == 0
        assert office.code(giver, office.person("retail", ITALY, 1), 1) == 128

    def test_follows_a_change_of_country(self, office, count, giver):
        office.registry.revokeAll(sender=office.issuer)
        office.registry.updateCountry(giver, KENYA, sender=office.agent)
        assert (count.holdersOfCountry(ITALY), count.holdersOfCountry(KENYA)) == (0, 1), "CO-05"
        assert (count.holdersOfClass(2), count.holdersOfClass(0)) == (0, 1), "CO-05"

    @pytest.fixture
    def late(self, office, giver, taker):
        """Put on while two hold, one of them in two wallets."""
        office.note.transfer(taker, 40, sender=giver)
        office.note.transfer(office.wallet("second wallet", "taker"), 15, sender=taker)
        module = office.module("HolderCount", 9, ANY, [], [])
        office.registry.watch(module, sender=office.admin)
        return module

    @pytest.fixture
    def wallets(self, lab, giver, taker):
        return sorted((lab.actor(name) for name in ("giver", "taker", "second wallet")), key=lambda one: one.word)

    def test_put_on_late_lets_nobody_begin_and_everybody_leave(self, lab, office, late, giver):
        third = office.person("third")
        assert not late.isCounted()
        assert office.code(giver, third, 1) == 128
        office.note.transfer(lab.actor("taker"), 60, sender=giver)
        office.note.burn(lab.actor("taker"), 85, sender=office.agent)

    def test_is_made_from_the_token_with_a_proof(self, lab, office, late, wallets):
        for one in wallets:
            late.rebuild([one], sender=office.agent)
        receipt = late.finishRebuild(sender=office.agent)
        (told,) = receipt.events_of(late, "Rebuilt")
        assert (told.holders, told.units, late.holders()) == (2, 100, 2), "CO-05"

    def test_leaves_nobody_out_and_counts_nobody_twice(self, lab, office, late, wallets):
        late.rebuild(wallets[:2], sender=office.agent)
        with lab.refused("NotAscending", wallets[1], wallets[1]):
            late.rebuild([wallets[1]], sender=office.agent)
        counted = sum(office.note.balanceOf(each) for each in wallets[:2])
        with lab.refused("SupplyNotMatched", counted, 100):
            late.finishRebuild(sender=office.agent)

    def test_begins_anew_when_somebody_moved(self, lab, office, late, wallets, giver):
        """Units that go from a counted wallet to one that is not yet would stand in for a holder left out."""
        late.rebuild(wallets[:2], sender=office.agent)
        office.note.transfer(wallets[2], 1, sender=wallets[0])
        with lab.refused("NothingCounted"):
            late.finishRebuild(sender=office.agent)
        late.rebuild(wallets, sender=office.agent)
        late.finishRebuild(sender=office.agent)
        assert late.holders() == 2, "CO-05"

    def test_survives_being_taken_out_and_put_on_again(self, office, count, giver, taker):
        office.compliance.removeModule(count, sender=office.admin)
        office.note.transfer(taker, 10, sender=giver)
        office.compliance.addModule(count, sender=office.admin)
        assert not count.isCounted()
        both = sorted((giver, taker), key=lambda one: one.word)
        count.rebuild(both, sender=office.agent)
        count.finishRebuild(sender=office.agent)
        assert count.holders() == 2, "CO-05"


class TestLockUp:
    def test_keeps_each_lot_for_its_time(self, lab, office, taker):
        lock = office.module("LockUp", 16 * HOUR, 0)
        giver = office.holder("giver", 60)
        lab.wait(8 * HOUR)
        office.note.mint(giver, 40, sender=office.agent)
        assert office.code(giver, taker, 1) == 128
        first = lock.lotsOf(office.identity("giver"))[0].freeAt
        assert first % HOUR == 0
        lab.now = first
        assert [office.code(giver, taker, units) for units in (60, 61)] == [0, 128]
        office.note.transfer(taker, 60, sender=giver)
        assert lock.lockedOf(office.identity("taker")) == 60, "CO-06"

    def test_gives_way_to_force_free_units_first(self, lab, office, giver, taker):
        lock = office.module("LockUp", 0, lab.now + DAY)
        office.note.mint(giver, 50, sender=office.agent)
        office.note.forcedTransfer(giver, taker, 120, sender=office.agent)
        assert lock.lockedOf(office.identity("giver")) == 30, "CO-06"
        office.note.burn(giver, 10, sender=office.agent)
        assert lock.lockedOf(office.identity("giver")) == 20, "CO-06"

    def full(self, lab, office, name, first_day):
        """Of 40 lots 24 are open, the last of 17 units that came late."""
        lock = lab.at("LockUp", office.compliance.getModules()[0])
        for place in range(40):
            until = lab.now + (first_day + place if place < 30 else first_day) * DAY + (place >= 30)
            office.compliance.callModuleFunction(lock.set.encode(0, until), lock, sender=office.admin)
            office.note.mint(lab.actor(name), 1, sender=office.agent)
        return lock

    def test_has_at_most_24_lots_and_the_last_waits_for_the_later(self, lab, office, giver):
        office.module("LockUp", 0, 0)
        lock = self.full(lab, office, "giver", 100)
        lots = lock.lotsOf(office.identity("giver"))
        assert [each.units for each in lots] == [1] * 23 + [17]
        assert lots[-1].freeAt == lots[0].freeAt + 29 * DAY
        assert lock.lockedOf(office.identity("giver")) == 40, "CO-06"

    def test_is_told_within_its_gas_with_all_lots_on_both_sides(self, lab, office, giver, taker):
        """Above the cap a module counts as broken: force would go on without it, and anybody could suspend it."""
        office.module("LockUp", 0, 0)
        lock = self.full(lab, office, "giver", 100)
        self.full(lab, office, "taker", 50)
        trial = (lock, giver, taker, 100)
        with lab.refused("ModuleWorks", lock):
            office.compliance.reportModule(*trial, sender=taker)
        for act in (
            lambda: office.note.forcedTransfer(giver, taker, 123, sender=office.agent),
            lambda: office.note.burn(giver, 16, sender=office.agent),
        ):
            assert not act().events_of(office.compliance, "ModuleFailed")
        assert lock.lockedOf(office.identity("giver")) == 1, "CO-06"
        probe = lab.deploy("StingyCaller", sender=office.admin)
        number = office.registry.numberOf(office.identity("taker"))
        side = (taker.address, number, ITALY, 2, 173)  # of which 163 are locked
        for units, answer in ((10, 1), (11, 0)):
            asked = lock.allows.encode((side, (giver.address, 1, ITALY, 2, 1), units, 0))
            assert tuple(probe.ask(lock, asked, 90_000)) == (True, answer), "CO-06"

    def test_puts_a_sooner_lot_before_later_ones(self, lab, office, giver, taker):
        """Terms that were shortened; by force the soonest goes first."""
        lock = office.module("LockUp", 0, 0)
        office.note.burn(giver, 100, sender=office.agent)
        for days, units in ((30, 5), (10, 7), (20, 11), (10, 2)):
            until = lab.now - lab.now % DAY + days * DAY
            office.compliance.callModuleFunction(lock.set.encode(0, until), lock, sender=office.admin)
            office.note.mint(giver, units, sender=office.agent)
        assert [each.units for each in lock.lotsOf(office.identity("giver"))] == [9, 11, 5]
        office.note.forcedTransfer(giver, taker, 12, sender=office.agent)
        assert [each.units for each in lock.lotsOf(office.identity("giver"))] == [8, 5], "CO-06"


class TestHoldPeriod:
    def test_is_by_the_class_of_who_acquires(self, lab, office):
        office.module("HoldPeriod", [0, 16 * DAY, 16 * HOUR, 0])
        taker = office.person("taker")
        for name, class_, wait in (("retail", 1, 17 * DAY), ("professional", 2, 17 * HOUR), ("institution", 3, 0)):
            holder = office.holder(name, 10, ITALY, class_)
            assert office.code(holder, taker, 1) == (128 if wait else 0)
            lab.wait(wait)
            assert office.code(holder, taker, 1) == 0


class TestVelocity:
    def test_counts_for_the_period_and_no_less(self, lab, office, giver, taker):
        velocity = office.module("Velocity", 50, 8 * HOUR)
        lab.now += HOUR - lab.now % HOUR
        office.note.transfer(taker, 30, sender=giver)
        lab.wait(HOUR)
        office.note.transfer(taker, 20, sender=giver)
        assert office.code(giver, taker, 1) == 128
        for wait, counted in ((8 * HOUR - 1, 50), (1, 20), (HOUR, 0)):
            lab.wait(wait)
            assert velocity.sentBy(office.identity("giver")) == counted, "CO-06"
        assert office.code(giver, taker, 50) == 0

    def test_keeps_what_was_sent_under_other_terms(self, lab, office, giver, taker):
        """Another period forgot it, so an owner who shortened the period gave everybody a second allowance."""
        velocity = office.module("Velocity", 50, 8 * DAY)
        lab.now += DAY - lab.now % DAY
        office.note.transfer(taker, 30, sender=giver)
        for period, wait, counted in (
            (HOUR, 0, 30),
            (8 * HOUR, DAY + 8 * HOUR - 1, 30),
            (8 * HOUR, 1, 0),
            (9 * HOUR, 0, 30),
        ):
            lab.wait(wait)
            office.compliance.callModuleFunction(velocity.set.encode(50, period), velocity, sender=office.admin)
            assert velocity.sentBy(office.identity("giver")) == counted, "CO-06"

    def test_has_nine_places_and_the_last_counts_for_the_later(self, lab, office, giver, taker):
        velocity = office.module("Velocity", 99, 8)
        lab.now += 5 * DAY - lab.now % (5 * DAY)
        begin = lab.now
        for _ in range(9):
            office.note.transfer(taker, 1, sender=giver)
            lab.wait(1)
        office.compliance.callModuleFunction(velocity.set.encode(99, 40 * DAY), velocity, sender=office.admin)
        office.note.transfer(taker, 1, sender=giver)
        for moment, counted in ((begin + 40 * DAY, 10), (begin + 41 * DAY, 2), (begin + 45 * DAY - 1, 2)):
            lab.now = moment
            assert velocity.sentBy(office.identity("giver")) == counted, "CO-06"
        lab.wait(1)
        assert velocity.sentBy(office.identity("giver")) == 0, "CO-06"

    def test_is_of_an_identity_and_of_its_own_will(self, office, giver, taker):
        velocity = office.module("Velocity", 50, DAY)
        office.note.forcedTransfer(giver, taker, 40, sender=office.agent)
        second = office.wallet("second wallet", "giver")
        office.note.transfer(second, 30, sender=giver)
        office.note.transfer(taker, 30, sender=second)
        assert office.code(giver, taker, 21) == 128
        assert velocity.sentBy(office.identity("giver")) == 30, "CO-06"


class TestTransferFee:
    def test_is_taken_in_cash_up(self, lab, office, giver, taker):
        collector = lab.actor("collector")
        fee = office.module("TransferFee", office.cash, 15 * 10**15, collector)
        assert office.code(giver, taker, 10) == 128
        office.cash.mint(giver, 10, sender=giver)
        office.cash.approve(fee, 2, sender=giver)
        office.note.transfer(taker, 67, sender=giver)  # 1.005
        assert (office.cash.balanceOf(collector), office.cash.balanceOf(giver)) == (2, 8)
        assert office.code(giver, taker, 10) == 128

    def test_is_paid_by_whose_notes_go_whoever_sends_them(self, lab, office, giver, taker):
        fee = office.module("TransferFee", office.cash, 10**18, lab.actor("collector"))
        spender = lab.actor("spender")
        for wallet in (giver, spender):
            office.cash.mint(wallet, 10, sender=giver)
            office.cash.approve(fee, 10, sender=wallet)
        office.note.approve(spender, 4, sender=giver)
        office.note.transferFrom(giver, taker, 4, sender=spender)
        assert [office.cash.balanceOf(each) for each in (giver, spender)] == [6, 10]

    def test_has_somebody_who_is_paid(self, lab, office):
        with lab.refused("ZeroCollector"):
            office.module("TransferFee", office.cash, 10**18, "0x" + "00" * 20)

    def test_finds_the_note_closed_to_an_asset_that_calls_back(self, lab, office, giver, taker):
        """While a fee is taken the balances are those of before: nobody comes in meanwhile."""
        asset = lab.deploy("CallingToken", sender=office.admin)
        fee = office.module("TransferFee", asset, 10**18, lab.actor("collector"))
        asset.mint(giver, 100, sender=giver)
        asset.approve(fee, 100, sender=giver)
        office.note.approve(asset, 100, sender=giver)
        asset.arm(office.note, office.note.transferFrom.encode(giver, taker, 40), sender=giver)
        office.note.transfer(taker, 10, sender=giver)
        assert (asset.called(), asset.obeyed()) == (True, False), "SE-01"
        assert office.note.balanceOf(taker) == 10


class TestSanctions:
    @staticmethod
    def leaf(wallet):
        return keccak(keccak(wallet.word))

    def test_flags_by_proof_whoever_brings_it_and_the_whole_identity(self, lab, office, giver, taker):
        root = office.module("SanctionsRoot")
        beside = b"\x07" * 32
        mine = self.leaf(giver)
        root.publish(keccak(min(mine, beside) + max(mine, beside)), sender=office.agent)
        with lab.refused("NotOnTheList", taker, root.root()):
            root.flag(taker, [beside], sender=taker)
        root.flag(giver, [beside], sender=lab.actor("anybody"))
        second = office.wallet("second wallet", "giver")
        assert [office.code(giver, taker, 1), office.code(taker, second, 0)] == [128, 128]
        root.clear(giver, sender=office.agent)
        assert office.code(giver, taker, 1) == 128  # who stands behind it is flagged still
        root.clearPerson(office.identity("giver"), sender=office.agent)
        assert office.code(giver, taker, 1) == 0

    def test_keeps_a_person_flagged_while_one_of_two_wallets_is_cleared(self, office, giver, taker):
        root = office.module("SanctionsRoot")
        second = office.wallet("second wallet", "giver")
        leaves = sorted((self.leaf(giver), self.leaf(second)))
        root.publish(keccak(leaves[0] + leaves[1]), sender=office.agent)
        for wallet, other in ((giver, second), (second, giver)):
            root.flag(wallet, [self.leaf(other)], sender=taker)
        root.clear(second, sender=office.agent)
        assert office.code(giver, taker, 1) == 128
        assert office.code(taker, office.wallet("third wallet", "giver"), 0) == 128

    def test_asks_an_oracle_and_is_broken_without_an_answer(self, lab, office, giver, taker):
        board = lab.deploy("SanctionsBoard", sender=office.admin)
        office.module("SanctionsOracle", board)
        assert office.code(giver, taker, 1) == 0
        board.set(taker, True, sender=taker)
        assert office.code(giver, taker, 1) == 128
        board.setBroken(True, sender=taker)
        assert office.code(giver, taker, 1) == 129


class TestApprovedTransfers:
    def test_are_made_once_in_time_and_exactly(self, lab, office, giver, taker):
        approved = office.module("ApprovedTransfers")
        approved.approve(giver, taker, 10, lab.now + 5, sender=office.agent)
        assert [office.code(giver, taker, units) for units in (10, 9)] == [0, 128]
        office.note.transfer(taker, 10, sender=giver)
        assert office.code(giver, taker, 10) == 128
        approved.approve(giver, taker, 10, lab.now + 5, sender=office.agent)
        approved.withdraw(giver, taker, 10, sender=office.agent)
        assert office.code(giver, taker, 10) == 128
        approved.approve(giver, taker, 10, lab.now + 5, sender=office.agent)
        lab.wait(5)
        assert office.code(giver, taker, 10) == 128


class TestTravelRule:
    def test_asks_for_a_record_from_the_threshold_on(self, lab, office, giver, taker):
        travel = office.module("TravelRule", 20)
        assert [office.code(giver, taker, units) for units in (19, 20)] == [0, 128]
        travel.file(giver, taker, 20, b"\x09" * 32, sender=office.agent)
        receipt = office.note.transfer(taker, 20, sender=giver)
        (told,) = receipt.events_of(travel, "Travelled")
        assert (told.units, told.recordHash) == (20, b"\x09" * 32)
        assert office.code(giver, taker, 20) == 128

"""LoanPool: the purchase and the servicer's reports; their cash stands in the distributor."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from salvor.deploy.structs import pool_terms
from salvor.tape.committed import ClassTotal, CommittedTape
from tests.utils.deploy import ZERO_ADDRESS, refusal_of_deployment, with_terms
from tests.utils.leaves import SCHEMA, committed
from tests.utils.world import DAY, LOANS, NO_CORRECTION, SIZES, TAPE, WAD, changed, report_of

PRICE = sum(SIZES)
ROOT_OF_TAPE = TAPE.committed.root
ROOT = b"\x01" * 32
NO_ROOT = bytes(32)
LIMIT = 2**112 - 1


def given_terms(world, **changes):
    """The struct `PoolTerms` of the small deal with changed terms."""
    seller = world.live.parties.seller.address
    return pool_terms(changed(world.terms, **changes), world.live.settlement.address, seller)


@pytest.fixture
def refused_deployment(world, project, outsider):
    """Deploy a pool with changed terms; `seller` is a term too."""

    def deploy(seller=None, **changes):
        seller = world.live.parties.seller.address if seller is None else seller
        terms = pool_terms(changed(world.terms, **changes), world.live.settlement.address, seller)
        live = world.live
        return refusal_of_deployment(project.LoanPool, live.access, live.distributor, terms, sender=outsider)

    return deploy


@pytest.fixture
def refused_pool(world, project, outsider):
    """Deploy a pool over a struct `TapeCommitment` as it is given."""

    def deploy(tape):
        given = list(given_terms(world))
        given[3] = tape
        live = world.live
        return refusal_of_deployment(project.LoanPool, live.access, live.distributor, given, sender=outsider)

    return deploy


class TestConstructor:
    def test_keeps_what_it_was_given(self, world, pool):
        live = world.live
        assert (pool.settlement(), pool.seller()) == (live.settlement.address, live.parties.seller.address)
        assert (pool.purchasePrice(), pool.tapeRoot(), pool.loanCount()) == (PRICE, ROOT_OF_TAPE, len(LOANS))
        assert pool.grossBalance() == 130_000
        assert [tuple(total.__dict__.values()) for total in pool.tapeClasses()] == [("accounts", SCHEMA, 5, 130_000)]
        assert (pool.periodCount(), pool.authority()) == (4, live.access.address)
        assert pool.distributor() == live.distributor.address

    @pytest.mark.parametrize("ratio", [1, WAD // 5, WAD])
    def test_keeps_the_carrying_ratio(self, world, ratio):
        assert with_terms(world, carrying_ratio=ratio).live.pool.carryingRatio() == ratio

    @pytest.mark.parametrize("ratio", [0, WAD + 1])
    def test_refuses_a_carrying_ratio_of_nothing_and_one_above_all(self, refused_deployment, ratio):
        refusal = refused_deployment(carrying_ratio=ratio)
        assert (refusal.error, refusal.values) == ("WrongCarryingRatio", (ratio, WAD))

    def test_starts_with_empty_books(self, pool):
        assert (pool.purchased(), pool.lastReported(), pool.cashToRun(), pool.furtherTapes()) == (False, 0, 0, 0)

    def test_refuses_no_seller(self, refused_deployment):
        refusal = refused_deployment(seller=ZERO_ADDRESS)
        assert (refusal.error, refusal.values) == ("NoSeller", ())

    def test_refuses_a_tape_without_a_root(self, refused_deployment):
        refusal = refused_deployment(tape=committed(NO_ROOT, 5))
        assert (refusal.error, refusal.values) == ("EmptyTape", (NO_ROOT, 5))

    def test_refuses_a_tape_without_loans(self, refused_deployment):
        refusal = refused_deployment(tape=CommittedTape(ROOT_OF_TAPE, ()))
        assert (refusal.error, refusal.values) == ("EmptyTape", (ROOT_OF_TAPE, 0))

    def test_tells_the_tape_and_its_classes(self, world, project, outsider):
        low, high = (ClassTotal(name, bytes([place]) * 32, place, 7 * place) for place, name in ((1, "a"), (2, "b")))
        given = given_terms(world, tape=CommittedTape(ROOT, (high, low)))
        pool = outsider.deploy(project.LoanPool, world.live.access, world.live.distributor, given)
        names = [total.assetClass for total in pool.tapeClasses()]
        assert (pool.loanCount(), pool.grossBalance(), names) == (3, 21, ["a", "b"])
        tape, *classes = pool.creation_metadata.receipt.decode_logs([pool.TapeCommitted, pool.ClassCommitted])
        assert (tape.root, tape.loanCount, tape.grossBalance) == (ROOT, 3, 21)
        assert [tuple(each.event_arguments.values()) for each in classes] == [
            ("a", b"\x01" * 32, 1, 7),
            ("b", b"\x02" * 32, 2, 14),
        ]

    @pytest.mark.parametrize(("loans", "balance"), [(4, 130_000), (6, 130_000), (5, 129_999), (5, 130_001)])
    def test_refuses_classes_that_do_not_add_up(self, refused_pool, loans, balance):
        refusal = refused_pool((ROOT, 5, 130_000, [("accounts", SCHEMA, loans, balance)]))
        assert (refusal.error, refusal.values) == ("TapeTotalsMismatch", (loans, 5, balance, 130_000))

    @pytest.mark.parametrize("count", [0, 17])
    def test_refuses_another_number_of_classes(self, refused_pool, count):
        classes = [("accounts", bytes([place + 1]) * 32, 1, 0) for place in range(count)]
        refusal = refused_pool((ROOT, 17, 0, classes))
        assert (refusal.error, refusal.values) == ("WrongNumberOfClasses", (count, 16))

    def test_takes_as_many_classes_as_it_says(self, world, project, outsider):
        classes = tuple(ClassTotal("accounts", bytes([place + 1]) * 32, 1, 0) for place in range(16))
        given = given_terms(world, tape=CommittedTape(ROOT, classes))
        pool = outsider.deploy(project.LoanPool, world.live.access, world.live.distributor, given)
        assert pool.loanCount() == 16

    @pytest.mark.parametrize(("second", "loans"), [(b"\x01" * 32, 1), (b"\x00" + b"\xff" * 31, 1), (b"\x02" * 32, 0)])
    def test_refuses_a_class_that_is_there_or_empty(self, refused_pool, second, loans):
        refusal = refused_pool((ROOT, 2, 0, [("a", b"\x01" * 32, 2 - loans, 0), ("b", second, loans, 0)]))
        assert (refusal.error, refusal.values) == ("WrongClass", (1, second, loans))

    def test_refuses_a_balance_above_the_books(self, refused_pool):
        refusal = refused_pool((ROOT, 1, LIMIT + 1, [("a", SCHEMA, 1, LIMIT)]))
        assert (refusal.error, refusal.values) == ("AboveLimit", (LIMIT + 1, LIMIT))

    @pytest.mark.parametrize("planned", [3, 5])
    def test_refuses_another_number_of_plans_than_of_periods(self, refused_deployment, planned):
        refusal = refused_deployment(plan=(1_000,) * planned)
        assert (refusal.error, refusal.values) == ("ScheduleMismatch", (4, planned))

    def test_refuses_no_periods(self, refused_deployment):
        refusal = refused_deployment(period_ends=(), plan=())
        assert (refusal.error, refusal.values) == ("ScheduleMismatch", (0, 0))

    def test_refuses_a_first_period_that_ends_at_closing(self, world, refused_deployment):
        closing = world.terms.closing
        refusal = refused_deployment(period_ends=(closing, *world.terms.period_ends[1:]))
        assert (refusal.error, refusal.values) == ("ScheduleNotRising", (1, closing, closing))

    def test_refuses_two_periods_that_end_together(self, world, refused_deployment):
        first, second, _, fourth = world.terms.period_ends
        refusal = refused_deployment(period_ends=(first, second, second, fourth))
        assert (refusal.error, refusal.values) == ("ScheduleNotRising", (3, second, second))

    def test_refuses_a_plan_above_the_books(self, refused_deployment):
        refusal = refused_deployment(plan=(LIMIT, 1, 0, 0))
        assert (refusal.error, refusal.values) == ("SafeCastOverflowedUintDowncast", (112, LIMIT + 1))


class TestPurchase:
    @pytest.fixture
    def purchase(self, world, pool):
        """Let the offering's account buy for the deal's waterfall."""

        def buy():
            with world.as_contract(world.live.offering) as account:
                world.at(max(world.terms.closing, world.now))
                return send(pool.purchase, world.live.waterfall, sender=account)

        return buy

    def test_records_whose_waterfall_runs_the_loans(self, world, pool, purchase):
        receipt = purchase()
        seller = world.live.parties.seller
        assert [(log.seller, log.price) for log in receipt.decode_logs(pool.Purchased)] == [(seller.address, PRICE)]
        assert (pool.purchased(), pool.waterfall()) == (True, world.live.waterfall.address)

    def test_refuses_a_second_purchase(self, purchase):
        purchase()
        refusal = refusal_of(purchase)
        assert (refusal.error, refusal.values) == ("AlreadyPurchased", ())

    def test_refuses_a_second_before_the_closing_date(self, world, pool):
        closing = world.terms.closing
        with world.as_contract(world.live.offering) as account:
            world.at(closing - 1)
            refusal = refusal_of(lambda: send(pool.purchase, world.live.waterfall, sender=account))
        assert (refusal.error, refusal.values) == ("TooEarly", (closing - 1, closing))

    def test_refuses_an_outsider(self, world, pool, outsider):
        world.at(world.terms.closing)
        refusal = refusal_of(lambda: send(pool.purchase, outsider, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))


class TestReport:
    @pytest.fixture
    def report(self, world, pool, settlement, servicer):
        """The servicer reports, with the cash at hand and approved, when the period has ended (or when `at` says)."""

        def call(period, cash, root=ROOT, paying=1, at=None, correction=NO_CORRECTION, **other):
            world.fund(servicer, cash)
            send(settlement.approve, pool, cash, sender=servicer)
            world.at(max(world.now, world.terms.period_ends[min(period, 4) - 1]) if at is None else at)
            struct = report_of(cash, root=root, loans=paying, **other)
            return send(pool.report, period, struct, correction, sender=servicer)

        return call

    def test_takes_the_cash_into_the_books(self, closed, pool, settlement, servicer, report):
        receipt = report(1, 12_345, paying=3)
        (log,) = receipt.decode_logs(pool.Reported)
        told = (log.period, tuple(log.report), log.late)
        assert told == (1, (12_345, 0, 0, 0, 0, 0, ROOT, 3, False), False)
        held = PRICE + 12_345  # the seller has not asked for the price yet
        assert (settlement.balanceOf(closed.live.distributor), settlement.balanceOf(servicer)) == (held, 0)
        assert (pool.lastReported(), pool.cashToRun(), pool.figures(1).net) == (1, 12_345, 12_345)

    def test_takes_the_periods_in_order(self, closed, pool, report):
        for period, cash in enumerate((100, 20, 3, 4_000), start=1):
            report(period, cash)
        assert pool.lastReported() == 4
        assert [pool.record(period).net for period in range(5)] == [0, 100, 120, 123, 4_123]

    def test_takes_a_period_without_cash(self, closed, pool, report):
        report(1, 0, NO_ROOT, 0)
        assert (pool.lastReported(), pool.cashToRun()) == (1, 0)

    def test_takes_a_period_in_which_all_loans_paid(self, closed, pool, report):
        report(1, 500, paying=len(LOANS))
        assert pool.record(1).loansPaying == len(LOANS)

    def test_takes_a_late_report(self, closed, pool, report):
        report(1, 500, at=closed.terms.period_ends[0] + 400 * DAY)
        assert (pool.record(1).end, pool.record(1).late) == (closed.terms.period_ends[0], True)

    @pytest.mark.parametrize("late", [False, True])
    def test_is_late_a_second_after_the_grace(self, closed, pool, report, late):
        report(1, 500, at=closed.terms.period_ends[0] + 5 * DAY + late)
        assert pool.record(1).late is late

    def test_refuses_a_second_before_the_period_s_end(self, closed, report):
        end = closed.terms.period_ends[0]
        refusal = refusal_of(lambda: report(1, 500, at=end - 1))
        assert (refusal.error, refusal.values) == ("TooEarly", (end - 1, end))

    def test_refuses_the_next_period_before_its_end(self, closed, report):
        first, second, *_ = closed.terms.period_ends
        report(1, 500)
        refusal = refusal_of(lambda: report(2, 500, at=first + 10 * DAY))
        assert (refusal.error, refusal.values) == ("TooEarly", (first + 10 * DAY, second))

    def test_refuses_before_the_purchase(self, report):
        refusal = refusal_of(lambda: report(1, 500))
        assert (refusal.error, refusal.values) == ("NotPurchased", ())

    def test_refuses_a_period_after_the_last(self, closed, report):
        refusal = refusal_of(lambda: report(5, 500))
        assert (refusal.error, refusal.values) == ("NoSuchPeriod", (5, 4))

    @pytest.mark.parametrize(("given", "expected"), [(0, 1), (2, 1)])
    def test_refuses_a_period_out_of_order(self, closed, report, given, expected):
        refusal = refusal_of(lambda: report(given, 500))
        assert (refusal.error, refusal.values) == ("WrongPeriod", (given, expected))

    def test_refuses_a_second_report_of_the_same_period(self, closed, report):
        report(1, 500)
        refusal = refusal_of(lambda: report(1, 500))
        assert (refusal.error, refusal.values) == ("WrongPeriod", (1, 2))

    @pytest.mark.parametrize(
        ("cash", "root", "paying"),
        [
            pytest.param(500, NO_ROOT, 0, id="cash alone"),
            pytest.param(500, ROOT, 0, id="no loan paid it"),
            pytest.param(500, NO_ROOT, 1, id="no root over it"),
            pytest.param(500, ROOT, 6, id="more loans than were bought"),
            pytest.param(0, ROOT, 0, id="a root over nothing"),
            pytest.param(0, NO_ROOT, 1, id="a loan that paid nothing"),
        ],
    )
    def test_refuses_a_report_that_does_not_add_up(self, closed, report, cash, root, paying):
        refusal = refusal_of(lambda: report(1, cash, root, paying))
        assert (refusal.error, refusal.values) == ("ReportDoesNotAddUp", (report_of(cash, root=root, loans=paying), 5))

    def test_takes_its_share_of_the_books(self, closed, pool, report):
        most = LIMIT // pool.periodCount()
        report(1, most)
        assert pool.cashToRun() == most

    def test_refuses_one_unit_more_than_its_share(self, closed, pool, report):
        most = LIMIT // pool.periodCount()
        refusal = refusal_of(lambda: report(1, most + 1))
        assert (refusal.error, refusal.values) == ("AboveLimit", (most + 1, most))

    def test_refuses_cash_that_is_not_approved(self, closed, pool, servicer):
        closed.fund(servicer, 500)
        closed.at(closed.terms.period_ends[0])
        refusal = refusal_of(lambda: send(pool.report, 1, report_of(500), NO_CORRECTION, sender=servicer))
        assert (refusal.error, refusal.values) == ("ERC20InsufficientAllowance", (pool.address, 0, 500))

    def test_refuses_a_settlement_asset_that_takes_a_fee(self, world, project, servicer):
        fee_token = servicer.deploy(project.FeeOnTransferToken)
        other = with_terms(world, settlement=fee_token)
        live = other.live
        with other.as_contract(live.offering) as account:
            other.at(world.terms.closing)
            send(live.pool.purchase, live.waterfall, sender=account)
        refusal = refusal_of(lambda: other.report(1, 500))
        assert (refusal.error, refusal.values) == ("CashArrivedShort", (495, 500))

    def test_refuses_an_outsider(self, closed, pool, outsider):
        closed.at(closed.terms.period_ends[0])
        refusal = refusal_of(lambda: send(pool.report, 1, report_of(0), NO_CORRECTION, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))

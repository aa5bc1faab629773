"""LoanPool: proofs against its roots, and what its books say."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.deploy import with_terms
from tests.utils.leaves import SmallTape, collections_tree, committed, tree_over
from tests.utils.world import LOANS, NO_CORRECTION, PLAN, TAPE, report_of

ONE = 10**18
LOAN = LOANS[2]
TREE = TAPE.tree
COLLECTED = {LOANS[0][2]: 250, LOANS[2][2]: 120, LOANS[3][2]: 30}


def refused_view(view, *args, sender):
    refusal = refusal_of(lambda: send(view, *args, sender=sender))
    return refusal.error, refusal.values


class TestVerifyLoan:
    def test_proves_every_loan_of_the_tape(self, pool):
        assert all(pool.verifyLoan(loan, TREE.proof(number)) for number, loan in enumerate(LOANS))

    def test_needs_proofs_of_both_depths_of_the_tree(self):
        assert {len(TREE.proof(number)) for number in range(len(LOANS))} == {2, 3}  # else the test above says less

    @pytest.mark.parametrize(
        "changed",
        [
            pytest.param((b"\x01" * 32, *LOAN[1:]), id="another schema"),
            pytest.param((LOAN[0], LOAN[1] + 1, LOAN[2]), id="another number of fields"),
            pytest.param((*LOAN[:2], LOANS[3][2]), id="another loan's fields"),
        ],
    )
    def test_refuses_wrong_data(self, pool, changed):
        assert pool.verifyLoan(LOAN, TREE.proof(2))
        assert not pool.verifyLoan(changed, TREE.proof(2))

    def test_refuses_another_loan_s_proof(self, pool):
        assert not pool.verifyLoan(LOAN, TREE.proof(3))

    def test_refuses_a_loan_of_another_tape(self, pool):
        other = SmallTape((*TAPE.values[:4], ("16", 10_000, 0)))
        assert not any(pool.verifyLoan(loan, other.tree.proof(number)) for number, loan in enumerate(other.loans))

    @pytest.mark.parametrize("number", range(len(LOANS)))
    def test_refuses_a_proof_cut_short_or_drawn_out(self, pool, number):
        proof = TREE.proof(number)
        wrong = ([], proof[:-1], proof[1:], [*proof, TREE.root], [TREE.root, *proof])
        assert not any(pool.verifyLoan(LOANS[number], each) for each in wrong)

    @pytest.mark.parametrize("count", [1, 2, 3, 9, 1_000])
    def test_refuses_a_good_proof_of_a_length_that_the_tape_can_not_have(self, world, count):
        # The same root said to be over another number of loans. The paths are valid, two or three long; one of 3 or 9
        # loans has proofs of one of these lengths, the others of none.
        pool = with_terms(world, tape=committed(TREE.root, count)).live.pool
        possible = {(count - 1).bit_length(), count.bit_length() - 1}
        proofs = [TREE.proof(number) for number in range(len(LOANS))]
        accepted = [pool.verifyLoan(loan, proof) for loan, proof in zip(LOANS, proofs, strict=True)]
        assert accepted == [len(proof) in possible for proof in proofs]

    def test_proves_the_one_loan_of_a_tape_without_a_tree(self, world):
        pool = with_terms(world, tape=committed(tree_over(LOANS[:1]).root, 1)).live.pool
        assert pool.verifyLoan(LOANS[0], [])
        assert not pool.verifyLoan(LOANS[1], [])


class TestVerifyField:
    @pytest.mark.parametrize("number", range(len(LOANS)))
    def test_proves_every_field_of_every_loan(self, pool, number):
        tree, loan = TAPE.fields_tree(number), (LOANS[number], TREE.proof(number))
        fields = TAPE.fields(number)
        assert all(pool.verifyField(field, tree.proof(place), *loan) for place, field in enumerate(fields))

    @pytest.mark.parametrize("part", range(3), ids=["another name", "another value", "another salt"])
    def test_refuses_wrong_data(self, pool, part):
        field, proof = TAPE.fields(2)[1], TAPE.fields_tree(2).proof(1)
        changed = tuple(b"\x01" * 32 if place == part else content for place, content in enumerate(field))
        assert pool.verifyField(field, proof, LOAN, TREE.proof(2))
        assert not pool.verifyField(changed, proof, LOAN, TREE.proof(2))

    def test_refuses_a_field_of_another_loan(self, pool):
        field, proof = TAPE.fields(3)[1], TAPE.fields_tree(3).proof(1)
        assert not pool.verifyField(field, proof, LOAN, TREE.proof(2))

    def test_refuses_a_field_of_a_loan_that_is_not_in_the_tape(self, pool):
        other = SmallTape((("16", 10_000, 0),))
        field, proof = other.fields(0)[1], other.fields_tree(0).proof(1)
        assert not any(pool.verifyField(field, proof, other.loans[0], TREE.proof(number)) for number in range(5))

    def test_refuses_proofs_of_lengths_that_the_fields_can_not_have(self, pool):
        field, proof, loan = TAPE.fields(2)[1], TAPE.fields_tree(2).proof(1), (LOAN, TREE.proof(2))
        assert len(proof) in (1, 2)
        wrong = ([], [*proof, proof[-1], proof[-1]], [*proof, LOAN[2]])
        assert not any(pool.verifyField(field, each, *loan) for each in wrong)

    def test_refuses_the_loan_s_own_leaf_as_a_field(self, pool):
        """A leaf of another kind: the same 32-byte words under the wrong tag."""
        schema, count, root = LOAN
        invented = (schema, count.to_bytes(32, "big"), root)
        assert not pool.verifyField(invented, [], LOAN, TREE.proof(2))


class TestVerifyCollection:
    @pytest.fixture
    def tree(self):
        return collections_tree(1, COLLECTED)

    @pytest.fixture
    def reported(self, closed, servicer, tree):
        """Period 1 with three loans paying."""
        cash = sum(COLLECTED.values())
        closed.fund(servicer, cash)
        send(closed.live.settlement.approve, closed.live.pool, cash, sender=servicer)
        closed.at(closed.terms.period_ends[0])
        struct = report_of(cash, root=tree.root, loans=len(COLLECTED))
        send(closed.live.pool.report, 1, struct, NO_CORRECTION, sender=servicer)
        return closed.live.pool

    def test_proves_every_collection_of_the_report(self, reported, tree):
        leaves = enumerate(tree.values)
        assert all(reported.verifyCollection(*leaf[1:], tree.proof(number)) for number, leaf in leaves)

    @pytest.mark.parametrize(
        "change",
        [
            pytest.param({2: 121}, id="another amount"),
            pytest.param({1: LOANS[3][2]}, id="another loan"),
            pytest.param({3: bytes(32)}, id="another salt"),
            pytest.param({0: 2}, id="a period that is not reported"),
            pytest.param({0: 0}, id="the closing date"),
            pytest.param({0: 5}, id="a period that is not there"),
        ],
    )
    def test_refuses_wrong_data(self, reported, tree, change):
        right = tree.values[1][1:]
        changed = [change.get(place, part) for place, part in enumerate(right)]
        assert reported.verifyCollection(*right, tree.proof(1))
        assert not reported.verifyCollection(*changed, tree.proof(1))

    def test_refuses_a_leaf_under_another_period_s_root(self, closed, reported, tree):
        closed.report(2, 500)
        _, _, *rest = tree.values[1]
        assert not reported.verifyCollection(2, *rest, tree.proof(1))

    @pytest.mark.parametrize("number", range(len(COLLECTED)))
    def test_refuses_a_proof_cut_short_or_drawn_out(self, reported, tree, number):
        proof, leaf = tree.proof(number), tree.values[number][1:]
        wrong = ([], proof[:-1], [*proof, tree.root], [tree.root, *proof])
        assert not any(reported.verifyCollection(*leaf, each) for each in wrong if each != proof)

    def test_refuses_a_good_proof_of_a_length_that_the_report_can_not_have(self, closed, servicer, tree):
        closed.at(closed.terms.period_ends[0])
        struct = report_of(0, root=tree.root, loans=1)  # three leaves, said to be one
        send(closed.live.pool.report, 1, struct, NO_CORRECTION, sender=servicer)
        leaves, pool = enumerate(tree.values), closed.live.pool
        assert not any(pool.verifyCollection(*leaf[1:], tree.proof(number)) for number, leaf in leaves)

    def test_proves_nothing_before_the_report(self, pool, tree):
        assert not pool.verifyCollection(*tree.values[1][1:], [])

    def test_proves_nothing_of_a_period_without_cash(self, closed, pool):
        closed.report(1, 0)
        assert not pool.verifyCollection(1, LOAN[2], 0, bytes(32), [])


class TestRecord:
    def test_gives_the_closing_date_as_period_zero(self, world, pool):
        assert (pool.record(0).end, pool.record(0).planned) == (world.terms.closing, 0)

    def test_gives_the_schedule_before_any_report(self, world, pool):
        records = [pool.record(period) for period in range(1, 5)]
        assert [each.end for each in records] == list(world.terms.period_ends)
        assert [each.planned for each in records] == [40_000, 80_000, 110_000, 130_000]
        assert [(each.net, each.loansPaying, each.root) for each in records] == [(0, 0, bytes(32))] * 4

    def test_gives_what_was_reported(self, closed, pool):
        closed.report(1, 300)
        closed.report(2, 44)
        record = pool.record(2)
        assert (record.net, record.loansPaying, record.root) == (344, 1, b"\x01" * 32)

    def test_refuses_a_period_after_the_last(self, pool, outsider):
        assert refused_view(pool.record, 5, sender=outsider) == ("NoSuchPeriod", (5, 4))


class TestFigures:
    def test_gives_one_period_s_cash_and_losses(self, closed, pool):
        for period, cash in enumerate((300, 0, 44), start=1):
            closed.report(period, cash, written_off=10 * period)
        figures = [pool.figures(period) for period in (1, 2, 3)]
        assert [each.net for each in figures] == [300, 0, 44]
        assert [each.loss for each in figures] == [10, 20, 30]
        assert [each.balance for each in figures] == [129_690, 129_670, 129_596]
        assert [each.lossToDate for each in figures] == [10, 30, 60]
        assert (figures[1].begin, figures[1].end) == closed.terms.period_ends[:2]

    def test_carries_losses_to_date_and_leaves_claims_as_they_are(self, world):
        deal = with_terms(world, carrying_ratio=ONE // 3).close()  # below a third: 3 claims are carried at 0
        for period, written_off in enumerate((2, 1, 1), start=1):
            deal.report(period, 0, written_off=written_off)
        figures = [deal.live.pool.figures(period) for period in (1, 2, 3)]
        assert [each.loss for each in figures] == [0, 0, 1]
        assert [each.lossToDate for each in figures] == [2, 3, 4]
        assert [each.balance for each in figures] == [129_998, 129_997, 129_996]

    def test_refuses_a_period_that_is_not_reported(self, closed, pool, outsider):
        closed.report(1, 300)
        assert refused_view(pool.figures, 2, sender=outsider) == ("NotReported", (2, 1))


class TestCollectionRatio:
    def test_is_collected_to_date_over_planned_to_date(self, closed, pool):
        for period, cash in enumerate((36_000, 60_000, 3_000), start=1):
            closed.report(period, cash)
        # 36,000 of 40,000; 96,000 of 80,000; 99,000 of 110,000
        assert [pool.collectionRatio(period) for period in (1, 2, 3)] == [9 * ONE // 10, 12 * ONE // 10, 9 * ONE // 10]

    def test_rounds_down(self, closed, pool):
        for period, cash in enumerate((0, 0, 1), start=1):
            closed.report(period, cash)
        assert pool.collectionRatio(3) == 9_090_909_090_909  # 1 of 110,000 is 9,090,909,090,909.09 WAD

    def test_is_zero_where_nothing_came(self, closed, pool):
        closed.report(1, 0)
        assert pool.collectionRatio(1) == 0

    @pytest.mark.parametrize("cash", [0, 500])
    def test_is_one_where_nothing_was_planned(self, world, cash):
        deal = with_terms(world, plan=(0, *PLAN[1:])).close()
        deal.report(1, cash)
        assert deal.live.pool.collectionRatio(1) == ONE

    def test_counts_to_date_in_a_period_without_a_plan(self, world):
        deal = with_terms(world, plan=(40_000, 0, 30_000, 20_000)).close()
        deal.report(1, 10_000)
        deal.report(2, 20_000)
        assert [deal.live.pool.collectionRatio(period) for period in (1, 2)] == [ONE // 4, 3 * ONE // 4]

    def test_is_one_at_closing(self, pool):
        assert pool.collectionRatio(0) == ONE

    def test_refuses_a_period_that_is_not_reported(self, closed, pool, outsider):
        closed.report(1, 300)
        assert refused_view(pool.collectionRatio, 2, sender=outsider) == ("NotReported", (2, 1))


class TestCashToRun:
    def test_is_reported_less_run(self, closed, pool):
        seen = [pool.cashToRun()]
        for act in (
            lambda: closed.report(1, 300),
            lambda: closed.report(2, 44),
            lambda: send(closed.live.waterfall.run, 1, sender=closed.outsider),
            lambda: closed.report(3, 5),
            lambda: send(closed.live.waterfall.run, 2, sender=closed.outsider),
            lambda: send(closed.live.waterfall.run, 3, sender=closed.outsider),
        ):
            act()
            seen.append(pool.cashToRun())
        assert seen == [0, 300, 344, 44, 49, 5, 0]

    def test_leaves_donations_out(self, closed, pool):
        closed.report(1, 300)
        closed.fund(closed.live.distributor, 1_000)
        assert pool.cashToRun() == 300

"""`ape run triggers` over a live deal: loans are opened by proof, watched, noted, fired; runs can be repeated."""

from dataclasses import replace

import polars as pl
import pytest

from salvor.deal.load import load_deal
from salvor.desk.loan_values import read_values
from salvor.desk.sale_acts import confirm
from salvor.desk.sales import triggers_of
from salvor.desk.tapes import claims_in
from salvor.desk.trigger_command import Asked, done_of, run
from salvor.desk.watching import bring_on, lines_of, look_at
from salvor.errors import OptionInvalid
from salvor.model.liquidation.state import Stage
from salvor.tape.commitment.tape import checked_part
from tests.utils.worked import DAY, DEAL, prepare_worked, set_worked

FELL, SCORE = "collateral fell", "score fell, little cover"


@pytest.fixture(scope="module")
def ready(tmp_path_factory):
    return prepare_worked(tmp_path_factory.mktemp("worked"))


@pytest.fixture(scope="module")
def stood(ready, request):
    made = set_worked(ready, request.config.rootpath)
    yield made
    made.lab.close()


@pytest.fixture
def worked(stood):
    kept = stood.lab.snapshot(), dict(stood.appraisers.nonces)
    yield stood
    stood.lab.restore(kept[0])
    stood.appraisers.nonces = kept[1]


@pytest.fixture
def triggers(ready):
    return triggers_of(ready.deal, DEAL)


def known(worked, triggers, tmp_path, *rows):
    """A file of values, seen now."""
    text = "loan,at,collateral,score\n" + "".join(
        f"{loan},{worked.lab.now},{worth},{score}\n" for loan, worth, score in rows
    )
    (tmp_path / "values.csv").write_text(text)
    return read_values(tmp_path / "values.csv", list(triggers.values()), worked.claims, now=worked.lab.now)


def looked(worked, triggers, values=None):
    return look_at(values, triggers, decimals=2, now=worked.lab.now, sales=worked.sales)


def sent(worked, triggers, values=None, *, sender=None, most=25, dry=False):
    look = looked(worked, triggers, values)
    by = sender or worked.servicer
    return [
        (each.case, each.what, each.outcome, each.refused)
        for each in bring_on(worked.sales, look, worked.proofs, sender=by, most=most, dry=dry)
    ]


class TestFromALoanToACure:
    def test_opens_by_proof_waits_for_a_value_notes_and_fires(self, worked, triggers, tmp_path):
        book, owed = worked.sales.book, worked.claims["2030"]
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600), ("1150", "480.00", 600))
        waits = "waits: the hub has no good value of COLLATERAL/1"
        assert sent(worked, triggers, values) == [
            (1, "loan 2030", "opened", False),
            *((1, name, "watched", False) for name in triggers),
            (1, FELL, waits, False),
        ]
        record = book.caseOf(1)
        assert (record.stage, record.total, bytes(record.subject).rstrip(b"\0")) == (
            Stage.OPENED,
            owed,
            b"COLLATERAL/1",
        )
        assert book.loanOf(worked.proofs.leaf("2030")).caseId == 1
        worked.worth(1, owed * 7 // 10)
        assert sent(worked, triggers, values)[-1] == (1, FELL, "noted, held for 0.0 of 14.0 days", False)
        for _ in range(2):
            worked.lab.wait(7 * DAY)
            worked.worth(1, owed * 7 // 10)
            last = sent(worked, triggers, sender=worked.outsider)
        waits = "waits: the overseer has not confirmed the case (`sell confirm`)"
        assert last == sent(worked, triggers, dry=True) == [(1, FELL, waits, False)]
        book.confirm(1, book.joiningOf(1).content, sender=worked.admin)
        assert sent(worked, triggers, sender=worked.outsider) == [(1, FELL, "fired", False)]
        assert book.caseOf(1).stage == Stage.CURE
        assert worked.sales.house.accountOf(1).keeper == worked.outsider.address

    def test_a_second_run_opens_nothing_twice(self, worked, triggers, tmp_path):
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600), ("1150", "10.00", 600))
        sent(worked, triggers, values)
        assert worked.sales.book.cases() == 2
        again = sent(worked, triggers, values)
        assert worked.sales.book.cases() == 2
        assert [each[:2] for each in again if "opened" in each[2] or each[2] == "watched"] == []

    def test_a_run_that_was_killed_after_opening_is_made_good(self, worked, triggers, tmp_path):
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600))
        stream = bring_on(worked.sales, looked(worked, triggers, values), worked.proofs, sender=worked.servicer, most=9)
        assert next(stream).outcome == "opened"
        stream.close()
        assert not worked.sales.triggers.watchOf(1, 0).watched
        assert (1, FELL, "watched", False) in sent(worked, triggers, values)

    def test_opens_at_most_so_many_the_rest_in_the_next_run(self, worked, triggers, tmp_path):
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600), ("1150", "10.00", 600))
        sent(worked, triggers, values, most=1)
        assert worked.sales.book.cases() == 1
        sent(worked, triggers, values, most=1)
        assert worked.sales.book.cases() == 2

    def test_a_dry_run_sends_nothing_and_says_what_it_would(self, worked, triggers, tmp_path):
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600))
        before = worked.lab.block
        assert sent(worked, triggers, values, dry=True) == [(1, "loan 2030", "would be opened", False)]
        assert worked.lab.block == before
        sent(worked, triggers, values)
        worked.worth(1, 1)
        before = worked.lab.block
        assert (1, FELL, "would be noted", False) in sent(worked, triggers, values, dry=True)
        assert worked.lab.block == before

    def test_who_is_no_servicer_opens_nothing_and_is_told(self, worked, triggers, tmp_path):
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600))
        [(case, what, outcome, refused)] = sent(worked, triggers, values, sender=worked.outsider)
        said = f"only the servicer opens cases, and {worked.outsider.address} is not"
        assert (case, what, outcome, refused) == (0, "1 loans", said, True)
        assert worked.sales.book.cases() == 0

    def test_a_score_that_fell_is_looked_up_on_the_chain(self, worked, triggers, tmp_path):
        owed = worked.claims["2030"]
        values = known(worked, triggers, tmp_path, ("2030", "20.00", 600))
        sent(worked, triggers, values)
        for score in (600, 500):
            worked.worth(1, owed)
            worked.worth(1, score * 100, "SCORE")
            worked.sales.triggers.watch(1, 1, sender=worked.outsider)
            worked.sales.triggers.check(1, 1, sender=worked.outsider)
            worked.lab.wait(DAY)
        confirm(worked.sales, 1, sender=worked.admin)
        assert (1, SCORE, "fired", False) in sent(worked, triggers)


class TestATriggerForOneClass:
    @pytest.fixture
    def classed(self, tmp_path, request):
        """`nobody pays` is for the class of the deal's own tape."""
        changes = (("nobody pays:\n", "nobody pays:\n      asset_class: charged_off_accounts\n"),)
        ready = prepare_worked(tmp_path, *changes)
        made = set_worked(ready, request.config.rootpath)
        yield made
        made.lab.close()

    def test_is_compiled_watched_and_looked_at_for_loans_of_that_class(self, classed, tmp_path):
        terms = triggers_of(classed.ready.deal, tmp_path / "deal.yaml")
        schema = classed.proofs.commitment.parts[0].schema.id
        assert [each.schema for each in terms.values()] == [bytes(32), bytes(32), schema]
        rows = f"loan,at,collateral,score\n2030,{classed.lab.now},20.00,600\n"
        (tmp_path / "v.csv").write_text(rows)
        now = classed.lab.now
        for classes, near in (({"2030": schema}, 2), ({"2030": bytes(32)}, 1)):
            values = read_values(tmp_path / "v.csv", list(terms.values()), classed.claims, now=now, classes=classes)
            look = look_at(values, terms, decimals=2, now=now, sales=classed.sales)
            assert len(lines_of(look, 9)) == near
        done = list(bring_on(classed.sales, look, classed.proofs, sender=classed.servicer, most=9))
        assert [each.what for each in done if each.outcome == "watched"] == list(terms)
        other = terms | {"nobody pays": replace(terms["nobody pays"], schema=bytes([1]) * 32)}
        again = look_at(None, other, decimals=2, now=now, sales=classed.sales)
        assert again.cases["2"].to_list() == [float("inf")]
        (tmp_path / "v.csv").write_text(rows.replace("2030", "1150"))
        values = read_values(
            tmp_path / "v.csv", list(terms.values()), classed.claims, now=now, classes={"1150": schema}
        )
        look = look_at(values, other, decimals=2, now=now, sales=classed.sales)
        done = list(bring_on(classed.sales, look, classed.proofs, sender=classed.servicer, most=9))
        assert [each.what for each in done if each.outcome == "watched"] == [
            "collateral fell",
            "score fell, little cover",
        ]


class TestALook:
    def test_shows_the_nearest_of_loans_and_cases(self, worked, triggers, tmp_path):
        owed = worked.claims["2030"]
        sent(worked, triggers, known(worked, triggers, tmp_path, ("2030", "20.00", 600)))
        worked.worth(1, owed * 72 // 100)
        values = known(worked, triggers, tmp_path, ("1150", "437.40", 600))
        lines = lines_of(looked(worked, triggers, values), 2)
        assert [(each.loan, each.case, each.trigger, f"{each.distance:.2%}") for each in lines] == [
            (None, 1, FELL, "-10.00%"),
            ("1150", None, FELL, "12.50%"),
        ]

    def test_a_stale_value_counts_for_no_trigger_that_wants_it_fresh(self, worked, triggers, tmp_path):
        (tmp_path / "v.csv").write_text(f"loan,at,collateral,score\n2030,{worked.lab.now - 8 * DAY},1.00,600\n")
        values = read_values(tmp_path / "v.csv", list(triggers.values()), worked.claims, now=worked.lab.now)
        look = looked(worked, triggers, values)
        assert all(each.trigger != FELL for each in lines_of(look, 10))
        assert done_of(look, (), Asked()).untold == 1
        assert sent(worked, triggers, values) == []

    def test_a_closed_case_is_not_looked_at(self, worked, triggers, tmp_path):
        sent(worked, triggers, known(worked, triggers, tmp_path, ("2030", "20.00", 600)))
        owed = worked.claims["2030"]
        worked.fund(worked.outsider)
        worked.live.settlement.approve(worked.sales.house, owed, sender=worked.outsider)
        confirm(worked.sales, 1, sender=worked.admin)
        worked.sales.book.pay(1, owed, sender=worked.outsider)
        look = looked(worked, triggers)
        assert (look.stages, look.cases.height, sent(worked, triggers)) == ({1: Stage.CLOSED}, 0, [])

    def test_a_hub_that_was_silent_too_long_tells_nothing(self, worked, triggers, tmp_path):
        sent(worked, triggers, known(worked, triggers, tmp_path, ("2030", "20.00", 600)))
        worked.worth(1, 1)
        assert looked(worked, triggers).cases["0"].to_list()[0] < 0
        worked.lab.wait(7 * DAY + 1)
        assert looked(worked, triggers).cases["0"].to_list() == [None]


class TestBadInput:
    def test_a_deal_without_triggers_has_nothing_to_look_at(self):
        deal = load_deal(DEAL.parent.parent / "charged-off-accounts/deal.yaml")
        with pytest.raises(OptionInvalid, match="has no `liquidation`"):
            triggers_of(deal, "deal.yaml")
        own = load_deal(DEAL)
        with pytest.raises(OptionInvalid, match="has no `triggers`"):
            triggers_of(
                own.model_copy(update={"liquidation": own.liquidation.model_copy(update={"triggers": {}})}), DEAL
            )

    @pytest.mark.parametrize(
        ("asked", "said"),
        [
            (Asked(), "name --values"),
            (Asked(values_file=DEAL, dry_run=True), "name --fire too"),
            (Asked(fire=True), "needs --commitment and --secret"),
        ],
    )
    def test_options_that_ask_for_nothing_are_refused(self, asked, said):
        with pytest.raises(OptionInvalid, match=said):
            run(None, asked)

    def test_a_loan_of_which_the_tape_says_nothing_has_no_claim(self, ready, tmp_path):
        part = checked_part(ready.tape.accepted.parent)
        frame = pl.read_parquet(part.accepted).with_columns(
            pl.when(pl.col("contract_identifier") != "2030").then("expected_recovery").alias("expected_recovery")
        )
        frame.write_parquet(tmp_path / "a.parquet")
        claims = claims_in(
            [type(part)(tmp_path / "a.parquet", part.schema, part.sha256, part.balance)], "expected_recovery"
        )
        assert "2030" not in claims
        assert claims["1150"] == 486_00

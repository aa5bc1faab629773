"""A whole life on the model and on a chain: alike to the last unit, and a chain that does otherwise is found out."""

import pytest

from salvor.chain.send import send
from salvor.deal.allotment import orders
from salvor.desk import actions
from salvor.desk.acts import Call, RunPeriod
from salvor.desk.on_model import OnModel
from salvor.errors import DealInvalid, LoanTwice, ReconciliationFailed
from salvor.model.deal import State
from salvor.play import prepare_life
from salvor.report.from_model import statement_of
from salvor.report.side_by_side import Stage, perform
from tests.utils.lives import on_a_lab


@pytest.fixture
def stage(early_lab, whole_life):
    return on_a_lab(early_lab, whole_life)


def play(stage, *, until=None, then=lambda: None):
    """Play it; before the first call whose sentence begins so, something happens that nobody else knows of."""
    acts = stage.script.acts
    if until is None:
        perform(stage, tick=lambda calls, sentence: None)
        return
    done = []

    def tick(calls, sentence):
        if not done and sentence.startswith(until):
            done.append(sentence)
            then()

    perform(stage, tick=tick)
    assert done, acts


class TestPlay:
    def test_equals_the_model_after_every_call(self, stage, whole_life):
        play(stage)
        assert stage.calls == whole_life.calls
        assert stage.model.deal.state is State.WOUND_UP
        closing = statement_of(stage.model)
        cash = closing.reconciliation
        held = stage.chain.live.cash_held()
        assert cash.holds
        assert cash.cash_held == sum(held.values())

    def test_reports_in_the_very_block_of_its_day(self, stage, early_lab, monkeypatch):
        """On a chain whose clock goes on by itself a report would else be late by what came before it."""
        clock, report, blocks = stage.chain.clock, actions.report, []

        def set_to(seconds):
            clock(seconds)
            blocks.append(early_lab.engine.number)

        def reported(live, said):
            assert early_lab.engine.number == blocks[-1]
            report(live, said)

        stage.chain.clock = set_to
        monkeypatch.setattr(actions, "report", reported)
        play(stage)

    def test_shows_what_happened_in_each_period(self, stage):
        play(stage)
        life = stage.statement(statement_of(stage.model))
        lines = life.periods
        assert [line.phase for line in lines] == [
            "revolving",
            *["amortising"] * 4,
            *["accelerated"] * 3,
            "wound up",
        ]
        assert [line.period for line in lines if line.late] == [4]
        assert [line.period for line in lines if line.revolved] == [1, 2]
        told = [event.what for event in stage.events if "carried" in event.what]
        assert told == [
            "pension fund votes for acceleration: carried with 87.5 % of the senior class, more than 50.0 %"
        ]
        assert [(line.period, line.correction.period) for line in lines if line.correction] == [(5, 3), (6, 4)]
        assert lines[4].correction.written_off == -4_331_456
        assert [line.period for line in lines if line.recovered] == [5, 6]
        assert [line.period for line in lines if line.accelerated] == [6, 7, 8, 9]
        assert {one.name: one.since for one in lines[-1].triggers if one.on}["default"] == 6

    def test_shows_losses_by_tranche_that_add_up(self, stage):
        play(stage)
        life = stage.statement(statement_of(stage.model))
        for place in range(3):
            ledgers = [life.losses_of(period)[place][2] for period in range(len(life.periods))]
            assert sum(ledgers) == life.periods[-1].tranches[place].deficiency
        assert life.losses_of(0)[2][2] > 0  # the equity's ledger bears first

    def test_tells_refusals_and_cash(self, stage):
        play(stage)
        refused = [event.refused for event in stage.events if event.refused]
        assert refused == [
            "NotEligible",
            "AboveLimit",
            "WrongSale",
            "AboveAccount",
            "HolderFrozen",
            "HolderFrozen",
            "NoUnits",
            "AlreadyVoted",
            "NoVoteOpen",
            "NotEligible",
            "NothingToRecover",
        ]
        cash = {event.what: dict(event.cash) for event in stage.events if " orders " in event.what}
        assert cash["stranger orders 1,000.00 DEUR of A"] == {}
        assert cash["pension fund orders 1,100,000.00 DEUR of A"] == {"pension fund": -110_000_000}
        (batch,) = [event for event in stage.events if event.what.startswith("a custodian claims B")]
        assert [name for name, _ in batch.cash] == ["family office"]  # the other is frozen


class TestAChainThatDoesOtherwise:
    def test_pays_a_claim_twice(self, stage):
        """Somebody claims for a holder before the life does: the cash is there, and the life's claim finds none."""
        chain = stage.chain

        def claim_before():
            send(chain.live.notes[0].claimFor, chain.account("pension fund"), sender=chain.outsider)

        with pytest.raises(ReconciliationFailed, match=r"a custodian claims A.*pension fund"):
            play(stage, until="period 1: what bank treasury", then=claim_before)

    def test_moves_notes_in_silence(self, stage):
        chain = stage.chain

        def transfer():
            send(chain.live.notes[2].transfer, chain.account("insurer"), 1, sender=chain.account("sponsor"))

        with pytest.raises(ReconciliationFailed, match=r"period 2, period 2 is reported and run\.holders"):
            play(stage, until="period 1: a custodian", then=transfer)

    def test_pays_a_credit_that_the_life_pays_later(self, stage):
        chain = stage.chain

        def pay():
            send(chain.live.distributor.payCredit, chain.account("trustee"), sender=chain.outsider)

        with pytest.raises(ReconciliationFailed, match=r"period 2 is reported and run\.credits"):
            play(stage, until="period 1: a custodian", then=pay)

    def test_refuses_what_the_model_does(self, stage):
        chain = stage.chain

        def freeze():
            agent = chain.live.parties.transfer_agent
            send(chain.live.notes[1].setFrozen, chain.account("family office"), True, sender=agent)

        with pytest.raises(ReconciliationFailed, match="family office"):
            play(stage, until="period 3: credit fund transfers", then=freeze)

    def test_does_what_the_model_refuses(self, stage):
        chain = stage.chain

        def thaw():
            agent = chain.live.parties.transfer_agent
            send(chain.live.notes[1].setFrozen, chain.account("credit fund"), False, sender=agent)

        with pytest.raises(ReconciliationFailed, match="chain did it, model refused it with HolderFrozen"):
            play(stage, until="period 3: credit fund is frozen", then=thaw)


class TestRehearsal:
    """A life that can't happen is told with its place before anything is deployed."""

    def rehearse(self, folder, old, new, file="life.yaml"):
        text = (folder / file).read_text()
        assert text.count(old) == 1
        (folder / file).write_text(text.replace(old, new))
        return prepare_life(folder / "deal.yaml", folder / "life.yaml", out=folder / "out")

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("amount: 430000.00 }", "amount: 4300000.00 }", "is refused with AboveAccount: 430000000, "),
            (
                "amount: 1.00, refused: WrongSale",
                "amount: 1.00, refused: NoUnits",
                "is refused with WrongSale: closed, open, and not with NoUnits",
            ),
            (
                "claim, who: credit fund, tranche: B, refused: HolderFrozen }",
                "claim, who: credit fund, tranche: B }",
                "is refused with HolderFrozen: credit fund; write `refused: HolderFrozen` where that is meant",
            ),
            (
                "do: vote, who: pension fund }",
                "do: vote, who: pension fund, refused: NoUnits }",
                "goes through, and is not refused with NoUnits",
            ),
            ("do: hand_over } #", "do: hand_over, tranche: B } #", "there is nothing to hand over"),
        ],
    )
    def test_names_the_line(self, folder, old, new, said):
        line = 1 + next(i for i, text in enumerate((folder / "life.yaml").read_text().splitlines()) if old in text)
        with pytest.raises(DealInvalid) as caught:
            self.rehearse(folder, old, new)
        assert f"life.yaml: line {line}, " in caught.value.format_message()
        assert said in caught.value.format_message()

    def test_names_a_report_that_would_be_refused(self, folder):
        with pytest.raises(DealInvalid, match=r"line 16, column 3: 'reports\.9': period 9, .*PoolNotEmpty"):
            self.rehearse(folder, "clean_up, below: 15 %", "clean_up, below: 1 %", file="deal.yaml")

    def test_says_that_a_price_was_missed(self, folder):
        """Every minimum is reached, and all together bring less than the price."""
        deal = folder / "deal.yaml"
        text = deal.read_text().replace("size: 400000.00", "size: 400000.00, minimum: 1.00")
        deal.write_text(text)
        life = folder / "cancelled.yaml"
        life.write_text(life.read_text().replace("amount: 0.01", "amount: 350000.00"))
        prepared = prepare_life(deal, life, out=folder / "out")
        told = []
        perform(
            Stage(prepared.script, life, OnModel(prepared.script)), tick=lambda calls, sentence: told.append(sentence)
        )
        (closed,) = [line for line in told if "is cancelled" in line]
        assert closed.endswith("cancelled, 2,450,000.00 DEUR are raised, the purchase price is 2,720,000.00")

    def test_names_a_trade_of_the_deal_file_and_that_its_notes_were_not_handed_over(self, folder):
        life, deal = folder / "life.yaml", folder / "deal.yaml"
        life.write_text("salvor_life: 1\n")
        line = 1 + next(i for i, words in enumerate(deal.read_text().splitlines()) if "after_period:" in words)
        with pytest.raises(DealInvalid) as caught:
            prepare_life(deal, life, out=folder / "out")
        said = caught.value.format_message()
        assert f"deal.yaml: line {line}, " in said
        assert "'trades.0': a trade of the deal file, period " in said
        assert said.endswith("are not handed over by then: `{ do: hand_over }` must come first")

    def test_refuses_a_loan_that_stands_in_two_tapes(self, folder):
        tape = (folder / "further.csv").read_text()
        (folder / "further.csv").write_text(tape.replace("0101,", "0001,"))
        with pytest.raises(LoanTwice, match="loan '0001' stands in the deal's tape and in 'second pool'"):
            prepare_life(folder / "deal.yaml", folder / "life.yaml", out=folder / "out")

    def test_deploys_nothing_and_counts_the_calls(self, whole_life):
        script = whole_life.script
        assert whole_life.calls >= len(script.acts)
        assert sum(isinstance(act.does, RunPeriod) for act in script.acts) == 9
        assert sum(isinstance(act.does, Call) for act in script.acts) == 11  # the book, and one trade


class TestADealWhoseServicerIsSilent:
    def test_is_wound_up_by_strangers(self, early_lab, folder):
        prepared = prepare_life(folder / "deal.yaml", folder / "silent.yaml", out=folder / "out")
        stage = on_a_lab(early_lab, prepared)
        perform(stage, tick=lambda calls, sentence: None)
        life = stage.statement(statement_of(stage.model))
        assert life.periods[-1].phase == "wound up"
        late = {line.period for line in life.periods for one in line.triggers if one.name == "late" and one.on}
        assert late == {*range(3, 13)}
        assert statement_of(stage.model).reconciliation.holds
        told = [event.what for event in stage.events if "new wallet" in event.what]
        assert any(what.startswith("what is left of the order of sponsor for J is recovered to") for what in told)
        # Who had the cash back first has the same notes as everybody else later.
        notes, book = stage.chain.live.notes[0], prepared.script.deal.tranches[0]
        assert notes.balanceOf(stage.chain.account("bank treasury")) > 0
        assert notes.totalSupply() == prepared.script.deal.units(book.size)

    def test_that_speaks_again_is_as_late_as_the_stranger_made_it(self, early_lab, folder):
        """What a stranger says comes after the next period's end here, and no report before it."""
        life, deal = folder / "silent.yaml", folder / "deal.yaml"
        rest = "".join(
            line for line in life.read_text().splitlines(True) if ": { missing" not in line or "  3:" in line
        )
        life.write_text(rest)
        deal.write_text(deal.read_text().replace("grace_days: 10", "grace_days: 40"))
        stage = on_a_lab(early_lab, prepare_life(deal, life, out=folder / "out"))
        perform(stage, tick=lambda calls, sentence: None)
        assert [line.period for line in stage.periods if line.late] == [3, 4]


class TestADealThatIsNotMade:
    def test_gives_everybody_the_order_back_and_runs_no_period(self, early_lab, folder):
        prepared = prepare_life(folder / "deal.yaml", folder / "cancelled.yaml", out=folder / "out")
        stage = on_a_lab(early_lab, prepared)
        perform(stage, tick=lambda calls, sentence: None)
        assert stage.model.is_cancelled
        assert stage.periods == []
        told = [event.what for event in stage.events]
        why = "orders for J are 399,999.99 DEUR, its minimum is 400,000.00"
        assert f"the subscription is closed: the deal is cancelled, {why}" in told
        assert [what for what in told if "handed over" in what] == []
        life = stage.statement(statement_of(stage.model))
        assert life.cancelled == why
        assert {(one.name, one.tranche): one.units for one in life.refunds} == orders(prepared.script.deal)
        cash = statement_of(stage.model).reconciliation
        assert (cash.subscriptions, cash.refunds, cash.cash_held) == (290_000_000, 290_000_000, 0)
        assert cash.holds
        assert stage.chain.live.cash_held() == {"offering": 0, "distributor": 0}

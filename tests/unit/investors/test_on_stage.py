"""A life under jurisdictions: the books of rules and the contracts say the same at every call, refusals included."""

import random
import shutil
from pathlib import Path

import pytest

from salvor.chain.refusal import CallRefused
from salvor.deal.life import Do, Event
from salvor.desk.acts import Call, calls_of
from salvor.errors import DealInvalid
from salvor.lab import open_lab
from salvor.model.deal import State
from salvor.model.refusal import Refused
from salvor.play import prepare_life
from salvor.report.side_by_side import perform
from tests.utils.lives import on_a_lab

DEALS = Path(__file__).parents[3] / "deals"
DEAL = DEALS / "cross-border/deal.yaml"
DAY = 86_400


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    return prepare_life(DEAL, DEAL.with_name("life.yaml"), out=tmp_path_factory.mktemp("life"))


@pytest.fixture
def stage(prepared):
    lab = open_lab("revm", root=DEALS.parent, genesis=prepared.script.terms.closing - 30 * DAY)
    yield on_a_lab(lab, prepared)
    lab.close()


class TestLife:
    def test_of_the_shipped_deal_equals_the_model_after_every_call(self, stage, prepared):
        told = []
        perform(stage, tick=lambda calls, sentence: told.append(sentence))
        assert stage.calls == prepared.calls == 80
        assert stage.model.deal.state is State.WOUND_UP
        refused = {each.rpartition("refused, ")[2] for each in told if "refused, " in each}
        assert refused == {
            "NotEligible", "TransferRefused", "UnitsFrozen", "HolderFrozen", "WalletHolds", "WalletUnknown",
            "RecoveryNotPossible", "WalletTaken", "ClaimNeverValid",
        }  # fmt: skip

    def test_what_scaling_leaves_is_handed_over_in_whatever_pieces(self, tmp_path):
        for name in ("cross-border", "whole-life"):
            shutil.copytree(DEALS / name, tmp_path / name)
        life = tmp_path / "cross-border/life.yaml"
        keeps = "  - { do: take_back, who: family office, tranche: senior, amount: 20000.00 }\n"
        text = life.read_text().replace(keeps, "").replace("senior, amount: 20000.00 }", "senior, amount: 40000.00 }")
        sections = text.partition("after_period:")[0]
        life.write_text(sections + "after_period: {}\n")
        scaled = prepare_life(tmp_path / "cross-border/deal.yaml", life, out=tmp_path / "out")
        lab = open_lab("revm", root=DEALS.parent, genesis=scaled.script.terms.closing - 30 * DAY)
        stage = on_a_lab(lab, scaled)
        perform(stage, tick=lambda calls, sentence: None)
        assert stage.model.deal.notes[0].holders["family office"].units == 3_917_525  # of 40,000.00
        lab.close()

    def test_freezes_what_the_originator_keeps(self, stage):
        perform(stage, tick=lambda calls, sentence: None)
        kept = [note.getFrozenTokens(stage.chain.account("bank")) for note in stage.chain.live.notes]
        assert kept == [9_500_000, 2_500_000, 2_000_000]

    @pytest.mark.parametrize(
        ("old", "new", "said"),
        [
            ("{ do: admit, who: dentist }", "{ do: admit, who: stranger }", "investors.csv has no row of 'stranger'"),
            ("refused: UnitsFrozen }", "refused: TransferRefused }", "is refused with UnitsFrozen"),
            (
                "amount: 20000.00, refused: TransferRefused } # lock-up",
                "amount: 20000.00 }",
                "TransferRefused: lock_up",
            ),
        ],
    )
    def test_that_can_not_happen_is_told_at_its_line(self, tmp_path, old, new, said):
        for name in ("cross-border", "whole-life"):
            shutil.copytree(DEALS / name, tmp_path / name)
        life = tmp_path / "cross-border/life.yaml"
        life.write_text(life.read_text().replace(old, new, 1))
        with pytest.raises(DealInvalid, match=said):
            prepare_life(tmp_path / "cross-border/deal.yaml", life, out=tmp_path / "out")


class TestAnyCalls:
    """What no file says: calls drawn at random, on days that lie apart, after the notes are handed over."""

    PEOPLE = ("bank", "pension fund", "credit fund", "endowment", "family office", "dentist", "stranger")
    WHAT = (
        Do.FREEZE,
        Do.CLAIM,
        Do.REMOVE,
        *[Do.ADMIT, Do.UNFREEZE, Do.FORCE_TRANSFER, Do.RECOVER] * 2,
        *[Do.TRANSFER] * 12,
    )

    @pytest.mark.parametrize("seed", range(2))
    def test_are_answered_by_both_alike(self, stage, seed):
        source, now = random.Random(seed), stage.script.terms.closing + 370 * DAY
        self.until_closed(stage)
        outcomes = set()
        for _ in range(150):
            now += source.choice([0, 0, 3_600, DAY, 5 * DAY])
            call = self.drawn(source)
            said = self.both(stage, call, now)
            assert said[0] == said[1], (call, now, said)
            outcomes.add((call.do, said[0]))
        assert len(outcomes) > 12
        assert (Do.TRANSFER, None) in outcomes

    def until_closed(self, stage):
        for act in stage.script.acts:
            if act.when == "period 1":
                return
            does = [act.does]
            if isinstance(act.does, Event):
                handed = act.does.do is Do.HAND_OVER
                does = calls_of(act.does, stage.script, stage.model.deal) if handed else []
            for each in does:
                stage.model.fund(each)
                stage.model.perform(each, act.now)
                stage.chain.fund(each, act.now)
                stage.chain.perform(each, act.now)

    def drawn(self, source):
        do, who, to = source.choice(self.WHAT), *source.sample(self.PEOPLE, 2)
        if do is Do.ADMIT and who == "stranger":
            who = "dentist"
        units = source.choice([100_000, 1_000_000, 2_000_000, 5_000_000, 20_000_000, 50_000_000, 123_456])
        moves = do in (Do.TRANSFER, Do.FORCE_TRANSFER)
        return Call(do, who, to if moves or do is Do.RECOVER else "", source.randrange(3), units if moves else 0)

    def both(self, stage, call, now):
        said = []
        for side, refusal in ((stage.model, Refused), (stage.chain, CallRefused)):
            try:
                side.perform(call, now)
                said.append(None)
            except refusal as refused:
                said.append(refused.error if isinstance(refused, Refused) else refused.refusal.error)
        return said

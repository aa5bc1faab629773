"""A reference in cure that is struck and older than the window: contract and model differed (rule 32, liquidation.md).

The contract made it the value; the model let one that is too old give way to the value of the last checkpoint first,
which was not struck: "a fall from what was just seen is no less a fall". It takes a fourth strike of a key, which makes
one span of the two oldest, between which the reference lies (docs/oracles.md). The score was 800 an hour ago and is
690: a fall of 110, at least 100, so the case stays in cure.
"""

from types import SimpleNamespace

from salvor.model.liquidation.state import Stage
from salvor.model.liquidation.watch import Reference, Triggers, Watch
from tests.incidents.test_attack_liquidation_triggers import HOUR, LONG_CURE, SCORE
from tests.property.trigger_stage import PlayedHub, key_bytes
from tests.utils.watched import Watched
from tests.utils.world import DAY, WAD


def test_contract_and_model_agree_on_what_it_fell_from(lab):
    here = Watched(lab, (LONG_CURE,))
    hub, admin, strikes = here.watched.hub, here.deal.parties.admin, []

    def strike():
        lab.wait(60)
        strikes.append(here.now)
        hub.forgetBetween(key_bytes(SCORE), here.now, here.now, sender=admin)
        lab.wait(60)

    strike()
    here.tell(SCORE, 1_000)
    here.look()
    first = here.now
    lab.wait(DAY - HOUR)
    here.tell(SCORE, 800)
    here.show()
    strike()
    strike()
    for _ in range(10):
        lab.wait(DAY - HOUR)
        here.tell(SCORE, 800)
        here.look()
    lab.wait(DAY - HOUR)
    here.tell(SCORE, 800)
    here.look()
    last = here.now
    assert not hub.struck(key_bytes(SCORE), first)
    lab.wait(HOUR)
    strike()
    assert hub.struck(key_bytes(SCORE), first)
    assert not hub.struck(key_bytes(SCORE), last)
    assert last > first + LONG_CURE.conditions[0].window
    here.tell(SCORE, 690)
    here.look()

    key = SCORE
    played = PlayedHub({key: (0, 690 * WAD, here.now)}, {key: (690 * WAD, here.now)})
    played.strikes[key] = ((strikes[0], strikes[1]), (strikes[2], strikes[2]), (strikes[3], strikes[3]))
    model = Triggers((LONG_CURE,), played, 100)
    model.watches[1, 0] = Watch(last=last, fired=True, loans=1)
    model.references[1, 0, 0] = Reference(1_000 * WAD, first, 800 * WAD)
    model.fired_by[1] = 0
    case = SimpleNamespace(cases={1: SimpleNamespace(stage=Stage.CURE)}, accounts={1: SimpleNamespace(rest=20_000)})
    held = model.check(case, 1, 0, here.now)
    assert set(held) == {0}  # by the model it fell
    assert here.triggers.conditionsNow(1, 0).holds == 1
    with lab.refused("StillHolds", 1, 0):
        here.triggers.calm(1, 0, sender=here.debtor)

"""A reference that is struck while the case is in cure never becomes the value (rules 32 and 35, docs/liquidation.md).

Rule 32: "It is void, also in cure, and becomes the value, where the hub has struck values of its time. Else it stands
as it is while the case is in cure by this trigger." A struck reference was left standing in cure, so nothing that fell
in the cure afterwards was a fall: anyone could calm the trigger.
"""

from tests.incidents.test_attack_liquidation_triggers import LONG_CURE, SCORE
from tests.property.trigger_stage import key_bytes
from tests.utils.watched import Watched
from tests.utils.world import DAY


def test_a_fall_in_cure_after_a_strike_is_a_fall(lab):
    here = Watched(lab, (LONG_CURE,))
    here.tell(SCORE, 2_000)  # wrong
    here.look()
    lab.wait(DAY)
    here.tell(SCORE, 1_000)
    here.show()
    here.watched.hub.forget(key_bytes(SCORE), sender=here.deal.parties.admin)
    lab.wait(DAY)
    here.tell(SCORE, 1_000)
    here.look()
    lab.wait(DAY // 2)
    here.tell(SCORE, 700)
    here.look()
    with lab.refused("StillHolds", 1, 0):
        here.triggers.calm(1, 0, sender=here.debtor)

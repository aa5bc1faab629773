"""Who may do what at fund, gates and note: an outsider is refused at each privileged function, a role is obeyed."""

import pytest

from salvor.chain.refusal import CallRefused
from salvor.deploy.structs import evergreen_terms
from tests.property.evergreen_stage import DAY, PERCENT, evergreen, set_stage, small_deal

NOBODY = "0x" + "00" * 20
NOTHING = ([0, 0], True, NOBODY)
RECORD = (0, 0, 0, 0, 0, 0, 0, 0)


@pytest.fixture
def stage(lab):
    return set_stage(lab)


def by_role(stage):
    """Method, arguments, and the role's holder."""
    live, parties = stage.live, stage.live.parties
    return {
        "announceWriteOff": (live.fund.announceWriteOff, (1,), parties.servicer),
        "setPaused": (live.fund.setPaused, (True,), parties.transfer_agent),
        "change": (live.fund.change, (NOTHING,), parties.admin),
        "movePosition": (live.gates[0].movePosition, (stage.people[0], stage.people[1]), parties.transfer_agent),
        "setGate": (live.notes[0].setGate, (stage.people[0],), parties.admin),
    }


ROLES = ("announceWriteOff", "setPaused", "change", "movePosition", "setGate")


class TestRoles:
    @pytest.mark.parametrize("name", ROLES)
    def test_an_outsider_is_refused(self, stage, name):
        method, args, _ = by_role(stage)[name]
        outsider = stage.people[-1]
        with stage.lab.refused("AccessManagedUnauthorized", outsider):
            method(*args, sender=outsider)

    @pytest.mark.parametrize("name", ["announceWriteOff", "setPaused", "change"])
    def test_a_role_is_obeyed(self, stage, name):
        method, args, holder = by_role(stage)[name]
        method(*args, sender=holder)

    def test_a_gate_is_named_once(self, stage):
        with stage.lab.refused("GateIsSet", stage.live.gates[0]):
            stage.live.notes[0].setGate(stage.people[0], sender=stage.live.parties.admin)


class TestOneCaller:
    def test_an_outsider_is_refused_where_one_contract_is_known(self, stage):
        live, outsider, gate = stage.live, stage.people[-1], stage.live.gates[0]
        calls = [
            ("NotTheWaterfall", live.waterfall, live.fund.bought, 1),
            ("NotTheFund", live.fund, gate.forward, 1),
            ("NotTheFund", live.fund, gate.settle, 1, RECORD, 1, 0, outsider),
            ("NotTheNote", live.notes[0], gate.recover, stage.people[0], outsider),
            ("NotTheGate", gate, live.notes[0].remake, 1, 0),
            ("NotTheFund", live.fund, live.waterfall.settleEpoch, [], 0, 0, 0, 0, 0),
        ]
        for error, only, method, *args in calls:
            with stage.lab.refused(error, outsider, only):
                method(*args, sender=outsider)

    def test_a_note_without_a_book_has_no_units_to_change(self, stage):
        outsider = stage.people[-1]
        with stage.lab.refused("NotOpen", outsider):
            stage.live.distributor.resize(1, sender=outsider)


class TestTerms:
    @pytest.mark.parametrize(
        "changes",
        [
            {"every": 0},
            {"cut_off": 30 * DAY},
            {"rate": 10**18 + 1},
            {"fees": 10**18 + 1},
            {"limits": (0,)},
            {"limits": (0, 10**18)},
        ],
        ids=lambda changes: next(iter(changes)),
    )
    def test_that_can_not_work_are_refused(self, stage, changes):
        live, admin = stage.live, stage.live.parties.admin
        terms = evergreen_terms(evergreen(**changes))
        with stage.lab.refused("TermsInvalid"):
            stage.lab.deploy("EvergreenFund", live.access, live.offering, terms, sender=admin)

    def test_of_the_change_too(self, stage):
        with stage.lab.refused("TermsInvalid"):
            stage.live.fund.change(([10**18, 0], True, NOBODY), sender=stage.live.parties.admin)

    def test_of_a_deal_that_does_not_revolve_are_refused(self, lab):
        from salvor.model.terms import Revolving

        terms = small_deal(lab.now + 10 * DAY, evergreen(), revolving=Revolving(), triggers=())
        with pytest.raises(CallRefused, match="TermsInvalid"):
            set_stage(lab, terms)

    def test_are_kept(self, stage):
        told = stage.live.fund.terms()
        assert (told.every, told.cutOff, told.rate, told.fees) == (1, 5 * DAY, 12 * PERCENT, 5 * PERCENT)
        assert stage.live.fund.presentValue(0) == 109_098
        assert stage.live.notes[0].vault(stage.live.settlement) == stage.live.gates[0].address
        assert stage.live.notes[0].vault(stage.people[0]) == NOBODY

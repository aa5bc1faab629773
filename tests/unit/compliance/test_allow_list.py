"""AllowList: who may receive notes, and until which second."""

import pytest

from salvor.chain.refusal import refusal_of
from salvor.chain.send import send
from tests.utils.deploy import ZERO_ADDRESS

LAST_SECOND = 2**40 - 1


@pytest.fixture
def allow_list(world):
    return world.live.allow_list


@pytest.fixture
def transfer_agent(world):
    return world.live.parties.transfer_agent


@pytest.fixture
def investor(senior_holder):
    return senior_holder


@pytest.fixture
def may_receive(allow_list, outsider):
    """What the list says of a receiver in the next block."""

    def ask(receiver, sender=outsider):
        return allow_list.canTransfer(sender, receiver, 1, block_id="pending")

    return ask


class TestConstructor:
    def test_knows_its_authority_and_nobody_else(self, world, allow_list, investor):
        assert allow_list.authority() == world.live.access.address
        assert allow_list.admittedUntil(investor) == 0


class TestAdmit:
    def test_admits_until_a_date(self, world, allow_list, may_receive, transfer_agent, investor):
        until = world.now + 1_000
        receipt = send(allow_list.admit, investor, until, sender=transfer_agent)
        logs = list(receipt.decode_logs(allow_list.Admitted))
        assert [(log.investor, log.until) for log in logs] == [(investor.address, until)]
        assert allow_list.admittedUntil(investor) == until
        assert may_receive(investor)

    def test_admits_nobody_else(self, world, allow_list, may_receive, transfer_agent, investor, outsider):
        send(allow_list.admit, investor, world.now + 1_000, sender=transfer_agent)
        assert allow_list.admittedUntil(outsider) == 0
        assert not may_receive(outsider)

    @pytest.mark.parametrize("later", [-500, 500])
    def test_moves_the_end_of_an_admission(self, world, allow_list, transfer_agent, investor, later):
        until = world.now + 1_000
        send(allow_list.admit, investor, until, sender=transfer_agent)
        send(allow_list.admit, investor, until + later, sender=transfer_agent)
        assert allow_list.admittedUntil(investor) == until + later

    def test_admits_again_after_the_end(self, world, allow_list, may_receive, transfer_agent, investor):
        until = world.now + 1_000
        send(allow_list.admit, investor, until, sender=transfer_agent)
        world.at(until + 1)
        send(allow_list.admit, investor, until + 2_000, sender=transfer_agent)
        assert may_receive(investor)

    def test_admits_to_the_end_of_time(self, allow_list, may_receive, transfer_agent, investor):
        send(allow_list.admit, investor, LAST_SECOND, sender=transfer_agent)
        assert allow_list.admittedUntil(investor) == LAST_SECOND
        assert may_receive(investor)

    def test_admits_for_one_second(self, world, allow_list, transfer_agent, investor):
        now = world.now + 100
        world.at(now)
        send(allow_list.admit, investor, now + 1, sender=transfer_agent)
        assert allow_list.admittedUntil(investor) == now + 1

    def test_refuses_an_end_that_has_come(self, world, allow_list, transfer_agent, investor):
        now = world.now + 100
        world.at(now)
        refusal = refusal_of(lambda: send(allow_list.admit, investor, now, sender=transfer_agent))
        assert (refusal.error, refusal.values) == ("AdmissionInThePast", (investor.address, now, now))

    def test_refuses_the_zero_address(self, world, allow_list, transfer_agent):
        refusal = refusal_of(lambda: send(allow_list.admit, ZERO_ADDRESS, world.now + 1_000, sender=transfer_agent))
        assert (refusal.error, refusal.values) == ("ZeroInvestor", ())

    def test_refuses_an_outsider(self, world, allow_list, outsider):
        refusal = refusal_of(lambda: send(allow_list.admit, outsider, world.now + 1_000, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))


class TestRemove:
    @pytest.fixture
    def admitted(self, world, investor):
        world.admit(investor)
        return investor

    def test_ends_an_admission_at_once(self, allow_list, may_receive, transfer_agent, admitted):
        receipt = send(allow_list.remove, admitted, sender=transfer_agent)
        assert [log.investor for log in receipt.decode_logs(allow_list.Removed)] == [admitted.address]
        assert allow_list.admittedUntil(admitted) == 0
        assert not may_receive(admitted)

    def test_leaves_the_others_alone(self, world, allow_list, may_receive, transfer_agent, admitted, outsider):
        world.admit(outsider)
        send(allow_list.remove, outsider, sender=transfer_agent)
        assert may_receive(admitted)

    def test_does_nothing_for_a_stranger(self, allow_list, transfer_agent, outsider):
        receipt = send(allow_list.remove, outsider, sender=transfer_agent)
        assert list(receipt.decode_logs(allow_list.Removed)) == []

    def test_refuses_an_outsider(self, allow_list, may_receive, admitted, outsider):
        refusal = refusal_of(lambda: send(allow_list.remove, admitted, sender=outsider))
        assert (refusal.error, refusal.values) == ("AccessManagedUnauthorized", (outsider.address,))
        assert may_receive(admitted)


class TestCanTransfer:
    @pytest.mark.parametrize(("second", "answer"), [(-1, True), (0, False), (1, False)])
    def test_ends_at_the_second_of_the_admission_s_end(self, world, may_receive, investor, second, answer):
        until = world.now + 1_000
        world.admit(investor, until)
        world.at(until + second)
        assert may_receive(investor) is answer

    def test_refuses_a_stranger(self, may_receive, outsider):
        assert may_receive(outsider) is False

    def test_looks_at_the_receiver_and_not_at_the_sender(self, world, may_receive, investor, outsider):
        world.admit(investor)
        assert may_receive(investor, sender=outsider)
        assert not may_receive(outsider, sender=investor)

    def test_asks_the_same_of_a_mint(self, world, may_receive, investor, outsider):
        world.admit(investor)
        assert may_receive(investor, sender=ZERO_ADDRESS)
        assert not may_receive(outsider, sender=ZERO_ADDRESS)

    def test_lets_anybody_hand_a_note_back(self, may_receive, outsider):
        assert may_receive(ZERO_ADDRESS, sender=outsider)

    @pytest.mark.parametrize("units", [0, 1, 2**256 - 1])
    def test_does_not_look_at_the_units(self, world, allow_list, investor, outsider, units):
        world.admit(investor)
        assert allow_list.canTransfer(outsider, investor, units)
        assert not allow_list.canTransfer(investor, outsider, units)

"""A mirror accepts the model's answer and nothing else."""

import pytest

from salvor.errors import NotAsExpected
from salvor.lab.mirror import Mirror
from salvor.model.asset import Asset
from salvor.model.refusal import Refused


class TokenTwin:
    def __init__(self, *people):
        self.cash, self.people = Asset(), [person.address for person in people]

    def figures(self):
        return [self.cash.balances[person] for person in self.people]


@pytest.fixture
def twin(owner, holder):
    return TokenTwin(owner, holder)


@pytest.fixture
def mirror(lab, token, twin, owner, holder):
    balances = lab.slots(token)._balances
    places = {"cash of owner": balances[owner], "cash of holder": balances[holder]}
    return Mirror(lab, twin, places, refusals="TK-01", agreement="TK-02")


class TestBoth:
    def test_done_on_both_gives_the_models_answer(self, mirror, twin, token, owner):
        def mint():
            twin.cash.mint(owner.address, 9)
            return "nine"

        assert mirror.both(mint, token.mint, owner, 9, sender=owner) == "nine"
        assert mirror.check() == [9, 0]

    def test_refused_alike_gives_the_refusal(self, mirror, twin, token, owner, holder):
        move = (lambda: twin.cash.move(owner.address, holder.address, 1), token.transfer, holder, 1)
        assert isinstance(mirror.both(*move, sender=owner), Refused)
        assert mirror.check() == [0, 0]

    def test_only_the_chain_refuses(self, mirror, token, owner, holder):
        with pytest.raises(NotAsExpected, match=r"TK-01: SettlementToken.transfer: chain: ERC20Insuf.*; model: done"):
            mirror.both(lambda: None, token.transfer, holder, 1, sender=owner)

    def test_only_the_model_refuses(self, mirror, twin, token, owner, holder):
        with pytest.raises(NotAsExpected, match=r"TK-01: SettlementToken.mint: chain: done; model: ERC20Insuf"):
            mirror.both(lambda: twin.cash.move(owner.address, holder.address, 1), token.mint, holder, 1, sender=owner)

    def test_refused_with_another_value(self, mirror, twin, token, owner, holder):
        with pytest.raises(NotAsExpected, match=r"chain: .*needed=2\); model: ERC20InsufficientBalance: .*, 1$"):
            mirror.both(
                lambda: twin.cash.move(owner.address, holder.address, 1), token.transfer, holder, 2, sender=owner
            )


def test_a_figure_that_differs_is_named_with_both_values(mirror, twin, token, owner, holder):
    token.mint(holder, 2_001, sender=owner)
    twin.cash.mint(holder.address, 2_000)
    with pytest.raises(NotAsExpected, match="TK-02: cash of holder: chain 2,001, model 2,000"):
        mirror.check()


def test_a_model_that_forgets_a_figure_is_noticed(mirror, twin):
    twin.people.pop()
    with pytest.raises(NotAsExpected, match="TK-02: 2 figures are named, the chain has 2, the model 1"):
        mirror.check()

"""What can go wrong between a plan and the chain: each told in one line, each mended by running again."""

import threading
from dataclasses import replace

import pytest

from salvor.chain.artifacts import read_artifacts
from salvor.chain.build import build
from salvor.deploy.plan.create3 import factory_on
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.plan import make_plan
from salvor.deploy.plan.refusals import (
    BalanceLow,
    JournalInUse,
    JournalUnfit,
    NodeSilent,
    NodeWrong,
    NotAsPlanned,
    NotOurCode,
    OtherChain,
    OtherHistory,
    SignerMissing,
    Stalled,
    StepFailed,
    StepRefused,
)
from salvor.deploy.plan.rpc import Node
from salvor.deploy.plan.run import apply_plan
from salvor.deploy.plan.signers import Impersonated, Key
from salvor.deploy.plan.steps import Existing, Steps
from tests.utils.own_node import deployer, other_wallet, own_node
from tests.utils.small_plan import ROOT, nobody


def steps_on(node, sender=None):
    artifacts = read_artifacts(build(ROOT))
    return Steps("a set", artifacts, (sender or deployer()).address, factory_on(node))


def two_contracts(node):
    steps = steps_on(node)
    token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
    access = steps.deploy("DealAccess", steps.sender)
    steps.deploy("Distributor", access, token)
    for units in (1, 2, 3):
        steps.call(token, "mint", nobody(7), units)
    return steps


def total(node, plan):
    answer = node.ask("eth_call", {"to": plan.addresses["SettlementToken"], "data": "0x18160ddd"}, "latest")
    return int(answer, 16)


def test_everything_stands_in_the_end(node, quick, tmp_path):
    plan = make_plan(two_contracts(node), node)
    applied = apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    assert set(applied.mined) == {step.name for step in plan.steps}
    assert total(node, plan) == 6


def test_a_sender_s_steps_happen_in_the_plan_s_order(node, quick, tmp_path):
    """The last call waits for no contract; sent as soon as it could be, it would come before the grant."""
    steps = steps_on(node)
    access = steps.deploy("DealAccess", steps.sender)
    token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
    distributor = steps.deploy("Distributor", access, token)
    steps.call(access, "grantRole", 1, distributor, 0)
    steps.call(access, "labelRole", 1, "payer")
    plan = make_plan(steps, node)
    applied = apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    with Journal(tmp_path / "j") as journal:
        nonces = {each.step: each.nonce for each in journal.sent()}
    assert sorted(applied.mined, key=nonces.get) == [step.name for step in plan.steps]


def test_calls_without_a_trace_on_the_chain_are_known_by_the_journal(node, quick, tmp_path):
    plan = make_plan(two_contracts(node), node)
    apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
    apply_plan(make_plan(two_contracts(node), node), node, [deployer()], tmp_path / "j", quick)
    assert total(node, plan) == 6, "DP-02"


class TestTheChain:
    def test_another_number(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        with own_node(chain_id=5) as other, pytest.raises(OtherChain, match="of chain 5, the plan is for chain 31337"):
            apply_plan(plan, other, [deployer()], tmp_path / "j", quick)

    def test_the_same_number_and_another_history(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        with own_node("--gas-limit", "40000000") as other, pytest.raises(OtherHistory):
            apply_plan(make_plan(two_contracts(other), other), other, [deployer()], tmp_path / "j", quick)

    def test_nobody_listens(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        gone = Node("http://127.0.0.1:9", patience=0.05, pause=0.01)
        with pytest.raises(NodeSilent, match="run the same command again"):
            apply_plan(plan, gone, [deployer()], tmp_path / "j", quick)

    def test_something_else_listens(self, node, quick, tmp_path):
        from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

        plan = make_plan(two_contracts(node), node)
        server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
        SimpleHTTPRequestHandler.log_message = lambda *_: None
        threading.Thread(target=server.serve_forever, daemon=True).start()
        web = Node(f"http://127.0.0.1:{server.server_address[1]}", patience=0.05, pause=0.01)
        with pytest.raises(NodeWrong):
            apply_plan(plan, web, [deployer()], tmp_path / "j", quick)
        server.shutdown()
        server.server_close()


class TestMoney:
    def test_too_little_is_told_before_anything_is_sent(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        node.ask("anvil_setBalance", deployer().address, hex(10**12))
        with pytest.raises(BalanceLow, match=r"has 0.000001 ETH and needs up to"):
            apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        assert int(node.ask("eth_getTransactionCount", deployer().address, "pending"), 16) == 0

    def test_with_more_it_goes_on(self, node, quick, tmp_path):
        self.test_too_little_is_told_before_anything_is_sent(node, quick, tmp_path)
        node.ask("anvil_setBalance", deployer().address, hex(10**19))
        plan = make_plan(two_contracts(node), node)
        apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        assert total(node, plan) == 6


class TestWaiting:
    def test_a_low_fee_is_raised_and_the_nonce_is_kept(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        node.ask("evm_setAutomine", False)
        raised = []

        def mine_once_raised(_):
            if raised:
                node.ask("evm_mine")

        options = replace(
            quick,
            bump_after=0.05,
            sleep=mine_once_raised,
            tell=lambda what, step: what == "raised" and raised.append(step),
        )
        with Journal(tmp_path / "j") as journal:
            apply_plan(plan, node, [deployer()], journal, options)
            first, second = [each for each in journal.sent() if each.step == "factory"][:2]
        assert first.nonce == second.nonce
        assert second.fee * 8 >= first.fee * 9
        assert second.tip * 8 >= first.tip * 9
        assert total(node, plan) == 6, "DP-02"

    def test_the_fee_is_not_raised_for_ever(self, node, quick, tmp_path):
        """Each raise is no progress either: the run stops when its patience ends."""
        plan = make_plan(two_contracts(node), node)
        node.ask("evm_setAutomine", False)
        with Journal(tmp_path / "j") as journal:
            options = replace(quick, bump_after=0, bumps=3, patience=0.5)
            with pytest.raises(Stalled):
                apply_plan(plan, node, [deployer()], journal, options)
            assert [each.nonce for each in journal.sent()] == [0, 0, 0, 0]

    def test_a_chain_that_stands_still_is_told(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        node.ask("evm_setAutomine", False)
        with pytest.raises(Stalled, match=r"factory has not been mined for \d+ seconds"):
            apply_plan(plan, node, [deployer()], tmp_path / "j", replace(quick, patience=0.1))

    def test_confirmations_are_waited_for(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        options = replace(quick, confirmations=4, sleep=lambda _: node.ask("evm_mine"))
        applied = apply_plan(plan, node, [deployer()], tmp_path / "j", options)
        head = int(node.ask("eth_blockNumber"), 16)
        assert all(head - each.block + 1 >= 4 for each in applied.mined.values())

    @pytest.mark.parametrize("place", [3, -1])
    def test_a_reorganisation_is_noticed_and_mended(self, node, quick, tmp_path, place):
        """In the middle, and in the very moment in which everything is done."""
        plan, gone = make_plan(two_contracts(node), node), []

        def reorganise(what, step):
            if what == "mined" and step == plan.steps[place].name and not gone:
                gone.append(node.ask("anvil_reorg", 3, []))

        options = replace(quick, tell=reorganise)
        apply_plan(plan, node, [deployer()], tmp_path / "j", options)
        assert gone
        assert total(node, plan) == 6, "DP-02"


class TestNonces:
    def test_another_program_sends_from_the_same_account(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        taken = []

        def take_the_next(what, step):
            if what == "mined" and len(taken) < 5:
                call = {"from": deployer().address, "to": nobody(1), "value": "0x1"}
                taken.append(node.ask("eth_sendTransaction", call))

        apply_plan(plan, node, [deployer()], tmp_path / "j", replace(quick, tell=take_the_next))
        assert total(node, plan) == 6, "DP-02"

    def test_a_nonce_that_a_vanished_transaction_left_open_is_filled(self, node, quick, tmp_path):
        """Another wallet's transaction waits, ours is signed behind it, and then the other one is dropped."""
        plan = make_plan(two_contracts(node), node)
        node.ask("evm_setAutomine", False)
        node.ask("eth_sendTransaction", {"from": deployer().address, "to": nobody(1), "value": "0x1"})
        with Journal(tmp_path / "j") as journal:
            with pytest.raises(Stalled):
                apply_plan(plan, node, [deployer()], journal, replace(quick, patience=0.1))
            assert [each.nonce for each in journal.sent()] == [1]
            node.ask("anvil_dropAllTransactions")
            node.ask("evm_setAutomine", True)
            apply_plan(plan, node, [deployer()], journal, quick)
            assert [each.step for each in journal.sent() if each.nonce == 0] == ["(gap 0)"]
        assert total(node, plan) == 6, "DP-02"


class TestSteps:
    def test_one_that_would_be_refused_is_told_before_anything_is_sent(self, node, quick, tmp_path):
        steps = two_contracts(node)
        steps.call(steps.contracts["SettlementToken"], "transfer", nobody(8), 1)
        plan = make_plan(steps, node)
        assert any("would be refused: ERC20InsufficientBalance" in each for each in plan.warnings)
        with pytest.raises(StepRefused, match="ERC20InsufficientBalance"):
            apply_plan(plan, node, [deployer()], tmp_path / "j", quick)
        assert int(node.ask("eth_getTransactionCount", deployer().address, "pending"), 16) == 0

    def test_one_that_fails_on_the_chain_stops_the_run_and_goes_on_when_mended(self, node, quick, tmp_path):
        """The allowance that the plan was tried with is gone when its turn comes."""
        token, spender = self._token(node, quick, tmp_path), deployer()
        steps = steps_on(node)
        first = steps.deploy("DealAccess", spender.address)
        for number in range(2):
            steps.call(
                token, "transferFrom", other_wallet().address, nobody(9), 5, name=f"take {number}", after=[first]
            )
        plan = make_plan(steps, node)

        def spend(what, step):
            if what == "mined" and step == "DealAccess":
                self._approve(node, token, spender, 0)

        with Journal(tmp_path / "second") as journal:
            with pytest.raises(StepFailed, match="ERC20InsufficientAllowance"):
                apply_plan(plan, node, [spender], journal, replace(quick, tell=spend, in_flight=1))
            self._approve(node, token, spender, 10)
            apply_plan(plan, node, [spender], journal, quick)
        held = node.ask("eth_call", {"to": token.address, "data": f"0x70a08231{nobody(9)[2:]:0>64}"}, "latest")
        assert int(held, 16) == 10

    def _token(self, node, quick, tmp_path):
        steps = steps_on(node)
        made = steps.deploy("SettlementToken", "Dollar", "USD", 2)
        steps.call(made, "mint", other_wallet().address, 100)
        apply_plan(make_plan(steps, node), node, [deployer()], tmp_path / "first", quick)
        token = Existing(made.artifact, made.address)
        self._approve(node, token, deployer(), 10)
        return token

    def _approve(self, node, token, spender, units):
        data = token.blueprint.by_name["approve"][0].encode(spender.address, units)
        call = {"from": other_wallet().address, "to": token.address, "data": f"0x{data.hex()}"}
        sent = node.ask("eth_sendTransaction", call)
        while node.ask("eth_getTransactionReceipt", sent) is None:
            pass

    def test_other_code_at_an_address_of_the_plan(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        node.ask("anvil_setCode", plan.addresses["Distributor"], "0x6001")
        with pytest.raises(NotOurCode, match="Distributor: at 0x"):
            apply_plan(plan, node, [deployer()], tmp_path / "j", quick)

    def test_the_chain_must_show_it_in_the_end(self, node, quick, tmp_path):
        """A call that another transaction undoes at once: mined, and not so."""
        steps = steps_on(node)
        access = steps.deploy("DealAccess", steps.sender)
        steps.call(access, "grantRole", 1, nobody(1), 0, name="grant")
        steps.call(access, "revokeRole", 1, nobody(1), name="revoke", after=["grant"])
        with pytest.raises(NotAsPlanned, match=r"grant: DealAccess\.hasRole"):
            apply_plan(make_plan(steps, node), node, [deployer()], tmp_path / "j", quick)


class TestSigners:
    def test_nobody_signs_for_the_sender(self, node, quick, tmp_path):
        plan = make_plan(two_contracts(node), node)
        with pytest.raises(SignerMissing, match=deployer().address):
            apply_plan(plan, node, [other_wallet()], tmp_path / "j", quick)

    def test_an_impersonated_one(self, node, quick, tmp_path):
        treasury = Impersonated(nobody(0x7EA))
        node.ask("anvil_impersonateAccount", treasury.address)
        node.ask("anvil_setBalance", treasury.address, hex(10**19))
        steps = steps_on(node, treasury)
        token = steps.deploy("SettlementToken", "Dollar", "USD", 2)
        steps.call(token, "mint", nobody(7), 6)
        plan = make_plan(steps, node)
        apply_plan(plan, node, [treasury], tmp_path / "j", quick)
        apply_plan(plan, node, [treasury], tmp_path / "j", quick)
        assert total(node, plan) == 6, "DP-02"

    def test_a_key_is_not_shown(self):
        assert repr(Key("0x" + "01" * 32)) == f"Key of {Key('0x' + '01' * 32).address}", "DP-07"


class TestTheJournal:
    def test_one_run_at_a_time(self, tmp_path):
        with Journal(tmp_path / "j"), pytest.raises(JournalInUse):
            Journal(tmp_path / "j")

    def test_another_file(self, tmp_path):
        (tmp_path / "j").write_text("no database, and long enough that SQLite looks at it" * 20)
        with pytest.raises(JournalUnfit):
            Journal(tmp_path / "j")

    def test_another_version(self, tmp_path):
        with Journal(tmp_path / "j") as journal:
            journal.say({"version": "9"})
        with pytest.raises(JournalUnfit, match="it is of version 9"):
            Journal(tmp_path / "j")

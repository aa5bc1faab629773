"""`ape run sell` and `ape run triggers` as commands, in this process, on a deal that `deploy apply` put on an anvil."""

import json
import shutil
import time
from pathlib import Path

import pytest
from ape import accounts
from click.testing import CliRunner

from salvor.amounts import timestamp
from salvor.chain.handles import blueprint_of
from salvor.deal.load import load_deal
from salvor.deploy.journalled import Journalled
from salvor.deploy.plan.run import Options
from salvor.deploy.plan.signers import Key
from salvor.model.oracle_reports import Domain, Report, Told
from salvor.node.keyring import Signer
from salvor.toolchain.paths import ROOT
from scripts import triggers
from scripts.deploy import apply
from scripts.sell import (
    bid,
    calm,
    collect,
    commit,
    confirm,
    expire,
    join,
    pay,
    plan,
    reject,
    relist,
    repay,
    reveal,
    settle,
    start,
    status,
    take,
)
from scripts.sell import open as open_
from scripts.tape import commit as tape_commit
from tests.utils.own_node import deployer, own_node
from tests.utils.small_plan import artifacts
from tests.utils.worked import DAY, DEAL, prepare_worked
from tests.utils.world import WAD

pytestmark = pytest.mark.xdist_group("sell commands")  # one worker: it sets up once
BEFORE_CLOSING = 1_798_675_200 - 30 * 86_400  # of the deal
SERVICER = ("--account", "TEST::2")


class Desk:
    """Commands with the options that all of them take here."""

    def __init__(self, folder, url):
        self.folder, self.url = folder, url
        self.secret = ("--commitment", folder / "commitment", "--secret", folder / "npl.json")

    def run(self, command, *options, deal=DEAL, url=None, folder=None):
        """Exit code, stdout and stderr; the deal's first."""
        more = ("--network", url or self.url, "--folder", folder or self.folder / "deploy")
        done = CliRunner(mix_stderr=False).invoke(command.cli, [str(each) for each in (deal, *options, *more)])
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        return done.exit_code, done.stdout, done.stderr

    @property
    def now(self):
        """Of the latest block."""
        return int(self.node.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)

    def wait(self, seconds):
        """The next block is then, and those after it."""
        self.node.ask("evm_setNextBlockTimestamp", self.now + seconds)
        self.node.ask("evm_mine")

    def contracts(self, folder, signers, *names):
        """The deal's, by their kinds; these sign, with a journal in that folder."""
        book = json.loads((self.folder / "deploy/worked-loans-31337/addresses.json").read_text())["contracts"]
        engine = Journalled(self.node, 31_337, self.folder / folder, signers, Options(pause=0.02))
        at = {each["contract"]: each["address"] for each in reversed(book.values())}
        return [blueprint_of(artifacts()[name]).at(engine, at[name]) for name in names]

    def sell_and_close(self):
        """One investor buys all notes: from then on the loans are the pool's."""
        agent, arranger, investor = (
            Key(accounts.test_accounts[place].private_key.removeprefix("0x")) for place in (3, 4, 5)
        )
        names = ("Offering", "Waterfall", "AllowList", "SettlementToken")
        offering, waterfall, allow_list, token = self.contracts("sold", [agent, arranger, investor], *names)
        deal = load_deal(DEAL)
        sizes, closing = [deal.units(each.size) for each in deal.tranches], timestamp(deal.calendar.closing)
        offering.open(waterfall, sender=arranger)
        allow_list.admit(investor, closing + DAY, sender=agent)
        token.mint(investor, sum(sizes), sender=investor)
        token.approve(offering, sum(sizes), sender=investor)
        for place, size in enumerate(sizes):
            offering.order(place, size, sender=investor)
        self.wait(closing - self.now)
        offering.close(sender=investor)

    def appraise(self, key, value):
        """By the three who sign in the deal file: test accounts, whose keys everybody has."""
        reports, hub = self.contracts("appraised", [deployer()], "SignedReports", "OracleHub")
        domain, name = Domain(31_337, reports.address), key.encode().ljust(32, b"\0")
        for place in (17, 18, 19):
            signer = Signer(bytes.fromhex(accounts.test_accounts[place].private_key.removeprefix("0x")))
            report = Report(Told(name, value, self.now), self.now % 2**31, self.now + 3_600)
            reports.submit(signer.address, report.words, signer.sign(report.digest(domain)), sender=deployer())
        hub.poke(name, sender=deployer())

    def values(self, *rows, at="2026-01-01"):
        """A file of them."""
        path = self.folder / "values.csv"
        text = "loan,at,collateral,score\n" + "".join(f"{loan},{at},{worth},600\n" for loan, worth in rows)
        path.write_text(text)
        return path


@pytest.fixture(scope="module")
def desk(tmp_path_factory, request):
    """The tape committed, the deal deployed by the commands that an issuer types; its notes are sold."""
    folder = tmp_path_factory.mktemp("desk")
    patch = pytest.MonkeyPatch()
    patch.setenv("SALVOR_PASSPHRASE", "a passphrase of the tests")
    prepare_worked(folder)  # leaves the checked tape
    with own_node(genesis=BEFORE_CLOSING) as node:
        made = Desk(folder, node.url)
        args = [folder / "tape", "--secret", folder / "npl.json", "--out", folder / "commitment"]
        assert CliRunner(mix_stderr=False).invoke(tape_commit.cli, [str(each) for each in args]).exit_code == 0
        code, _, told = made.run(apply, "--commitment", folder / "commitment", "--yes")
        assert code == 0, told
        made.node = node
        made.sell_and_close()
        yield made
    patch.undo()


@pytest.fixture
def clean(desk):
    """The chain and the journals as they were just after deploying."""
    kept = desk.node.ask("evm_snapshot")
    yield desk
    desk.node.ask("evm_revert", kept)
    shutil.rmtree(desk.folder / "deploy/worked-loans-31337/sales", ignore_errors=True)
    shutil.rmtree(desk.folder / "appraised", ignore_errors=True)


class TestTriggers:
    def test_open_watch_and_wait_and_a_second_run_finds_it_done(self, clean):
        now = clean.node.ask("eth_getBlockByNumber", "latest", False)["timestamp"]
        values = clean.values(("2030", "20.00"), ("1150", "480.00"), at=int(now, 16))
        fire = ("--values", values, "--fire", *clean.secret, *SERVICER, "--json")
        code, told, _ = clean.run(triggers, *fire, "--dry-run")
        assert (code, [each["outcome"] for each in json.loads(told)["sent"]]) == (0, ["would be opened"])
        code, told, _ = clean.run(triggers, *fire)
        sent = json.loads(told)["sent"]
        assert (code, sent[0]) == (0, {"case": 1, "what": "loan 2030", "outcome": "opened", "refused": False})
        assert sent[-1]["outcome"] == "waits: the hub has no good value of COLLATERAL/1"
        code, told, _ = clean.run(triggers, *fire)
        again = json.loads(told)
        assert (code, again["cases"], again["sent"]) == (0, 1, [])
        code, told, _ = clean.run(status, 1)
        assert code == 0
        assert "case 1: opened (hold); 1 loans, valued as COLLATERAL/1" in told

    def test_note_and_fire_by_what_the_hub_says(self, clean):
        assert clean.run(open_, "2030", *clean.secret, *SERVICER)[0] == 0
        assert clean.run(confirm, 1)[1] == "case 1: confirmed with 1 loans\n"
        for day, outcome in ((0, "noted, held for 0.0"), (7, "noted, held for 7.0"), (7, "fired")):
            clean.wait(day * DAY)
            clean.appraise("COLLATERAL/1", 130 * WAD)
            code, told, _ = clean.run(triggers, "--live", "--fire", *clean.secret, "--account", "TEST::9", "--json")
            sent = json.loads(told)["sent"]
            assert (code, sent[-1]["what"], sent[-1]["outcome"][: len(outcome)]) == (0, "collateral fell", outcome)
        code, told, _ = clean.run(status, 1, "--json")
        [case] = json.loads(told)["cases"]
        assert (case["stage"], case["strategy"], case["keeper_due"]) == ("cure", "foreclosure", 15_00)
        assert case["deadlines"][0]["at"] == clean.now + 30 * DAY

    def test_are_shown_without_a_chain(self, desk):
        seconds = int(time.time()) - 3_600
        code, told, _ = desk.run(
            triggers, "--values", desk.values(("2030", "20.00"), at=seconds), url="http://127.0.0.1:1"
        )
        assert code == 0
        assert "1 loans and 0 cases looked at" in told
        assert "loan 2030" in told

    def test_sent_by_who_is_no_servicer_end_with_1(self, clean):
        now = int(clean.node.ask("eth_getBlockByNumber", "latest", False)["timestamp"], 16)
        fire = ("--values", clean.values(("2030", "20.00"), at=now), "--fire", *clean.secret)
        code, told, _ = clean.run(triggers, *fire, "--account", "TEST::5")
        assert code == 1
        assert "only the servicer opens cases" in " ".join(told.split())


class TestActs:
    def test_of_a_case_are_typed_one_after_the_other(self, clean):
        code, told, _ = clean.run(open_, "2030", "1150", *clean.secret, *SERVICER)
        assert (code, told.split(":")[0]) == (0, "case 1 opened")
        code, told, _ = clean.run(status, 1)
        line = next(each for each in told.splitlines() if "sell confirm --seen" in each)
        said = "it waits for the overseer, outstanding 680.00 DUSD, written off 0.00 DUSD: sell reject, or"
        assert (code, said in " ".join(told.split())) == (0, True), told
        seen = line.split()[-1]
        code, _, told = clean.run(confirm, 1, *SERVICER)
        assert (code, "AccessManagedUnauthorized" in told) == (3, True), told
        code, _, told = clean.run(confirm, 1, "--seen", "00" * 32)
        assert (code, f"something else waits than --seen {'00' * 32}: {seen}" in told) == (2, True)
        assert clean.run(confirm, 1, "--seen", seen)[:2] == (0, "case 1: confirmed with 2 loans\n")
        code, _, told = clean.run(confirm, 1)
        assert (code, "nothing of it waits for the overseer: there is nothing to confirm" in told) == (2, True)
        code, told, _ = clean.run(plan, 1, "discounted_pay_off", "--amount", "200.00", *SERVICER)
        assert (code, told) == (0, "case 1: discounted pay off is proposed; it waits for the overseer\n")
        code, told, _ = clean.run(plan, 1, "discounted_pay_off", "--amount", "200.00", "--approve", "--json")
        shown = json.loads(told)["case"]
        assert (code, shown["strategy"], shown["deadlines"][0]["what"]) == (
            0,
            "discounted_pay_off",
            "discounted pay off ends",
        )
        for command, more, words in (
            (start, (1,), "NothingToSell"),
            (expire, (1,), "NothingExpired"),
            (repay, (1, "0.00"), "ZeroPayment"),
        ):
            code, _, told = clean.run(command, *more, *SERVICER)
            assert (code, words in told) == (3, True), told
        code, told, _ = clean.run(collect, "0x70997970C51812dc3A010C7d01b50e0d17dc79C8")
        assert (code, told.endswith("0.00 DUSD paid out\n")) == (0, True)

    def test_of_what_joins_are_confirmed_or_rejected(self, clean):
        clean.run(open_, "2030", *clean.secret, *SERVICER)
        clean.run(confirm, 1)
        code, told, _ = clean.run(join, 1, "1150", *clean.secret, *SERVICER)
        said = "join when the overseer confirms them: `sell confirm`\n"
        assert (code, told.startswith("case 1: 1150, claim "), told.endswith(said)) == (0, True, True), told
        code, told, _ = clean.run(status, 1, "--json")
        [case] = json.loads(told)["cases"]
        assert (case["stage"], case["loans"], case["waiting"]["loans"]) == ("held", 1, 1)
        said = "case 1: 1 loans that waited are rejected and in no case; it goes on as it is\n"
        assert clean.run(reject, 1)[:2] == (0, said)
        code, _, told = clean.run(reject, 1)
        assert (code, "there is nothing to reject" in told) == (2, True)
        clean.run(open_, "1150", *clean.secret, *SERVICER)
        assert clean.run(reject, 2)[:2] == (0, "case 2: rejected and closed; its loans are in no case\n")
        code, _, told = clean.run(join, 1, "2030", *clean.secret, *SERVICER)
        assert (code, "loan '2030' is in case 1 already" in told) == (2, True)
        clean.run(join, 1, "1150", *clean.secret, *SERVICER)
        assert clean.run(confirm, 1)[:2] == (0, "case 1: confirmed with 2 loans\n")


class TestBadInput:
    @pytest.mark.parametrize(
        ("command", "options"),
        [(bid, (7, "1.00")), (take, (7, 1)), (settle, (7,)), (relist, (7,)), (pay, (7,)), (start, (7,)), (status, (7,)),
         (confirm, (7,)), (reject, (7,)), (calm, (7,)), (expire, (7,)), (repay, (7, "1.00"))],
    )  # fmt: skip
    def test_a_case_that_is_none(self, desk, command, options):
        code, _, told = desk.run(command, *options)
        assert (code, told) == (2, "Error: there is no case 7: the deal has none yet\n")

    def test_a_sealed_price_without_its_case_or_file(self, desk):
        code, _, told = desk.run(commit, 7, "1.00", "--seal", desk.folder / "seal.json")
        assert (code, "no case 7" in told, (desk.folder / "seal.json").exists()) == (2, True, False)
        code, _, told = desk.run(reveal, desk.folder / "seal.json")
        assert (code, "no such file of a sealed price" in told) == (2, True)

    def test_a_loan_that_is_none(self, desk):
        code, _, told = desk.run(open_, "203O", *desk.secret, *SERVICER)
        assert (code, "no loan '203O' in" in told) == (2, True)
        code, _, told = desk.run(triggers, "--values", desk.values(("203O", "1.00")))
        assert (code, "line 2: loan '203O' is not in the tape" in told) == (2, True)

    def test_another_tape_or_another_secret(self, desk, tmp_path):
        args = [desk.folder / "tape", "--secret", tmp_path / "other.json", "--out", tmp_path / "other"]
        CliRunner(mix_stderr=False).invoke(tape_commit.cli, [str(each) for each in args])
        other = ("--commitment", tmp_path / "other", "--secret", tmp_path / "other.json")
        code, _, told = desk.run(triggers, "--live", *other)
        assert (code, "which the deal has not bought; it has 0x" in told) == (2, True)
        code, _, told = desk.run(open_, "2030", "--commitment", tmp_path / "other", *desk.secret[2:])
        assert (code, "was committed with another secret" in told) == (2, True)

    def test_a_deal_that_was_not_deployed_or_elsewhere(self, desk, tmp_path):
        code, _, told = desk.run(status, folder=tmp_path)
        assert (code, "no such address book" in told) == (2, True)
        book = desk.folder / "deploy/worked-loans-31337/addresses.json"
        (tmp_path / "book.json").write_text(book.read_text().replace('"chain_id": 31337', '"chain_id": 1'))
        code, _, told = desk.run(status, "--addresses", tmp_path / "book.json")
        assert (code, "is of chain 1, the node of chain 31337" in told) == (2, True)
        (tmp_path / "book.json").write_text("{}")
        code, _, told = desk.run(status, "--addresses", tmp_path / "book.json")
        assert (code, "not an address book" in told) == (2, True)
        said = json.loads(book.read_text())
        del said["contracts"]["AuctionHouse"]
        (tmp_path / "book.json").write_text(json.dumps(said))
        code, _, told = desk.run(status, "--addresses", tmp_path / "book.json")
        assert (code, "has no AuctionHouse" in told) == (2, True)
        said["contracts"]["DutchAuction"]["abi_hash"] = "0x00"
        (tmp_path / "book.json").write_text(json.dumps(said))
        code, _, told = desk.run(status, "--addresses", tmp_path / "book.json")
        assert (code, "built from other sources" in told) == (2, True)

    def test_a_file_without_the_section(self, desk):
        plain = DEAL.parent.parent / "charged-off-accounts/deal.yaml"
        for command, more in ((status, ()), (triggers, ("--live",))):
            code, _, told = desk.run(command, *more, deal=plain)
            assert (code, "has no `liquidation`" in told) == (2, True)

    def test_a_node_that_is_away_is_trouble_with_the_chain(self, desk):
        for command, more in ((status, ()), (triggers, ("--live",))):
            code, _, told = desk.run(command, *more, url="http://127.0.0.1:1")
            assert (code, len(told.splitlines())) == (3, 1), told


def test_every_command_shows_an_example():
    for path in (Path(ROOT) / "scripts/sell").glob("*.py"):
        assert f'"Example: ape run sell {path.stem} ' in path.read_text().replace("(\n    epilog=", "(epilog=")

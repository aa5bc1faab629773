"""Sources go to explorers with Sourcify's or Etherscan's API; jobs are waited for, and a key stays secret."""

import pytest

from salvor.deploy.plan.explorers import ETHERSCAN_KEY, Etherscan, Sourcify, State, explorer_for
from salvor.deploy.plan.journal import Journal
from salvor.deploy.plan.publish import Publication, publish
from salvor.deploy.plan.refusals import KeyMissing
from tests.utils.explorer import KEY, playing_explorer
from tests.utils.small_plan import nobody

CHAIN = 11_155_111


def made(number):
    source = {"language": "Solidity", "sources": {}}
    named = f"contract {number}", nobody(number), "contracts/C.sol:C", "0.8.37+commit.1"
    return Publication(*named, source, bytes([number]), f"0x{number:064x}")


THREE = [made(number) for number in (1, 2, 3)]


@pytest.fixture
def server():
    with playing_explorer() as playing:
        yield playing


@pytest.fixture
def journal(tmp_path):
    with Journal(tmp_path / "j") as opened:
        yield opened


@pytest.fixture(params=["sourcify", "etherscan"])
def explorer(request, server):
    if request.param == "sourcify":
        return Sourcify(server.url, pause=0.01)
    return Etherscan(KEY, f"{server.url}/v2/api", pause=0.01)


@pytest.fixture
def run(explorer, journal):
    """Publish the three; gives what stays open and what was told."""

    def publishing(**changes):
        told = []
        options = {"looks": 5, "pause": 0.01} | changes
        left = publish(THREE, journal, explorer, CHAIN, tell=lambda what, step: told.append((step, what)), **options)
        return left, told

    return publishing


class TestAnyExplorer:
    def test_is_asked_until_the_job_is_done(self, run, server):
        server.waits = 3
        left, told = run()
        assert left == []
        assert len(server.asked) == 3 * 4
        assert sum(what.startswith("accepted") for _, what in told) == 3

    def test_what_does_not_match_stays_open_and_is_sent_again(self, run, server):
        server.mismatching = {nobody(2)}
        left, told = run()
        assert left == ["contract 2"]
        assert any(step == "contract 2" and what.startswith("refused: ") for step, what in told)
        server.mismatching, server.tried = set(), []
        assert run()[0] == []
        assert server.tried == [nobody(2)]

    def test_a_job_that_takes_long_is_asked_for_by_the_next_run_and_not_sent_twice(self, run, server):
        server.waits = 100
        left, told = run(looks=1)
        assert left == [each.step for each in THREE]
        assert ("contract 1", "still waits") in told
        server.tried = []
        for job in server._jobs.values():
            job[1] = 0
        assert run()[0] == []
        assert server.tried == []

    def test_what_is_there_already_is_as_good(self, run, server):
        server.known = {nobody(1)}
        assert run()[0] == []
        assert len(server.asked) == 2 * 2

    def test_one_that_fails_holds_up_no_other(self, run, server):
        server.failing = {nobody(1)}
        assert run()[0] == ["contract 1"]

    def test_is_not_reached(self, journal):
        for explorer in (Sourcify("http://127.0.0.1:9", pause=0), Etherscan(KEY, "http://127.0.0.1:9", pause=0)):
            told = []
            left = publish(THREE[:1], journal, explorer, CHAIN, tell=lambda what, step, told=told: told.append(what))
            assert left == ["contract 1"]
            assert told == ["refused: no answer: URLError"]


class TestSourcify:
    def test_is_given_standard_json(self, server, journal):
        publish(THREE[:1], journal, Sourcify(server.url), CHAIN, tell=lambda *_: None, pause=0.01)
        [body] = server.bodies
        assert body == THREE[0].for_sourcify()
        assert {"stdJsonInput", "compilerVersion", "contractIdentifier"} <= body.keys()


class TestEtherscan:
    def test_is_given_chain_arguments_and_key(self, server, journal):
        explorer = Etherscan(KEY, f"{server.url}/v2/api")
        publish(THREE[:1], journal, explorer, CHAIN, tell=lambda *_: None, pause=0.01)
        [form] = server.bodies
        assert (form["chainid"], form["apikey"]) == (str(CHAIN), KEY)
        assert (form["action"], form["codeformat"]) == ("verifysourcecode", "solidity-standard-json-input")
        assert form["constructorArguments"] == "01"

    def test_that_limits_calls_is_asked_again(self, server, journal):
        server.limits = 2
        explorer = Etherscan(KEY, f"{server.url}/v2/api", pause=0.01)
        assert publish(THREE[:1], journal, explorer, CHAIN, tell=lambda *_: None, pause=0.01) == []
        assert server.tried == [nobody(1)]

    def test_a_key_is_neither_told_nor_kept(self, server, tmp_path):
        """Not even where the explorer repeats it."""
        wrong = "WR0NG-KEY"
        told = []
        with Journal(tmp_path / "j") as journal:
            explorer = Etherscan(wrong, f"{server.url}/v2/api", pause=0.01)
            publish(THREE, journal, explorer, CHAIN, tell=lambda what, step: told.append(what), pause=0.01)
        assert told[0] == "refused: Invalid API Key (***)"
        assert wrong not in repr(explorer) + "".join(told), "DP-07"
        assert wrong.encode() not in b"".join(file.read_bytes() for file in tmp_path.iterdir()), "DP-07"

    def test_needs_a_key_in_the_environment(self):
        with pytest.raises(KeyMissing, match=ETHERSCAN_KEY):
            explorer_for("etherscan", server=None, environment={ETHERSCAN_KEY: " "})
        assert explorer_for("etherscan", server=None, environment={ETHERSCAN_KEY: KEY}).where.endswith("/v2/api")
        assert explorer_for("sourcify", server=None, environment={}).where.startswith("https://sourcify.dev")


def test_an_answer_that_is_no_json_is_a_refusal(server):
    answer = Sourcify(f"{server.url}/html", pause=0).ask("x", CHAIN)
    assert (answer.state, answer.says) == (State.REFUSED, "<html>Just a moment...</html>")

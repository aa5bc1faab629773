"""A custom error was shown as bytes (ApeWorX/ape-solidity 161: 0x7939f424; ApeWorX/ape 690, 2035, 2651).

Elsewhere errors that are declared in a library, behind another contract or with a struct were not decoded, and gas
estimation hid them. Here each is told by name, values and the interface's own sentence, in one line; an error that no
ABI knows by its selector and raw data; and the command line ends with an exit code, not with a traceback.
"""

from functools import cache
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from salvor.chain import refusal
from salvor.chain.artifacts import Artifact, Artifacts, explanations_of
from salvor.chain.handles import blueprint_of
from salvor.chain.refusal import CallRefused
from salvor.chain.send import send
from salvor.chain.solc import compile_sources
from salvor.errors import CHAIN_TROUBLE
from salvor.lab.lab import Lab
from tests.property.stage import set_stage
from tests.utils.world import DAY, SENIOR

ROOT = Path(__file__).parents[2]
OUTPUTS = ["abi", "evm.bytecode.object", "userdoc", "devdoc"]
SOURCE = """
// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20, SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";

contract Refusing {
    function transferFrom(address, address, uint256) external pure returns (bool) {
        return false;
    }
}

struct Claim {
    address who;
    bytes4 kind;
    uint256[] amounts;
}

contract Vault {
    /// @notice The claim is
    ///         not ours.
    error NotOurs(Claim claim, string why);

    /// @dev Only the desk may come down here.
    error TooDeep(uint256 given, uint256 allowed);

    function claim(Claim calldata given) external pure {
        revert NotOurs(given, "paid\\nalready");
    }

    function dig(uint256 depth) external pure {
        revert TooDeep(depth, 1);
    }

    function raw(bytes calldata data) external pure {
        assembly ("memory-safe") {
            calldatacopy(0, data.offset, data.length)
            revert(0, data.length)
        }
    }
}

contract Left {
    /// @notice The left one refuses.
    error Shared();

    function refuse() external pure {
        revert Shared();
    }
}

contract Right {
    /// @notice The right one refuses.
    error Shared();

    function refuse() external pure {
        revert Shared();
    }
}

contract Clerk {
    Vault public immutable vault = new Vault();

    function dig(uint256 depth) external view {
        vault.dig(depth);
    }
}

contract Desk {
    using SafeERC20 for IERC20;

    Clerk public immutable clerk = new Clerk();
    uint256 public counter;

    function pull(IERC20 token, uint256 amount) external {
        ++counter;
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function claim(Claim calldata given) external {
        ++counter;
        clerk.vault().claim(given);
    }

    function dig(uint256 depth) external {
        ++counter;
        clerk.dig(depth);
    }

    function raw(bytes calldata data) external {
        ++counter;
        clerk.vault().raw(data);
    }

    function count(uint256 value) external {
        counter += value;
    }
}
"""


@cache
def compiled():
    return compile_sources(ROOT, {"Desk.sol": SOURCE}, outputs=OUTPUTS)["Desk.sol"]


def artifacts():
    return Artifacts(
        Path("Desk.sol"),
        [
            Artifact(
                name,
                "Desk.sol",
                tuple(each["abi"]),
                each["evm"]["bytecode"]["object"],
                explanations=explanations_of(each["userdoc"], each["devdoc"]),
            )
            for name, each in compiled().items()
        ],
    )


@pytest.fixture
def desk(lab):
    """Only the desk has a handle: clerk and vault are made by contracts."""
    side = Lab(lab.engine, artifacts())
    return side.deploy("Desk", sender=side.actor("clerk"))


def said(call, *args, sender):
    with pytest.raises(CallRefused) as refused:
        call(*args, sender=sender)
    return refused.value.message


@pytest.mark.engines("revm", "anvil", "ape")
def test_every_kind_of_error_is_told(lab, desk):
    sender = lab.actor("holder")
    token = Lab(lab.engine, artifacts()).deploy("Refusing", sender=sender)
    assert said(desk.dig, 7, sender=sender) == (
        "Desk.dig was refused: TooDeep(given=7, allowed=1): Only the desk may come down here"
    )
    assert said(desk.pull, token, 5, sender=sender) == (
        f"Desk.pull was refused: SafeERC20FailedOperation(token={token.address}): "
        "An operation with an ERC-20 token failed"
    )
    assert said(desk.claim, (sender, "0x01020304", [1, 2]), sender=sender) == (
        f"Desk.claim was refused: NotOurs(claim=Claim(who={sender.address}, kind=0x01020304, amounts=[1, 2]), "
        "why=paid already): The claim is not ours"
    )
    assert said(desk.raw, "0x7939f424" + "00" * 31 + "2a", sender=sender) == (
        f"Desk.raw was refused: unknown error 0x7939f424(0x{42:064x})"
    )
    assert said(desk.raw, "0x7939f424", sender=sender) == "Desk.raw was refused: unknown error 0x7939f424()"
    assert said(desk.raw, "0x", sender=sender) == "Desk.raw was refused: no reason given()"
    assert desk.counter() == 0


@pytest.mark.engines("revm", "anvil")
def test_a_deposit_without_an_allowance(lab):
    stage = set_stage(lab)
    investor, settlement, offering = stage.investors[0], stage.live.settlement, stage.live.offering
    offering.open(stage.live.waterfall, sender=stage.live.parties.arranger)
    stage.live.allow_list.admit(investor, lab.now + DAY, sender=stage.live.parties.transfer_agent)
    settlement.mint(investor, 10, sender=investor)
    settlement.approve(offering, 4, sender=investor)
    assert said(offering.order, SENIOR, 10, sender=investor).startswith(
        f"Offering.order was refused: ERC20InsufficientAllowance(spender={offering.address}, allowance=4, "
        "needed=10): Indicates a failure with the `spender`"
    )


def test_the_same_in_apes_project(world, outsider):
    """Ape estimates gas before it sends, and would say there that something reverted."""
    world.open().admit(outsider)
    with pytest.raises(
        CallRefused, match=r"ERC20InsufficientAllowance\(spender=0x\w+, allowance=0, needed=10\): Indic"
    ):
        send(world.live.offering.order, SENIOR, 10, sender=outsider)


class TestOnTheCommandLine:
    @pytest.fixture
    def run(self, lab, desk):
        @click.command()
        @click.argument("function")
        @click.argument("value", type=str)
        def cli(function, value):
            getattr(desk, function)(int(value) if value.isdigit() else value, sender=lab.actor("holder"))

        return lambda *args: CliRunner().invoke(cli, args)

    @pytest.mark.parametrize(
        ("args", "line"),
        [
            (("dig", "7"), "Desk.dig was refused: TooDeep(given=7, allowed=1): Only the desk may come down here"),
            (("raw", "0x7939f424ff"), "Desk.raw was refused: unknown error 0x7939f424(0xff)"),
            (("raw", "0x"), "Desk.raw was refused: no reason given()"),
        ],
    )
    def test_one_line_and_an_exit_code(self, run, args, line):
        done = run(*args)
        assert (done.exit_code, done.output) == (CHAIN_TROUBLE, f"Error: {line}\n")

    def test_what_goes_through_says_nothing(self, run):
        done = run("count", "7")
        assert (done.exit_code, done.output) == (0, "")


class TestTheSameErrorOfSeveralContracts:
    @pytest.fixture(autouse=True)
    def nothing_learned(self, monkeypatch):
        for name in ("_known", "_explained", "_unread"):
            monkeypatch.setattr(refusal, name, {})

    def test_is_explained_by_each(self, lab):
        """Who raised it is not in the data: a sentence that may be another's would mislead."""
        side = Lab(lab.engine, artifacts())
        left = side.deploy("Left", sender=side.actor("clerk"))
        assert said(left.refuse, sender=side.actor("clerk")) == (
            "Left.refuse was refused: Shared(): The left one refuses, or: The right one refuses"
        )

    def test_is_explained_by_the_one_that_is_known(self, lab):
        actor = lab.actor("clerk")
        left = blueprint_of(artifacts()["Left"]).deploy(lab.engine, sender=actor)
        assert said(left.refuse, sender=actor) == "Left.refuse was refused: Shared(): The left one refuses"

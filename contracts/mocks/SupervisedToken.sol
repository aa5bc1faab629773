// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ICompliance} from "interfaces/ICompliance.sol";
import {NoteIndex} from "interfaces/IDistributor.sol";
import {Cash} from "interfaces/ITrancheNote.sol";
import {ERC20} from "@openzeppelin/contracts/token/ERC20/ERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Address} from "@openzeppelin/contracts/utils/Address.sol";

/// @title Stands in for another issuer's ERC-3643 token that earns nothing: pause, freezes whole and in part, a fee on transfers,
///        and a call back in the middle of one; here anybody decides
contract SupervisedToken is ERC20 {
    using Address for address;

    error Held(address holder, uint256 free, uint256 units);
    error Paused();

    ICompliance public immutable compliance;
    IERC20 public immutable settlement;

    bool public paused;
    mapping(address holder => bool) public isFrozen;
    mapping(address holder => uint256 units) public getFrozenTokens;

    uint256 private _fee;
    address private _target;
    bytes private _call;
    bool public obeyed;

    constructor(ICompliance compliance_, IERC20 settlement_) ERC20("Supervised", "SUPER") {
        compliance = compliance_;
        settlement = settlement_;
    }

    function mint(address to, uint256 units) external {
        _mint(to, units);
    }

    /// @notice Takes units without asking, as an issuer's agent can.
    function seize(address from, uint256 units) external {
        _burn(from, units);
    }

    function pause(bool paused_) external {
        paused = paused_;
    }

    function freeze(address holder, bool frozen, uint256 units) external {
        isFrozen[holder] = frozen;
        getFrozenTokens[holder] = units;
    }

    /// @notice So many units of every transfer are lost.
    function charge(uint256 fee) external {
        _fee = fee;
    }

    /// @notice Makes this call in the middle of the next transfer.
    function arm(address target, bytes calldata data) external {
        (_target, _call, obeyed) = (target, data, false);
    }

    /// @notice Makes this call now, in the token's own name.
    function act(address target, bytes calldata data) external returns (bytes memory answer) {
        return target.functionCall(data);
    }

    function claimFor(address) external pure returns (uint256) {
        return 0;
    }

    function claimable(address) external pure returns (uint256) {
        return 0;
    }

    function paidTo(address) external pure returns (Cash memory) {
        return Cash(0, 0);
    }

    function mark(address) external pure returns (uint256, uint256, uint32) {
        return (0, 0, 0);
    }

    function indexOf(address) external pure returns (NoteIndex memory) {
        return NoteIndex(0, 0, 0, 0, 0);
    }

    function distributor() external view returns (SupervisedToken) {
        return this;
    }

    function _update(address from, address to, uint256 units) internal override {
        bool moved = from != address(0) && to != address(0);
        if (moved) {
            if (paused) revert Paused();
            uint256 free = isFrozen[from] ? 0 : balanceOf(from) - getFrozenTokens[from];
            if (units > free) revert Held(from, free, units);
        }
        uint256 fee = moved ? _fee : 0;
        super._update(from, to, units - fee);
        if (fee != 0) super._update(from, address(0), fee);
        if (!moved || _target == address(0)) return;
        address target = _target;
        _target = address(0);
        try this.act(target, _call) {
            obeyed = true;
        } catch {
            obeyed = false;
        }
    }
}

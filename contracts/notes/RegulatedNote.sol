// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {RegulatedUnits} from "contracts/notes/RegulatedUnits.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {IERC3643} from "interfaces/IERC3643.sol";
import {IIdentityRegistry} from "interfaces/IIdentityRegistry.sol";
import {IRegulatedCompliance} from "interfaces/IRegulatedCompliance.sol";
import {Act, IRegulatedNote} from "interfaces/IRegulatedNote.sol";
import {MAX_AMOUNT} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {ERC20, ERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/ERC20Permit.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Metadata} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Metadata.sol";
import {ERC165} from "@openzeppelin/contracts/utils/introspection/ERC165.sol";

contract RegulatedNote is RegulatedUnits, ERC165 {
    /* STORAGE */

    /// @inheritdoc IERC3643
    address public onchainID;

    // Empty while the names of the constructor stand.
    string private _otherName;
    string private _otherSymbol;

    /* CONSTRUCTOR */

    /// @param byAgents_ Agents mint and burn, and no offering issues: units of such a note earn nothing from the distributor.
    constructor(
        address authority,
        IDistributor distributor_,
        IRegulatedCompliance compliance_,
        bool byAgents_,
        string memory name_,
        string memory symbol_
    )
        ERC20(name_, symbol_)
        ERC20Permit(name_)
        AccessManaged(authority)
        RegulatedUnits(distributor_, compliance_, byAgents_)
    {
        emit IdentityRegistryAdded(address(identityRegistry));
        emit ComplianceAdded(address(compliance_));
        _tellNames();
    }

    /* OWNER */

    /// @inheritdoc IERC3643
    function setName(string calldata name_) external restricted {
        _otherName = name_;
        _tellNames();
    }

    /// @inheritdoc IERC3643
    function setSymbol(string calldata symbol_) external restricted {
        _otherSymbol = symbol_;
        _tellNames();
    }

    /// @inheritdoc IERC3643
    function setOnchainID(address onchainID_) external restricted {
        onchainID = onchainID_;
        _tellNames();
    }

    /// @inheritdoc IERC3643
    function setIdentityRegistry(address identityRegistry_) external restricted {
        identityRegistry = IIdentityRegistry(identityRegistry_);
        emit IdentityRegistryAdded(identityRegistry_);
        _asked.compliance.useRegistry(identityRegistry_);
    }

    /// @inheritdoc IERC3643
    function setCompliance(address compliance_) external restricted {
        IRegulatedCompliance old = _asked.compliance;
        _asked.compliance = IRegulatedCompliance(compliance_);
        emit ComplianceAdded(compliance_);
        old.unbindToken(address(this));
        address bound = IRegulatedCompliance(compliance_).getTokenBound();
        if (bound != address(this)) revert IRegulatedCompliance.NotTheToken(address(this), bound);
        if (IRegulatedCompliance(compliance_).registry() == address(identityRegistry)) return;
        IRegulatedCompliance(compliance_).useRegistry(address(identityRegistry));
    }

    /* AGENTS */

    /// @inheritdoc IERC3643
    function pause() external {
        _onlyAgent();
        _asked.paused = true;
        emit Paused(msg.sender);
    }

    /// @inheritdoc IERC3643
    function unpause() external {
        _onlyAgent();
        _asked.paused = false;
        emit Unpaused(msg.sender);
    }

    /// @inheritdoc IERC3643
    function mint(address to, uint256 amount) public {
        _onlyMaker();
        uint256 supply = totalSupply();
        if (amount > MAX_AMOUNT - supply) revert AboveLimit(amount, MAX_AMOUNT - supply);
        _mint(to, amount);
    }

    /// @inheritdoc IERC3643
    function burn(address userAddress, uint256 amount) public {
        _onlyMaker();
        _freeFor(userAddress, amount);
        _burn(userAddress, amount);
    }

    /// @inheritdoc IERC3643
    function setAddressFrozen(address userAddress, bool freeze) public {
        _onlyAgent();
        _setFrozen(userAddress, freeze);
    }

    /// @inheritdoc IERC3643
    function freezePartialTokens(address userAddress, uint256 amount) public {
        _onlyAgent();
        _freezeUnits(userAddress, amount);
        emit Supervision(Act.FREEZE_UNITS, userAddress, address(0), amount, 0, 0, 0);
    }

    /// @inheritdoc IERC3643
    function unfreezePartialTokens(address userAddress, uint256 amount) public {
        _onlyAgent();
        _freeUnits(userAddress, amount);
        emit Supervision(Act.UNFREEZE_UNITS, userAddress, address(0), amount, 0, 0, 0);
    }

    /// @inheritdoc IERC3643
    function forcedTransfer(address from, address to, uint256 amount) public returns (bool) {
        _onlyAgent();
        _force(from, to, amount);
        return true;
    }

    /// @inheritdoc IERC3643
    function recoveryAddress(address lostWallet, address newWallet, address investorOnchainID) external returns (bool) {
        _onlyAgent();
        uint256 units = _recoverUnits(lostWallet, newWallet, investorOnchainID);
        emit Supervision(Act.RECOVER, lostWallet, newWallet, units, 0, 0, 0);
        return true;
    }

    /* BATCHES */

    /// @inheritdoc IERC3643
    function batchTransfer(address[] calldata toList, uint256[] calldata amounts) external {
        _alike(toList.length, amounts.length);
        for (uint256 i; i < toList.length; ++i) transfer(toList[i], amounts[i]);
    }

    /// @inheritdoc IERC3643
    function batchForcedTransfer(
        address[] calldata fromList,
        address[] calldata toList,
        uint256[] calldata amounts
    ) external {
        _alike(fromList.length, toList.length);
        _alike(fromList.length, amounts.length);
        for (uint256 i; i < fromList.length; ++i) forcedTransfer(fromList[i], toList[i], amounts[i]);
    }

    /// @inheritdoc IERC3643
    function batchMint(address[] calldata toList, uint256[] calldata amounts) external {
        _alike(toList.length, amounts.length);
        for (uint256 i; i < toList.length; ++i) mint(toList[i], amounts[i]);
    }

    /// @inheritdoc IERC3643
    function batchBurn(address[] calldata userAddresses, uint256[] calldata amounts) external {
        _alike(userAddresses.length, amounts.length);
        for (uint256 i; i < userAddresses.length; ++i) burn(userAddresses[i], amounts[i]);
    }

    /// @inheritdoc IERC3643
    function batchSetAddressFrozen(address[] calldata userAddresses, bool[] calldata freeze) external {
        _alike(userAddresses.length, freeze.length);
        for (uint256 i; i < userAddresses.length; ++i) setAddressFrozen(userAddresses[i], freeze[i]);
    }

    /// @inheritdoc IERC3643
    function batchFreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external {
        _alike(userAddresses.length, amounts.length);
        for (uint256 i; i < userAddresses.length; ++i) freezePartialTokens(userAddresses[i], amounts[i]);
    }

    /// @inheritdoc IERC3643
    function batchUnfreezePartialTokens(address[] calldata userAddresses, uint256[] calldata amounts) external {
        _alike(userAddresses.length, amounts.length);
        for (uint256 i; i < userAddresses.length; ++i) unfreezePartialTokens(userAddresses[i], amounts[i]);
    }

    /* VIEWS */

    /// @notice Name of the note.
    function name() public view override returns (string memory) {
        return bytes(_otherName).length == 0 ? super.name() : _otherName;
    }

    /// @notice Symbol of the note.
    function symbol() public view override returns (string memory) {
        return bytes(_otherSymbol).length == 0 ? super.symbol() : _otherSymbol;
    }

    /// @inheritdoc IERC3643
    function version() public pure returns (string memory) {
        return "4.1.6"; // of T-REX, whose calls these are
    }

    /// @inheritdoc IERC3643
    function paused() external view returns (bool) {
        return _asked.paused;
    }

    /// @notice Answers for ERC-20 and ERC-3643.
    function supportsInterface(bytes4 interfaceId) public view override returns (bool) {
        return
            interfaceId == type(IERC3643).interfaceId ||
            interfaceId == type(IERC20).interfaceId ||
            interfaceId == type(IERC20Metadata).interfaceId ||
            interfaceId == type(IRegulatedNote).interfaceId ||
            super.supportsInterface(interfaceId);
    }

    /* INTERNAL */

    function _tellNames() private {
        emit UpdatedTokenInformation(name(), symbol(), decimals(), version(), onchainID);
    }

    function _onlyMaker() private view {
        _onlyAgent();
        if (!byAgents) revert OtherIssue(byAgents);
    }

    function _alike(uint256 one, uint256 other) private pure {
        if (one != other) revert DifferentLengths(one, other);
    }
}

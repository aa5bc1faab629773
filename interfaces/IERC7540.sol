// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

/// @title ERC-7540, operators: ERC-165 id 0xe3bc4e65
interface IERC7540Operator {
    /// @notice `controller` lets `operator` act for it at this gate, or no longer.
    event OperatorSet(address indexed controller, address indexed operator, bool approved);

    /// @notice Lets `operator` request, cancel and claim for the caller, or no longer.
    /// @dev Warning: an operator can send what is claimable to any wallet that compliance admits.
    function setOperator(address operator, bool approved) external returns (bool);

    /// @notice Whether `operator` may act for `controller`.
    function isOperator(address controller, address operator) external view returns (bool status);
}

/// @title ERC-7575, a vault whose share is another contract: ERC-165 id 0x2f0a18c5
interface IERC7575 {
    /// @notice Cash came out of a request and became units: claimed, not asked. Settlement units, note units.
    event Deposit(address indexed sender, address indexed owner, uint256 assets, uint256 shares);

    /// @notice Units that ended became cash: claimed, not asked. Settlement units, note units.
    event Withdraw(
        address indexed sender,
        address indexed receiver,
        address indexed owner,
        uint256 assets,
        uint256 shares
    );

    /// @notice The settlement asset.
    function asset() external view returns (address assetTokenAddress);

    /// @notice The note.
    function share() external view returns (address shareTokenAddress);

    /// @notice Units that so much cash was worth at the last settlement, down; at par before the first one and where units were
    ///         worth nothing. Says nothing of the next one.
    function convertToShares(uint256 assets) external view returns (uint256 shares);

    /// @notice Cash that so many units were worth at the last settlement, down. Says nothing of the next one.
    function convertToAssets(uint256 shares) external view returns (uint256 assets);

    /// @notice What all units there are were worth at the price of the last settlement, settlement units, down.
    function totalAssets() external view returns (uint256 totalManagedAssets);

    /// @notice Cash of entry that `controller` can claim units for now; 0 while paused or frozen.
    function maxDeposit(address controller) external view returns (uint256 maxAssets);

    /// @notice Never answers: nobody knows the price of an epoch before it is settled.
    function previewDeposit(uint256 assets) external view returns (uint256 shares);

    /// @notice As the form with a controller, for the caller.
    function deposit(uint256 assets, address receiver) external returns (uint256 shares);

    /// @notice Units that `controller` can claim now; 0 while paused or frozen.
    function maxMint(address controller) external view returns (uint256 maxShares);

    /// @notice Never answers, as `previewDeposit`.
    function previewMint(uint256 shares) external view returns (uint256 assets);

    /// @notice As the form with a controller, for the caller.
    function mint(uint256 shares, address receiver) external returns (uint256 assets);

    /// @notice Cash of exits that `controller` can claim now; 0 while frozen.
    function maxWithdraw(address controller) external view returns (uint256 maxAssets);

    /// @notice Never answers, as `previewDeposit`.
    function previewWithdraw(uint256 assets) external view returns (uint256 shares);

    /// @notice Claims `assets` of cash, settlement units. Rounded up in units, against the receiver.
    function withdraw(uint256 assets, address receiver, address controller) external returns (uint256 shares);

    /// @notice Ended units whose cash `controller` can claim now; 0 while frozen.
    function maxRedeem(address controller) external view returns (uint256 maxShares);

    /// @notice Never answers, as `previewDeposit`.
    function previewRedeem(uint256 shares) external view returns (uint256 assets);

    /// @notice Claims the cash of `shares` ended units. Rounded down, against the receiver; the last piece takes all.
    function redeem(uint256 shares, address receiver, address controller) external returns (uint256 assets);
}

/// @title ERC-7540, asynchronous deposits: ERC-165 id 0xce3bbe50
interface IERC7540Deposit {
    /// @notice `assets` settlement units of `owner` wait for units of `controller`.
    event DepositRequest(
        address indexed controller,
        address indexed owner,
        uint256 indexed requestId,
        address sender,
        uint256 assets
    );

    /// @notice Brings `assets` settlement units to wait for the epoch that is open.
    /// @return requestId Always 0: what a controller asks is one.
    function requestDeposit(uint256 assets, address controller, address owner) external returns (uint256 requestId);

    /// @notice Cash of `controller` that waits, settlement units.
    function pendingDepositRequest(uint256 requestId, address controller) external view returns (uint256 pendingAssets);

    /// @notice Cash of `controller` for which units can be claimed, settlement units.
    function claimableDepositRequest(
        uint256 requestId,
        address controller
    ) external view returns (uint256 claimableAssets);

    /// @notice Claims units for `assets` of claimable cash. Rounded down, against the receiver; the last piece takes all.
    function deposit(uint256 assets, address receiver, address controller) external returns (uint256 shares);

    /// @notice Claims `shares` units. The claimable cash falls rounded up.
    function mint(uint256 shares, address receiver, address controller) external returns (uint256 assets);
}

/// @title ERC-7540, asynchronous redemptions: ERC-165 id 0x620ee8e4
interface IERC7540Redeem {
    /// @notice `shares` units of `owner` wait for cash of `controller`.
    event RedeemRequest(
        address indexed controller,
        address indexed owner,
        uint256 indexed requestId,
        address sender,
        uint256 shares
    );

    /// @notice Moves `shares` units to the gate to wait for the epoch that is open.
    /// @return requestId Always 0: what a controller asks is one.
    function requestRedeem(uint256 shares, address controller, address owner) external returns (uint256 requestId);

    /// @notice Units of `controller` that wait.
    function pendingRedeemRequest(uint256 requestId, address controller) external view returns (uint256 pendingShares);

    /// @notice Units of `controller` that ended and whose cash can be claimed.
    function claimableRedeemRequest(
        uint256 requestId,
        address controller
    ) external view returns (uint256 claimableShares);
}

/// @title ERC-7887, cancelling a request of entry: ERC-165 id 0x8bf840e3
interface IERC7540CancelDeposit {
    /// @notice The request of entry of `controller` is cancelled, its cash waits to be taken back.
    event CancelDepositRequest(address indexed controller, uint256 indexed requestId, address sender);

    /// @notice Cash of a cancelled request was taken back, settlement units.
    event CancelDepositClaim(
        address indexed controller,
        address indexed receiver,
        uint256 indexed requestId,
        address sender,
        uint256 assets
    );

    /// @notice Cancels what waits of entries, as a whole, before the cut-off.
    function cancelDepositRequest(uint256 requestId, address controller) external;

    /// @notice Always false: a request is cancelled at once.
    function pendingCancelDepositRequest(uint256 requestId, address controller) external view returns (bool isPending);

    /// @notice Cash that waits to be taken back, settlement units.
    function claimableCancelDepositRequest(
        uint256 requestId,
        address controller
    ) external view returns (uint256 claimableAssets);

    /// @notice Pays all cash of cancelled requests to `receiver`.
    function claimCancelDepositRequest(
        uint256 requestId,
        address receiver,
        address controller
    ) external returns (uint256 assets);
}

/// @title ERC-7887, cancelling a request of exit: ERC-165 id 0xe76cffc7
interface IERC7540CancelRedeem {
    /// @notice The request of exit of `controller` is cancelled, its units wait to be taken back.
    event CancelRedeemRequest(address indexed controller, uint256 indexed requestId, address sender);

    /// @notice Units of a cancelled request were taken back.
    event CancelRedeemClaim(
        address indexed controller,
        address indexed receiver,
        uint256 indexed requestId,
        address sender,
        uint256 shares
    );

    /// @notice Cancels what waits of exits, as a whole, before the cut-off.
    function cancelRedeemRequest(uint256 requestId, address controller) external;

    /// @notice Always false: a request is cancelled at once.
    function pendingCancelRedeemRequest(uint256 requestId, address controller) external view returns (bool isPending);

    /// @notice Units that wait to be taken back.
    function claimableCancelRedeemRequest(
        uint256 requestId,
        address controller
    ) external view returns (uint256 claimableShares);

    /// @notice Sends all units of cancelled requests to `receiver`, to whom the controller's units may go.
    function claimCancelRedeemRequest(
        uint256 requestId,
        address receiver,
        address controller
    ) external returns (uint256 shares);
}

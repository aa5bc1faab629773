// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";

/// @notice What a run, or the closing, gives to the holders of one note.
/// @param interest Settlement units.
/// @param principal Settlement units.
struct Share {
    address note;
    uint256 interest;
    uint256 principal;
}

/// @notice What somebody who is no holder gets: the seller, the payee of a fee, the owner of dust. Settlement units.
struct Credit {
    address account;
    uint256 cash;
}

/// @notice Where the cash of a note's holders stands.
/// @param total Cumulative cash a unit, interest and principal together, in parts of a settlement unit. Never falls.
/// @param principal The same of principal alone; interest is the difference.
/// @param interestRemainder Parts of a settlement unit that wait for the next distribution of interest.
/// @param principalRemainder The same of principal.
/// @param snapshots How many votes were called.
struct NoteIndex {
    uint256 total;
    uint256 principal;
    uint256 interestRemainder;
    uint256 principalRemainder;
    uint32 snapshots;
}

/// @title The cash of a deal in one place: of all holders, of all who have a credit, of the deal itself, and of its sales of loans
/// @notice An index grows by (cash * P + remainder) / units, down, P = 2^34 * 3^10 * 5^28 * 7^4; what does not divide waits. So
///         a distribution costs the same for ten holders and for a million, and moves no token.
/// @dev Assumptions on the settlement asset, checked where cash enters (`LoanPool.report`, `Offering.order`): it moves what it
///      says, balances don't change by themselves.
interface IDistributor {
    /// @notice From now on `waterfall` says whose the cash is.
    event Appointed(address indexed waterfall);

    /// @notice From now on `house` says what is paid of cash that stands here apart.
    event HouseAppointed(address indexed house);

    /// @notice Cash was spread over all units of `note`.
    event Distributed(
        address indexed note,
        uint256 interest,
        uint256 principal,
        uint256 totalIndex,
        uint256 principalIndex
    );

    /// @notice `account` may have `cash` settlement units more.
    event Credited(address indexed account, uint256 cash);

    /// @notice `account` was paid what it was credited with.
    event CreditPaid(address indexed account, uint256 cash);

    /// @notice `account` was paid cash that stood here for the house.
    event Released(address indexed account, uint256 cash);

    /// @notice Nothing was ever distributed to the caller: it is no note of this deal.
    error NotANote(address caller);

    error NotTheWaterfall(address caller, address waterfall);
    error AlreadyAppointed(address appointed);

    error NotTheHouse(address caller, address house);

    /// @notice Of what is here only `spare` settlement units are neither holders' nor credited, the deal's or still to be run.
    error NotSpare(uint256 cash, uint256 spare);

    /// @notice A note says its units once.
    error AlreadyOpen(address note);

    /// @notice `note` was never given so much; settlement units.
    error NotGivenYet(address note, uint256 interest, uint256 principal);

    /// @notice Units of a book that was never opened can't change.
    error NotOpen(address note);

    /// @notice Cash of nobody's notes would be lost.
    error NoUnits(address note);

    /// @notice Says whose `book` is obeyed, once and for all: no later role can move the cash. Only the offering, at closing.
    function appoint(address waterfall) external;

    /// @notice Says who sells loans, once and for all. Only the admin.
    function appointHouse(address house) external;

    /// @notice The caller is a note of so many units: cash that is ever given to it is spread over them. Once.
    /// @dev By any contract: only notes that the waterfall names are ever given cash.
    function openBook(uint256 units) external;

    /// @notice From now on the caller, a note, is of so many units. What its indices have reached stays; the remainder of each,
    ///         less than one part of a settlement unit a unit, is nobody's.
    /// @dev Only an evergreen note calls this, when an epoch is settled; a book whose units never change costs as before.
    function resize(uint256 units) external;

    /// @notice Makes room for accounts that will be credited, so that the first credit costs what later ones do. By anyone;
    ///         nothing else changes.
    function openAccounts(address[] calldata accounts) external;

    /// @notice Takes `received` settlement units into the books, which came here before, and gives shares and credits out of
    ///         them and of what the deal has. Only the waterfall.
    /// @dev Warning: that `received` has come is not measured here; pool and offering measure it when it comes.
    function book(uint256 received, Share[] calldata shares, Credit[] calldata credits) external;

    /// @notice Remembers all balances of a note at this moment, for a vote that is open until then (seconds). Only the vote.
    /// @return snapshot Its number, from 1.
    function snapshotOf(address note, uint40 until) external returns (uint32 snapshot);

    /// @notice Pays the credit of `account` to it. By anyone. Nothing is a valid payment.
    /// @return cash Settlement units.
    function payCredit(address account) external returns (uint256 cash);

    /// @notice Pays `cash` settlement units to a holder. Only a note, which keeps the books of its holders.
    /// @dev Warning: a note is trusted to pay no more than was earned.
    function payHolder(address holder, uint256 cash) external;

    /// @notice The same for one of many: where the settlement asset refuses, nothing happens and false is returned.
    function tryPayHolder(address holder, uint256 cash) external returns (bool paid);

    /// @notice Pays `cash` settlement units that stand here for the house: bids, deposits, and what cases brought for others than
    ///         the pool. Only the house, and nothing of what is in the books of distributor and pool.
    function release(address account, uint256 cash) external;

    /// @notice What stands here and is in the books of neither distributor nor pool: the house's, and what anybody sent unasked. Settlement
    ///         units.
    function spare() external view returns (uint256);

    /// @notice What tells a note whether anything happened since a holder was brought up to date.
    /// @param interest Ever given to the note, settlement units.
    /// @param principal The same.
    /// @param snapshot Number of the last snapshot while its vote may be open, up to a day longer; else 0.
    function mark(address note) external view returns (uint256 interest, uint256 principal, uint32 snapshot);

    /// @notice What both indices of `note` have grown since it had been given so much (settlement units; 0: since closing), in
    ///         parts of a settlement unit, each index rounded down. More than was ever given is refused.
    function growthSince(
        address note,
        uint256 interestSeen,
        uint256 principalSeen
    ) external view returns (uint256 interest, uint256 principal);

    /// @notice The same between two moments of the past, each told by what the note had been given then.
    function growthBetween(
        address note,
        uint256 interestFrom,
        uint256 principalFrom,
        uint256 interestTo,
        uint256 principalTo
    ) external view returns (uint256 interest, uint256 principal);

    /// @notice All that is kept of a note.
    function indexOf(address note) external view returns (NoteIndex memory);

    /// @notice What the holders of `note` were ever given, settlement units.
    function given(address note) external view returns (uint256 interest, uint256 principal);

    /// @notice What `payCredit` would pay, settlement units.
    function creditOf(address account) external view returns (uint256);

    /// @notice Cash of the holders by the books: distributed less paid, settlement units.
    function heldForHolders() external view returns (uint256);

    /// @notice Cash of those with a credit by the books, settlement units.
    function heldForCredits() external view returns (uint256);

    /// @notice Cash of the deal by the books: reserve, revolving account and what no step took. Settlement units.
    /// @dev Cash that was reported and not run stands here too and is in the books of the pool (`LoanPool.cashToRun`).
    function heldForDeal() external view returns (uint256);

    /// @notice Who sells loans, and says what is paid of cash that stands here apart; nobody in a deal that sells none.
    function house() external view returns (address);

    /// @notice Who says whose the cash is; nobody before closing.
    function waterfall() external view returns (address);

    /// @notice The asset in which everybody is paid.
    function settlement() external view returns (IERC20);
}

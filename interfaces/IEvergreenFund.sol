// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IOffering} from "interfaces/IOffering.sol";
import {IValueSource} from "interfaces/IValueSource.sol";
import {Period} from "interfaces/Types.sol";

/// @notice What an evergreen deal says beside its cash rules.
/// @param every Periods of an epoch.
/// @param cutOff Seconds before the end of an epoch's last period from which requests wait for the next one.
/// @param rate At which the plan is discounted, a year, WAD.
/// @param fees What fees take of collections to come, WAD.
/// @param changeable What the manager may change.
struct EvergreenTerms {
    uint32 every;
    uint40 cutOff;
    uint64 rate;
    uint64 fees;
    Changeable changeable;
}

/// @notice What of the terms may change, from the epoch after the open one on: the open one is that of a request of now.
/// @param limits Least value below a tranche, as a share of all, WAD; one a tranche but the most junior, 0 for none.
/// @param seniorFirst Exits share cash by seniority; else pro rata.
/// @param source Who values the loans; nobody where the plan does.
struct Changeable {
    uint64[] limits;
    bool seniorFirst;
    IValueSource source;
}

/// @notice A value of the loans at the end of a period, with the totals to date then: rule 11 of docs/evergreen.md. Settlement units.
/// @param came Net collections less what was recovered.
struct Mark {
    uint256 value;
    Period period;
    uint112 came;
    uint112 writtenOff;
    uint256 balance;
}

/// @title The fund of an evergreen deal: when an epoch is open, what the pool is worth, who comes in and who leaves
/// @notice docs/evergreen.md is its text. An epoch is settled for all tranches at once, by anyone, whatever the number of requests.
/// @dev Warning: the value of the pool follows from the servicer's reports and the plan, or from the value source; both are
///      trusted with every price.
interface IEvergreenFund {
    /// @notice An epoch was settled at the end of `period`. Settlement units and note units, one a tranche.
    /// @param loans What the loans are worth.
    /// @param nav Net asset value.
    event EpochSettled(
        uint32 indexed epoch,
        Period period,
        uint256 loans,
        uint256 nav,
        uint256[] entered,
        uint256[] made,
        uint256[] ended,
        uint256[] paid
    );

    /// @notice The loans are worth `value` settlement units at the end of `period`, after a purchase or by the value source.
    event Marked(Period indexed period, uint256 value);

    /// @notice A loss of so many settlement units is to come.
    event WriteOffAnnounced(uint256 loss);

    /// @notice Requests, claims of units and settlement stop, or go on.
    event PauseSet(bool paused);

    /// @notice These terms are those of `epoch` and all after it.
    event Changed(uint32 indexed epoch, Changeable terms);

    error RequestsPaused();
    error NotRevolving();

    /// @notice No period is left for an epoch after this one.
    error NoFurtherEpoch(uint32 epoch);

    /// @notice An epoch is being settled.
    error Settling();

    /// @notice The last period run is before the epoch's end period.
    error EpochNotOver(Period end, Period run);

    /// @notice A period is reported and not run.
    error NotRun(Period run, Period reported);

    /// @notice Somebody reported the period as missing: it sets no price.
    error PeriodMissing(Period period);

    /// @notice The next period is over and not reported: the last one is too old to set a price.
    error NextPeriodOver(Period next);

    /// @notice The value source's observation is of another period, before a purchase or the period's end, or of a time to come.
    error ValueNotUsable(Period period, uint40 observedAt);

    error AboveLimit(uint256 given, uint256 allowed);
    error NotTheWaterfall(address caller, address waterfall);

    /// @notice The terms can't work: epochs of no period, a cut-off as long as a period, a rate or fee above WAD, or limits that are
    ///         not one a tranche but the last, each below WAD.
    error TermsInvalid();

    /// @notice A change that takes effect with `epoch` waits since before the cut-off; another one waits until it is in force.
    error ChangePending(uint32 epoch);

    /// @notice A note of the deal has no gate of this fund.
    error NoGate(address note);

    /// @notice Settles the epoch: by anyone, once the end of its last period is reported and run.
    /// @dev Warning: the house that sells loans is trusted to say what it exposes. No unit of a tranche that this may reach enters
    ///      or leaves.
    function settle() external;

    /// @notice Says that a loss of so many settlement units is to come, in place of what was said before; 0 for none. Only the
    ///         servicer.
    /// @dev Warning: until the runs have booked it no unit of a tranche that it reaches enters or leaves. What disposals may lose
    ///      counts beside it: it is not announced again.
    function announceWriteOff(uint256 loss) external;

    /// @notice Stops requests, claims of units and settlement, or lets them go on. Only the transfer agent.
    function setPaused(bool paused) external;

    /// @notice Changes terms from the epoch after the open one on, in which a request of now would wait. Only the manager.
    function change(Changeable calldata terms) external;

    /// @notice Further loans were bought at `price` settlement units: a new mark. Only the waterfall.
    function bought(uint256 price) external;

    /// @notice The epoch in which a request of now waits. Reverts where none may be made.
    function openEpoch() external view returns (uint32);

    /// @notice Whether a request that waits in `epoch` can be cancelled now.
    function mayCancel(uint256 epoch) external view returns (bool);

    /// @notice Whether requests, claims of units and settlement are stopped.
    function paused() external view returns (bool);

    /// @notice The epoch that is next to be settled, its last period, and its cut-off, seconds. No period: there is none.
    function epoch() external view returns (uint32 number, Period end, uint256 cutOff);

    /// @notice Loans and net asset value at the end of the last period run, settlement units. By the plan: an observation counts
    ///         once an epoch is settled on it.
    function value() external view returns (uint256 loans, uint256 nav);

    /// @notice Value of each tranche then, and whether it is closed for now.
    function trancheValues() external view returns (uint256[] memory values, bool[] memory closed);

    /// @notice The plan's value at the end of a period, settlement units.
    function presentValue(Period period) external view returns (uint256);

    /// @notice Where the value of the loans was last set.
    function mark() external view returns (Mark memory);

    /// @notice The losses that are open, settlement units: what was announced and is not booked by now, and what disposals lost
    ///         since the last report or may lose (rule 16).
    function announced() external view returns (uint256);

    /// @notice The terms of the epoch that is next to be settled.
    function terms() external view returns (EvergreenTerms memory);

    /// @notice Who sold the notes.
    function offering() external view returns (IOffering);
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {ExactPull} from "contracts/ExactPull.sol";
import {Reports} from "contracts/pool/Reports.sol";
import {TapeClasses} from "contracts/pool/TapeClasses.sol";
import {TapeLeaves} from "contracts/pool/TapeLeaves.sol";
import {IDistributor} from "interfaces/IDistributor.sol";
import {
    ClassTotal,
    Correction,
    Field,
    FurtherTape,
    ILoanPool,
    Loan,
    PeriodFigures,
    PeriodRecord,
    PoolTerms,
    Report,
    TapeCommitment
} from "interfaces/ILoanPool.sol";
import {Proceeds} from "interfaces/Proceeds.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {MAX_AMOUNT, Period, Wad, WAD} from "interfaces/Types.sol";
import {AccessManaged} from "@openzeppelin/contracts/access/manager/AccessManaged.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

contract LoanPool is ILoanPool, AccessManaged {
    using ExactPull for IERC20;
    using Reports for Report;
    using Reports for Correction;
    using Reports for PeriodRecord;

    /* IMMUTABLES */

    /// @inheritdoc ILoanPool
    IERC20 public immutable settlement;

    /// @inheritdoc ILoanPool
    IDistributor public immutable distributor;

    /// @inheritdoc ILoanPool
    address public immutable seller;

    /// @inheritdoc ILoanPool
    uint256 public immutable purchasePrice;

    /// @inheritdoc ILoanPool
    bytes32 public immutable tapeRoot;

    /// @inheritdoc ILoanPool
    Period public immutable periodCount;

    /// @inheritdoc ILoanPool
    Wad public immutable carryingRatio;

    uint256 private immutable _firstLoans;
    uint256 private immutable _firstBalance;
    uint40 private immutable _grace;

    /* STORAGE */

    /// @inheritdoc ILoanPool
    address public waterfall;

    /// @inheritdoc ILoanPool
    Period public lastReported;

    // With the two above, whether a claim ever moved, and what is awaited in one slot: a report reads all.
    uint32 private _furtherLoans;
    bool private _lastIsIn;
    bool private _claimsMoved;

    /// @inheritdoc ILoanPool
    uint16 public awaited;

    uint112 private _furtherBalance;
    int120 private _movedBalance;
    bool private _mayMove; // since there is a house: the first claim that moves finds its slot written

    /// @inheritdoc ILoanPool
    address public house;

    /// @dev Cumulative, so that any ratio to date is two reads; period 0 is the closing date with nothing planned.
    mapping(Period period => PeriodRecord record) private _records;

    ClassTotal[] private _classes;
    FurtherTape[] private _further;

    /* CONSTRUCTOR */

    constructor(address authority, IDistributor distributor_, PoolTerms memory terms) AccessManaged(authority) {
        if (terms.seller == address(0)) revert NoSeller();
        TapeCommitment memory tape = terms.tape;
        if (tape.root == 0 || tape.loanCount == 0) revert EmptyTape(tape.root, tape.loanCount);
        settlement = distributor_.settlement();
        if (terms.settlement != settlement) revert OtherSettlement(terms.settlement, settlement);
        carryingRatio = terms.carryingRatio;
        if (carryingRatio.value() == 0 || carryingRatio.value() > WAD) revert WrongCarryingRatio(carryingRatio, WAD);
        distributor = distributor_;
        seller = terms.seller;
        purchasePrice = terms.purchasePrice;
        tapeRoot = tape.root;
        _firstLoans = tape.loanCount;
        _firstBalance = tape.grossBalance;
        _grace = terms.grace;
        TapeClasses.commit(_classes, tape);
        periodCount = Reports.schedule(_records, terms);
    }

    /* PURCHASE */

    /// @inheritdoc ILoanPool
    function purchase(address waterfall_) external restricted {
        if (purchased()) revert AlreadyPurchased();
        uint256 closing = _records[Period.wrap(0)].end;
        if (block.timestamp < closing) revert TooEarly(block.timestamp, closing);
        waterfall = waterfall_;
        emit Purchased(seller, purchasePrice);
    }

    /// @inheritdoc ILoanPool
    function buyFurther(FurtherTape calldata tape, uint256 price) external restricted returns (uint256 place) {
        if (!purchased()) revert NotPurchased();
        if (_lastIsIn) revert LastReportIsIn(lastReported);
        if (tape.root == 0 || tape.loanCount == 0) revert EmptyTape(tape.root, tape.loanCount);
        uint256 balance = grossBalance() + tape.grossBalance;
        if (balance > MAX_AMOUNT) revert AboveLimit(balance, MAX_AMOUNT);
        _furtherLoans += tape.loanCount;
        _furtherBalance += tape.grossBalance;
        _further.push(tape);
        place = _further.length;
        emit FurtherLoansBought(place, tape, price);

        IWaterfall(waterfall).spend(price);
    }

    /* PERIODS */

    /// @inheritdoc ILoanPool
    function report(Period period, Report calldata report_, Correction calldata correction) external restricted {
        _mayReport(period);
        _notBefore(_records[period].end);
        PeriodRecord storage current = _records[period];
        report_.check(loanCount(), periodCount, current.gross);
        current.add(_records[lastReported], report_);
        _correct(period, current, correction);
        if (report_.last) _end(current);
        _take(period, current, report_);

        settlement.moveExact(msg.sender, address(distributor), report_.gross - report_.costs);
    }

    /// @inheritdoc ILoanPool
    function reportMissing(Period period) external {
        _mayReport(period);
        PeriodRecord storage current = _records[period];
        _notBefore(uint256(current.end) + 2 * uint256(_grace) + 1);
        Report memory nothing;
        current.add(_records[lastReported], nothing);
        current.missing = true;
        emit ReportMissing(period, msg.sender);
        _take(period, current, nothing);
    }

    /// @inheritdoc ILoanPool
    function appointHouse(address house_) external restricted {
        if (house != address(0)) revert AlreadyAppointed(house);
        house = house_;
        _mayMove = true;
        emit HouseAppointed(house_);
    }

    /// @inheritdoc ILoanPool
    function awaitProceeds() external {
        _mayTake();
        if (awaited == type(uint16).max) revert TooManyAwaited(awaited);
        ++awaited;
    }

    /// @inheritdoc ILoanPool
    function takeProceeds(Proceeds calldata proceeds, uint112 elsewhere, bool done) external {
        _mayTake();
        if (done) --awaited;
        Period period = lastReported.next();
        uint256 writtenOff = _records[period].bring(_records[lastReported], proceeds, periodCount);
        emit ProceedsTaken(period, proceeds, writtenOff, done);
        if (elsewhere != 0) _records[period].exclude(elsewhere, period);
    }

    /// @inheritdoc ILoanPool
    function moveClaim(int120 claim) external {
        if (claim >= 0 || !isOver()) _mayTake();
        else if (msg.sender != house) revert NotTheHouse(msg.sender, house);
        _claimsMoved = true;
        _movedBalance += claim;
        emit ClaimMoved(claim);
    }

    /* PROOFS */

    /// @inheritdoc ILoanPool
    function verifyLoan(Loan calldata loan, bytes32[] calldata proof) public view returns (bool) {
        return TapeLeaves.verify(TapeLeaves.ofLoan(loan), proof, tapeRoot, _firstLoans);
    }

    /// @inheritdoc ILoanPool
    function verifyField(
        Field calldata field,
        bytes32[] calldata fieldProof,
        Loan calldata loan,
        bytes32[] calldata loanProof
    ) external view returns (bool) {
        bytes32 leaf = TapeLeaves.ofField(field);
        return TapeLeaves.verify(leaf, fieldProof, loan.fieldsRoot, loan.fieldCount) && verifyLoan(loan, loanProof);
    }

    /// @inheritdoc ILoanPool
    function verifyCollection(
        Period period,
        bytes32 fieldsRoot,
        uint256 cash,
        bytes32 salt,
        bytes32[] calldata proof
    ) external view returns (bool) {
        PeriodRecord storage reported = _records[period];
        bytes32 leaf = TapeLeaves.ofCollection(period, fieldsRoot, cash, salt);
        return TapeLeaves.verify(leaf, proof, reported.root, reported.loansPaying);
    }

    /// @inheritdoc ILoanPool
    function verifyFurtherLoan(
        uint256 place,
        Loan calldata loan,
        bytes32[] calldata proof
    ) external view returns (bool) {
        FurtherTape memory tape = furtherTape(place);
        return TapeLeaves.verify(TapeLeaves.ofLoan(loan), proof, tape.root, tape.loanCount);
    }

    /* VIEWS */

    /// @inheritdoc ILoanPool
    function tapeClasses() external view returns (ClassTotal[] memory) {
        return _classes;
    }

    /// @inheritdoc ILoanPool
    function record(Period period) external view returns (PeriodRecord memory) {
        if (period > periodCount) revert NoSuchPeriod(period, periodCount);
        return _records[period];
    }

    /// @inheritdoc ILoanPool
    function figures(Period period) external view returns (PeriodFigures memory found) {
        PeriodRecord storage current = _reported(period);
        if (period.number() == 0) revert NotReported(period, lastReported);
        PeriodRecord storage previous = _records[Period.wrap(uint32(period.number() - 1))];
        found.begin = previous.end;
        found.end = current.end;
        found.net = current.net - previous.net;
        found.loss = _lossTo(current) - _lossTo(previous);
        found.recovered = current.recovered - previous.recovered;
        found.grossBalance = grossBalance();
        found.balance = _balance(current, found.grossBalance);
        found.lossToDate = Math.saturatingSub(current.writtenOff, current.recovered);
        found.collectionRatio = Reports.ratio(current.net, current.planned);
        found.profitabilityRatio = current.closed ? Reports.ratio(current.closedValue, current.closedPlan) : WAD;
        found.late = current.late;
        found.last = current.last || !(periodCount > period);
    }

    /// @inheritdoc ILoanPool
    function collectionRatio(Period period) external view returns (uint256) {
        PeriodRecord storage reported = _reported(period);
        return Reports.ratio(reported.net, reported.planned);
    }

    /// @inheritdoc ILoanPool
    function profitabilityRatio(Period period) external view returns (uint256) {
        PeriodRecord storage reported = _reported(period);
        return Reports.ratio(reported.closedValue, reported.closedPlan);
    }

    /// @inheritdoc ILoanPool
    function poolBalance(Period period) external view returns (uint256) {
        return _balance(_reported(period), grossBalance());
    }

    /// @inheritdoc ILoanPool
    function cashToRun() external view returns (uint256) {
        if (!purchased()) return 0;
        uint256 open = _lastIsIn ? 0 : _records[lastReported.next()].net; // brought by proceeds
        return open + _records[lastReported].net - _records[IWaterfall(waterfall).lastRun()].net;
    }

    /// @inheritdoc ILoanPool
    function purchased() public view returns (bool) {
        return waterfall != address(0);
    }

    /// @inheritdoc ILoanPool
    function isRunning() external view returns (bool) {
        return purchased() && !_lastIsIn;
    }

    /// @inheritdoc ILoanPool
    function isOver() public view returns (bool) {
        return _lastIsIn && IWaterfall(waterfall).lastRun() == lastReported;
    }

    /// @inheritdoc ILoanPool
    function loanCount() public view returns (uint256) {
        return _firstLoans + _furtherLoans;
    }

    /// @inheritdoc ILoanPool
    function grossBalance() public view returns (uint256) {
        if (_furtherLoans == 0 && !_claimsMoved) return _firstBalance; // no further tape is without loans
        return uint256(int256(_firstBalance + _furtherBalance) + _movedBalance); // no more moves out than there is
    }

    /// @inheritdoc ILoanPool
    function furtherTape(uint256 place) public view returns (FurtherTape memory) {
        if (place == 0 || place > _further.length) revert NoSuchTape(place, _further.length);
        return _further[place - 1];
    }

    /// @inheritdoc ILoanPool
    function furtherTapes() external view returns (uint256) {
        return _further.length;
    }

    /* INTERNAL */

    function _mayTake() private view {
        if (msg.sender != house) revert NotTheHouse(msg.sender, house);
        if (!purchased()) revert NotPurchased();
        if (_lastIsIn) revert LastReportIsIn(lastReported);
    }

    function _mayReport(Period period) private view {
        if (!purchased()) revert NotPurchased();
        if (period > periodCount) revert NoSuchPeriod(period, periodCount);
        if (period != lastReported.next()) revert WrongPeriod(period, lastReported.next());
        if (_lastIsIn) revert LastReportIsIn(lastReported);
    }

    function _notBefore(uint256 earliest) private view {
        if (block.timestamp < earliest) revert TooEarly(block.timestamp, earliest);
    }

    function _take(Period period, PeriodRecord storage current, Report memory given) private {
        current.late = block.timestamp > uint256(current.end) + _grace;
        current.closed = current.closedValue != 0 || current.closedPlan != 0;
        lastReported = period;
        if (given.last || period == periodCount) {
            if (awaited != 0) revert ProceedsAwaited(awaited);
            _lastIsIn = true;
        }
        emit Reported(period, given, current.late);
    }

    function _correct(Period period, PeriodRecord storage current, Correction calldata correction) private {
        Period earlier = correction.period;
        if (earlier.number() == 0) {
            if (!correction.saysNothing()) revert CorrectionDoesNotAddUp(correction, lastReported);
            return;
        }
        if (earlier > lastReported) revert CorrectionDoesNotAddUp(correction, lastReported);
        PeriodRecord storage corrected = _records[earlier];
        bool paid = corrected.gross != _records[Period.wrap(uint32(earlier.number() - 1))].gross;
        correction.check(paid, loanCount(), lastReported);
        emit Corrected(period, correction, corrected.root);
        corrected.root = correction.root;
        corrected.loansPaying = correction.loansPaying;
        current.change(correction, period);
    }

    /// @dev What this report itself writes off does not count: the holders see a pool given up one period before the end.
    function _end(PeriodRecord storage current) private {
        uint256 balance = _balance(_records[IWaterfall(waterfall).lastRun()], grossBalance());
        if (balance != 0 && !IWaterfall(waterfall).cleanUpOn()) revert PoolNotEmpty(balance);
        current.last = true;
    }

    function _reported(Period period) private view returns (PeriodRecord storage) {
        if (period > lastReported) revert NotReported(period, lastReported);
        return _records[period];
    }

    function _balance(PeriodRecord storage to, uint256 bought) private view returns (uint256) {
        return Math.saturatingSub(bought, to.gone());
    }

    function _lossTo(PeriodRecord storage to) private view returns (int256) {
        return int256((to.writtenOff * carryingRatio.value()) / WAD); // at most what is written off, below 2^112
    }
}

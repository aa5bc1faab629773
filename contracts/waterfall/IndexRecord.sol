// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IIndexOracle} from "interfaces/IIndexOracle.sol";
import {IIndexRecord} from "interfaces/IIndexRecord.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {Period} from "interfaces/Types.sol";

contract IndexRecord is IIndexRecord {
    struct Told {
        int64 index;
        bool known;
    }

    /* IMMUTABLES */

    /// @inheritdoc IIndexRecord
    IIndexOracle public immutable oracle;

    /// @inheritdoc IIndexRecord
    ILoanPool public immutable pool;

    /* STORAGE */

    mapping(Period period => Told told) private _told;

    /* CONSTRUCTOR */

    constructor(ILoanPool pool_, IIndexOracle oracle_) {
        pool = pool_;
        oracle = oracle_;
    }

    /* TELL */

    /// @inheritdoc IIndexRecord
    function tell(Period period) external {
        Period lastRun = pool.purchased() ? IWaterfall(pool.waterfall()).lastRun() : Period.wrap(0);
        if (!(period > lastRun)) revert IndexTooLate(period, lastRun);
        if (period > pool.periodCount()) revert ILoanPool.NoSuchPeriod(period, pool.periodCount());
        uint40 start = pool.record(Period.wrap(uint32(period.number() - 1))).end;
        if (block.timestamp < start) revert IndexNotDue(period, start);
        if (_told[period].known) revert IndexAlreadyTold(period);
        int64 index = oracle.indexAt(start);
        _told[period] = Told({index: index, known: true});
        emit IndexTold(period, index);
    }

    /* VIEWS */

    /// @inheritdoc IIndexRecord
    function told(Period period) external view returns (int64 index, bool known) {
        Told memory one = _told[period];
        return (one.index, one.known);
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {Run, TrancheRun} from "contracts/waterfall/Books.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title A loss climbs from the most junior tranche, what was recovered goes back the same way. Rules 20, 21
library Losses {
    /// @notice Books the period's loss and gives its recoveries back.
    function book(Run memory run) internal pure {
        int256 loss = run.figures.loss;
        uint256 back = run.figures.recovered;
        if (loss > 0) bear(run, uint256(loss));
        else back += uint256(-loss); // above -2^112
        if (back != 0) giveBack(run, back);
    }

    /// @notice Each bears up to its principal (or what its ledger leaves of it), none skipped; the rest is unallocated.
    function bear(Run memory run, uint256 loss) internal pure {
        for (uint256 i = run.tranches.length; i != 0 && loss != 0; --i) {
            TrancheRun memory tranche = run.tranches[i - 1];
            uint256 borne = Math.min(loss, tranche.principal - tranche.deficiency);
            if (run.terms.ledgers) tranche.deficiency += borne;
            else _lose(tranche, borne);
            loss -= borne;
        }
        run.unallocated += loss;
    }

    /// @notice First the unallocated loss falls, then each from the most senior has back what it lost, never more.
    function giveBack(Run memory run, uint256 back) internal pure {
        uint256 given = Math.min(back, run.unallocated);
        run.unallocated -= given;
        back -= given;
        for (uint256 i; i < run.tranches.length && back != 0; ++i) {
            TrancheRun memory tranche = run.tranches[i];
            given = Math.min(back, run.terms.ledgers ? tranche.deficiency : tranche.lost);
            if (run.terms.ledgers) tranche.deficiency -= given;
            else {
                tranche.principal += given;
                tranche.lost -= given;
            }
            back -= given;
        }
    }

    /// @notice In the last run principal that is left is lost, and no ledger is left.
    function end(Run memory run) internal pure {
        for (uint256 i; i < run.tranches.length; ++i) {
            _lose(run.tranches[i], run.tranches[i].principal);
            run.tranches[i].deficiency = 0;
        }
    }

    function _lose(TrancheRun memory tranche, uint256 loss) private pure {
        tranche.principal -= loss;
        tranche.lost += loss;
    }
}

// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {DealBook, HurdleBook, TriggerBook} from "contracts/waterfall/Books.sol";
import {Seniority} from "contracts/waterfall/Seniority.sol";
import {Steps} from "contracts/waterfall/Steps.sol";
import {RunTerms, TermsCode} from "contracts/waterfall/TermsCode.sol";
import {IEvergreenFund} from "interfaces/IEvergreenFund.sol";
import {IDefaultVote} from "interfaces/IDefaultVote.sol";
import {IIndexRecord} from "interfaces/IIndexRecord.sol";
import {ILoanPool} from "interfaces/ILoanPool.sol";
import {IOffering} from "interfaces/IOffering.sol";
import {
    FeeBasis,
    FeeTerms,
    HurdleTerms,
    RateKind,
    RatePath,
    Step,
    StepKind,
    TermsFault,
    TrancheTerms,
    TriggerKind,
    TriggerTerms,
    WaterfallTerms,
    When
} from "interfaces/DealTerms.sol";
import {IWaterfall} from "interfaces/IWaterfall.sol";
import {TrancheId, WAD} from "interfaces/Types.sol";

/// @title A deal that can't work is refused when it is made: rule 35 of docs/waterfall.md. Used by the constructor alone
library TermsCheck {
    uint256 private constant MAX_TRANCHES = 8;
    uint256 private constant MAX_STEPS = 40;
    uint256 private constant MAX_TRIGGERS = 16;
    uint256 private constant MAX_LINES = 16; // a step names a set of them in 16 bits
    uint256 private constant MAX_HURDLES = 16;
    uint256 private constant MAX_PAIRS = 4;

    function check(WaterfallTerms memory terms, IOffering offering) internal view {
        uint256 periods = offering.pool().periodCount().number();
        if (terms.dustOwner == address(0)) _refuse(TermsFault.NoDustOwner, 0);
        if (terms.revolvesTo.number() >= periods) _refuse(TermsFault.RevolvesTooLong, terms.revolvesTo.number());
        _checkWiring(terms, offering.pool());
        _checkTranches(terms, offering);
        _checkLines(terms);
        _checkHurdles(terms);
        _checkTriggers(terms);
        uint256 none = terms.tranches.length;
        if (terms.reserve.tranches >> none != 0) _refuse(TermsFault.ReserveTranche, terms.reserve.tranches);
        if (terms.reserve.floor > terms.reserve.cap) _refuse(TermsFault.FloorAboveCap, none);
        if (terms.revolvingStops >> terms.triggers.length != 0) _refuse(TermsFault.StepTrigger, MAX_STEPS);
        if (terms.steps.length == 0) _refuse(TermsFault.StepCount, 0);
        _checkSteps(terms, terms.steps);
        _checkSteps(terms, terms.accelerated);
        if ((terms.vote == address(0)) != (terms.accelerated.length == 0)) _refuse(TermsFault.VoteWithoutSteps, 0);
        Seniority.check(terms);
        if (terms.fund != address(0)) _checkEvergreen(terms, offering);
    }

    /// @notice Writes the terms down: what a run needs as code, one for each list of steps (nowhere where there is none), the
    ///         rest into storage.
    function keep(
        DealBook storage deal,
        WaterfallTerms memory terms
    ) internal returns (address first, address accelerated) {
        RunTerms memory kept = RunTerms(terms.tranches, terms.lines, terms.steps, terms.reserve, terms.ledgers);
        first = TermsCode.write(kept, 0);
        kept.steps = terms.accelerated;
        if (kept.steps.length != 0) accelerated = TermsCode.write(kept, 1);
        deal.index = terms.firstIndex;
        deal.open = true;
        deal.trancheCount = uint8(terms.tranches.length); // the counts are checked above
        deal.hurdleCount = uint8(terms.hurdles.length);
        deal.triggerCount = uint8(terms.triggers.length);
        for (uint256 i; i < terms.tranches.length; ++i) {
            if (terms.tranches[i].rateKind != RateKind.Fixed) deal.paths[i] = terms.paths[i];
        }
        for (uint256 i; i < terms.lines.length; ++i) deal.lines[i].open = true;
        for (uint256 i; i < terms.hurdles.length; ++i) {
            HurdleTerms memory hurdle = terms.hurdles[i];
            deal.hurdles[i] = HurdleBook({
                tranche: hurdle.tranche,
                rate: hurdle.rate,
                dayCount: hurdle.dayCount,
                balance: 0
            });
        }
        for (uint256 i; i < terms.triggers.length; ++i) {
            TriggerBook storage trigger = deal.triggers[i];
            trigger.kind = terms.triggers[i].kind;
            trigger.tranche = terms.triggers[i].tranche;
            trigger.level = terms.triggers[i].level;
            trigger.cureAfter = terms.triggers[i].cureAfter;
        }
    }

    /// @notice Of each line.
    function payees(FeeTerms[] memory lines) internal pure returns (address[] memory accounts) {
        accounts = new address[](lines.length);
        for (uint256 i; i < lines.length; ++i) accounts[i] = lines[i].payee;
    }

    /// @dev A record or a vote of another deal would follow that deal's periods and notes.
    function _checkWiring(WaterfallTerms memory terms, ILoanPool pool) private view {
        IIndexRecord indices = terms.indexRecord;
        if (address(indices) != address(0) && indices.pool() != pool) _refuse(TermsFault.OtherPool, 0);
        if (terms.vote != address(0) && IDefaultVote(terms.vote).pool() != pool) _refuse(TermsFault.OtherPool, 1);
    }

    function _checkTranches(WaterfallTerms memory terms, IOffering offering) private view {
        uint256 count = terms.tranches.length;
        if (count == 0 || count > MAX_TRANCHES || count != offering.trancheCount()) {
            _refuse(TermsFault.TrancheCount, count);
        }
        if (terms.paths.length != count) _refuse(TermsFault.Paths, terms.paths.length);
        for (uint256 i; i < count; ++i) {
            TrancheTerms memory tranche = terms.tranches[i];
            if (address(tranche.note) != address(offering.note(TrancheId.wrap(uint8(i)))))
                _refuse(TermsFault.NotAsOffered, i);
            if (tranche.rateKind == RateKind.StepUp) _checkPairs(terms.paths[i], i);
            if (tranche.rateKind != RateKind.Floating) continue;
            if (terms.paths[i].rates[0] > terms.paths[i].rates[1]) _refuse(TermsFault.FloorAboveCap, i);
            if (address(terms.indexRecord) == address(0)) _refuse(TermsFault.NoIndexRecord, i);
        }
    }

    /// @dev The first pair is of period 1, periods rise, and none comes after a pair without a period.
    function _checkPairs(RatePath memory path, uint256 place) private pure {
        if (path.from[0] != 1) _refuse(TermsFault.StepUpPairs, place);
        for (uint256 i = 1; i < MAX_PAIRS; ++i) {
            if (path.from[i] != 0 && path.from[i] <= path.from[i - 1]) _refuse(TermsFault.StepUpPairs, place);
            if (path.from[i] != 0 && path.from[i - 1] == 0) _refuse(TermsFault.StepUpPairs, place);
        }
    }

    function _checkLines(WaterfallTerms memory terms) private pure {
        if (terms.lines.length > MAX_LINES) _refuse(TermsFault.LineCount, terms.lines.length);
        for (uint256 i; i < terms.lines.length; ++i) {
            FeeTerms memory line = terms.lines[i];
            if (line.payee == address(0)) _refuse(TermsFault.NoPayee, i);
            if (line.floor > line.cap) _refuse(TermsFault.FloorAboveCap, i);
            bool named = line.basis == FeeBasis.TranchePrincipal;
            if (named && line.tranche.place() >= terms.tranches.length) _refuse(TermsFault.LineTranche, i);
        }
    }

    function _checkHurdles(WaterfallTerms memory terms) private pure {
        if (terms.hurdles.length > MAX_HURDLES) _refuse(TermsFault.HurdleCount, terms.hurdles.length);
        for (uint256 i; i < terms.hurdles.length; ++i) {
            if (terms.hurdles[i].tranche.place() >= terms.tranches.length) _refuse(TermsFault.HurdleTranche, i);
        }
    }

    function _checkTriggers(WaterfallTerms memory terms) private pure {
        if (terms.triggers.length > MAX_TRIGGERS) _refuse(TermsFault.TriggerCount, terms.triggers.length);
        for (uint256 i; i < terms.triggers.length; ++i) {
            TriggerTerms memory trigger = terms.triggers[i];
            TriggerKind kind = trigger.kind;
            bool named =
                kind == TriggerKind.OverCollateralisation ||
                    kind == TriggerKind.InterestCoverage ||
                    kind == TriggerKind.InterestMissed;
            if (named && trigger.tranche.place() >= terms.tranches.length) _refuse(TermsFault.TriggerTranche, i);
        }
    }

    function _checkSteps(WaterfallTerms memory terms, uint256[] memory words) private pure {
        if (words.length > MAX_STEPS) _refuse(TermsFault.StepCount, words.length);
        for (uint256 i; i < words.length; ++i) {
            if (words[i] >> Steps.BITS != 0) _refuse(TermsFault.StepBits, i);
            Step memory step = Steps.unpack(words[i]);
            bool takesAll = step.kind == StepKind.Residual || step.kind == StepKind.Split;
            if (takesAll && i != words.length - 1) _refuse(TermsFault.LastOnly, i);
            if (takesAll && step.when != When.Always) _refuse(TermsFault.Conditional, i);
            if (step.triggers >> terms.triggers.length != 0) _refuse(TermsFault.StepTrigger, i);
            _checkPlaces(terms, step, i);
            if (step.kind == StepKind.PrincipalToTarget && step.share == 0) _refuse(TermsFault.RatioZero, i);
            if (step.kind == StepKind.Deficiency && !terms.ledgers) _refuse(TermsFault.NoLedgers, i);
            bool share = step.kind == StepKind.Fee || step.kind == StepKind.Split;
            if (share && step.share > WAD) _refuse(TermsFault.ShareAboveOne, i);
        }
    }

    /// @dev Rule 1 of docs/evergreen.md: the most junior tranche has what is left, only figures that follow the units are kept, and
    ///      nobody votes.
    function _checkEvergreen(WaterfallTerms memory terms, IOffering offering) private view {
        if (IEvergreenFund(terms.fund).offering() != offering) _refuse(TermsFault.OtherPool, 2);
        bool fits = terms.revolvesTo.number() != 0 && terms.hurdles.length == 0 && !terms.ledgers;
        if (!fits || terms.vote != address(0)) _refuse(TermsFault.Evergreen, 0);
        uint256 place = terms.steps.length - 1;
        Step memory last = Steps.unpack(terms.steps[place]);
        fits = last.kind == StepKind.Residual && last.tranches == terms.tranches.length - 1;
        if (!fits) _refuse(TermsFault.Evergreen, place);
    }

    function _checkPlaces(WaterfallTerms memory terms, Step memory step, uint256 place) private pure {
        StepKind kind = step.kind;
        bool isSet = kind == StepKind.PrincipalProRata || kind == StepKind.Draw;
        if (isSet) {
            if (step.tranches >> terms.tranches.length != 0) _refuse(TermsFault.StepTranche, place);
        } else if (kind != StepKind.Fee && kind != StepKind.TopUp && kind != StepKind.Release) {
            if (step.tranches >= terms.tranches.length) _refuse(TermsFault.StepTranche, place);
        }
        if (kind == StepKind.Draw) {
            if (step.lines >> terms.lines.length != 0) _refuse(TermsFault.StepLine, place);
        } else if (kind == StepKind.Hurdle) {
            if (step.lines >= terms.hurdles.length) _refuse(TermsFault.StepLine, place);
            if (terms.hurdles[step.lines].tranche.place() != step.tranches) _refuse(TermsFault.StepTranche, place);
        } else if (kind == StepKind.Fee || kind == StepKind.Split) {
            if (step.lines >= terms.lines.length) _refuse(TermsFault.StepLine, place);
        }
    }

    function _refuse(TermsFault fault, uint256 place) private pure {
        revert IWaterfall.TermsInvalid(fault, place);
    }
}

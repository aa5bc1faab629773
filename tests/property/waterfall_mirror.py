"""A drawn deal beside its model: each call on both, every figure compared, and what must hold of them besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from salvor.chain.refusal import CallRefused
from salvor.errors import NotAsExpected
from salvor.lab.assertions import conserved, equal, never_falls, side_by_side
from salvor.lab.mirror import Mirror
from salvor.model.deal import OFFERING, Sale, State
from salvor.model.refusal import Refused
from salvor.model.run import RunOutcome
from salvor.model.terms import Losses
from tests.property.waterfall_events import Events, as_struct
from tests.property.waterfall_figures import Earned, Twin, places
from tests.property.waterfall_stage import Drawn
from tests.utils.model_checks import check_losses
from tests.utils.past_a_test import Seen, juniors_paid, mezzanine_paid

NOBODY = "0x" + "00" * 20
_PHASES = {State.REVOLVING: 1, State.AMORTISING: 2, State.ACCELERATED: 3, State.WOUND_UP: 4}


class Kept:
    """A method whose last receipt is kept."""

    def __init__(self, method: Any) -> None:
        self.method, self.called, self.contract, self.receipt = method, method.called, method.contract, None

    def __call__(self, *args: Any, sender: Any) -> None:
        self.receipt = self.method(*args, sender=sender)


class WaterfallMirror(Mirror):
    """One run of a drawn deal on chain and in the model."""

    def __init__(self, drawn: Drawn) -> None:
        self.twin, figures = Twin(drawn), places(drawn)
        super().__init__(drawn.ground.lab, self.twin, figures, refusals="WF-06", agreement="WF-02")
        self.drawn, self.live, self.deal = drawn, drawn.live, self.twin.deal
        self._events = Events(drawn, self.deal)
        self._earned = Earned(drawn, self._names)
        self._indices = [(0, 0)] * len(self.deal.notes)
        self._at = {name: place for place, name in enumerate(self._names)}
        self._units: dict[str, int] = {}  # of each investor in each note, at the last check
        self.agreed = False  # every figure, after the last call

    @property
    def now(self) -> int:
        return self.lab.now

    def fund(self, account: Any, units: int) -> None:
        """Settlement units out of nowhere, on both; an account that the asset refuses can't get any."""
        if account.address not in self.deal.asset.blocked:
            self.deal.asset.mint(account.address, units)
            self.live.settlement.mint(account, units, sender=account)

    def send_unasked(self, to: str, units: int) -> None:
        """Units that a contract did not ask for."""
        contract = self.live.cash_contracts()[to]
        self.live.settlement.mint(contract, units, sender=self.drawn.ground.outsider)
        self.twin.unasked[to] += units

    def both(self, expected: Callable[[], Any], method: Any, *args: Any, sender: Any) -> Any:
        """As the base, and with every event that the model knows of; refusals tell structs as the chain does."""
        kept = Kept(method)
        teller = self._events.begin(method, args, sender)

        def told() -> Any:
            try:
                return expected()
            except Refused as refused:
                raise Refused(refused.error, *map(as_struct, refused.values)) from None

        self.agreed = False
        answer = super().both(told, kept, *args, sender=sender)
        if teller and kept.receipt:
            self._events.check(teller, answer, kept.receipt)
        return answer

    def check(self) -> list[int]:
        """Every figure, then what holds after every call."""
        chain, model = self._sheet.read(), self.twin.figures()
        self._earned.bring_up_to_now(chain)
        if chain != model:
            raise NotAsExpected(f"WF-02: {side_by_side(self._names, chain, model)}")
        self._check_cash()
        self._check_tranches()
        self._check_receivers(chain)
        self.agreed = True
        return chain

    def _check_cash(self) -> None:
        deal = self.deal
        conserved("WF-01", paid_in=deal.paid_in, paid_out=deal.paid_out, held=deal.cash_held)
        orders = sum(book.total for book in deal.order_books)
        assert deal.sale > Sale.OPEN or deal.asset.balances[OFFERING] == orders, "OF-01"
        for place, note in enumerate(deal.notes):
            assert sum(sum(note.claimable(holder)) for holder in list(note.holders)) <= note.cash_held, "NT-02"
            before, now = self._indices[place], tuple(stream.index for stream in note.streams)
            never_falls("NT-03", "interest index", before[0], now[0])
            never_falls("NT-03", "principal index", before[1], now[1])
            self._indices[place] = now

    def _check_tranches(self) -> None:
        for note, one in zip(self.deal.notes, self.deal.books.tranches if self.deal.books else (), strict=False):
            gone = one.principal_paid + one.written_down + one.loss
            assert one.at_closing == one.principal + gone, "WF-04"
            assert 0 <= one.deficiency <= one.principal, "WF-08"
            paid = [stream.distributed for stream in note.streams]
            assert paid == [one.interest_paid, one.principal_paid], "WF-09"
        if self.deal.books:
            check_losses(self.deal)

    def _check_receivers(self, chain: list[int]) -> None:
        """Whoever has more units than before is admitted, by the chain's own figures; nothing burns once it is sold."""
        units = {}
        for place in range(len(self.deal.notes)):
            for each in self.drawn.ground.investors:
                name = f"units of {each} in {place}"
                units[name] = chain[self._at[name]]
                more = units[name] > self._units.get(name, 0)
                assert not more or self.now < chain[self._at[f"admission of {each}"]], "CO-01"
            if self.deal.books:
                assert chain[self._at[f"supply {place}"]] == chain[self._at[f"sold {place}"]], "CO-01"
        self._units = units

    # A run and its preview

    def run(self, period: int) -> RunOutcome | Refused:
        """Preview, then run: the same figures from preview, events and model, or the same refusal from all."""
        books = self.deal.books
        accelerated = bool(books and books.accelerated)
        before = [(one.principal, one.deficiency) for one in books.tranches] if books else []
        try:
            preview, refused = self.live.waterfall.previewRun(period), None
        except CallRefused as said:
            preview, refused = None, said.refusal
        call, outsider = self.live.waterfall.run, self.drawn.ground.outsider
        outcome = self.both(lambda: self.deal.run(period), call, period, sender=outsider)
        if not isinstance(outcome, RunOutcome):
            told = (refused.error, refused.values) if refused else "done"
            assert told == (outcome.error, outcome.values), "WF-07"
            return outcome
        assert refused is None, "WF-07"
        self._check_preview(preview, outcome, accelerated)
        self._check_losses(outcome, before)
        self._check_seniority(preview)
        return outcome

    def _check_preview(self, preview: Any, outcome: RunOutcome, accelerated: bool) -> None:
        books, terms = self.deal.books, self.deal.terms
        count = len(terms.accelerated_steps if accelerated else terms.steps)
        done = {step.place: step for step in outcome.steps}
        ours = {
            "cash": outcome.cash,
            "left": books.waiting,
            "reserve": books.reserve,
            "revolvingAccount": books.account,
            "on": sum(1 << place for place, on in enumerate(outcome.triggers_on) if on),
            "passedOver": sum(1 << place for place in range(count) if place not in done),
            "accelerated": accelerated,
            "revolving": outcome.revolved,
            "due": [done[place].due if place in done else 0 for place in range(count)],
            "paid": [done[place].paid if place in done else 0 for place in range(count)],
            "interest": [interest for interest, _ in outcome.tranches],
            "principal": [principal for _, principal in outcome.tranches],
            "figures": [trigger.figure for trigger in books.triggers],
        }
        theirs = {name: _plain(getattr(preview, name)) for name in ours}
        unlike = [f"{name}: chain {theirs[name]}, model {ours[name]}" for name in ours if theirs[name] != ours[name]]
        if unlike:
            raise NotAsExpected(f"WF-07: {'; '.join(unlike)}")

    def _check_seniority(self, preview: Any) -> None:
        """Who was paid past a test that is on, by what the contract says of the run (which its events say too)."""
        if not preview.on:
            return
        terms, left = self.deal.terms, []
        for place, one in enumerate(self.deal.books.tranches):
            state = self.live.waterfall.tranche(place)
            # The last run loses what the steps left; losses by write-off are told beside it in the same figure.
            left.append(state.principal + state.loss - one.written_down)
        seen = Seen(
            terms=terms,
            steps=terms.accelerated_steps if preview.accelerated else terms.steps,
            on=frozenset(place for place in range(len(terms.triggers)) if preview.on >> place & 1),
            paid=preview.paid,
            principal=preview.principal,
            left=left,
            account=self.live.waterfall.revolvingAccount(),
        )
        assert [*juniors_paid(seen)] == [], "WF-11"
        assert [*mezzanine_paid(seen)] == [], "WF-05"

    def _check_losses(self, outcome: RunOutcome, before: list[tuple[int, int]]) -> None:
        """Where a tranche has lost, nothing of those below it is left that could have borne the loss."""
        if outcome.wound_up:
            return
        tranches, by_ledger = self.deal.books.tranches, self.deal.terms.losses == Losses.BY_LEDGER
        for place, (one, (principal, deficiency)) in enumerate(zip(tranches, before, strict=True)):
            paid = outcome.tranches[place][1]
            lost = one.deficiency > deficiency if by_ledger else principal > one.principal + paid
            if lost:
                assert not any(below.standing for below in tranches[place + 1 :]), "WF-10"

    def check_views(self) -> None:
        """What the contracts tell in their views, which the figures are behind."""
        live, deal, books = self.live, self.deal, self.deal.books
        ours = live.cash_held()
        held = deal.cash_held - deal.asset.balances[OFFERING]
        equal("WF-01", ours, {"offering": deal.asset.balances[OFFERING], "distributor": held})
        for place, note in enumerate(live.notes):
            for each in self.drawn.ground.investors:
                assert live.allow_list.canTransfer(each, NOBODY, 1), "CO-01"
                due = note.claimableApart(each)
                assert (due.interest, due.principal) == deal.notes[place].claimable(each.address), "NT-05"
                assert note.claimable(each) == deal.claimable(each.address, place), "NT-05"
            assert tuple(live.figures.attachmentPoints(place)) == deal.attachment(place), "WF-02"
            if books:
                assert live.figures.poolFactor(place) == deal.pool_factor(place), "WF-02"
        if not books:
            assert live.waterfall.phase() == 0, "WF-02"
            return
        assert live.waterfall.phase() == _PHASES[deal.state], "WF-02"
        assert tuple(live.waterfall.reserve()) == (books.reserve, books.reserve_target), "WF-02"
        for period in range(1, deal.pool.reported + 1):
            totals = deal.pool.totals[period]
            assert live.pool.collectionRatio(period) == totals.collection_ratio, "WF-02"
            assert live.pool.profitabilityRatio(period) == totals.profitability_ratio, "WF-02"
            assert live.pool.poolBalance(period) == totals.balance(deal.pool.gross_balance), "WF-02"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value

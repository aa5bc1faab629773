"""The steps of a run, one function a kind (rules 12, 17 and 18).

Each looks at the books as the steps before it left them, pays what it can, and returns what was due and what it paid.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from salvor.model.accrual import for_a_period
from salvor.model.books import Books
from salvor.model.terms import ONE, REVOLVED, Step, StepKind, When


@dataclass
class Run:
    """One period on its way through the steps; `base` is each tranche's principal before the run, for its interest."""

    books: Books
    period: int
    cash: int
    base: tuple[int, ...]
    interest: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    principal: defaultdict[int, int] = field(default_factory=lambda: defaultdict(int))
    credits: defaultdict[str, int] = field(default_factory=lambda: defaultdict(int))
    accrued: dict[int, int] = field(default_factory=dict)
    is_last: bool = False

    def take(self, due: int) -> int:
        """Cash for what is due, or what there is of it."""
        paid = min(due, self.cash)
        self.cash -= paid
        return paid

    @property
    def reserve_target(self) -> int:
        """What the steps keep in the reserve: nothing in the last run (rule 19)."""
        return 0 if self.is_last else self.books.reserve_target

    def pay_interest(self, place: int, paid: int) -> None:
        """Cash to a tranche as interest; all its hurdles fall."""
        self.interest[place] += paid
        self._lower_hurdles(place, paid)

    def pay_principal(self, place: int, paid: int) -> None:
        """Cash to a tranche as principal."""
        self.books.tranches[place].repay(paid)
        self.principal[place] += paid
        self._lower_hurdles(place, paid)

    def pay_line(self, line: int, paid: int) -> None:
        """Cash to the payee of a fee line."""
        self.books.fees[line].had += paid
        self.credits[self.books.fees[line].terms.payee] += paid

    def _lower_hurdles(self, place: int, paid: int) -> None:
        for hurdle in self.books.hurdles:
            if hurdle.terms.tranche == place:
                hurdle.left = max(0, hurdle.left - paid)


@dataclass(frozen=True)
class StepOutcome:
    """What a step had to pay and what it paid; of release and draw, what came out of the reserve."""

    place: int
    due: int
    paid: int


def pay_all(run: Run) -> list[StepOutcome]:
    """The steps in order; one whose condition does not hold is passed over and gives no outcome."""
    outcomes = []
    for place, step in enumerate(run.books.steps):
        if not holds(run.books, step):
            continue
        due, paid = (
            set_aside(run, step) if run.books.revolving and step.kind in REVOLVED else ACTIONS[step.kind](run, step)
        )
        outcomes.append(StepOutcome(place, due, paid))
    return outcomes


def holds(books: Books, step: Step) -> bool:
    """Whether a step's condition holds (rule 12)."""
    match step.when:
        case When.ALWAYS:
            return True
        case When.ANY_ON:
            return books.is_on(step.triggers)
        case When.NONE_ON:
            return not books.is_on(step.triggers)


def fee(run: Run, step: Step) -> tuple[int, int]:
    """A share of what accrued and was carried, less what earlier steps paid (rule 17)."""
    line = run.books.fees[step.line]
    due = max(0, line.total * step.level // ONE - line.paid)
    paid = run.take(due)
    line.paid += paid
    run.pay_line(step.line, paid)
    return due, paid


def interest(run: Run, step: Step) -> tuple[int, int]:
    """All interest due, deferred first."""
    tranche = run.books.tranches[step.tranche]
    due = tranche.interest_due
    paid = run.take(due)
    tranche.settle_interest(paid)
    run.pay_interest(step.tranche, paid)
    return due, paid


def interest_up_to(run: Run, step: Step) -> tuple[int, int]:
    """This period's interest as far as a rate allows, less what of it was already paid."""
    terms, tranche = run.books.terms, run.books.tranches[step.tranche]
    accrued, count = run.accrued[step.tranche], terms.tranches[step.tranche].count
    period = run.period
    limit = for_a_period(run.base[step.tranche], step.level, count, terms.begin(period), terms.end(period))
    already = accrued - tranche.current
    due = max(0, min(accrued, limit) - already)
    paid = run.take(due)
    tranche.settle_current(paid)
    run.pay_interest(step.tranche, paid)
    return due, paid


def principal(run: Run, step: Step) -> tuple[int, int]:
    """The outstanding principal, or what brings it to the target."""
    due = principal_due(run.books, step)
    paid = run.take(due)
    run.pay_principal(step.tranche, paid)
    return due, paid


def pro_rata(run: Run, step: Step) -> tuple[int, int]:
    """A set of tranches by their principals; what rounding left goes from the most senior down."""
    due = principal_due(run.books, step)
    paid = run.take(due)
    places = sorted(step.tranches)
    shares = {place: paid * run.books.tranches[place].principal // due if due else 0 for place in places}
    left = paid - sum(shares.values())
    for place in places:
        more = min(left, run.books.tranches[place].principal - shares[place])
        left -= more
        run.pay_principal(place, shares[place] + more)
    return due, paid


def principal_due(books: Books, step: Step) -> int:
    """What the three principal steps have to pay (rule 18)."""
    if step.kind == StepKind.PRO_RATA:
        return sum(books.tranches[place].principal for place in step.tranches)
    own = books.tranches[step.tranche].principal
    if step.kind == StepKind.PRINCIPAL:
        return own
    upper = sum(tranche.principal for tranche in books.tranches[: step.tranche + 1])
    return max(0, min(own, upper - books.pool_balance * ONE // step.level))


def set_aside(run: Run, step: Step) -> tuple[int, int]:
    """While the deal revolves, principal waits in the account, at most all principal (rule 4)."""
    room = sum(tranche.principal for tranche in run.books.tranches) - run.books.account
    due = max(0, min(principal_due(run.books, step), room))
    paid = run.take(due)
    run.books.account += paid
    return due, paid


def top_up(run: Run, step: Step) -> tuple[int, int]:
    """Cash into the reserve up to its target."""
    due = max(0, run.reserve_target - run.books.reserve)
    paid = run.take(due)
    run.books.reserve += paid
    return due, paid


def release(run: Run, step: Step) -> tuple[int, int]:
    """What the reserve holds above its target becomes cash."""
    above = max(0, run.books.reserve - run.reserve_target)
    return above, _from_reserve(run, above)


def draw(run: Run, step: Step) -> tuple[int, int]:
    """The reserve gives what cash lacks for some fees and interest."""
    due = sum(run.books.fees[line].due for line in step.lines)
    due += sum(run.books.tranches[place].interest_due for place in step.tranches)
    lacking = max(0, due - run.cash)
    return lacking, _from_reserve(run, lacking)


def deficiency(run: Run, step: Step) -> tuple[int, int]:
    """The ledger, paid to the tranche as principal."""
    tranche = run.books.tranches[step.tranche]
    due = tranche.deficiency
    paid = run.take(due)
    tranche.deficiency -= paid
    run.pay_principal(step.tranche, paid)
    return due, paid


def hurdle(run: Run, step: Step) -> tuple[int, int]:
    """What is left to a tranche's return."""
    due = run.books.hurdles[step.hurdle].left
    return due, _reward(run, step.tranche, run.take(due))


def split(run: Run, step: Step) -> tuple[int, int]:
    """All cash, a share to a payee, the rest to a tranche; nothing where that has no units (evergreen, rule 3)."""
    if step.tranche in run.books.empty:
        return 0, 0
    due = run.cash
    share = run.take(due * step.level // ONE)
    run.pay_line(step.line, share)
    _reward(run, step.tranche, run.take(due))
    return due, due


def residual(run: Run, step: Step) -> tuple[int, int]:
    """All cash: principal first, the rest is return; nothing where the tranche has no units (evergreen, rule 3)."""
    if step.tranche in run.books.empty:
        return 0, 0
    due = run.cash
    run.pay_principal(step.tranche, run.take(run.books.tranches[step.tranche].principal))
    _reward(run, step.tranche, run.take(due))
    return due, due


def _reward(run: Run, place: int, paid: int) -> int:
    run.books.tranches[place].reward(paid)
    run.pay_interest(place, paid)
    return paid


def _from_reserve(run: Run, wanted: int) -> int:
    given = min(wanted, run.books.reserve)
    run.books.reserve -= given
    run.cash += given
    return given


ACTIONS: dict[StepKind, Callable[[Run, Step], tuple[int, int]]] = {
    StepKind.FEE: fee,
    StepKind.INTEREST: interest,
    StepKind.INTEREST_UP_TO: interest_up_to,
    StepKind.PRINCIPAL: principal,
    StepKind.PRO_RATA: pro_rata,
    StepKind.TO_TARGET: principal,
    StepKind.TOP_UP: top_up,
    StepKind.RELEASE: release,
    StepKind.DRAW: draw,
    StepKind.DEFICIENCY: deficiency,
    StepKind.HURDLE: hurdle,
    StepKind.SPLIT: split,
    StepKind.RESIDUAL: residual,
}

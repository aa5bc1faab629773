"""What the lines of a law refuse, read off the lines one by one: no book is merged, no contract's eighths are known.

A second opinion on `answers.py`, from the files and from the page for issuers. Amounts are fractions of the deal's
money, times are whole days, each line speaks for itself.
"""

from collections import deque
from fractions import Fraction

from salvor.jurisdictions import rules as r

DAY = 86_400


class Law:
    """Lines of some jurisdictions that hold for a tranche; `rates` are the deal's money for one of another.

    `widest` is what the page lets a book refuse beyond them: a sixteenth of a lock-up and an eighth of a rolling time
    more (rules 7, 8), and of a group of holders that no contract counts the wider one (decision 0023).
    """

    def __init__(self, jurisdictions, rates, supply, tranche="senior", *, widest=False):
        lines = [line for each in jurisdictions for line in each.lines]
        self.lines = [line for line in lines if line.origin.tranches is None or tranche in line.origin.tranches]
        self.rates, self.supply, self.widest = rates, supply, widest

    def refuses(self, case):
        """Words of the rules that forbid the case's move."""
        return {word for line in self.lines for word in self._of(line, case)} | set(self._identity(case))

    def worth(self, money):
        """In units of the note."""
        return Fraction(money.amount) * Fraction(self.rates.get(money.currency, 1)) * 100

    def _identity(self, case):
        taker = case.before.investors.get(case.move.taker)
        if taker is None or taker.until is None or case.move.at >= taker.until:
            yield "identity"
        if case.move.giver and case.move.units > held(case, case.move.giver):
            yield "balance"

    def _of(self, line, case):
        rule, move = line.rule, case.move
        taker = case.before.investors[move.taker]
        within = move.giver == move.taker
        match rule:
            case r.CountryAllow():
                opened = {
                    each
                    for other in self.lines
                    if isinstance(other.rule, r.CountryAllow)
                    for each in other.rule.countries
                }
                if taker.country not in opened:
                    yield rule.word
            case r.CountryDeny():
                ways = [
                    o for o in self.lines if isinstance(o.rule, r.CountryAllow) and taker.country in o.rule.countries
                ]
                spared = ways and all(each.jurisdiction in (rule.unless or ()) for each in ways)
                if taker.country in rule.countries and not spared:
                    yield rule.word
            case r.InvestorClasses():
                if taker.klass not in rule.classes:
                    yield rule.word
            case r.Sanctions():
                sides = [case.before.investors[each] for each in {move.giver, move.taker} - {None}]
                if any(set(side.lists) & set(rule.lists) for side in sides):
                    yield rule.word
            case r.TransferWindow():
                day = move.at // DAY
                first, last = (each and (each - type(each)(1970, 1, 1)).days for each in (rule.first, rule.last))
                if move.giver and not (first <= day and (last is None or day <= last)):
                    yield rule.word
            case _ if not within:
                yield from self._of_others(rule, case)

    def _of_others(self, rule, case):
        """What does not ask between two wallets of one person."""
        move = case.move
        had = held(case, move.taker)
        after, left = had + move.units, held(case, move.giver) - move.units if move.giver else 0
        refused = False
        match rule:
            case r.Denomination():
                everything = move.giver is not None and left == 0
                refused = bool(move.units % self.worth(rule.amount)) and not everything
            case r.MinimumInvestment():
                refused = move.giver is None and after < self.worth(rule.amount)
            case r.MinimumHolding():
                refused = after < self.worth(rule.amount) or 0 < left < self.worth(rule.amount)
            case r.MaximumHolding():
                refused = after > self.worth(rule.amount)
            case r.ShareOfSupply():
                refused = Fraction(after, self.supply) > Fraction(rule.share, 10**18)
            case r.HolderCount():
                refused = had == 0 and self._counted(rule, case, left) > rule.at_most
            case r.TravelRule() if move.giver:
                free = move.units <= self.worth(rule.above) if rule.above else move.units < self.worth(rule.at_least)
                refused = not free and not move.recorded
            case r.ApprovedInAdvance():
                refused = bool(move.giver) and not move.approved
            case r.LockUp() if move.giver:
                refused = move.units > kept_for(case, self._more(rule.days, 16))
            case r.HoldPeriod() if move.giver:
                bound = case.before.investors[move.giver].klass == rule.klass
                refused = bound and move.units > kept_for(case, self._more(rule.days, 16))
            case r.Velocity() if move.giver:
                refused = given_within(case, self._more(rule.days, 8)) + move.units > self.worth(rule.amount)
            case r.Retention() if move.giver and move.giver == case.before.originator:
                refused = Fraction(left, self.supply) < Fraction(rule.share, 10**18)
        if refused:
            yield rule.word

    def _more(self, days, parts):
        """Seconds of a time, with the part that contracts may add."""
        return days * DAY * (parts + 1) // parts if self.widest else days * DAY

    def _counted(self, rule, case, left):
        countries = rule.countries
        if self.widest and (rule.klass is not None or len(countries or ()) > 1):
            countries = None

        def inside(name):
            who = case.before.investors[name]
            return (countries is None or who.country in countries) and rule.klass in (None, who.klass)

        if not inside(case.move.taker):
            return 0
        holders = {name for name in case.before.investors if held(case, name) and inside(name)}
        if left == 0:
            holders -= {case.move.giver}
        return len(holders | {case.move.taker})


def held(case, name):
    return sum((m.taker == name) * m.units - (m.giver == name) * m.units for m in case.before.history)


def kept_for(case, time):
    """Units of the giver that came so long ago or earlier; what went was the oldest."""
    lots = deque()
    for move in sorted(case.before.history, key=lambda each: each.at):
        if move.taker == case.move.giver != move.giver:
            lots.append([move.at, move.units])
        elif move.giver == case.move.giver != move.taker:
            gone = move.units
            while gone:
                taken = min(gone, lots[0][1])
                lots[0][1] -= taken
                gone -= taken
                if not lots[0][1]:
                    lots.popleft()
    return sum(units for at, units in lots if case.move.at - at >= time)


def given_within(case, time):
    """Units that the giver gave to others within a time before."""
    since = case.move.at - time
    theirs = (m for m in case.before.history if m.giver == case.move.giver != m.taker)
    return sum(move.units for move in theirs if move.at > since)

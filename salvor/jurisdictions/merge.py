"""One book of rules for a tranche out of several jurisdictions: the stricter line wins, and what gave way is kept.

All holders live under one book, whatever their country (docs/decisions/0023). Amounts become units of the note, at the
rates of the deal, rounded to the stricter side.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import partial
from math import lcm
from typing import TypeVar

from salvor.amounts import Rounding, Wad
from salvor.errors import RulesContradict
from salvor.jurisdictions import rules as r
from salvor.jurisdictions.book import Choice, Count, Exchange, Rulebook
from salvor.jurisdictions.load import Jurisdiction, Line

Some = TypeVar("Some", bound=r.Rule)


@dataclass
class _Draft:
    """A book while it is made."""

    tranche: str
    lines: Sequence[Line]
    money: Exchange
    choices: list[Choice] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)

    def of(self, kind: type[Some]) -> list[tuple[Line, Some]]:
        return [(line, line.rule) for line in self.lines if isinstance(line.rule, kind)]

    def units(self, line: Line, money: r.Money, rounding: Rounding) -> int:
        try:
            return self.money.units(money, rounding)
        except KeyError:
            raise RulesContradict(
                f"{line.jurisdiction} (line {line.number}) speaks of {money}, and the deal has no rate: name it under "
                f"compliance.rates, {money.currency} in {self.money.currency}"
            ) from None

    def said(self, units: int) -> str:
        return f"{Decimal(units).scaleb(-self.money.decimals):,f} {self.money.currency}"

    def choose(
        self,
        rule: str,
        found: Iterable[tuple[Line, int]],
        best: Callable[[Iterable[int]], int],
        say: Callable[[int], str],
    ) -> int | None:
        """The strictest of some figures; lines that say less give way."""
        pairs = list(found)
        if not pairs:
            return None
        strictest = best(value for _, value in pairs)
        by = tuple(line for line, value in pairs if value == strictest) or tuple(line for line, _ in pairs)
        over = tuple((line, value) for line, value in pairs if line not in by)
        self.choices.append(Choice(rule, say(strictest), by, tuple(line for line, _ in over)))
        stricter = f"gives way to {say(strictest)} ({names(by)})"
        self.conflicts += [f"{rule}: {say(value)} ({line.jurisdiction}) {stricter}" for line, value in over]
        return strictest

    def amount(self, kind: type[r.OfAmount], best: Callable[[Iterable[int]], int], rounding: Rounding) -> int | None:
        """The strictest of some amounts."""
        found = [(line, self.units(line, rule.amount, rounding)) for line, rule in self.of(kind)]
        return self.choose(kind.word, found, best, self.said)

    def share(self, kind: type[r.OfShare], best: Callable[[Iterable[int]], int]) -> Wad | None:
        """The strictest of some shares."""
        found = [(line, int(rule.share)) for line, rule in self.of(kind)]
        share = self.choose(kind.word, found, best, _percent)
        return None if share is None else Wad(share)


def merge(jurisdictions: Sequence[Jurisdiction], tranche: str, money: Exchange) -> Rulebook:
    """The book of one tranche; raises RulesContradict where no reading of the lines lets anybody hold."""
    lines = [
        line
        for each in jurisdictions
        for line in each.lines
        if line.origin.tranches is None or tranche in line.origin.tranches
    ]
    draft = _Draft(tranche, lines, money)
    opened, closed = _countries(draft)
    first, last = _window(draft)
    book = Rulebook(
        tranche=tranche,
        opened=opened,
        closed=closed,
        classes=_classes(draft),
        minimum_holding=draft.amount(r.MinimumHolding, max, "up") or 0,
        maximum_holding=draft.amount(r.MaximumHolding, min, "down"),
        minimum_investment=draft.amount(r.MinimumInvestment, max, "up") or 0,
        denomination=draft.amount(r.Denomination, lambda each: lcm(*each), "up") or 1,
        travel_rule=_travel_rule(draft),
        share_of_supply=draft.share(r.ShareOfSupply, min),
        retention=draft.share(r.Retention, max) or Wad(0),
        counts=_counts(draft),
        lock_up=draft.choose("lock_up", ((a, r.seconds(b.days)) for a, b in draft.of(r.LockUp)), max, _days) or 0,
        hold_period=_hold_periods(draft),
        first=first,
        last=last,
        velocity=_velocity(draft),
        sanctions=_lists(draft),
        approved_in_advance=_approved(draft),
        choices=tuple(draft.choices),
        conflicts=tuple(dict.fromkeys(draft.conflicts)),
    )
    _possible(book)
    return book


def names(lines: Iterable[Line]) -> str:
    """Jurisdictions of some lines, each once."""
    return ", ".join(dict.fromkeys(line.jurisdiction for line in lines))


def _countries(draft: _Draft) -> tuple[tuple[str, ...], tuple[str, ...]]:
    opens, closes = draft.of(r.CountryAllow), draft.of(r.CountryDeny)
    opened = tuple(sorted({each for _, rule in opens for each in rule.countries}))
    if opens:
        draft.choices.append(Choice("country_allow", ", ".join(opened), tuple(line for line, _ in opens)))
    closed: set[str] = set()
    for line, rule in closes:
        for country in rule.countries:
            ways = [other for other, allow in opens if country in allow.countries]
            spared = [each for each in ways if each.jurisdiction in (rule.unless or ())]
            if ways and len(spared) == len(ways):
                way = f"{names(spared)} opens it by a way of its own"
                draft.conflicts.append(f"country_deny: {country} ({line.jurisdiction}) stands back, {way}")
                continue
            closed.add(country)
            if ways:
                draft.conflicts.append(
                    f"country_allow: {country} ({names(ways)}) gives way to country_deny ({line.jurisdiction})"
                )
    if closed:
        by = tuple(line for line, rule in closes if closed & set(rule.countries))
        draft.choices.append(Choice("country_deny", ", ".join(sorted(closed)), by))
    return opened, tuple(sorted(closed))


def _classes(draft: _Draft) -> tuple[r.InvestorClass, ...]:
    found = draft.of(r.InvestorClasses)
    left = tuple(each for each in r.CLASSES if all(each in rule.classes for _, rule in found))
    if found:
        by = tuple(line for line, rule in found if set(rule.classes) == set(left)) or tuple(line for line, _ in found)
        over = tuple(line for line, _ in found if line not in by)
        draft.choices.append(Choice("investor_class", ", ".join(left) or "nobody", by, over))
        for line, rule in found:
            for each in sorted(set(rule.classes) - set(left)):
                against = names(other for other, shut in found if each not in shut.classes)
                draft.conflicts.append(
                    f"investor_class: {each} ({line.jurisdiction}) gives way: not a class of {against}"
                )
    return left


def _travel_rule(draft: _Draft) -> int | None:
    """The most that moves without a record: of a law that says "so much or more", a unit less."""
    found = []
    for line, rule in draft.of(r.TravelRule):
        if rule.above is not None:
            found.append((line, draft.units(line, rule.above, "down")))
        if rule.at_least is not None:
            found.append((line, max(draft.units(line, rule.at_least, "up") - 1, 0)))
    return draft.choose("travel_rule", found, min, draft.said)


def _counts(draft: _Draft) -> tuple[Count, ...]:
    """Groups stand beside each other; within a group the smallest number holds."""
    groups: dict[tuple[tuple[str, ...] | None, r.InvestorClass | None], list[tuple[Line, int]]] = {}
    for line, rule in draft.of(r.HolderCount):
        wide = _wide(rule)
        if wide != (rule.countries, rule.klass):
            law, kept = (_holders(rule.at_most, *each) for each in ((rule.countries, rule.klass), wide))
            draft.conflicts.append(
                f"holder_count: {law} ({line.jurisdiction}) is kept as {kept}, which a contract counts"
            )
        groups.setdefault(wide, []).append((line, rule.at_most))
    counts = []
    for (countries, klass), found in sorted(groups.items(), key=lambda each: (each[0][0] or (), each[0][1] or "")):
        most = draft.choose("holder_count", found, min, partial(_holders, countries=countries, klass=klass))
        counts.append(Count(most or 0, countries, klass))
    return tuple(counts)


def _wide(rule: r.HolderCount) -> tuple[tuple[str, ...] | None, r.InvestorClass | None]:
    """The group that a contract counts: all, one class, or one country. Of more than that the wider one is stricter."""
    if rule.klass is not None:
        return None, rule.klass
    return (rule.countries if rule.countries and len(rule.countries) == 1 else None), None


def _holders(most: int, countries: tuple[str, ...] | None, klass: str | None) -> str:
    who = f"{most} {klass} holders" if klass else f"{most} holders"
    return f"{who} of {', '.join(countries)}" if countries else who


def _hold_periods(draft: _Draft) -> dict[r.InvestorClass, int]:
    periods: dict[r.InvestorClass, int] = {}
    for klass in r.CLASSES:
        found = [(line, r.seconds(rule.days)) for line, rule in draft.of(r.HoldPeriod) if rule.klass == klass]
        say = partial(_days, of=klass)
        if longest := draft.choose("hold_period", found, max, say):
            periods[klass] = longest
    return periods


def _days(time: int, of: str = "") -> str:
    return f"{time // 86_400} days" + (f" of {of}" if of else "")


def _window(draft: _Draft) -> tuple[date | None, date | None]:
    """What all windows have in common."""
    windows = draft.of(r.TransferWindow)
    first = max((rule.first for _, rule in windows), default=None)
    last = min((rule.last for _, rule in windows if rule.last), default=None)
    if windows:
        said = f"from {first}" + (f" to {last}" if last else "")
        draft.choices.append(Choice("transfer_window", said, tuple(line for line, _ in windows)))
    return first, last


def _velocity(draft: _Draft) -> tuple[int, int] | None:
    """The smallest amount within the longest period: stricter than each line alone."""
    found = draft.of(r.Velocity)
    if not found:
        return None
    units = min(draft.units(line, rule.amount, "down") for line, rule in found)
    time = max(r.seconds(rule.days) for _, rule in found)
    said = f"{draft.said(units)} within {time // 86_400} days"
    draft.choices.append(Choice("velocity", said, tuple(line for line, _ in found)))
    if len({(rule.amount, rule.days) for _, rule in found}) > 1:
        draft.conflicts.append(f"velocity: {names(line for line, _ in found)} differ; {said} is stricter than each")
    return units, time


def _lists(draft: _Draft) -> tuple[str, ...]:
    found = draft.of(r.Sanctions)
    lists = tuple(sorted({each for _, rule in found for each in rule.lists}))
    if found:
        draft.choices.append(Choice("sanctions", ", ".join(lists), tuple(line for line, _ in found)))
    return lists


def _approved(draft: _Draft) -> bool:
    found = draft.of(r.ApprovedInAdvance)
    if found:
        draft.choices.append(Choice("approved_in_advance", "every move", tuple(line for line, _ in found)))
    return bool(found)


def _percent(share: int) -> str:
    return f"{(Decimal(share) / 10**16).normalize():f} %"


def _possible(book: Rulebook) -> None:
    """Where nobody could hold, the lines contradict each other."""
    where = f"tranche '{book.tranche}': nobody may hold"
    blame = {choice.rule: names(choice.by + choice.over) for choice in book.choices}
    if not book.opened:
        raise RulesContradict(f"{where}: no jurisdiction of the deal opens it to a country (country_allow)")
    if not book.may_enter:
        raise RulesContradict(
            f"{where}: {blame['country_deny']} closes every country that {blame['country_allow']} opens"
        )
    if not book.classes:
        raise RulesContradict(f"{where}: no class of investor is left between {blame['investor_class']}")
    if book.maximum_holding is not None:
        for rule, least in (("minimum_holding", book.minimum_holding), ("minimum_investment", book.minimum_investment)):
            if least > book.maximum_holding:
                both = f"{rule} of {blame[rule]} is above maximum_holding of {blame['maximum_holding']}"
                raise RulesContradict(f"{where}: {both}")
    if book.first and book.last and book.last < book.first:
        raise RulesContradict(f"{where}: the transfer windows of {blame['transfer_window']} do not meet")

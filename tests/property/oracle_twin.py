"""The oracle's model as the machine uses it, and what the outside systems say at the moment."""

from salvor.model import oracle_sources
from salvor.model.oracle import UNREACHABLE, Hub, Kept, check_policy
from salvor.model.oracle_signed import Disputes, DisputeTerms, Reports
from salvor.model.oracle_sources import Feed, Round
from tests.utils.oracle import BOND, DECIDE_WITHIN, KEY, LAPSE_COST, OTHER_KEY, TOLERANCE, WINDOW

KEYS = (KEY, OTHER_KEY)
FEEDS = (Feed(8), Feed(20))


def word(number, last):
    """A landed report as it is kept; 0 before the first."""
    places = ((last.at, 128), (last.nonce, 168), (last.landed_at, 200), (last.standing, 240), (number, 242))
    return last.value + sum(value << place for value, place in places) if last.nonce else 0


class Twin:
    """The model of all three, and what the outside systems say at the moment."""

    def __init__(self, machine) -> None:
        stage = machine.stage
        self.signers = [each.address for each in stage.signers]
        self.reports, self.hub = Reports(), Hub()
        for each in self.signers:
            self.reports.add_signer(each)
        terms = DisputeTerms(BOND, WINDOW, DECIDE_WITHIN, TOLERANCE, LAPSE_COST, stage.treasury.address)
        self.disputes = Disputes(terms, self.reports, self.hub)
        self.people = [each.address for each in (*machine.challengers, stage.treasury)]
        self.rounds: list[Round | None] = [None, None]
        self.adapter = UNREACHABLE
        self.lies: dict[object, bool] = {}  # by signer and key, feed, adapter

    def answers(self, key, now):
        """In the policy's order: signers, feeds, adapter."""
        given = [self.reports.answer(each, key) for each in self.signers]
        pairs = zip(FEEDS, self.rounds, strict=True)
        return [*given, *(oracle_sources.chainlink(*pair, None, now) for pair in pairs), self.adapter]

    def set_policy(self, key, policy, now):
        """Each adapter checks its part: a signer must be one."""
        check_policy(policy)
        for each in self.signers:
            self.reports._active(each)
        self.hub.set_policy(key, policy, now)

    def liars(self, key):
        """In the same order."""
        asked = [*((each, key) for each in self.signers), 0, 1, "adapter"]
        return [self.lies.get(each, False) for each in asked]

    def figures(self):
        found = [self.disputes.held, self.disputes.held]
        found += [self.disputes.credit[each] for each in self.people]
        for key in KEYS:
            found += [word(number, self.reports.landed[each, key]) for number, each in enumerate(self.signers, 1)]
            kept = self.hub.kept.get(key, Kept())
            found += [kept.value, kept.at, kept.kept_at, kept.anchor, kept.anchored_at]
            spans = self.hub.strikes.get(key, ())
            found.append(sum((at << 40 | since) << (80 * place) for place, (since, at) in enumerate(spans)))
        return found

"""A case that is watched, over the sales and the hub of `tests/property/trigger_stage.py`."""

from tests.property.trigger_stage import TRIGGERS, key_bytes, set_triggers
from tests.utils.selling import Selling
from tests.utils.world import WAD


class Watched(Selling):
    """Case 1, a claim of 200 whole units."""

    def __init__(self, lab, terms=TRIGGERS) -> None:
        watched = set_triggers(lab, terms)
        super().__init__(watched.sales)
        self.watched, self.triggers = watched, watched.book
        self.worth(20_000)
        self.open(1, 20_000)
        for trigger in range(len(terms)):
            self.note(trigger)

    def note(self, trigger=0):
        self.triggers.watch(1, trigger, sender=self.outsider)

    def tell(self, key, value):
        self.watched.teach(key, 0, value * WAD, self.now)
        self.watched.hub.poke(key_bytes(key), sender=self.outsider)

    def look(self, trigger=0):
        return self.triggers.check(1, trigger, sender=self.outsider).return_value

    def show(self, trigger=0):
        return self.triggers.fire(1, trigger, sender=self.outsider)

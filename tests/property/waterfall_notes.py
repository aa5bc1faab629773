"""What the machine of the whole waterfall does with notes."""

from hypothesis import strategies as st
from hypothesis.stateful import rule

from tests.property.waterfall_draws import MOST, actors, amounts, seen, tranches


class NoteRules:
    """Transfers of every kind, allowances, freezes, recoveries and claims."""

    @rule(giver=actors, taker=actors, place=tranches, drawn=amounts, forced=st.booleans())
    def transfer(self, giver, taker, place, drawn, forced) -> None:
        m, place, to = self.mirror, self.tranche(place), self.people[taker]
        source, note = self.holder(place, giver), self.live.notes[place]
        units = self.units(drawn, self.deal.notes[place].holders[source.address].units)
        parts = [self.deal.notes[place].parts_of(each.address) for each in self.people]
        args = source.address, to.address, place, units
        if forced:
            agent = self.roles["agent"]
            m.both(lambda: self.deal.force_transfer(*args, m.now), note.forceTransfer, source, to, units, sender=agent)
        else:
            m.both(lambda: self.deal.transfer(*args, m.now), note.transfer, to, units, sender=source)
        after = [self.deal.notes[place].parts_of(each.address) for each in self.people]
        assert forced or parts == after, "NT-01"
        assert [sum(each) for each in zip(*parts, strict=True)] == [sum(each) for each in zip(*after, strict=True)], (
            "NT-07"
        )

    @rule(lost=actors, found=actors, place=tranches)
    def recover(self, lost, found, place) -> None:
        m, place = self.mirror, self.tranche(place)
        old, new, agent = self.people[lost], self.people[found], self.roles["agent"]
        call = self.live.notes[place].recover
        m.both(lambda: self.deal.recover(old.address, new.address, place, m.now), call, old, new, sender=agent)

    @rule(lost=actors, found=actors, place=tranches)
    def recover_order(self, lost, found, place) -> None:
        m, place, agent = self.mirror, self.tranche(place), self.roles["agent"]
        args = [self.people[each].address for each in (lost, found)]
        call = self.live.offering.recoverOrder
        m.both(lambda: self.deal.recover_order(*args, place, m.now), call, place, *args, sender=agent)

    @rule(actor=actors, place=tranches, frozen=st.booleans())
    def freeze(self, actor, place, frozen) -> None:
        m, who, place = self.mirror, self.people[actor], self.tranche(place)
        call, agent = self.live.notes[place].setFrozen, self.roles["agent"]
        m.both(lambda: self.deal.freeze(who.address, place, frozen), call, who, frozen, sender=agent)

    @rule(actor=actors, place=tranches, by=actors)
    def claim(self, actor, place, by) -> None:
        m, place = self.mirror, self.tranche(place)
        who, note = self.holder(place, actor), self.live.notes[place]
        call, args = (note.claim, ()) if by == actor else (note.claimFor, (who,))
        sender = who if by == actor else self.people[by]
        before = self.deal.claimable(who.address, place)
        seen.note(before)
        m.both(lambda: self.deal.claim(who.address, place), call, *args, sender=sender)

    @rule(place=tranches, chosen=st.lists(actors, max_size=7))
    def claim_many(self, place, chosen) -> None:
        m, place, who = self.mirror, self.tranche(place), [self.people[actor] for actor in chosen]
        names, call = [each.address for each in who], self.live.notes[place].claimMany
        m.both(lambda: self.deal.claim_batch(names, place), call, names, sender=self.ground.outsider)

    @rule(owner=actors, spender=actors, place=tranches, drawn=amounts, unlimited=st.sampled_from([False, False, True]))
    def approve(self, owner, spender, place, drawn, unlimited) -> None:
        m, place = self.mirror, self.tranche(place)
        who, other, note = self.holder(place, owner), self.people[spender], self.live.notes[place]
        model = self.deal.notes[place]
        units = MOST if unlimited else min(MOST, self.units(drawn, model.holders[who.address].units))
        allowance = who.address, other.address, units
        m.both(lambda: model.allowances.approve(*allowance), note.approve, other, units, sender=who)

    @rule(spender=actors, giver=actors, taker=actors, place=tranches, drawn=amounts)
    def transfer_from(self, spender, giver, taker, place, drawn) -> None:
        """Mostly by whom the holder has allowed something."""
        m, place, to = self.mirror, self.tranche(place), self.people[taker]
        source, note, model = self.holder(place, giver), self.live.notes[place], self.deal.notes[place]
        given = model.allowances.given
        allowed = [each for each in self.people if given[source.address, each.address]] or self.people
        by = allowed[spender % len(allowed)]
        units = min(MOST, self.units(drawn, model.holders[source.address].units))
        args = by.address, source.address, to.address, place, units
        m.both(lambda: self.deal.transfer_from(*args, m.now), note.transferFrom, source, to, units, sender=by)

"""Hub, signed reports and disputes beside their model: signers and feeds that lie, lag, break and come back."""

from dataclasses import replace
from functools import partial

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from salvor.lab.mirror import Mirror
from salvor.model.oracle import (
    UNREACHABLE,
    Answer,
    Failure,
    OnFailure,
    Policy,
    Reason,
    Status,
    without,
)
from salvor.model.oracle_reports import Batch, Report, Told
from salvor.model.oracle_signed import Letter, Outcome, Standing
from salvor.model.oracle_sources import Round
from salvor.model.refusal import Refused
from tests.property.oracle_twin import FEEDS, KEYS, Twin
from tests.utils.oracle import (
    BOND,
    DAY,
    DECIDE_WITHIN,
    HOUR,
    LAST_ROUND,
    WAD,
    WINDOW,
    Manner,
    plain,
    set_stage,
)

SIGNERS = 3
CHALLENGERS = 2
signers = st.integers(0, SIGNERS - 1)
keys = st.sampled_from(KEYS)
lies = st.booleans()
shares = st.sampled_from([90, 95, 98, 99, 100, 100, 101, 102, 105, 110])
lied = st.sampled_from([0, 1, 50 * WAD, 89 * WAD, 112 * WAD, 10**30, 2**128 - 1])
ages = st.sampled_from([0, 0, 0, 1, HOUR - 1, HOUR, HOUR + 1, DAY, -1])
disputes = st.integers(0, 4)
challengers = st.integers(0, CHALLENGERS - 1)


class OracleMachine(RuleBasedStateMachine):
    """Every call goes to the model first; whatever stands afterwards is read from both."""

    @classmethod
    def set_stage(cls, lab) -> None:
        cls.lab, cls.stage = lab, set_stage(lab, signers=SIGNERS)
        stage = cls.stage
        cls.feeds = [stage.feed(feed) for feed in FEEDS]
        cls.adapter = stage.play()
        cls.challengers = [lab.actor(f"challenger {number}") for number in range(CHALLENGERS)]
        for each in cls.challengers:
            stage.asset.mint(each, 2**100, sender=each)
            stage.asset.approve(stage.disputes, 2**100, sender=each)
        sources = [stage.signer_source(each) for each in stage.signers]
        sources += [stage.feed_source(one, feed) for one, feed in zip(cls.feeds, FEEDS, strict=True)]
        cls.sources = (*sources, stage.played_source(cls.adapter))
        reports, hub, own = lab.slots(stage.reports), lab.slots(stage.hub), lab.slots(stage.disputes)
        names = {"held": own.held, "cash of the disputes": lab.slots(stage.asset)._balances[stage.disputes]}
        names |= {f"credit of {each}": own.credit[each] for each in (*cls.challengers, stage.treasury)}
        for number, key in enumerate(KEYS):
            names |= {f"{each}'s report of key {number}": reports._landed[each][key] for each in stage.signers}
            kept = hub._kept[key]
            fields = ("value", "at", "keptAt", "anchor", "anchoredAt")
            names |= {f"{field} of key {number}": getattr(kept, field) for field in fields}
            names[f"strikes of key {number}"] = hub._struck[key]
        cls.places, cls.start = names, lab.snapshot()

    def __init__(self) -> None:
        super().__init__()
        self.lab.restore(self.start)
        self.twin = Twin(self)
        self.mirror = Mirror(self.lab, self.twin, self.places, refusals="OR-08", agreement="OR-08")
        self.manner, self.looked_at = Manner.ANSWER, set()
        for number, key in enumerate(KEYS):
            held = {"on_failure": OnFailure.HOLD_LOWER, "haircut": WAD // 50, "haircut_growth": WAD // 100}
            paced = {"change_window": DAY, "max_change": WAD // 10}
            self.set_policy_of(
                key, Policy(self.sources, 3, **(held | paced | {"hold_at_most": 30 * DAY}) if number else {})
            )

    def set_policy_of(self, key, policy) -> None:
        """A policy can't be set while its adapters can't be asked."""
        call = key, policy, self.lab.now
        self.adapter.behave(Manner.ANSWER)
        self.mirror.both(
            lambda: self.twin.set_policy(*call),
            self.stage.hub.setPolicy,
            key,
            policy.words,
            sender=self.stage.keeper,
        )
        self.adapter.behave(self.manner)

    # SIGNERS

    @rule(
        number=signers,
        key=keys,
        share=shares,
        lie=lies,
        wrong=lied,
        age=ages,
        step=st.integers(-1, 2),
        fault=st.integers(0, 9),
    )
    def report(self, number, key, share, lie, wrong, age, step, fault) -> None:
        signer, told = self.stage.signers[number], self.told(key, share, lie, wrong, age)
        nonce = max(0, self.twin.reports.landed[signer.address, key].nonce + step)
        report = Report(told, nonce, self.lab.now - (fault == 1))
        by = self.stage.signers[number - 1] if fault == 2 else signer
        letter = Letter(nonce, report.valid_until, report.digest(self.stage.domain), fault != 2)
        answer = self.mirror.both(
            lambda: self.twin.reports.submit(signer.address, told, letter, self.lab.now),
            self.stage.reports.submit,
            *(signer, report.words, self.stage.sign(report, by)),
            sender=self.stage.outsider,
        )
        if not isinstance(answer, Refused):
            self.twin.lies[signer.address, key] = lie

    @rule(number=signers, shares=st.tuples(shares, shares), age=ages, step=st.integers(0, 2))
    def batch(self, number, shares, age, step) -> None:
        signer = self.stage.signers[number]
        values = [self.told(key, share, False, 0, age) for key, share in zip(KEYS, shares, strict=True)]
        nonce = max(self.twin.reports.landed[signer.address, key].nonce for key in KEYS) + step
        batch = Batch(values, nonce=nonce, valid_until=self.lab.now)
        letter = Letter(nonce, batch.valid_until, batch.digest(self.stage.domain))
        before = {key: self.twin.reports.landed[signer.address, key] for key in KEYS}
        self.mirror.both(
            lambda: self.twin.reports.submit_batch(signer.address, batch.values, letter, self.lab.now),
            self.stage.reports.submitBatch,
            *(signer, batch.words, [told.words for told in batch.values], self.stage.sign(batch, signer)),
            sender=self.stage.outsider,
        )
        for key in KEYS:
            last = self.twin.reports.landed[signer.address, key]
            assert last.nonce >= before[key].nonce, "OR-05"
            assert last.at >= before[key].at, "OR-05"
            if last.nonce != before[key].nonce:
                self.twin.lies[signer.address, key] = False

    @rule(number=signers, nonce=st.integers(0, 5))
    def void(self, number, nonce) -> None:
        signer = self.stage.signers[number]
        self.mirror.both(
            lambda: self.twin.reports.void_up_to(signer.address, nonce),
            self.stage.reports.voidUpTo,
            nonce,
            sender=signer,
        )

    @rule(number=signers, seldom=st.integers(0, 9))
    def remove(self, number, seldom) -> None:
        signer = self.stage.signers[number]
        if seldom == 0:
            self.mirror.both(
                lambda: self.twin.reports.remove_signer(signer.address),
                self.stage.reports.removeSigner,
                signer,
                sender=self.stage.keeper,
            )

    # OUTSIDE SYSTEMS

    @rule(number=st.integers(0, 1), share=shares, lie=lies, wrong=lied, age=ages, fault=st.integers(0, 5))
    def feed(self, number, share, lie, wrong, age, fault) -> None:
        """A round, or a carried-over one, or none at all."""
        played, feed = self.feeds[number], FEEDS[number]
        if fault == 0:
            played.teach(LAST_ROUND, b"<html>")
            self.twin.rounds[number] = None
            return
        answer = (wrong if lie else share * WAD) * 10**feed.decimals // WAD
        moment = self.lab.now - age
        said = Round(7, min(answer, 2**190), moment, moment, 6 if fault == 1 else 7)
        played.say(said)
        self.twin.rounds[number], self.twin.lies[number] = said, lie

    @rule(share=shares, lie=lies, wrong=lied, age=ages, width=st.sampled_from([0, 1, WAD, 2**128 - 1]))
    def adapt(self, share, lie, wrong, age, width) -> None:
        answer = Answer(Reason.NONE, wrong if lie else share * WAD, width, self.lab.now - age)
        self.adapter.behave(Manner.ANSWER)
        self.adapter.answer(*answer.words)
        self.manner = Manner.ANSWER
        self.twin.adapter, self.twin.lies["adapter"] = answer, lie

    @rule(manner=st.sampled_from([Manner.REFUSE, Manner.BOMB, Manner.LONG_REFUSAL, Manner.DEVOUR]))
    def break_adapter(self, manner) -> None:
        self.adapter.behave(manner)
        self.manner, self.twin.adapter = manner, UNREACHABLE

    # HUB

    @rule(key=keys, share=shares)
    def good_day(self, key, share) -> None:
        """Enough of them say the same, and somebody looks: a last good value that may be held."""
        for number in (0, 1):
            self.feed(number, share, False, 0, 0, 5)
        self.adapt(share, False, 0, 0, 0)
        self.poke(key)

    @rule(key=keys)
    def poke(self, key) -> None:
        now = self.lab.now
        looked, reading = self.twin.hub.poke(key, self.twin.answers(key, now), now)
        receipt = self.stage.hub.poke(key, sender=self.stage.outsider)
        rejected = [(number, one.words) for number, one in enumerate(looked) if one.reason is not Reason.NONE]
        told = [(e.source, plain(e.answer)) for e in receipt.events if e.name == "SourceRejected"]
        assert told == rejected, "OR-08"
        last = receipt.events[-1]
        assert last.name == ("ValueTold" if reading.status is Status.GOOD else "ValueFailed"), "OR-08"
        assert plain(last.reading) == reading.words, "OR-08"

    @rule(
        key=keys,
        quorum=st.integers(0, 7),
        deviation=st.sampled_from([0, WAD // 20, WAD]),
        failing=st.sampled_from(OnFailure),
    )
    def set_policy(self, key, quorum, deviation, failing) -> None:
        held = {"haircut": WAD // 10, "haircut_growth": WAD // 20, "hold_at_most": 7 * DAY}
        policy = Policy(self.sources, quorum, max_deviation=deviation, on_failure=failing, **held)
        self.set_policy_of(key, replace(policy, highest=200 * WAD))

    @rule(key=keys)
    def forget(self, key) -> None:
        forget = partial(self.twin.hub.forget, key, self.lab.now)
        self.mirror.both(forget, self.stage.hub.forget, key, sender=self.stage.keeper)

    # DISPUTES

    @rule(number=signers, key=keys, by=challengers, behind=st.integers(0, 3))
    def challenge(self, number, key, by, behind) -> None:
        signer, who = self.stage.signers[number], self.challengers[by]
        nonce = max(0, self.twin.reports.landed[signer.address, key].nonce - behind // 3)
        self.mirror.both(
            lambda: self.twin.disputes.challenge(who.address, signer.address, key, nonce, self.lab.now),
            self.stage.disputes.challenge,
            *(signer, key, nonce),
            sender=who,
        )

    @rule(number=disputes, wrong=st.booleans())
    def resolve(self, number, wrong) -> None:
        self.mirror.both(
            lambda: self.twin.disputes.resolve(number, wrong, self.lab.now),
            self.stage.disputes.resolve,
            *(number, wrong),
            sender=self.stage.resolver,
        )
        self.nothing_is_left_of(number)

    @rule(number=signers, key=keys, share=shares, by=challengers, seconds=st.sampled_from([0, 1, HOUR]))
    def strike(self, number, key, share, by, seconds) -> None:
        """A report that stood on a good day was wrong; meanwhile another good day may have come."""
        self.report(number, key, share, False, 0, 0, 1, 9)
        self.good_day(key, share)
        self.challenge(number, key, by, 0)
        if seconds:
            self.wait(seconds)
            self.good_day(key, share)
        self.resolve(len(self.twin.disputes.all), True)

    @rule(number=disputes)
    def settle(self, number) -> None:
        def settle():
            twin, now = self.twin, self.lab.now
            one = twin.disputes._in_time(number, now)
            source = self.sources[twin.signers.index(one.signer)]
            given = twin.answers(one.key, now)
            twin.disputes.settle(
                number, without(twin.hub.policies[one.key], given, source.adapter, source.config, now), now
            )

        self.mirror.both(settle, self.stage.disputes.settle, number, sender=self.stage.outsider)
        self.nothing_is_left_of(number)

    @rule(number=disputes)
    def lapse(self, number) -> None:
        self.mirror.both(
            lambda: self.twin.disputes.lapse(number, self.lab.now),
            self.stage.disputes.lapse,
            number,
            sender=self.stage.outsider,
        )

    @rule(place=st.integers(0, CHALLENGERS))
    def pay(self, place) -> None:
        account = self.twin.people[place]
        self.mirror.both(
            lambda: self.twin.disputes.pay_credit(account),
            self.stage.disputes.payCredit,
            account,
            sender=self.stage.outsider,
        )

    @rule(seconds=st.sampled_from([1, HOUR, HOUR + 1, DAY, WINDOW, DECIDE_WITHIN, 7 * DAY, 30 * DAY]))
    def wait(self, seconds) -> None:
        self.lab.wait(seconds)

    def nothing_is_left_of(self, number) -> None:
        """Of what was kept while a report stood that is struck now; asked of the contracts alone."""
        one = self.stage.disputes.dispute(number)
        if one.outcome == Outcome.UPHELD and number not in self.looked_at:
            self.looked_at.add(number)
            kept = self.stage.hub.kept(one.key)
            for time in (kept.keptAt, kept.anchoredAt):
                assert not one.landedAt <= time <= one.until - DECIDE_WITHIN, "OR-11"

    def told(self, key, share, lie, wrong, age) -> Told:
        return Told(key, wrong if lie else share * WAD, self.lab.now - age)

    @invariant()
    def chain_equals_model(self) -> None:
        self.mirror.check()
        own, twin = self.twin.disputes, self.twin
        open_ones = sum(one.outcome is Outcome.OPEN for one in own.all)
        assert own.paid_in == own.paid_out + sum(own.credit.values()) + open_ones * BOND, "OR-06"
        for key in KEYS:
            now, given = self.lab.now, twin.answers(key, self.lab.now)
            reading = twin.hub.peek(key, given, now)
            assert plain(self.stage.hub.peek(key)) == reading.words, "OR-08"
            self.readable_as_it_says(key, given, reading)
            self.honest(key, given, reading)
            self.disputed_counts_nowhere(key, given)

    def readable_as_it_says(self, key, given, reading) -> None:
        for fresh, least, call in ((False, 1, self.stage.hub.read), (True, 2, self.stage.hub.readFresh)):
            if reading.status >= least:
                assert plain(call(key)) == twin_read(self, key, given, fresh), "OR-10"
            else:
                values = (key, reading.status, reading.why, reading.counted, reading.quorum)
                with self.lab.refused("NotGoodEnough", *values):
                    call(key)
        policy = self.twin.hub.policies[key]
        most = max(source.max_age for source in policy.sources) if reading.why is Failure.NONE else policy.hold_at_most
        assert reading.age <= most, "OR-02"

    def honest(self, key, given, reading) -> None:
        """Those that count for the median, and which of them lie."""
        if reading.status is not Status.GOOD:
            return
        looked = self.stage.hub.answers(key)
        fresh = [number for number, answer in enumerate(looked) if answer.reason in (Reason.NONE, Reason.DEVIATES)]
        liars = self.twin.liars(key)
        honest = [given[number].value for number in fresh if not liars[number]]
        if len(honest) * 2 > len(fresh):
            assert min(honest) <= reading.value <= max(honest), "OR-01"

    def disputed_counts_nowhere(self, key, given) -> None:
        for number, signer in enumerate(self.twin.signers):
            last = self.twin.reports.landed[signer, key]
            out = last.standing in (Standing.CHALLENGED, Standing.STRUCK) or not self.twin.reports.active[signer]
            assert not out or given[number].reason is not Reason.NONE, "OR-09"


def twin_read(machine, key, given, fresh):
    return machine.twin.hub.read(key, given, machine.lab.now, fresh=fresh).words


@pytest.mark.engines("revm", "anvil")
def test_values_are_as_the_model_says(lab, prove):
    OracleMachine.set_stage(lab)
    prove(OracleMachine, steps=3_000)

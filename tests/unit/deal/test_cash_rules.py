"""The cash rules of a deal file: each case is the example that says everything, with one change."""

from pathlib import Path

import pytest
import yaml

from salvor.deal.load import load_deal
from salvor.deal.rules import Pay, TriggerTest

SHIPPED = Path("deals/gacs-style/deal.yaml")
TEXT = SHIPPED.read_text(encoding="utf-8")


def changed(old, new):
    assert TEXT.count(old) >= 1
    return TEXT.replace(old, new, 1)


class TestTheExample:
    def test_uses_every_kind_of_step_and_of_trigger(self):
        deal = load_deal(SHIPPED)
        assert {step.pay for step in deal.every_step} == set(Pay)
        assert {trigger.test for trigger in deal.triggers.values()} == set(TriggerTest)

    def test_teaches_every_key(self):
        deal, found = load_deal(SHIPPED), set()

        def keys(value):
            if isinstance(value, dict):
                for key, inner in value.items():
                    found.add(key)
                    keys(inner)
            elif isinstance(value, list):
                for inner in value:
                    keys(inner)

        keys(yaml.safe_load(TEXT))
        parts = [deal, deal.calendar, *deal.tranches, deal.index, *deal.fees.values(), deal.reserve, deal.losses]
        parts += [*deal.hurdles.values(), *deal.triggers.values(), deal.revolving, deal.vote, *deal.every_step]
        parts += [*deal.vaults, *(each.bid for each in deal.vaults if each.bid)]
        known = {name for part in parts for name in type(part).model_fields}
        # `screening` is taught by deals/sba-7a, `compliance` by deals/cross-border, `liquidation` by its page, an index
        # of the hub by docs/oracles.md, the others by deals/evergreen.
        beside = {"screening", "compliance", "liquidation", "kind", "evergreen", "value", "within_hours"}
        assert known - found == beside


class TestShortForms:
    def test_a_percentage_alone_is_a_collection_ratio(self, load):
        long = "behind plan: { test: collection_ratio, below: 90 %, cured: 2 }"
        (short, *_) = load(changed(long, "behind plan: 90 %")).triggers.values()
        assert (short.test, short.below, short.cured) == (TriggerTest.COLLECTION_RATIO, 90 * 10**16, "at_once")

    def test_a_percentage_alone_is_told_by_the_trigger_s_name(self, refusal):
        long = "behind plan: { test: collection_ratio, below: 90 %, cured: 2 }"
        line = refusal(changed(long, "behind plan: 9o %"))
        assert "'triggers.behind plan': '9o %' is not a percentage" in line


class TestConditions:
    """A tranche is never forgotten: two steps with conditions do when one of them is always taken."""

    ALWAYS = "  - { pay: interest, tranche: B }\n  - { pay: fee"
    CONDITIONAL = "  - { pay: interest, tranche: B, while_on: [%s] }\n  - { pay: fee"

    @pytest.mark.parametrize(
        "triggers",
        ["behind plan, unprofitable, A unpaid, default", "late, behind plan, unprofitable, A unpaid, default"],
    )
    def test_that_leave_no_gap_are_enough(self, load, triggers):
        load(changed(self.ALWAYS, self.CONDITIONAL % triggers))

    def test_that_leave_a_gap_are_not(self, refusal):
        line = refusal(changed(self.ALWAYS, self.CONDITIONAL % "behind plan, unprofitable, A unpaid"))
        assert line.endswith("'tranches.1': no step always pays the interest of 'B'")


def without(*starts):
    """The example without the lines that begin so."""
    lines = TEXT.splitlines(keepends=True)
    return "".join(line for line in lines if not line.strip().startswith(starts))


class TestLastStep:
    def test_need_not_take_all_where_somebody_owns_the_dust(self, load):
        assert load(without("- { pay: split", "performance:")).waterfall[-1].pay is Pay.HURDLE

    def test_must_take_all_where_nobody_does(self, refusal):
        line = refusal(without("- { pay: split", "performance:", "dust_owner"))
        assert "the last step must take all that is left (residual or split), or `dust_owner`" in line


class TestParts:
    def test_an_investor_is_no_part_of_the_deal(self, refusal):
        assert "'seller' is a part of the deal itself" in refusal(changed("name: pension fund", "name: seller"))

    def test_orders_must_pay_the_price(self, refusal):
        line = refusal(
            changed("purchase_price: 3500000.00", "purchase_price: 3555000.00").replace(
                "amount: 200000.00", "amount: 94999.99"
            )
        )
        assert line.endswith("'investors': the book pays 3554999.99, the purchase price is 3555000.00")

    def test_a_default_needs_steps_to_follow(self, refusal):
        text = TEXT[: TEXT.index("accelerated:")] + TEXT[TEXT.index("dust_owner") :]
        assert "'triggers.default': an event of default needs the steps that follow it, `accelerated`" in refusal(text)

    def test_a_floating_rate_needs_an_index(self, refusal):
        text = TEXT[: TEXT.index("index:\n")] + TEXT[TEXT.index("# Fee lines") :]
        assert "'tranches.0.floating': needs the deal's `index`" in refusal(text)

    def test_steps_on_the_reserve_need_one(self, refusal):
        text = TEXT.replace("reserve: { tranches: [A], share: 3 %, floor: 10000.00, cap: 90000.00 }", "").replace(
            "3500000.00", "3560000.00"
        )
        assert "'waterfall.0': release needs a reserve, and the deal has none" in refusal(text)


class TestRefusals:
    @pytest.mark.parametrize(
        ("old", "new", "place", "reason"),
        [
            # tranches
            (
                "size: 2700000.00\n",
                "size: 2700000.00\n    rate: 1 %\n",
                "tranches.0",
                "has rate and floating: a tranche has one rate",
            ),
            ("floor: 0 %, cap: 4 %", "floor: 5 %, cap: 4 %", "tranches.0.floating.floor", "is above the cap"),
            ("cap: 4 %", "cap: 1001 %", "tranches.0.floating", "is above 1000 % a year"),
            (
                "from_period: 1,",
                "from_period: 2,",
                "tranches.1.step_up",
                "must begin at period 1, and its periods must rise",
            ),
            (
                "from_period: 7,",
                "from_period: 1,",
                "tranches.1.step_up",
                "must begin at period 1, and its periods must rise",
            ),
            ("rate: 9.5 %", "rate: 1001 %", "tranches.1.step_up.1.rate", "is above 1000 % a year"),
            (
                "minimum: 400000.00",
                "minimum: 500000.01",
                "tranches.1.minimum",
                "500000.01 is above the size, 500000.00",
            ),
            ("minimum: 400000.00", "minimum: 0.00", "tranches.1.minimum", "must be above 0"),
            (
                "day_count: 30/360",
                "day_count: 30/365",
                "tranches.1.day_count",
                "input should be 'actual/365', 'actual/360' or '30/360'",
            ),
            (
                "unpaid_interest: missed",
                "unpaid_interest: lost",
                "tranches.0.unpaid_interest",
                "input should be 'deferred', ",
            ),
            (
                "purchase_price: 3500000.00",
                "purchase_price: 3560000.01",
                "tranches",
                "the tranches add up to 3560000.00",
            ),
            # index
            ("first: 2.1 %", "first: 1001 %", "index.first", "is above 1000 % a year"),
            (
                "1.9 %, 1.85 %]",
                "1.9 %, 1 %, 1 %, 1 %, 1 %, 1 %, 1 %, 1 %]",
                "index.assumed",
                "has 13 entries, the deal 12 periods",
            ),
            # fees
            (
                "amount: 800.00",
                "amount: 800.00, rate: 1 %",
                "fees.trustee",
                "a fee of an amount has `amount`, and neither",
            ),
            (
                "{ rate: 7 %, cap",
                "{ of: collections, cap",
                "fees.servicing",
                "a fee of collections has `rate`, and no amount",
            ),
            ("{ rate: 7 %, cap", "{ rate: 101 %, cap", "fees.servicing.rate", "is above 100 %"),
            ("rate: 0.12 %", "rate: 1001 %", "fees.administration.rate", "is above 1000 %"),
            (
                "of: tranche, tranche: A",
                "of: tranche",
                "fees.guarantee",
                "names a tranche when it is a fee of a tranche",
            ),
            (
                "of: tranche, tranche: A",
                "of: tranche, tranche: C",
                "fees.guarantee.tranche",
                "no tranche is called 'C' (A, B, J)",
            ),
            (
                "cap: 60000.00, carried",
                "cap: 60000.00, floor: 60000.01, carried",
                "fees.servicing.floor",
                "is above the cap",
            ),
            ("senior: yes }", "senior: oui }", "fees.trustee.senior", "'oui' is neither yes nor no"),
            ("floor: 250.00", "floor: 250.001", "fees.administration.floor", "250.001 has more than 2 decimals (DEUR)"),
            ("  performance:", "  bonus: { rate: 1 % }\n  performance:", "fees.bonus", "no step pays the fee 'bonus'"),
            # reserve and hurdles
            ("reserve: { tranches: [A]", "reserve: { tranches: [A, A]", "reserve.tranches.1", "'A' stands twice"),
            ("floor: 10000.00, cap: 90000.00", "floor: 90000.01, cap: 90000.00", "reserve.floor", "is above the cap"),
            ("share: 3 %", "share: 101 %", "reserve.share", "is above 100 %"),
            (
                "{ tranche: J, rate: 15 % }",
                "{ tranche: K, rate: 15 % }",
                "hurdles.fifteen.tranche",
                "no tranche is called 'K'",
            ),
            (
                "{ tranche: J, rate: 15 % }",
                "{ tranche: J, rate: 1001 % }",
                "hurdles.fifteen.rate",
                "is above 1000 % a year",
            ),
            # triggers
            (
                "test: servicer_late",
                "test: servicer_lat",
                "triggers.late.test",
                "input should be 'over_collateralisation'",
            ),
            (
                "tranche: A, below: 150 %",
                "below: 150 %",
                "triggers.thin cover",
                "over_collateralisation needs `below` and `tranche`",
            ),
            (
                "test: clean_up, below",
                "test: clean_up, above",
                "triggers.clean-up",
                "clean_up needs `below`, and no other key but",
            ),
            (
                "test: reserve_below_target",
                "test: reserve_below_target, below: 1 %",
                "triggers.reserve short",
                "needs no key but `cured`",
            ),
            (
                "test: interest_missed, tranche: A",
                "test: interest_missed, tranche: C",
                "triggers.A unpaid.tranche",
                "no tranche is called",
            ),
            (
                "final_maturity, period: 12",
                "final_maturity, period: 13",
                "triggers.maturity.period",
                "the deal has 12 periods",
            ),
            ("above: 70 %", "above: 1001 %", "triggers.heavy losses.above", "is above 1000 %"),
            (
                "cured: never",
                "cured: -1",
                "triggers.heavy losses.cured",
                "is neither never, at_once nor a number of runs",
            ),
            ("cured: never", "cured: 65536", "triggers.heavy losses.cured", "of runs from 1 to 65535"),
            ("costs: 2 %", "costs: 102 %", "calendar.costs", "is above 100 %: the servicer can't take off more"),
            ("assumed: [2.1 %, 2.05 %,", "assumed: [2.1 %, 1001 %,", "index.assumed.1", "is above 1000 % a year"),
            (
                "cured: never",
                "cured: seldom",
                "triggers.heavy losses.cured",
                "is neither never, at_once nor a number of runs from 1",
            ),
            # life
            (
                "to_period: 1,",
                "to_period: 12,",
                "revolving.to_period",
                "must be before the last of the deal's 12 periods",
            ),
            (
                "thin interest, heavy losses",
                "thin interest, heavy loss",
                "revolving.stops_on.2",
                "did you mean 'heavy losses'?",
            ),
            ("vote: { share: 50 %", "vote: { share: 100 %", "vote.share", "must be below 100 %: it has to be exceeded"),
            ("by: ledgers", "by: ledger", "losses.by", "input should be 'ledgers' or 'nav'"),
            (
                "carrying_ratio: 35 %",
                "carrying_ratio: 0 %",
                "losses.carrying_ratio",
                "must be above 0 % and at most 100 %",
            ),
            (
                "carrying_ratio: 35 %",
                "carrying_ratio: 100.0000000000000001 %",
                "losses.carrying_ratio",
                "must be above 0 % and at most 100 %",
            ),
            ("carrying_ratio: 35 %", "carrying_ratio: 0.35", "losses.carrying_ratio", "'0.35' is not a percentage"),
            # steps
            ("by: ledgers", "by: nav", "waterfall.12", "a deficiency needs `losses: { by: ledgers }`"),
            ("{ pay: top_up }", "{ pay: top_up, tranche: A }", "waterfall.8", "top_up needs no key but a condition"),
            (
                "{ pay: draw, tranches: [A], fees: [trustee, guarantee] }",
                "{ pay: draw }",
                "waterfall.1",
                "draw needs tranches or fees",
            ),
            (
                "fees: [trustee, guarantee]",
                "fees: [trustees]",
                "waterfall.1.fees.0",
                "no fee is called 'trustees'; did you mean 'trustee'?",
            ),
            ("fee: servicing, share: 60 %", "fee: servicing, share: 100.1 %", "waterfall.5.share", "is above 100 %"),
            (
                "tranche: B, rate: 2 %",
                "tranche: B",
                "waterfall.10",
                "interest_up_to needs `tranche` and `rate`, and no other key",
            ),
            ("tranche: B, rate: 2 %", "tranche: B, rate: 1001 %", "waterfall.10.rate", "is above 1000 % a year"),
            ("ratio: 160 %", "ratio: 0 %", "waterfall.11.ratio", "must be above 0"),
            (
                "hurdle: fifteen",
                "hurdle: fiften",
                "waterfall.20.hurdle",
                "no hurdle is called 'fiften'; did you mean 'fifteen'?",
            ),
            (
                "tranches: [A, B], unless",
                "tranches: [A, C], unless",
                "waterfall.13.tranches.1",
                "no tranche is called 'C'",
            ),
            (
                "unless_on: [thin cover]",
                "unless_on: [thick cover]",
                "waterfall.10.unless_on.0",
                "no trigger is called 'thick cover'",
            ),
            (
                "unless_on: [thin cover]",
                "unless_on: [thin cover], while_on: [late]",
                "waterfall.10",
                "a step has one condition",
            ),
            ("share: 20 % }", "share: 20 %, while_on: [late] }", "waterfall.21", "the split can't be passed over"),
            (
                "{ pay: residual, tranche: J }",
                "{ pay: interest, tranche: J }",
                "tranches.2",
                "principal of 'J' once the deal is accelerated",
            ),
        ],
    )
    def test_name_place_and_cure(self, refusal, old, new, place, reason):
        line = refusal(changed(old, new))
        assert f"'{place}': " in line
        assert reason in line

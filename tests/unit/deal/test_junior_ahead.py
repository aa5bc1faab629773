"""No junior ahead of a failing senior test, as a deal file is told: which step, tranche and test, and what to do.

Each case is the example that says everything, with one change. Its coverage tests are *thin cover* (of A) and *thin
interest* (of A and B).
"""

from pathlib import Path

import pytest

TEXT = Path("deals/gacs-style/deal.yaml").read_text(encoding="utf-8")
PRO_RATA = "  - { pay: principal_pro_rata, tranches: [A, B]"
PRINCIPAL_A = "  - { pay: principal, tranche: A }\n  - { pay: interest, tranche: B }\n  - { pay: fee, fee: servicing }"
PRINCIPAL_B = "  - { pay: principal, tranche: B }\n  - { pay: interest, tranche: J }\n"
HURDLE = "  - { pay: hurdle, hurdle: fifteen }"
OVER_A = "while 'thin cover' is on and 'A' may have principal left: "
FOR_A = "put `principal` of 'A' before it, with no release or draw between"


def changed(old, new):
    assert TEXT.count(old) == 1
    return TEXT.replace(old, new)


def ahead(step):
    """The example with a step ahead of the principal of A."""
    return changed(PRO_RATA, f"  - {{ {step} }}\n{PRO_RATA}")


@pytest.mark.parametrize(
    ("step", "whom"),
    [
        ("pay: principal, tranche: B", "principal can pay 'B'"),
        ("pay: principal_pro_rata, tranches: [A, J]", "principal_pro_rata can pay 'J'"),
        ("pay: principal_to_target, tranche: J, ratio: 150 %", "principal_to_target can pay 'J'"),
        ("pay: deficiency, tranche: B", "deficiency can pay 'B'"),
        ("pay: hurdle, hurdle: fifteen", "hurdle can pay 'J'"),
        ("pay: principal, tranche: B, while_on: [thin cover]", "principal can pay 'B'"),
        ("pay: principal, tranche: B, while_on: [late]", "principal can pay 'B'"),
        ("pay: principal, tranche: B, unless_on: [late]", "principal can pay 'B'"),
    ],
)
def test_names_step_tranche_and_test_and_says_what_to_do(refusal, step, whom):
    line = refusal(ahead(step))
    assert line.endswith(f"'waterfall.13': {whom} {OVER_A}{FOR_A}; or give it `unless_on: [thin cover]`")


@pytest.mark.parametrize(
    "step", ["pay: principal, tranche: B, unless_on: [late, thin cover]", "pay: deficiency, tranche: A"]
)
def test_is_content_where_no_junior_can_be_paid(load, step):
    load(ahead(step))


def test_looks_at_each_test(refusal, load):
    step = "pay: principal, tranche: J, unless_on: [%s]"
    load(ahead(step % "thin cover, thin interest"))
    line = refusal(ahead(step % "thin cover"))
    assert "principal can pay 'J' while 'thin interest' is on and 'A' and 'B' may have principal left" in line


@pytest.mark.parametrize(
    "principal",
    ["pay: principal, tranche: A, while_on: [late]", "pay: principal, tranche: A, unless_on: [thin cover]"],
)
def test_wants_the_principal_whenever_the_test_is_on(refusal, principal):
    steps = PRINCIPAL_A.replace("pay: principal, tranche: A", principal)
    gap = PRINCIPAL_B + "  - { pay: principal, tranche: A }\n"
    text = changed(PRINCIPAL_A, steps).replace(PRINCIPAL_B, gap)
    assert f"'waterfall.17': principal can pay 'B' {OVER_A}{FOR_A}" in refusal(text)


@pytest.mark.parametrize(
    "principal",
    [
        "pay: principal, tranche: A, while_on: [late, thin cover, thin interest]",
        "pay: principal_pro_rata, tranches: [A], while_on: [thin cover, thin interest]",
    ],
)
def test_takes_principal_that_is_paid_whenever_the_test_is_on(load, principal):
    steps = PRINCIPAL_A.replace("pay: principal, tranche: A", principal)
    load(changed(PRINCIPAL_A, steps).replace(PRINCIPAL_B, PRINCIPAL_B + "  - { pay: principal, tranche: A }\n"))


def test_new_cash_comes_before_the_principal(refusal, load):
    release = f"  - {{ pay: release }}\n{HURDLE}"
    line = refusal(changed(HURDLE, release))
    assert f"'waterfall.21': hurdle can pay 'J' {OVER_A}{FOR_A}; or give it" in line
    load(changed(HURDLE, release.replace("release", "release, unless_on: [thin cover, thin interest]")))


def test_a_step_that_takes_all_can_only_stand_behind(refusal):
    line = refusal(changed("  - { pay: split", "  - { pay: release }\n  - { pay: split"))
    assert line.endswith(f"'waterfall.22': split can pay 'J' and its fee {OVER_A}{FOR_A}")


def test_the_accelerated_steps_are_looked_at_too(refusal):
    line = refusal(changed("  - { pay: residual", "  - { pay: release }\n  - { pay: residual"))
    assert line.endswith(f"'accelerated.9': residual can pay 'J' {OVER_A}{FOR_A}")


@pytest.mark.parametrize(("stops", "test"), [("thin cover", "thin interest"), ("thin interest", "thin cover")])
def test_each_coverage_test_ends_revolving(refusal, stops, test):
    line = refusal(changed("stops_on: [thin cover, thin interest, heavy", f"stops_on: [{stops}, heavy"))
    assert line.endswith(f"'revolving.stops_on': the coverage test '{test}' must end revolving: add it")

"""The names of refusals by verb: each is there, none that the model knows is forgotten, and the page shows them."""

import re
from pathlib import Path

import pytest

from salvor.deal.life import Do
from salvor.deal.load import load_deal, load_life
from salvor.deal.refusals import NAMES, REFUSALS, RULED, refusal_findings, table

ROOT = Path(__file__).parents[3]
# What the model refuses beside that: terms, reports, runs, indices, signatures, and what no line of a life can say.
ELSEWHERE = {
    *("TermsDoNotFit", "JuniorAhead", "RevolvesPastTest", "BeforeDeadline", "DeadlinePassed", "NotBegun"),
    *("TooEarly", "PoolNotEmpty", "NoSuchPeriod", "WrongPeriod", "ReportDoesNotAddUp", "CorrectionDoesNotAddUp"),
    *("TotalBelowZero", "NotReported", "IndexTooLate", "IndexNotDue", "IndexAlreadyTold", "CashArrivedShort"),
    *("ERC2612ExpiredSignature", "ERC2612InvalidSigner", "ERC20InsufficientAllowance", "AdmissionInThePast"),
    *("Refused", "ZeroUnits", "EmptyTape", "JustCalled", "ProceedsAwaited", "TooManyAwaited", "ProceedsDoNotAddUp"),
}


def of_the_model():
    """Of the deal's own model and what it is made of: values, vaults and auctions have models beside it."""
    waiting, texts = ["deal"], {}
    while waiting:
        name = waiting.pop()
        if name not in texts:
            texts[name] = (ROOT / f"salvor/model/{name}.py").read_text(encoding="utf-8")
            waiting += re.findall(r"from salvor\.model\.(\w+) import", texts[name])
    return {name for text in texts.values() for name in re.findall(r'Refused\(\s*"(\w+)"', text)}


def of_the_interfaces():
    return {
        name
        for path in (ROOT / "interfaces").glob("*.sol")
        for name in re.findall(r"^\s*error (\w+)\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }


class TestNames:
    def test_are_errors_of_the_contracts_and_the_model_has_them_too(self):
        assert {name for names in REFUSALS.values() for name in names} <= of_the_model()
        # OpenZeppelin's token declares its own.
        assert set(NAMES) - of_the_interfaces() == {"ERC20InsufficientBalance"}

    def test_are_all_that_the_model_can_say_to_a_life(self):
        assert of_the_model() - ELSEWHERE == {name for names in REFUSALS.values() for name in names}

    def test_are_all_that_rules_can_say_to_a_life(self):
        text = (ROOT / "salvor/investors/on_stage.py").read_text(encoding="utf-8")
        said = set(re.findall(r'Refused\(\s*"(\w+)"', text)) | {"NotEligible"}  # which the deal's model says
        assert said - {"ERC20InsufficientBalance"} == {name for names in RULED.values() for name in names}

    def test_stand_under_verbs(self):
        assert {*REFUSALS, *RULED} <= {str(do) for do in Do}

    @pytest.mark.parametrize("name", ["life.yaml", "cancelled.yaml", "silent.yaml"])
    def test_of_the_shipped_lives_stand_under_their_verb(self, name):
        folder = ROOT / "deals/whole-life"
        life = load_life(folder / name, load_deal(folder / "deal.yaml"))
        for _, event in life.events:
            assert event.refused is None or event.refused in REFUSALS[event.do]

    def test_are_shown_on_the_page(self):
        page = (ROOT / "docs/playing.md").read_text(encoding="utf-8")
        assert table(REFUSALS) in page
        assert table(RULED) in page


class TestWhatIsNone:
    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("HolderFrosen", "no refusal is called 'HolderFrosen'; did you mean 'HolderFrozen'?"),
            ("Nonsense", "no refusal is called 'Nonsense'; docs/playing.md lists them"),
            ("yes", "'yes' is no name: write the error that is meant, such as HolderFrozen"),
        ],
    )
    def test_is_told(self, name, said):
        (reason,) = refusal_findings(name)
        assert reason.startswith(said)

    def test_is_not_a_name_that_is_there(self):
        assert [reason for name in NAMES for reason in refusal_findings(name)] == []

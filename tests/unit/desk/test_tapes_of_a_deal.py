"""Loans of further tapes and of groups of tranches: each is proved by the tape that it is in, which the chain knows."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from salvor.chain.refusal import CallRefused
from salvor.deal.load import load_tape_mapping
from salvor.demo import prepare
from salvor.desk import sale_acts as acts
from salvor.desk.loan_values import read_values
from salvor.desk.sales import triggers_of
from salvor.desk.screening import LATE
from salvor.desk.tapes import Proofs, Tapes, placed, read_tapes, roots_of
from salvor.desk.trigger_command import Asked, run
from salvor.desk.watching import bring_on, cases_of, look_at
from salvor.errors import LoanTwice, NotCommitted, OptionInvalid
from salvor.model.liquidation.state import Stage
from salvor.options import Acting
from salvor.tape.check import check_tape
from salvor.tape.commitment.folder import write_commitment
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape
from tests.utils.worked import DAY, set_worked
from tests.utils.world import NO_CORRECTION, report_of

FOLDER = Path("deals/two-speeds")
CLAIM = "expected_recovery"
LONG, QUICK, LATER = "1629", "2030", "9001"  # a loan of each tape
HEAD = "account_id,expected_recovery,actual_recovery,recovery_level\n"
TERMS = {"kind": "COLLATERAL", "by_rank": True, "debtor": None}
WORDS = "twelve words or more"


def committed(folder, rows):
    """A tape of its own."""
    folder.mkdir()
    (folder / "tape.csv").write_text(HEAD + rows, encoding="utf-8")
    mapping = load_tape_mapping(Path("deals/charged-off-accounts/mapping.yaml"))
    check_tape(folder / "tape.csv", mapping, decimals=2, out=folder / "tape")
    secret = Secret.draw()
    return Proofs(commit_tape([checked_part(folder / "tape")], secret), CLAIM, secret, folder=folder)


@pytest.fixture(scope="module")
def stood(tmp_path_factory, request):
    """Both groups are closed, and a further tape was bought."""
    out = tmp_path_factory.mktemp("two")
    for folder in (FOLDER, FOLDER.parent / "charged-off-accounts"):
        shutil.copytree(folder, out / folder)
    file = out / FOLDER / "deal.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "\nrevolving: { to_period: 1 }\n", encoding="utf-8")
    ready = prepare(file, tape_file=None, out=out)
    made = set_worked(ready, request.config.rootpath)
    later = committed(out / "later", f"{LATER},700,0,1\n9002,800,0,1\n")
    public = later.commitment.public
    tape = (public.root, public.loan_count, public.gross_balance)
    made.live.pool.buyFurther(tape, 0, sender=made.admin)
    yield made, later
    made.lab.close()


@pytest.fixture
def worked(stood):
    kept = stood[0].lab.snapshot()
    yield stood[0]
    stood[0].lab.restore(kept)


@pytest.fixture
def tapes(stood):
    """All three, as an issuer holds them."""
    made, later = stood
    [quick] = made.ready.groups
    own = Proofs(quick.commitment, CLAIM, quick.secret, folder=quick.tape.accepted.parent)
    return Tapes((later, own, replace(made.proofs, folder=made.ready.tape.accepted.parent)))


@pytest.fixture
def there(worked, tapes):
    return placed(worked.sales, tapes)


def test_each_is_placed_by_its_root(there):
    assert [(each.group, each.place) for each in there.tapes] == [(0, 1), (1, 0), (0, 0)]
    assert [there.homes[loan] for loan in (LONG, QUICK, LATER)] == [0, 1, 0]


@pytest.mark.parametrize(("loan", "group"), [(LONG, 0), (QUICK, 1), (LATER, 0)])
def test_a_case_is_opened_over_a_loan_of_any(worked, there, loan, group):
    acts.open_case(worked.sales, there, [loan], **TERMS, sender=worked.servicer)
    account = worked.sales.house.accountOf(1)
    assert (account.group, account.outstanding) == (group, there.claims[loan])


def test_a_case_takes_loans_of_several(worked, there):
    acts.open_case(worked.sales, there, [LATER, QUICK, LONG], **TERMS, sender=worked.servicer)
    assert (worked.sales.book.caseOf(1).loans, worked.sales.house.accountOf(1).group) == (3, 0)
    with pytest.raises(OptionInvalid, match=f"loan '{QUICK}' is in case 1 already"):
        acts.open_case(worked.sales, there, [QUICK], **TERMS, sender=worked.servicer)


def test_without_its_place_a_loan_is_not_proved(worked, tapes):
    with pytest.raises(CallRefused, match="NotProved"):
        acts.open_case(worked.sales, tapes, [LATER], **TERMS, sender=worked.servicer)


def test_fire_opens_loans_of_all(worked, there, tmp_path):
    triggers = triggers_of(worked.ready.deal, FOLDER / "deal.yaml")
    text = "".join(f"{loan},{worked.lab.now},1.00\n" for loan in (LONG, QUICK, LATER))
    (tmp_path / "values.csv").write_text("loan,at,collateral\n" + text)
    claims, now = there.claims, worked.lab.now
    values = read_values(tmp_path / "values.csv", list(triggers.values()), claims, now=now)
    look = look_at(values, triggers, decimals=2, now=now, sales=worked.sales, homes=there.homes)
    done = list(bring_on(worked.sales, look, there, sender=worked.servicer, most=5))
    assert sorted(each.what for each in done if each.outcome == "opened") == sorted(
        f"loan {loan}" for loan in (LONG, QUICK, LATER)
    )
    assert {worked.sales.house.accountOf(case).group for case in (1, 2, 3)} == {0, 1}


def test_a_report_is_late_of_the_group_whose_the_loan_or_the_case_is(worked, there):
    """The quick group has reported its first month, the long one has not."""
    first, triggers = worked.ready.terms.period_ends[0], triggers_of(worked.ready.deal, FOLDER / "deal.yaml")
    acts.open_case(worked.sales, there, [LONG], **TERMS, sender=worked.servicer)
    acts.open_case(worked.sales, there, [QUICK], **TERMS, sender=worked.servicer)
    worked.lab.now = first + DAY
    worked.live.liquidation.groups[0].pool.report(1, report_of(0), NO_CORRECTION, sender=worked.servicer)
    found, stages = cases_of(worked.sales, list(triggers.values()))
    second = worked.ready.groups[0].terms.period_ends[1]
    assert found[LATE].to_list() == [worked.lab.now - first, worked.lab.now - second]
    assert set(stages.values()) == {Stage.OPENED}


class TestBadInput:
    def test_a_tape_that_was_not_bought_is_refused_with_those_that_were(self, worked, tmp_path):
        other = Tapes((committed(tmp_path / "other", "7,1,0,1\n"),))
        with pytest.raises(OptionInvalid) as refused:
            placed(worked.sales, other)
        said = str(refused.value)
        for root, words in zip(
            roots_of(worked.sales), ("bought at closing)", "further tape 1)", "'quick'"), strict=True
        ):
            assert f"0x{root.hex()[:16]}..." in said
            assert words in said

    def test_a_loan_that_two_tapes_have_is_named(self, tapes, tmp_path):
        twice = Tapes((*tapes.tapes, committed(tmp_path / "other", f"{QUICK},1,0,1\n")))
        with pytest.raises(LoanTwice, match=f"loan '{QUICK}'"):
            twice.must_have(QUICK)

    def test_a_loan_that_none_has_is_told_with_the_tapes_that_were_looked_at(self, tapes):
        with pytest.raises(NotCommitted, match=r"no loan '900l' in .* nor .* nor .*did you mean '900"):
            tapes.must_have("900l")


class TestFiles:
    @pytest.fixture
    def kept(self, tmp_path, monkeypatch):
        """Two commitments with a secret each, as `ape run tape commit` leaves them."""
        monkeypatch.setenv("SALVOR_PASSPHRASE", WORDS)
        for name, rows in (("one", "1,10,0,1\n"), ("two", "2,20,0,1\n")):
            made = committed(tmp_path / name, rows)
            write_commitment(made.commitment, made.secret, [made.folder / "tape"], tmp_path / name)
            made.secret.save(tmp_path / f"{name}.json", WORDS, work=2)
        return tmp_path

    def test_each_finds_its_secret_in_whatever_order(self, kept):
        folders, secrets = [kept / "one", kept / "two"], [kept / "two.json", kept / "one.json"]
        tapes = read_tapes(CLAIM, folders, secrets, None)
        assert tapes.claims == {"1": 10_00, "2": 20_00}
        assert all(tape.of(loan)[0] == 0 for tape, loan in zip(tapes.tapes, "12", strict=True))

    def test_a_missing_secret_is_named(self, kept):
        with pytest.raises(
            NotCommitted, match=r"two was committed with another secret than .*one.json; name its --secret"
        ):
            read_tapes(CLAIM, [kept / "one", kept / "two"], [kept / "one.json"], None)


def test_without_a_chain_the_claims_of_groups_are_known_too(tmp_path):
    """Of `ape run triggers DEAL --values FILE`."""
    (tmp_path / "values.csv").write_text(f"loan,at,collateral\n{LONG},2026-11-27,1.00\n{QUICK},2026-11-27,1.00\n")
    chosen = Acting(FOLDER / "deal.yaml", "", None, None, "1", tmp_path, None)
    done = run(chosen, Asked(values_file=tmp_path / "values.csv"))
    assert done.loans == 2

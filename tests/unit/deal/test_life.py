"""A life beside a deal: what it says, and what is wrong with one, by line and field."""

from pathlib import Path

import pytest

from salvor.deal.life import Do
from salvor.deal.load import load_deal, load_life
from salvor.errors import DealInvalid, FileMissing

FOLDER = Path("deals/whole-life")
HEAD = "salvor_life: 1\n"


@pytest.fixture(scope="module")
def deal():
    return load_deal(FOLDER / "deal.yaml")


@pytest.fixture
def refused(deal, tmp_path):
    """Why a text is no life of the deal, without the path."""

    def told(text):
        path = tmp_path / "life.yaml"
        path.write_text(HEAD + text, encoding="utf-8")
        with pytest.raises(DealInvalid) as caught:
            load_life(path, deal)
        return caught.value.format_message().removeprefix(f"{path}: ")

    return told


class TestShipped:
    def test_says_everything_that_can_be_done(self, deal):
        """Then the run of the example plays all of it."""
        life = load_life(FOLDER / "life.yaml", deal)
        others = [load_life(FOLDER / name, deal) for name in ("cancelled.yaml", "silent.yaml")]
        done = {event.do for each in (life, *others) for _, event in each.events}
        assert set(Do) - done == {Do.REMOVE}

    def test_ends_with_the_last_report(self, deal):
        assert load_life(FOLDER / "life.yaml", deal).last_period(deal) == 9
        assert load_life(FOLDER / "cancelled.yaml", deal).last_period(deal) == 12


class TestRefusals:
    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("at_closing: [{ do: claimm }]", "'at_closing.0.do': 'claimm': input should be 'admit', 'remove'"),
            ("at_closing: [{ do: claim, whom: x }]", "unknown key"),
            ("reports: { 4: { missing: yes, days_late: 1 } }", "'reports.4.missing': who is silent is not late"),
            ("reports: { 4: { missing: yes, last: yes } }", "'reports.4.missing': who is silent is not late"),
            ("at_closing: [{ do: order, who: insurer, tranche: A }]", "order takes `who`, `tranche`, `amount`"),
            ("at_closing: [{ do: claim, amount: 1 }]", "claim takes `who` (may be left out), `tranche` (may be left"),
            ("at_closing: [{ do: claim, who: insure }]", "'at_closing.0.who': no account is called 'insure'; did you"),
            ("at_closing: [{ do: claim, tranche: C }]", "'at_closing.0.tranche': no tranche is called 'C'"),
            ("at_closing: [{ do: claim_batch, holders: [insurer, insurer] }]", "'insurer' stands twice"),
            ("at_closing: [{ do: pay_credits, who: insurer }]", "no account is called 'insurer'"),
            ("at_closing: [{ do: buy_loans, tape: second, amount: 1 }]", "no further tape is called 'second'"),
            ("at_closing: [{ do: order, who: insurer, tranche: A, amount: 0 }]", "0 must be above 0"),
            ("at_closing: [{ do: order, who: insurer, tranche: A, amount: 0.001 }]", "more than 2 decimals (DEUR)"),
            ("after_period: { 13: [{ do: claim }] }", "'after_period.13': the deal has 12 periods"),
            ("after_period: { x: [{ do: claim }] }", "'x' is not a whole number"),
            (
                "reports: { 3: { last: yes }, 5: { days_late: 1 } }",
                "'reports.5': the report of period 3 is the last one",
            ),
            ("reports: { 3: { days_late: 26 } }", "less than or equal to 25"),
            ("wallets: [trustee]", "'wallets.0': 'trustee' is somebody already"),
            ("at_closing: [{ do: claim, refused: HolderFrosen }]", "'at_closing.0.refused': no refusal is called"),
            ("at_closing: [{ do: claim, refused: yes }]", "'at_closing.0.refused': 'yes' is no name"),
            (
                "at_closing: [{ do: order, who: insurer, tranche: A, amount: '50,000.00' }]",
                "'50,000.00' is not an amount, such as 450000.00 (leave the thousands comma out)",
            ),
            ("wallets: [a, a]", "'wallets.1': 'a' is somebody already"),
        ],
    )
    def test_name_line_field_and_what_to_do(self, refused, text, said):
        line = refused(text)
        assert line.startswith("line 2, column ")
        assert said in line

    def test_a_tape_is_bought_once(self, refused):
        tapes = "further_tapes: { more: { file: f.csv, mapping: m.yaml } }\n"
        buy = "{ do: buy_loans, tape: more, amount: 1 }"
        assert "'more' is bought twice" in refused(f"{tapes}after_period: {{ 1: [{buy}], 2: [{buy}] }}")

    def test_a_tape_that_was_refused_may_be_bought_later(self, deal, tmp_path):
        tapes = "further_tapes: { more: { file: f.csv, mapping: m.yaml } }\n"
        buy = "{ do: buy_loans, tape: more, amount: 1"
        path = tmp_path / "life.yaml"
        path.write_text(f"{HEAD}{tapes}after_period: {{ 1: [{buy}, refused: AboveAccount }}], 2: [{buy} }}] }}")
        assert len(list(load_life(path, deal).events)) == 2

    def test_a_vote_needs_a_second_list_of_steps(self, tmp_path):
        deal = load_deal(Path("deals/charged-off-accounts/deal.yaml"))
        path = tmp_path / "life.yaml"
        path.write_text(f"{HEAD}at_closing: [{{ do: vote, who: sponsor }}]")
        with pytest.raises(DealInvalid, match="no second list of steps"):
            load_life(path, deal)

    def test_a_format_that_this_version_does_not_read(self, deal, tmp_path):
        path = tmp_path / "life.yaml"
        path.write_text("salvor_life: 2\n")
        with pytest.raises(DealInvalid, match="'salvor_life': is 2, and this version of Salvor reads 1"):
            load_life(path, deal)

    def test_a_file_that_is_not_there(self, deal, tmp_path):
        with pytest.raises(FileMissing, match="no such life of a deal"):
            load_life(tmp_path / "life.yaml", deal)

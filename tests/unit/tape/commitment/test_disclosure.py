"""A disclosure shows the named fields and nothing else, and holds only as it was made."""

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from salvor.errors import FileMissing, FileUnreadable, NotCommitted
from salvor.tape.commitment.disclosure import Disclosure, disclose, for_people, read_disclosure, verify
from salvor.tape.commitment.folder import read_commitment, read_public, write_commitment
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_tape

SHOWN = ("disbursed_amount", "charge_off_date", "status")


@pytest.fixture
def disclosure(commitment, secret):
    return disclose(commitment, secret, "L3", SHOWN)


def changed(disclosure, change):
    """The file with one change."""
    content = json.loads(disclosure.as_json())
    change(content)
    return Disclosure.model_validate(content)


class TestDisclose:
    def test_holds_against_the_tape(self, disclosure, commitment):
        assert verify(disclosure, commitment.public) == []
        assert [(field.name, field.value) for field in disclosure.fields] == [
            ("disbursed_amount", "25050"),
            ("charge_off_date", "2021-06-30"),
            ("status", "charged_off"),
        ]

    def test_holds_for_every_field_of_every_loan(self, commitment, secret):
        names = commitment.parts[0].schema.names
        for loan in commitment.identifiers:
            assert verify(disclose(commitment, secret, loan, names), commitment.public) == []

    def test_proves_that_a_value_is_not_there(self, commitment, secret):
        shown = disclose(commitment, secret, "L4", ["disbursement_date", "guaranteed_amount"])
        assert [field.value for field in shown.fields] == [None, None]
        assert verify(shown, commitment.public) == []

    def test_shows_nothing_else_of_the_loan(self, disclosure, commitment, secret):
        text = disclosure.as_json()
        hidden = [name for name in commitment.parts[0].schema.names if name not in SHOWN]
        assert len(hidden) > 10
        assert not any(secret.field_salt(2, name).hex() in text for name in hidden)
        assert "L3" not in text.replace("0x", "")
        assert "2020-03-02" not in text
        assert "loan_id" not in text

    def test_takes_a_field_once(self, commitment, secret):
        assert len(disclose(commitment, secret, "L3", ["status", "status"]).fields) == 1

    @pytest.mark.parametrize(
        ("loan", "names", "told"),
        [
            ("L33", ["status"], "no loan 'L33' in this tape; did you mean 'L3'?"),
            ("L3", ["statsu"], "no field 'statsu' in sme_loans; did you mean 'status'?"),
            ("L3", [], "no field to disclose; there is: contract_identifier"),
        ],
    )
    def test_refuses_what_is_not_there(self, commitment, secret, loan, names, told):
        with pytest.raises(NotCommitted) as refused:
            disclose(commitment, secret, loan, names)
        assert told in refused.value.message

    def test_refuses_another_secret(self, commitment):
        with pytest.raises(NotCommitted, match="this is another secret"):
            disclose(commitment, Secret.draw(), "L3", ["status"])


class TestVerify:
    CHANGES = (
        ("value", lambda d: d["fields"][0].update(value="25051"), "'disbursed_amount' says '25051', its bytes"),
        ("leading zero", lambda d: d["fields"][0].update(value="025050"), "its bytes say something else"),
        ("no number", lambda d: d["fields"][0].update(value="x"), "its bytes say something else"),
        ("absent", lambda d: d["fields"][0].update(value=None), "its bytes say something else"),
        ("date", lambda d: d["fields"][1].update(value="2021-06-31"), "its bytes say something else"),
        ("salt", lambda d: d["fields"][0].update(salt="0x" + "11" * 32), "'disbursed_amount' is not in the loan"),
        ("proof", lambda d: d["fields"][0]["proof"].pop(), "'disbursed_amount' is not in the loan"),
        ("no hash", lambda d: d["fields"][0]["proof"].__setitem__(0, "0x12"), "is not in the loan"),
        ("no hex", lambda d: d["fields"][0]["proof"].__setitem__(0, "zz"), "is not in the loan"),
        (
            "swapped",
            lambda d: d["fields"][0].update(name="guaranteed_amount"),
            "'guaranteed_amount' is not in the loan",
        ),
        ("foreign", lambda d: d["fields"][0].update(name="rent"), "the schema has no field 'rent'"),
        ("root", lambda d: d.update(root="0x" + "11" * 32), "it is of the tape 0x1111"),
        ("loan", lambda d: d["loan"].update(fields_root="0x" + "11" * 32), "its loan is not in the tape"),
        ("loan proof", lambda d: d["loan"]["proof"].append("0x" + "11" * 32), "its loan is not in the tape"),
        ("decimals", lambda d: d["schema"].update(decimals=0), "its schema is of no asset class of the tape"),
        ("currency", lambda d: d["schema"].update(currency="USD"), "its schema is of no asset class of the tape"),
        ("kind", lambda d: d["schema"]["kinds"].__setitem__(0, "text"), "its schema is of no asset class"),
        ("fewer fields", lambda d: d["schema"]["names"].pop(), "its schema is of no asset class of the tape"),
        ("empty", lambda d: d.update(fields=[]), "it shows no field"),
    )

    @pytest.mark.parametrize(("change", "told"), [each[1:] for each in CHANGES], ids=[each[0] for each in CHANGES])
    def test_tells_what_was_changed(self, disclosure, commitment, change, told):
        assert any(told in finding for finding in verify(changed(disclosure, change), commitment.public))

    @settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
    @given(bit=st.integers(0, 255), part=st.sampled_from(["salt", "encoded", "proof"]))
    def test_does_not_hold_with_any_bit_changed(self, disclosure, commitment, bit, part):
        def flip(content):
            field = content["fields"][0]
            text = field[part][0] if part == "proof" else field[part]
            number = int(text, 16) ^ (1 << bit)
            new = f"0x{number:0{len(text) - 2}x}"
            field.update(proof=[new, *field["proof"][1:]]) if part == "proof" else field.update({part: new})

        assert verify(changed(disclosure, flip), commitment.public) != []

    def test_does_not_hold_against_another_tape(self, disclosure, folder):
        other = commit_tape([checked_part(folder)], Secret.draw())
        assert len(verify(disclosure, other.public)) == 2


class TestFiles:
    @pytest.fixture
    def written(self, commitment, secret, folder, tmp_path):
        write_commitment(commitment, secret, [folder], tmp_path / "commitment")
        return tmp_path / "commitment"

    def test_give_the_commitment_back(self, written, commitment, secret):
        again, fingerprint = read_commitment(written)
        assert again == commitment
        assert fingerprint == secret.fingerprint()
        assert read_public(written / "commitment.json") == commitment.public

    def test_tell_no_value_and_no_salt(self, written, secret):
        text = (written / "commitment.json").read_text()
        assert "Bari" not in text
        assert "L3" not in text
        assert secret.field_salt(0, "status").hex() not in text

    def test_do_not_publish_where_the_tape_lies_nor_hashes_of_it(self, written, folder, checked):
        text = (written / "commitment.json").read_text()
        assert str(folder) not in text
        assert folder.name not in text
        assert "sha256" not in text

    def test_can_be_moved_with_the_tape(self, written, commitment, tmp_path):
        moved = tmp_path.with_name(f"{tmp_path.name}-moved")
        tmp_path.rename(moved)
        assert read_commitment(moved / written.name)[0].public == commitment.public

    def test_without_its_private_part_cannot_make_proofs(self, written):
        (written / "parts.json").unlink()
        with pytest.raises(FileMissing, match=r"parts\.json"):
            read_commitment(written)

    def test_of_a_tape_that_was_checked_again_are_refused(self, written, folder, checked):
        checked("L9,Bari,2020-01-02,2020-01-05,1000.00,open,,0")
        with pytest.raises(FileUnreadable, match="the tape was checked again since"):
            read_commitment(written)

    def test_of_other_loans_are_refused(self, written, checked, secret, tmp_path):
        other = checked("L9,Bari,2020-01-02,2020-01-05,1000.00,open,,0", name="other")
        write_commitment(commit_tape([checked_part(other)], secret), secret, [other], tmp_path / "second")
        (tmp_path / "second" / "loans.parquet").replace(written / "loans.parquet")
        with pytest.raises(FileUnreadable, match="they give another root"):
            read_commitment(written)

    @pytest.mark.parametrize("text", ["", "[]", "{}", '{"salvor_commitment": "2"}', '{"salvor_commitment": "1"}'])
    def test_that_are_none_are_told(self, tmp_path, text):
        path = tmp_path / "commitment.json"
        path.write_text(text)
        with pytest.raises(FileUnreadable, match="not the commitment of a tape"):
            read_public(path)

    def test_a_disclosure_is_read_back(self, disclosure, tmp_path):
        path = tmp_path / "shown.json"
        path.write_text(disclosure.as_json())
        assert read_disclosure(path) == disclosure

    @pytest.mark.parametrize(
        ("text", "told"),
        [("", "file: Invalid JSON"), ("{}", "salvor_disclosure: Field required"), ('{"root": 1}', "Field required")],
    )
    def test_no_disclosure_is_told_with_its_place(self, tmp_path, text, told):
        path = tmp_path / "shown.json"
        path.write_text(text)
        with pytest.raises(FileUnreadable, match=told):
            read_disclosure(path)

    def test_a_disclosure_that_is_not_there(self, tmp_path):
        with pytest.raises(FileMissing, match="no such disclosure"):
            read_disclosure(tmp_path / "none.json")


class TestForPeople:
    """What `ape run tape verify` prints: 25050 units beside nothing would be read as 25,050."""

    def test_amounts_have_their_decimals_and_currency(self, disclosure):
        assert for_people(disclosure) == {
            "disbursed_amount": "250.50 EUR",
            "charge_off_date": "2021-06-30",
            "status": "charged_off",
        }

    def test_a_rate_is_in_percent_and_what_is_empty_says_so(self, commitment, secret):
        shown = disclose(commitment, secret, "L4", ["disbursement_date", "interest_rate"])
        assert for_people(shown) == {"disbursement_date": "(none)", "interest_rate": "(none)"}
        rate = changed(shown, lambda file: file["fields"][1].update(value="72500000000000000"))
        assert for_people(rate)["interest_rate"] == "7.25 %"

    @pytest.mark.parametrize("value", ["", "1e3", "250.50", "abc", "٣"])
    def test_what_is_no_number_is_told_as_it_stands(self, disclosure, value):
        forged = changed(disclosure, lambda file: file["fields"][0].update(value=value))
        assert for_people(forged)["disbursed_amount"] == value

    def test_a_field_of_another_schema_is_told_as_it_stands(self, disclosure):
        forged = changed(disclosure, lambda file: file["fields"][0].update(name="gold"))
        assert for_people(forged)["gold"] == "25050"

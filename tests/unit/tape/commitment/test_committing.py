"""A committed tape against leaves put together word by word: root, totals, order, and what makes it another tape."""

from dataclasses import replace
from itertools import combinations

import polars as pl
import pytest
from eth_abi import encode
from hypothesis import given
from hypothesis import strategies as st

from salvor.errors import FileMissing, FileUnreadable, OptionInvalid, TapeEmpty
from salvor.tape.commitment import fields
from salvor.tape.commitment.leaves import (
    COLLECTION_LEAF,
    COLLECTION_TAG,
    FIELD_TAG,
    LOAN_TAG,
    Schema,
    encode_value,
    field_leaf,
    loan_leaf,
    name_hash,
)
from salvor.tape.commitment.secret import Secret
from salvor.tape.commitment.tape import checked_part, commit_collections, commit_tape
from salvor.tape.merkle import StandardMerkleTree, keccak, standard_leaf
from tests.unit.tape.commitment.conftest import ROWS
from tests.utils import leaves as reference
from tests.utils.tapes import Bench

NUMBERS = ("money", "rate", "integer", "date")


def reference_root(folder, secret):
    """The tape's root by the general encoder, one leaf at a time."""
    schema = Schema.of("sme_loans", currency="EUR", decimals=2)
    loans = []
    for place, row in enumerate(pl.read_parquet(folder / "accepted.parquet").iter_rows(named=True)):
        values = []
        for name, kind in zip(schema.names, schema.kinds, strict=True):
            value = row.get(name)
            if kind == "date" and value is not None:
                value = value.toordinal() - 719_163
            type_ = "int256" if kind in NUMBERS else "string"
            content = b"" if value is None else encode((type_,), (value,))
            values.append((reference.FIELD_TAG, keccak(name.encode()), content, secret.field_salt(place, name)))
        root = StandardMerkleTree(values, reference.FIELD_LEAF).root
        loans.append((schema.id, len(schema.names), root))
    return reference.tree_over(loans).root


class TestRoot:
    def test_is_the_one_of_leaves_put_together_word_by_word(self, commitment, folder, secret):
        assert commitment.public.root == reference_root(folder, secret)

    def test_is_the_same_for_the_same_tape_and_secret(self, commitment, folder, checked, secret):
        again = checked(*ROWS, name="again")
        assert commit_tape([checked_part(folder)], secret).public == commitment.public
        assert commit_tape([checked_part(again)], secret).public == commitment.public

    def test_is_another_with_another_secret(self, commitment, folder):
        assert commit_tape([checked_part(folder)], Secret.draw()).public.root != commitment.public.root

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("007,", "0007,"),
            ("250.50,off", "250.51,off"),
            ("2018-01-01", "2018-01-02"),
            ("Bari", "bari"),
            ("open", "off"),
        ],
    )
    def test_is_another_when_anything_changes(self, commitment, checked, secret, old, new):
        other = checked(*(row.replace(old, new) for row in ROWS), name="other", mapping="mapping.yaml")
        if pl.read_parquet(other / "accepted.parquet").height == len(ROWS):
            assert commit_tape([checked_part(other)], secret).public.root != commitment.public.root
        else:
            assert commit_tape([checked_part(other)], secret).public.loan_count < len(ROWS)

    def test_does_not_depend_on_how_the_work_is_divided(self, commitment, folder, secret, monkeypatch):
        monkeypatch.setattr(fields, "_SLICE", 2)
        assert commit_tape([checked_part(folder)], secret).public == commitment.public

    def test_tells_how_far_it_is(self, folder, secret):
        done = []
        commit_tape([checked_part(folder)], secret, tick=done.append)
        assert sum(done) == len(ROWS)


class TestTotals:
    def test_are_those_of_the_accepted_loans(self, commitment):
        (total,) = commitment.public.classes
        assert (total.asset_class, total.loans, total.gross_balance) == ("sme_loans", 5, 233_251)
        assert (commitment.public.loan_count, commitment.public.gross_balance) == (5, 233_251)

    def test_of_two_parts_of_one_class_are_one(self, checked, secret):
        parts = [checked_part(checked(*rows, name=name)) for name, rows in (("a", ROWS[:2]), ("b", ROWS[2:]))]
        both = commit_tape(parts, secret)
        assert [(each.loans, each.gross_balance) for each in both.public.classes] == [(5, 233_251)]
        assert both.identifiers == ("007", "7", "L3", "L4", "L5")

    def test_of_two_classes_stand_apart_and_one_tree_holds_both(self, checked, secret, tmp_path):
        first = checked_part(checked(*ROWS[:2], name="a"))
        cards = Bench(tmp_path).check("loan_id;balance\nC1;5.00\nC2;6.00\nC3;7.00\n")
        other = checked_part(cards.checked.accepted.parent)
        both = commit_tape([first, other], secret)
        assert sorted(each.loans for each in both.public.classes) == [2, 3]
        assert len({each.schema for each in both.public.classes}) == 2
        assert both.loan(0)[0] == first.schema.id
        assert both.loan(4)[0] == other.schema.id

    def test_stand_by_rising_schema_in_the_pool_s_struct(self, commitment):
        root, count, balance, classes = commitment.public.as_struct()
        assert (root, count, balance) == (commitment.public.root, 5, 233_251)
        assert classes == [("sme_loans", commitment.schemas[0], 5, 233_251)]


class TestRefusals:
    def test_a_loan_in_two_parts(self, checked, secret):
        parts = [checked_part(checked(*rows, name=name)) for name, rows in (("a", ROWS[:3]), ("b", ROWS[2:]))]
        with pytest.raises(OptionInvalid, match=r"loan 'L3' stands in more than one part of the tape \(2 rows do\)"):
            commit_tape(parts, secret)

    @pytest.mark.parametrize(("currency", "decimals"), [("USD", 2), ("EUR", 6), ("USD", 0)])
    def test_parts_in_two_currencies_or_with_other_decimals(self, checked, secret, currency, decimals):
        """Their sum would be a number of no money."""
        first, other = (checked_part(checked(*rows, name=name)) for name, rows in (("a", ROWS[:2]), ("b", ROWS[2:])))
        schema = Schema.of(other.schema.asset_class, currency=currency, decimals=decimals)
        with pytest.raises(
            OptionInvalid, match=rf"in EUR with 2 decimals .* in {currency} with {decimals}: one tape has"
        ):
            commit_tape([first, replace(other, schema=schema)], secret)

    def test_a_tape_of_which_nothing_is_accepted(self, checked, secret):
        with pytest.raises(TapeEmpty):
            commit_tape([checked_part(checked(ROWS[0].replace("1000.00", "x")))], secret)

    def test_a_folder_that_no_check_has_filled(self, tmp_path):
        with pytest.raises(FileMissing, match="summary of a check: run `ape run tape check`"):
            checked_part(tmp_path)

    @pytest.mark.parametrize("text", ["", "{}", '{"asset_class": 1}', "[]"])
    def test_a_summary_that_is_damaged(self, folder, text):
        (folder / "check.json").write_text(text)
        with pytest.raises(FileUnreadable, match="check the tape once more"):
            checked_part(folder)

    def test_loans_that_are_gone(self, folder):
        (folder / "accepted.parquet").unlink()
        with pytest.raises(FileMissing, match="accepted loans"):
            checked_part(folder)


class TestLeaves:
    def test_begin_with_tags_that_no_other_kind_has(self):
        tags = {FIELD_TAG, LOAN_TAG, COLLECTION_TAG}
        assert tags == {reference.FIELD_TAG, reference.LOAN_TAG, reference.COLLECTION_TAG}
        assert len(tags) == 3

    @given(st.binary(max_size=99), st.binary(min_size=32, max_size=32), st.text(max_size=40))
    def test_of_a_field_are_what_the_encoder_makes(self, value, salt, name):
        parts = (reference.FIELD_TAG, name_hash(name), value, salt)
        assert field_leaf(name, value, salt) == standard_leaf(parts, reference.FIELD_LEAF)

    @given(st.integers(0, 2**16), st.binary(min_size=32, max_size=32))
    def test_of_a_loan_are_what_the_encoder_makes(self, count, word):
        parts = (reference.LOAN_TAG, word, count, word[::-1])
        assert loan_leaf(word, count, word[::-1]) == standard_leaf(parts, reference.LOAN_LEAF)

    @given(st.integers(-(2**127), 2**127 - 1))
    def test_of_numbers_hold_one_word(self, number):
        assert all(encode_value(number, kind) == encode(("int256",), (number,)) for kind in NUMBERS)

    @given(st.text(max_size=80))
    def test_of_texts_hold_one_string(self, text):
        assert encode_value(text, "text") == encode(("string",), (text,))

    def test_of_nothing_hold_nothing_and_of_an_empty_text_something(self):
        assert encode_value(None, "text") == b""
        assert encode_value("", "text") != b""

    def test_of_equal_values_in_two_loans_differ(self, commitment, secret):
        one, other = (
            field_leaf("disbursed_amount", encode_value(1, "money"), secret.field_salt(place, "disbursed_amount"))
            for place in (0, 1)
        )
        assert one != other


class TestSchema:
    def test_changes_with_everything_that_makes_a_value_read_otherwise(self):
        right = Schema.of("sme_loans", currency="EUR", decimals=2)
        others = [
            Schema.of("sme_loans", currency="USD", decimals=2),
            Schema.of("sme_loans", currency="EUR", decimals=6),
            Schema.of("charged_off_accounts", currency="EUR", decimals=2),
            Schema("sme_loans", "EUR", 2, right.names[::-1], right.kinds),
            Schema("sme_loans", "EUR", 2, right.names, ("text", *right.kinds[1:])),
        ]
        assert all(one.id != other.id for one, other in combinations([right, *others], 2))

    def test_leaves_out_what_became_known_later(self):
        names = Schema.of("charged_off_accounts", currency="USD", decimals=2).names
        assert "expected_recovery" in names
        assert "recovered_later" not in names


class TestCollections:
    def test_are_the_loans_that_paid_each_with_its_salt(self, commitment, secret):
        tree = commit_collections(3, {"007": 50, "7": 0, "L5": 20}, commitment, secret)
        assert tree.leaf_encoding == COLLECTION_LEAF == reference.COLLECTION_LEAF
        assert tree.values == (
            (reference.COLLECTION_TAG, 3, commitment.roots[0], 50, secret.collection_salt(3, 0)),
            (reference.COLLECTION_TAG, 3, commitment.roots[4], 20, secret.collection_salt(3, 4)),
        )

    def test_of_nobody_are_no_tree(self, commitment, secret):
        assert commit_collections(3, {"007": 0}, commitment, secret) is None
        assert commit_collections(3, {}, commitment, secret) is None

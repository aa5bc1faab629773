"""Two names that look alike would make two persons of one, and each would pass every limit."""

import pytest

from salvor.investors.names import alike, checked_name


class TestCheckedName:
    @pytest.mark.parametrize(
        "name", ["pension fund", "Caisse d'\u00c9pargne", "\u0411\u0430\u043d\u043a", "L'Or\u00e9al S.p.A.", "A" * 60]
    )
    def test_is_as_it_was_written(self, name):
        assert checked_name(name) == name

    @pytest.mark.parametrize(
        ("name", "said"),
        [
            ("", "no name"),
            ("A" * 61, "60 letters at most"),
            ("fund\u200b", "a letter that does not show: ZERO WIDTH SPACE"),
            ("fund\u202exlsx", "RIGHT-TO-LEFT OVERRIDE"),
            ("a\nb", "a letter that does not show: 0xa"),
            ("a\u2028b", "LINE SEPARATOR"),
            ("0x" + "a" * 40, "would be taken for somebody else's"),
        ],
    )
    def test_what_misleads_is_refused(self, name, said):
        with pytest.raises(ValueError, match=said):
            checked_name(name)


class TestAlike:
    @pytest.mark.parametrize(
        ("one", "other"),
        [
            ("Fund A", "fund a"),
            ("Fund A", "Fund  A"),
            ("Fund A", "Fund\u00a0A"),
            ("Fund A", "Fund \u0410"),  # Cyrillic A
            ("Fund A", "\uff26und A"),  # full width
            ("NPL", "\u039d\u03a1L"),  # Greek Nu and Rho
            ("Caf\u00e9", "Cafe\u0301"),
        ],
    )
    def test_one_reader_takes_one_for_the_other(self, one, other):
        assert alike(one, other)

    @pytest.mark.parametrize(
        ("one", "other"), [("Fund A", "Fund B"), ("Fund 1", "Fund 11"), ("\u0411\u0430\u043d\u043a", "Bank")]
    )
    def test_others_are_others(self, one, other):
        assert not alike(one, other)

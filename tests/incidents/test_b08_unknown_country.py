"""B08: a receiver without identity or country passed a deny-list (settlemint asset-tokenization-kit #3019).

Who is not known is refused, and the words say so apart from who is denied.
"""

import pytest

from tests.utils.regulated import ITALY, Rule, open_office

NORTH_KOREA = 408
CASES = {"nobody": (10, "nobody"), "no country": (16, "not known"), "denied": (18, "denied"), "allowed": (0, "Nothing")}


@pytest.mark.parametrize("who", CASES)
def test_an_unknown_country_is_on_no_good_list(lab, who):
    office = open_office(lab)
    office.rule(Rule.COUNTRY_DENY, [NORTH_KOREA])
    giver = office.holder("giver", 100)
    countries = {"no country": 0, "denied": NORTH_KOREA, "allowed": ITALY}
    taker = lab.actor("taker") if who == "nobody" else office.person("taker", countries[who])
    code, words = CASES[who]
    assert office.code(giver, taker, 5) == code
    assert words in office.note.messageForTransferRestriction(code)
    if code:
        with lab.refused("TransferRefused", code=code):
            office.note.transfer(taker, 5, sender=giver)
    else:
        office.note.transfer(taker, 5, sender=giver)


def test_the_same_of_a_list_of_those_who_may(lab):
    office = open_office(lab)
    office.rule(Rule.COUNTRY_ALLOW, [ITALY])
    giver = office.holder("giver", 100)
    assert office.code(giver, office.person("taker", 0), 5) == 16

"""Who may do what when loans are sold: outsiders are refused everywhere, and by whom each function is meant."""

import pytest

from tests.utils import liquidation_access as access
from tests.utils.selling import NO_PLAN, NOBODY
from tests.utils.world import DAY

ARGS = {
    ("AuctionHouse", "appoint"): (NOBODY,),
    ("AuctionHouse", "addGroup"): (NOBODY,),
    ("AuctionHouse", "move"): (1, 0, 0),
    ("LoanPool", "moveClaim"): (-1,),
    ("LoanBook", "confirm"): (1, bytes(32)),
    ("LoanBook", "reject"): (1,),
    ("AuctionHouse", "adopt"): (1, 0, 1, 0),
    ("AuctionHouse", "drop"): (1,),
    ("AuctionHouse", "add"): (1, 0, 1, 1, NOBODY),
    ("Distributor", "appointHouse"): (NOBODY,),
    ("LoanPool", "appointHouse"): (NOBODY,),
    ("LoanPool", "awaitProceeds"): (),
    ("LoanPool", "takeProceeds"): ((1, 0, 0, 0), 0, True),
    ("AuctionHouse", "expose"): (1, NOBODY, 1),
    ("AuctionHouse", "calm"): (1,),
    ("AuctionHouse", "offer"): (1, 3, 1, 1, 0),
    ("AuctionHouse", "cancel"): (1,),
    ("AuctionHouse", "pay"): (1, NOBODY, 1, True),
    ("AuctionHouse", "pull"): (1, NOBODY, 1, NOBODY, 0),
    ("AuctionHouse", "owe"): (NOBODY, 1),
    ("AuctionHouse", "pass"): (1, NOBODY, 1, 1, 0, True),
    ("LoanBook", "approve"): (1, 0, NO_PLAN),
    ("LoanBook", "propose"): (1, 0, NO_PLAN),
    ("LoanBook", "switchTo"): (1, 0, NO_PLAN),
    ("LoanBook", "cured"): (1,),
    ("LoanBook", "fire"): (1, NOBODY, 1, DAY, 3),
    ("LoanBook", "pause"): (True,),
    ("LoanBook", "sell"): (1,),
}


@pytest.mark.parametrize("entry", sorted(access.RESTRICTED - {("LoanBook", "open"), ("LoanBook", "join")}))
def test_an_outsider_is_refused(falling, lab, entry):
    own = {"AuctionHouse": falling.house, "LoanBook": falling.book}
    target = (own | {"Distributor": falling.deal.distributor, "LoanPool": falling.deal.pool})[entry[0]]
    with lab.refused("AccessManagedUnauthorized", falling.outsider):
        getattr(target, entry[1])(*ARGS[entry], sender=falling.outsider)


def test_an_outsider_opens_and_joins_nothing(falling, lab):
    proof = falling.sales.proof(2)
    with lab.refused("AccessManagedUnauthorized", falling.outsider):
        falling.book.open(proof, (1, 0, True, NOBODY, bytes(32)), sender=falling.outsider)
    with lab.refused("AccessManagedUnauthorized", falling.outsider):
        falling.book.join(1, proof, 1, 0, sender=falling.outsider)


@pytest.mark.parametrize("entry", sorted(access.OF_THE_BOOK))
def test_the_house_obeys_the_book_alone(falling, lab, entry):
    for who in (falling.outsider, falling.servicer, falling.overseer):
        with lab.refused("NotTheBook", who, falling.book):
            getattr(falling.house, entry[1])(*ARGS[entry], sender=who)


@pytest.mark.parametrize("entry", sorted(access.OF_AUCTIONS))
def test_the_house_obeys_its_auctions_alone(falling, lab, entry):
    known = NOBODY if entry[1] == "owe" else falling.dutch
    with lab.refused("NotTheAuction", falling.outsider, known):
        getattr(falling.house, entry[1])(*ARGS[entry], sender=falling.outsider)


@pytest.mark.parametrize("entry", sorted(access.OF_THE_POOL))
def test_the_pool_obeys_the_house_alone(falling, lab, entry):
    for who in (falling.outsider, falling.servicer, falling.deal.parties.admin):
        with lab.refused("NotTheHouse", who, falling.house):
            getattr(falling.deal.pool, entry[1])(*ARGS[entry], sender=who)


def test_house_and_book_are_appointed_once(falling, lab):
    with lab.refused("AlreadyAppointed", falling.house):
        falling.deal.pool.appointHouse(falling.outsider, sender=falling.deal.parties.admin)
    with lab.refused("AlreadyAppointed", falling.house):
        falling.deal.distributor.appointHouse(falling.outsider, sender=falling.deal.parties.admin)
    with lab.refused("AlreadyAppointed", falling.book):
        falling.house.addGroup(falling.deal.pool, sender=falling.deal.parties.admin)
    with lab.refused("AlreadyAppointed", falling.book):
        falling.house.appoint(falling.outsider, sender=falling.deal.parties.admin)


@pytest.mark.parametrize("role", ["servicer", "overseer"])
def test_neither_servicer_nor_overseer_has_the_other_s_part(falling, lab, role):
    book, who = falling.book, getattr(falling, role)
    calls = {
        "servicer": [
            (book.confirm, (1, bytes(32))),
            (book.reject, (1,)),
            (book.approve, (1, 0, NO_PLAN)),
            (book.switchTo, (1, 0, NO_PLAN)),
            (book.pause, (True,)),
        ],
        "overseer": [(book.propose, (1, 0, NO_PLAN)), (book.sell, (1,))],
    }
    for method, args in calls[role]:
        with lab.refused("AccessManagedUnauthorized", who):
            method(*args, sender=who)

"""What changes something in the contracts that sell loans: they stand beside a deal, tests are in unit/liquidation."""

RESTRICTED = {
    ("AuctionHouse", "addGroup"),
    ("AuctionHouse", "appoint"),
    ("Distributor", "appointHouse"),
    ("LoanPool", "appointHouse"),
    ("LoanBook", "approve"),
    ("LoanBook", "confirm"),
    ("LoanBook", "cured"),
    ("LoanBook", "fire"),
    ("LoanBook", "join"),
    ("LoanBook", "open"),
    ("LoanBook", "pause"),
    ("LoanBook", "propose"),
    ("LoanBook", "reject"),
    ("LoanBook", "sell"),
    ("LoanBook", "switchTo"),
}
# Anybody's, each acting for itself or doing what is due anyway.
OPEN_TO_ALL = {
    ("AuctionHouse", "payOut"),
    ("AuctionHouse", "payOutOf"),
    ("AuctionHouse", "relist"),
    ("DutchAuction", "take"),
    ("EnglishAuction", "bid"),
    ("EnglishAuction", "settle"),
    ("SealedAuction", "commit"),
    ("SealedAuction", "pay"),
    ("SealedAuction", "reclaim"),
    ("SealedAuction", "reveal"),
    ("TriggerBook", "calm"),
    ("TriggerBook", "check"),
    ("TriggerBook", "checkAll"),
    ("TriggerBook", "fire"),
    ("TriggerBook", "watch"),
    ("LoanBook", "expire"),
    ("LoanBook", "pay"),
    ("LoanBook", "startSale"),
}
# These know their one caller without a role.
_BY_THE_BOOK = ("add", "adopt", "calm", "cancel", "drop", "expose", "move", "offer", "pay")
OF_THE_BOOK = {("AuctionHouse", name) for name in _BY_THE_BOOK}
OF_AUCTIONS = {("AuctionHouse", name) for name in ("owe", "pass", "pull")}
AUCTIONS = ("DutchAuction", "EnglishAuction", "SealedAuction")
OF_THE_HOUSE = {(auction, name) for auction in AUCTIONS for name in ("begin", "cancel", "finish")}
OF_THE_POOL = {("LoanPool", name) for name in ("awaitProceeds", "moveClaim", "takeProceeds")}  # by the house
OTHERS = OF_THE_POOL | OPEN_TO_ALL | OF_THE_BOOK | OF_AUCTIONS | OF_THE_HOUSE

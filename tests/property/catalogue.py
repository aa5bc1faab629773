"""Every property that a test proves: its id, which is the message of the assertion, and one sentence."""

PROPERTIES = {
    "CO-01": "A note is received only by who is admitted at that second; a burn is always allowed.",
    "CO-02": "A regulated note and what it asks are their model after every call, and refuse alike.",
    "CO-03": "canTransfer, and no reason against a transfer, say exactly which transfers succeed, all rules together.",
    "CO-04": "The reasons told against a transfer are all of the model's, in words, and the first is the code.",
    "CO-05": "Holders counted, in all, by country and by class, are a recount from the token's balances.",
    "CO-06": "Lots and amounts in a rolling period are the model's for every identity.",
    "RG-01": "A wallet is verified exactly while every claim that is asked for stands, by issuers trusted that second.",
    "RG-02": "No call but one of force leaves more units with an identity that is not verified or that a rule refuses.",
    "RG-03": "A movement by force goes to a verified identity, and names the first rule that it goes against.",
    "JU-01": "A merged book of rules is as strict as each line of each jurisdiction, in whatever order they are named.",
    "JU-02": "The contracts answer every case of a book as the rules do: the same reasons, or the move goes through.",
    "JU-03": "A registration that is cut off and run again leaves every wallet of the file registered once.",
    "JU-04": "One history of notes gives one set of files, in whatever order and however often its events are read.",
    "JU-05": "A book refuses what each line of law forbids; beyond it only a sixteenth or an eighth of a time, or a "
    "wider group of holders.",
    "NT-01": "A transfer by its holder carries no claim on the past: claimable amounts change only by distributions, "
    "claims, forced transfers and recoveries.",
    "NT-02": "The sum of what holders can claim is never above the cash that the note holds.",
    "NT-03": "The index never falls.",
    "NT-05": "What a view says a holder can claim is what the model says and what a claim pays.",
    "NT-06": "A forced transfer of a of b units carries a / b of what was earned and not claimed, once, "
    "down, in one piece or in several.",
    "NT-07": "Moving units makes no cash and loses none: what all have earned is what was distributed, to the part.",
    "SE-01": "An asset that calls back while it moves gets nothing that a call before or afterwards would not.",
    "SE-02": "The decimals of the settlement asset change no figure in units.",
    "SE-03": "An asset that moves less than it says is refused where cash enters, and nothing is booked.",
    "EV-01": "Each call raises the events that the model knows of, with their values, and no other.",
    "EV-02": "At every gate of an evergreen deal cash and units that can be claimed, taken back or cancelled are set "
    "aside, to the unit, and so is what waiting units earned.",
    "EV-03": "Units of an evergreen note are made and ended at settlements alone; all are in hands or at its gate.",
    "EV-04": "A settlement moves value by the cash that came and went, keeps each limit that held, and makes none "
    "worse that did not.",
    "EV-05": "What an epoch met is claimed or claimable: no request gets more than its share, and at most a unit of "
    "each is cut.",
    "EV-06": "Coming and going moves no price: a unit is worth the same before and after a settlement, but for cuts.",
    "EV-07": "No settlement makes a coverage test of an evergreen deal fail, nor one that fails worse, beyond what the "
    "reserve takes.",
    "EV-08": "While a loss is open, announced or of a case for sale, nothing of a tranche that it may reach is entered "
    "or exited.",
    "OF-01": "Until closing, cash in the offering equals the notes in all hands, tranche by tranche.",
    "PL-01": "A period is reported once, in order, by the servicer, not before its end, with its cash.",
    "WF-01": "Cash in = cash out + cash held, to the unit, and every contract's books equal its token balance but for "
    "tokens sent there unasked.",
    "WF-02": "Contract and model agree on every figure after every call.",
    "WF-03": "Where principal steps stand by seniority, none goes to a junior while a senior has some outstanding.",
    "WF-04": "Principal at closing = principal paid + outstanding + loss, for every tranche.",
    "WF-05": "Where its step is marked so, mezzanine interest gets nothing while the deal is behind plan and "
    "senior principal is outstanding.",
    "WF-06": "A call that must be refused is refused with the model's error and values, and changes nothing.",
    "WF-07": "A preview of a run and the run itself tell the same figures, or refuse alike.",
    "WF-08": "A deficiency ledger is never above its tranche's principal.",
    "WF-09": "What the waterfall paid to a tranche is what its note has distributed, interest and principal apart.",
    "WF-10": "A loss never skips a tranche: where one has borne it, nothing of those below could have.",
    "WF-11": "No unit of a junior tranche's principal, nor of residual, split or hurdle, while a coverage test of a "
    "more senior tranche is on that has principal outstanding; in a revolving run, beyond its revolving account.",
    "NT-08": "A spender sends at most what the holder allowed, by a call or by a signature that is good once, in time.",
    "VT-01": "A vault agrees with its model on every figure and every view after every call.",
    "VT-02": "A call of a vault that must be refused is refused with the model's error and values; nothing changes.",
    "VT-03": "What max* says is true for the caller at that block: so much goes through for who has it, compliance, "
    "pause and freezes included; the one thing no view sees is a settlement asset that refuses the vault.",
    "VT-04": "A preview is what the call then does.",
    "VT-05": "In and out at once, by any of the four ways, nobody gains a unit of notes or of cash.",
    "VT-06": "What can be claimed of a vault is at most the cash that it credited and did not pay, and that is there.",
    "VT-07": "Notes and cash that are sent to a vault unasked change nobody's result, at once or later.",
    "VT-08": "Nothing but a forced transfer of the vault's notes lowers what a share converts to.",
    "VT-09": "Shares go only to whom compliance lets the vault send as many units.",
    "BK-01": "A basket, and a vault over it, agree with their models on every figure after every call.",
    "BK-02": "A call of a basket that must be refused is refused with the model's error and values; nothing changes.",
    "BK-03": "What can be claimed of a basket is at most the cash that is there and what its notes would pay.",
    "BK-04": "Behind each unit of a basket stand exactly its weights of each note, until an agent takes some by force.",
    "RO-01": "Who loses a role is refused from then on, who gets it is obeyed, and nothing else changes.",
    "RO-02": "Pause and resume change nothing: a closed contract refuses its roles, what anybody may do goes on.",
    "PL-02": "What a loan paid is proved against the last root told for that period, and against no other.",
    "LS-01": "What write-offs have cost tranches, and nobody, is never more than the written-off claims at the "
    "carrying ratio.",
    "AU-01": "When loans are sold, what must be refused is refused with the model's error and values, "
    "and changes nothing.",
    "AU-02": "House, book, auctions and pool agree with the model of sales on every figure after every call, whoever "
    "calls.",
    "AU-03": "What came in for sales = paid out + brought to the pool + owed or staked; each distributor has its own.",
    "AU-04": "A bidder without title has all cash ever brought, in hand, staked or owed, but for what was forfeited.",
    "AU-05": "From every state anyone can, with time, end every sale, in two calls a round at most.",
    "AU-06": "A case that closes has brought or lost, in that transaction, all that was outstanding.",
    "AU-07": "The pool's last report waits for as many sales as run.",
    "AU-08": "Loans behind one case share what it brought, by rank or pro rata, and never more than that.",
    "AU-09": "While a case is in cure or for sale its outstanding is exposed, and after that it is not.",
    "AU-10": "A falling price is never below its floor and never rises within a round.",
    "AU-11": "Title passes only to an account that compliance admits at that second.",
    "AU-12": "Moving a case between groups of tranches makes no claim and loses none: the gross balances of all groups "
    "add up to what their tapes say.",
    "AU-13": "Who splits, reorders or withholds bids gains no more than the rules say: parts cost at least the whole "
    "at the last price, the order of reveals decides nothing, and each price withheld costs its deposit.",
    "AU-14": "While a case is in cure or for sale whose loss may reach a tranche, nobody leaves that tranche at a "
    "price without it.",
    "AU-15": "A loan's share of what its case brought never falls: a further loan that joins takes nothing of it.",
    "AU-16": "Where part of a lot is sold and the rest comes back, no more of the claim stands than the part that is "
    "left.",
    "OR-01": "A good value lies between the smallest and the largest honest answer while fewer than half of those that "
    "count for the median lie.",
    "OR-02": "A good value is not older than its policy allows, a held one not older than it may be held.",
    "OR-03": "The same answers in any order give the same value.",
    "OR-04": "A source that is down, lying, frozen, reverting, answering garbage or eating all gas stops no other, and "
    "the value stays good while the quorum holds.",
    "OR-05": "Nonces and times of a signer and key never go back.",
    "OR-06": "Bonds in = bonds of open disputes + credits + what was paid out, and the books equal the cash.",
    "OR-07": "Decimals from 0 to 36 give the same value in WAD.",
    "OR-08": "Hub, reports, disputes and their model agree on every figure after every call, and refuse alike.",
    "OR-09": "A report that is challenged or struck, or whose signer was removed, counts nowhere.",
    "OR-10": "A value that is not good enough can't be read: read refuses exactly what peek says is refused, readFresh "
    "also what is held.",
    "OR-11": "What was kept while a report stood that is struck now is neither held nor the anchor.",
    "ON-01": "A node signs one value for a key and time, and only later times, wherever it is killed.",
    "ON-02": "A node gives each nonce to one content, wherever it is killed, and pays for it once.",
    "ON-03": "A source that is cut off, slow, or answers something else gives no value, never a wrong one.",
    "DP-01": "A deployment that is disturbed at any point and run again leaves the state of an undisturbed one.",
    "DP-02": "Each step of a plan succeeds exactly once, whatever happens to node, network and process.",
    "DP-03": "No node sees a signed transaction that is not in the journal.",
    "DP-04": "Making a plan sends nothing.",
    "DP-05": "A plan that is applied sends nothing when it is applied again.",
    "DP-06": "A plan whose inputs changed since it was reviewed or begun is refused, and nothing is sent.",
    "DP-07": "No key stands in a plan, a journal, an address book or an error.",
    "TG-01": "A call about triggers that must be refused is refused with the model's error, and changes nothing.",
    "TG-02": "Triggers, references and cases agree with the model after every call, whoever calls.",
    "TG-03": "A trigger fires only while every value that its clause needs is good: fresh, of a quorum, not disputed.",
    "TG-04": "A trigger fires once for a cause: between two times that it fires it was calmed.",
    "TG-05": "A clause that fires has held at every checkpoint for its hold, none farther from the next than the gap.",
    "AC-01": "An outsider is refused at every privileged function.",
}


def table() -> str:
    """The page docs/properties.md."""
    rows = [f"| {name} | {sentence} |" for name, sentence in PROPERTIES.items()]
    head = (
        "# Properties\n\n"
        "Generated from `tests/property/catalogue.py`; the id is the message of the assertion that checks it.\n"
    )
    return "\n".join([head, "| id | what always holds |", "|---|---|", *rows]) + "\n"

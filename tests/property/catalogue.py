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
    "RO-01": "Who loses a role is refused from then on, who gets it is obeyed, and nothing else changes.",
    "RO-02": "Pause and resume change nothing: a closed contract refuses its roles, what anybody may do goes on.",
    "PL-02": "What a loan paid is proved against the last root told for that period, and against no other.",
    "LS-01": "What write-offs have cost tranches, and nobody, is never more than the written-off claims at the "
    "carrying ratio.",
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

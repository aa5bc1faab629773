"""Every property that a test proves: its id, which is the message of the assertion, and one sentence."""

PROPERTIES = {
    "CO-01": "A note is received only by who is admitted at that second; a burn is always allowed.",
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

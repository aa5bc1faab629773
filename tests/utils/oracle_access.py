"""Who may call what of the oracle's contracts; both tests of access read it."""

# (contract, function): the role that alone may call it.
RESTRICTED = {
    ("OracleHub", "setPolicy"): "ORACLE_KEEPER",
    ("OracleHub", "dropPolicy"): "ORACLE_KEEPER",
    ("OracleHub", "forget"): "ORACLE_KEEPER",
    ("SignedReports", "addSigner"): "ORACLE_KEEPER",
    ("SignedReports", "removeSigner"): "ORACLE_KEEPER",
    ("SignedReports", "setStanding"): "DISPUTES",
    ("OracleHub", "forgetBetween"): "DISPUTES",
    ("Disputes", "resolve"): "RESOLVER",
    ("Accuracy", "tellTruth"): "TRUTH_KEEPER",
}
# Signatures, nonces, bonds and windows say what these do, whoever calls.
OPEN_TO_ALL = {
    ("OracleHub", "poke"),
    ("SignedReports", "submit"),
    ("SignedReports", "submitBatch"),
    ("SignedReports", "submitFromBatch"),
    ("SignedReports", "voidUpTo"),
    ("Disputes", "challenge"),
    ("Disputes", "settle"),
    ("Disputes", "lapse"),
    ("Disputes", "payCredit"),
    ("MarketSource", "mark"),
    ("Accuracy", "note"),
}
ROLES = {"ORACLE_KEEPER": 20, "RESOLVER": 21, "DISPUTES": 22, "TRUTH_KEEPER": 23}

"""Due diligence over a checked tape: what is eligible, how concentrated it is, how it spreads, how good the data is.

Everything is counted in whole rows and settlement units over the accepted loans that a check left in its folder.
"""

"""The exact-integer reference model of the contracts, written from docs/waterfall.md and never from the Solidity.

Constants are typed again here, so that a wrong one in a contract shows.
"""

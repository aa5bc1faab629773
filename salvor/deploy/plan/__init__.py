"""Any set of contracts as a plan: see it, apply it, resume it, prove it."""

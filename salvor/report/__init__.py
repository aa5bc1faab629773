"""The closing statement: read from the chain, reckoned by the model, compared line by line."""

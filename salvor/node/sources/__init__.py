"""One file a kind of source: settings, and a function from bytes to observations."""

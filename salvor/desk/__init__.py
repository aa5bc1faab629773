"""What people do with a live deal; the demo, the scripts and the integration tests all go through here."""

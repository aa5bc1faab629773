"""The typed deal file: what is sold, to whom, on which dates, and who is paid in which order."""

"""Salvor: tokenised non-performing loans, from a bank's loan tape to paid notes.

Importing this package costs nothing: every Python that starts in the project's virtual environment does it
(see `salvor.toolchain.environment`).
"""

__version__ = "0.1.0"

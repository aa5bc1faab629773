"""Measurements beside a peer, one module a subject: `make bench NAME=gas` (README.md says what each row means)."""

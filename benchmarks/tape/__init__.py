"""Reading, checking and committing tapes: `make bench NAME=tape` (benchmarks/README.md says what each row means)."""

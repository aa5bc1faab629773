"""The lab beside what else runs random calls against contracts: `make bench NAME=lab`."""

"""The chain edge: a local node, and what contracts say when they refuse."""

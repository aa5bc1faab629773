"""What is committed of a tape, and how one loan or one field of it is proved (docs/decisions/0009)."""

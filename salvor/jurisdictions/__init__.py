"""What the law of a place asks of who holds a note, as data: read, merged, told in words and put to the test."""

"""From a bank's file to a proposed mapping: what each column is, how its values are written, what must be decided."""

"""The related tables of the EBA templates, each a file of its own, joined to one row a loan."""

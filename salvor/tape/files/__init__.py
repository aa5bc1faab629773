"""A bank's file as text columns with row numbers: delimited text, workbooks, Parquet."""

"""Rules of single values, of columns and of the whole tape; applied where values are read and compared."""

from __future__ import annotations

from collections.abc import Mapping

from salvor.tape.rules.rule import Rule

OF_VALUES: Mapping[str, Rule] = {
    # The row and its identifier
    "TAPE-001": Rule("reject", "a required field is empty", "fill it, or leave the row out"),
    "TAPE-002": Rule("reject", "the row has more or fewer fields than the header", "look for a delimiter in a value"),
    "TAPE-003": Rule("reject", "an identifier has spaces around it", "remove them: it would be another loan"),
    "TAPE-004": Rule("reject", "two rows are the same loan, alike in every field", "leave one of them out"),
    "TAPE-005": Rule("reject", "two rows are the same loan and differ", "find out which one is right"),
    "TAPE-006": Rule("warn", "two identifiers differ by upper and lower case only", "check that they are two loans"),
    "TAPE-007": Rule("reject", "a value has a character that is no text", "look for damage in the file"),
    "TAPE-008": Rule("warn", "another loan has the same amount, dates and place", "check that they are two loans"),
    "TAPE-009": Rule("warn", "a balance above 20 times the 99th percentile", "look for a missing decimal sign"),
    "TAPE-060": Rule(
        "reject", "no loan but a row of totals, by its identifier", "remove it: the other rows hold the sum"
    ),
    "TAPE-061": Rule("warn", "a balance that is the sum of all others", "remove the row if it is one of totals"),
    # Amounts
    "TAPE-010": Rule("reject", "not an amount", "digits, with the decimal sign that the mapping names"),
    "TAPE-011": Rule("reject", "an amount with two signs", "one minus, or brackets, not both"),
    "TAPE-012": Rule("reject", "an amount in another currency", "a deal has one currency; convert, or leave it out"),
    "TAPE-013": Rule("reject", "groups of digits that are not of three", "name the signs under `numbers`"),
    "TAPE-014": Rule("reject", "more decimals than the settlement asset has", "name a `rounding` for the field"),
    "TAPE-015": Rule("reject", "an amount above what the books can hold", "look for a missing decimal sign"),
    "TAPE-016": Rule("reject", "a negative amount", "a claim, a payment and a balance are not negative"),
    # Dates
    "TAPE-020": Rule("reject", "not a date of the format that the mapping names", "change the value or `format`"),
    "TAPE-021": Rule("reject", "a day that does not exist", "look for day and month changed round"),
    "TAPE-022": Rule("reject", "a year before 1900 or after 2199", "look for a missing digit"),
    # Other kinds
    "TAPE-030": Rule("reject", "not a whole number", "digits only"),
    "TAPE-031": Rule("reject", "a number outside what the field can hold", "see the field's range"),
    "TAPE-032": Rule("reject", "not a rate", "a number in the `unit` that the mapping names"),
    "TAPE-040": Rule("reject", "a value that the field does not know", "add it under `values` in the mapping"),
    "TAPE-041": Rule("warn", "not a country of ISO 3166", "two or three capital letters, such as IT or ITA"),
    "TAPE-042": Rule("reject", "not a currency of ISO 4217", "three capital letters, such as EUR"),
    "TAPE-043": Rule("warn", "not a NACE code", "such as 41.20; leave the field unmapped if it is another list"),
    # Cells of a workbook, and values of a binary column
    "TAPE-050": Rule("reject", "an error of the sheet, such as #DIV/0!", "mend the formula, or write the value"),
    "TAPE-051": Rule("reject", "a formula whose result is not saved", "open the file in a sheet program and save it"),
    "TAPE-052": Rule("reject", "a number shown as a date that is no day", "write the date, or leave the cell empty"),
    "TAPE-053": Rule("warn", "read without zeros or signs that the sheet shows", "store it as text, or name `pad`"),
    "TAPE-054": Rule("reject", "a number of more than 15 digits: a file like this loses some", "store it as text"),
    "TAPE-055": Rule("warn", "empty: merged with a cell that holds the value alone", "unmerge, and fill each cell"),
    "TAPE-056": Rule("info", "the row is hidden in the sheet", "nothing: it is read like any other"),
    "TAPE-057": Rule("warn", "a value in a column without a name is not read", "name the column, or remove the value"),
    "TAPE-058": Rule("warn", "a byte-order mark within the file", "were two files joined? look for a second header"),
    # Changes that the mapping asked for
    "TAPE-201": Rule("info", "rounded to the settlement asset's decimals", "nothing: the mapping names the rounding"),
    "TAPE-203": Rule("info", "transformed", "nothing: the mapping names the transform"),
    "TAPE-202": Rule("info", "filled up with leading zeros", "nothing: the mapping names the length"),
}

"""A sheet of an XLSX workbook as text columns: exact values, bounded memory, and every odd cell told."""

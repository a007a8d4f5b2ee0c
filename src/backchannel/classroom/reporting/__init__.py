"""The report on a class, and its labels as a table."""

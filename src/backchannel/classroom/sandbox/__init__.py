"""Run code of strangers where it can do no harm."""

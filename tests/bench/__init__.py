"""Measurements in one run: `make bench`. A table on standard error, JSON on standard output."""

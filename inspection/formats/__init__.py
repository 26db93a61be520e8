"""Findings as CSV, HTML, AWS Security Finding Format and OCSF."""

"""Attacks on the inference server, with and without its guard."""

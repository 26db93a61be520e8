"""Fidelity and privacy of a synthetic data set, judged before it may leave the account of the real rows."""

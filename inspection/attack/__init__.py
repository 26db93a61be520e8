"""Attacks on the running zone: real API calls that a control must stop, and daily work that must succeed."""

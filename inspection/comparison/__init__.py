"""Compares two commits of the zone: guardrails, network, monthly cost and policy documents."""

"""Compliance rules as pure functions: resource properties in, problems out; used by components, policies and tests."""

from controls.rules.values import ABSENT, UNKNOWN, Problem, Props, Rule, Undecided

__all__ = ["ABSENT", "UNKNOWN", "Problem", "Props", "Rule", "Undecided"]

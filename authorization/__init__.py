"""Decides requests as AWS IAM does: allowed or denied, and by which statement of which policy.

The package imports nothing else of this project. Its source is the IAM User Guide, chapters "Policy evaluation logic",
"IAM JSON policy element reference" and "AWS global condition context keys".
"""

from authorization.decisions import Decision, Match, Outcome
from authorization.documents import Policy, PolicyError, PolicyStatement
from authorization.evaluation import Level, Policies, evaluate
from authorization.requests import Principal, PrincipalKind, Request
from authorization.statements import statement_applies

__all__ = [
    "Decision",
    "Level",
    "Match",
    "Outcome",
    "Policies",
    "Policy",
    "PolicyError",
    "PolicyStatement",
    "Principal",
    "PrincipalKind",
    "Request",
    "evaluate",
    "statement_applies",
]

"""What a set of IAM policies means: allowed or denied, and by which statement of which policy."""

from controls.evaluator.decision import Decision, Match, Outcome
from controls.evaluator.evaluate import Policies, evaluate
from controls.evaluator.policy import Policy, PolicyError
from controls.evaluator.request import Principal, PrincipalKind, Request

__all__ = [
    "Decision",
    "Match",
    "Outcome",
    "Policies",
    "Policy",
    "PolicyError",
    "Principal",
    "PrincipalKind",
    "Request",
    "evaluate",
]

"""The state rules of AWS's APIs that moto does not enforce: prerequisites, uniqueness, order, sizes and quotas.

A request that is valid and authorized is checked by the rules of its operation before it is carried out. Each module
holds the rules of one subject in its tuple `RULES`; modules are found by name.
"""

import importlib
import pkgutil
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.requests import ParsedRequest
from rehearsal.cloud.rules.rule import Rule, Situation

__all__ = ["Rule", "Situation", "all_rules", "refusal"]


def refusal(request: ParsedRequest, account: str) -> Refusal | None:
    """Why AWS refuses a request that is valid and authorized; None when it carries it out.

    Args:
        request: the request.
        account: account of the caller, 12 digits.
    """
    rules = _by_operation().get((request.service, request.operation), ())
    if not rules:
        return None
    situation = Situation(request=request, account=account)
    return next((refused for refused in (rule.check(situation) for rule in rules) if refused is not None), None)


@cache
def all_rules() -> Sequence[Rule]:
    """Every rule, in the order of the modules' names."""
    modules = (importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__))
    return [rule for module in modules for rule in getattr(module, "RULES", ())]


@cache
def _by_operation() -> Mapping[tuple[str, str], Sequence[Rule]]:
    rules: defaultdict[tuple[str, str], list[Rule]] = defaultdict(list)
    for rule in all_rules():
        for operation in rule.operations:
            rules[rule.service, operation].append(rule)
    return rules

"""Policy documents, each parsed once, and narrowed to the statements that can apply to an action."""

from functools import lru_cache

from authorization import Policy
from authorization.statements import action_applies


@lru_cache(maxsize=8192)
def parsed_policy(name: str, document: str) -> Policy:
    """A policy document.

    Args:
        name: name of the policy, for decisions.
        document: JSON text.

    Raises:
        PolicyError: the document is malformed.
    """
    return Policy.parse(name, document)


class Narrowed:
    """Policies without the statements whose `Action` element cannot match; remembers each result."""

    def __init__(self) -> None:
        self._cache: dict[tuple[int, str], tuple[Policy, Policy]] = {}

    def policy(self, policy: Policy, action: str) -> Policy:
        """The policy with only those statements whose `Action` or `NotAction` element matches an action."""
        key = (id(policy), action)
        kept = self._cache.get(key)
        if kept is None or kept[0] is not policy:
            statements = [statement for statement in policy.statements if action_applies(statement, action)]
            kept = self._cache[key] = (policy, Policy(name=policy.name, statements=statements))
        return kept[1]

"""A short way to write the metadata of a policy."""

from controls.model import PolicyRule


def rule(name: str, title: str, remedy: str) -> PolicyRule:
    """The metadata of a resource policy: its name, what it asks for, and how a person repairs a resource."""
    return PolicyRule(name=name, title=title, remedy=remedy)


def stack_rule(name: str, title: str, remedy: str) -> PolicyRule:
    """The metadata of a stack policy, which needs several resources."""
    return PolicyRule(name=name, title=title, remedy=remedy, stack=True)

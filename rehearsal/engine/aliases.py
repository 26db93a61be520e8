"""Aliases: the former URNs of a resource, by its own aliases and those of its parents."""

from collections.abc import Mapping, Sequence

from rehearsal.engine import urns
from rehearsal.engine.goal import Alias, Goal


def candidates(goal: Goal, *, stack: str, project: str, adopted: Mapping[str, str]) -> Sequence[str]:
    """Return the URNs that the resource may have had, the most explicit first.

    `adopted` maps the URN of each resource registered so far under an alias to the URN it had: children follow their
    parent, and where a child's name starts with its parent's, the name follows too.
    """
    result: dict[str, None] = {}
    own = [_collapse(goal, alias, stack=stack, project=project, adopted=adopted) for alias in goal.aliases]
    result.update(dict.fromkeys(own))
    former = adopted.get(goal.parent) if goal.parent else None
    if former:
        before = urns.name_of(goal.parent)
        for type_, name in [(goal.type, goal.name), *((urns.type_of(urn), urns.name_of(urn)) for urn in own)]:
            renamed = urns.name_of(former) + name.removeprefix(before) if name.startswith(before) else name
            result[urns.make(stack=stack, project=project, parent=former, type_=type_, name=renamed)] = None
    return tuple(result)


def _collapse(goal: Goal, alias: Alias, *, stack: str, project: str, adopted: Mapping[str, str]) -> str:
    if alias.urn:
        return alias.urn
    parent = goal.parent if alias.parent is None else adopted.get(alias.parent, alias.parent)
    if parent and urns.qualified_type(parent) == urns.ROOT_TYPE:
        parent = ""
    return urns.make(
        stack=alias.stack or stack,
        project=alias.project or project,
        parent=parent,
        type_=alias.type or goal.type,
        name=alias.name or goal.name,
    )

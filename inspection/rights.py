"""The rights that roles have and no request used: the granted actions of identity policies, less the used ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from authorization import reference
from authorization.patterns import matches_wildcards


@dataclass(frozen=True, kw_only=True, slots=True)
class GrantedRight:
    """One action pattern of an Allow statement of a role's identity policy."""

    role: str
    """Name of the role, the same in every account."""
    accounts: Sequence[str]
    """Ids of the accounts whose role has the right."""
    sid: str
    """`Sid` of the statement."""
    pattern: str
    """`service:Action`, with wildcards or without."""
    used: Sequence[str]
    """Actions of the pattern that a request used in one of the accounts, sorted."""
    unused: Sequence[str]
    """Actions of the pattern that no request used in any of the accounts, sorted."""


def granted_rights(
    rights: Iterable[Mapping[str, Any]], used: Mapping[str, Mapping[str, int]]
) -> Sequence[GrantedRight]:
    """The rights of roles, and which of their actions were used.

    A statement with `NotAction`, and the pattern `*`, are rights to every action of AWS: their unused actions are not
    listed one by one.

    Args:
        rights: one document for each Allow statement, as the emulated AWS lists them.
        used: role ARN -> action -> number of allowed requests.

    Returns:
        The rights, by role, statement and pattern; those of roles with the same name in several accounts together.
    """
    accounts: dict[tuple[str, str, str], list[str]] = {}
    actions_used: dict[tuple[str, str], set[str]] = {}
    for arn, counts in used.items():
        actions_used[_account(arn), _name(arn)] = set(counts)
    for right in rights:
        for pattern in _patterns(right):
            accounts.setdefault((_name(right["role"]), right["sid"], pattern), []).append(_account(right["role"]))
    return [
        _granted(role, sid, pattern, owners, [actions_used.get((owner, role), set()) for owner in owners])
        for (role, sid, pattern), owners in sorted(accounts.items())
    ]


def _granted(role: str, sid: str, pattern: str, owners: Sequence[str], used: Sequence[set[str]]) -> GrantedRight:
    matching = {action for actions in used for action in actions if matches_wildcards(action.lower(), pattern.lower())}
    return GrantedRight(
        role=role,
        accounts=sorted(set(owners)),
        sid=sid,
        pattern=pattern,
        used=sorted(matching),
        unused=sorted(set(_expanded(pattern)) - matching),
    )


def _patterns(right: Mapping[str, Any]) -> Iterator[str]:
    yield from right["actions"]
    if right["not_actions"]:
        yield "*"


def _expanded(pattern: str) -> Iterator[str]:
    """The actions of the authorization tables that a pattern matches; the pattern itself if it is `*`."""
    prefix, colon, name = pattern.lower().partition(":")
    if not colon:
        yield pattern
        return
    for action in reference.service(prefix).actions.values():
        if matches_wildcards(action.name.lower(), name):
            yield f"{prefix}:{action.name}"


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]


def _account(arn: str) -> str:
    return arn.split(":")[4]

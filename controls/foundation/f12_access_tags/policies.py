"""Policies of F12: tags that decide access are not tampered with."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided, tokens
from controls.rules.checks import OnResource, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import equals
from controls.rules.resources import Resource
from controls.rules.values import lookup

TAGGED = frozenset(
    (*tokens.BUCKETS, tokens.KEY, tokens.LOG_GROUP, tokens.ROLE, tokens.TOPIC, tokens.TRAIL, tokens.ACCOUNT)
)


def _tagged(resource: Resource, parameters: Parameters) -> Iterator[Problem]:
    if UNKNOWN in (lookup(resource.props, "tags"), lookup(resource.provider, "defaultTags")):
        yield Undecided.at("tags")
        return
    tags = resource.tags()
    missing = [key for key in parameters.required_tags if not tags.get(key)]
    if missing:
        yield Problem(f"lacks the tag{'s' if len(missing) > 1 else ''} {', '.join(missing)}")


POLICIES: Final[Sequence[PolicyRule]] = (
    PolicyRule(
        name="tags-required",
        title="Resources have the tags environment, owner and data-classification",
        remedy="Add the tags to the resource or to the provider's default_tags.",
        check=OnResource(types=TAGGED, check=_tagged),
    ),
    PolicyRule(
        name="rds-snapshot-tags",
        title="Snapshots copy the database's tags",
        remedy="Set copy_tags_to_snapshot=True.",
        check=on(
            ("aws:rds/instance:Instance", "aws:rds/cluster:Cluster"), equals("copyTagsToSnapshot", True, default=False)
        ),
    ),
)

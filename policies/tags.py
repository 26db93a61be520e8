"""Every taggable resource says whose it is and what data it holds, 45 CFR 164.310(d)(2)(iii)."""

from collections.abc import Iterator

from controls.rules import UNKNOWN, Problem, Undecided
from controls.rules.values import lookup
from policies import tokens
from policies.checks import Checks, OnResource
from policies.configuration import Parameters
from policies.resources import Resource

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


CHECKS: Checks = {"tags-required": OnResource(types=TAGGED, check=_tagged)}

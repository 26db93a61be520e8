"""Policies of F12: tags that decide access are not tampered with."""

from collections.abc import Iterator, Sequence
from typing import Final

from controls.environments import HOLDS_PHI, PHI, contradicts, environment_of
from controls.model import PolicyRule
from controls.rules import UNKNOWN, Problem, Undecided, tokens
from controls.rules.checks import Finding, OnResource, Stack, across, on
from controls.rules.parameters import Parameters
from controls.rules.predicates import equals
from controls.rules.resources import Resource
from controls.rules.values import ABSENT, lookup
from controls.tags import CLASSIFICATION_TAG, ENVIRONMENT_TAG

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


def _unit(stack: Stack, resource: Resource) -> str:
    """The path of the OU that an account or OU is in, from the resources of the stack."""
    units = {unit.urn: unit for unit in stack.of(tokens.ORGANIZATIONAL_UNIT)}
    path: list[str] = []
    while True:
        parent = next((units[urn] for urn in resource.depends.get("parentId", ()) if urn in units), None)
        if parent is None:
            return "/".join(path)
        path.insert(0, str(lookup(parent.props, "name")))
        resource = parent


def _environment_of_unit(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    """The tags of an account against the name of its OU, which guardrails are attached to."""
    for account in stack.of(tokens.ACCOUNT):
        unit = _unit(stack, account)
        stated, environment = environment_of(unit), account.tag(ENVIRONMENT_TAG)
        where = f"its OU is {unit or 'the root'}"
        if UNKNOWN in (environment, account.tag(CLASSIFICATION_TAG)):
            yield account, Undecided.at("tags")
            continue
        if environment is not ABSENT and contradicts(stated, environment):
            yield account, Problem(f"is tagged as {environment}, and {where}")
        if account.tag(CLASSIFICATION_TAG) == PHI and stated not in HOLDS_PHI:
            yield account, Problem(f"is tagged to hold patients' data, and {where}")


def _patients_data(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    for resource in stack.resources:
        if resource.type != tokens.ACCOUNT and resource.tag(CLASSIFICATION_TAG) == PHI:
            environment = resource.tag(ENVIRONMENT_TAG)
            if environment not in (*HOLDS_PHI, UNKNOWN):
                shown = "no environment" if environment is ABSENT else f"the environment {environment}"
                yield resource, Problem(f"holds patients' data in {shown}; allowed: {', '.join(HOLDS_PHI)}")


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
    PolicyRule(
        name="account-environment-of-ou",
        title="The environment and the data of an account are those that the name of its OU states",
        remedy="Move the account to the OU of its environment; `environment` and `data_classification` follow from it.",
        check=across(tokens.ACCOUNT, _environment_of_unit),
    ),
    PolicyRule(
        name="phi-in-staging-and-prod",
        title="Patients' data is in staging and prod only",
        remedy="Create the resource in an account of staging or prod, or store data of another classification.",
        check=across((), _patients_data),
    ),
)

"""What holds data is copied elsewhere or backed up, 45 CFR 164.308(a)(7)(ii)(A): nothing is left out by mistake."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from controls.rules import UNKNOWN, Problem
from controls.rules.values import ABSENT, items, lookup
from policies import tokens
from policies.checks import Checks, Finding, Stack, across
from policies.configuration import Parameters
from policies.resources import Resource

CLASSIFIED: Final = frozenset({"phi", "de-identified"})
"""Classifications of what cannot be had again; synthetic data is made anew, records have a policy of their own."""
BY_ORGANIZATION: Final = frozenset({"phi"})
"""What the organisation's backup policy (control D6) selects by its tag, in whatever stack it is."""
SELECTION: Final = "aws:backup/selection:Selection"
REPLICATION: Final[Mapping[str, Sequence[tuple[str, str]]]] = {
    "aws:dynamodb/table:Table": (("aws:dynamodb/tableReplica:TableReplica", "globalTableArn"),),
    "aws:efs/fileSystem:FileSystem": (
        ("aws:efs/replicationConfiguration:ReplicationConfiguration", "sourceFileSystemId"),
    ),
    "aws:rds/cluster:Cluster": (),
    "aws:rds/instance:Instance": (
        (
            "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
            "sourceDbInstanceArn",
        ),
    ),
    **dict.fromkeys(tokens.BUCKETS, ((tokens.BUCKET_REPLICATION, "bucket"),)),
}
"""Kind of store -> what replicates it, and the property that names it there."""
INLINE: Final = ("replicas", "globalClusterIdentifier", "replicationSourceIdentifier", "replicateSourceDb")
"""Properties that make a store part of a replication itself."""


def _uncovered(stack: Stack, _parameters: Parameters) -> Iterator[Finding]:
    selections = stack.of(SELECTION)
    for kind, copies in REPLICATION.items():
        for store in stack.of(kind):
            classification = store.tags().get("data-classification")
            if classification not in CLASSIFIED:
                continue
            by_tag = kind not in tokens.BUCKETS and classification in BY_ORGANIZATION
            replicated = any(stack.companions(store, copy, by) for copy, by in copies) or _inline(store)
            if not (by_tag or replicated or any(_selects(one, store) for one in selections)):
                yield (
                    store,
                    Problem(f"it holds {classification} data, and neither a backup selection nor a copy has it"),
                )


def _inline(store: Resource) -> bool:
    return any(lookup(store.props, name) not in (ABSENT, None, "", []) for name in INLINE)


def _selects(selection: Resource, store: Resource) -> bool:
    """By its ARN, which in a preview only the dependency tells, or by a tag."""
    if store.urn in selection.depends.get("resources", ()):
        return True
    arn = lookup(store.props, "arn")
    named = items(lookup(selection.props, "resources"))
    if arn not in (ABSENT, UNKNOWN) and arn in named:
        return True
    return any(_carries(store, one) for one in items(lookup(selection.props, "selectionTags")))


def _carries(store: Resource, tag: Any) -> bool:
    return tag is not UNKNOWN and store.tags().get(tag.get("key")) == tag.get("value")


CHECKS: Checks = {"data-covered": across(tuple(REPLICATION), _uncovered)}

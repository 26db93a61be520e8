"""The risks of a change, the highest first."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from inspection.comparison.facts import Facts
from inspection.comparison.guardrails import GuardrailComparison, compare_guardrails
from inspection.comparison.network import NetworkComparison, compare_networks
from inspection.comparison.statements import (
    StatementChange,
    canonical_statement,
    policy_document,
    statement_changes,
)

HOLDS_DATA: Final[Mapping[str, str]] = {
    "aws:backup/vault:Vault": "backups",
    "aws:cloudtrail/trail:Trail": "the audit trail",
    "aws:cloudwatch/logGroup:LogGroup": "logs",
    "aws:dynamodb/table:Table": "a table",
    "aws:ebs/volume:Volume": "a volume",
    "aws:ecr/repository:Repository": "container images",
    "aws:efs/fileSystem:FileSystem": "files",
    "aws:kms/key:Key": "a key, without which its data cannot be read",
    "aws:kms/replicaKey:ReplicaKey": "a key, without which its data cannot be read",
    "aws:organizations/account:Account": "an account and everything in it",
    "aws:rds/cluster:Cluster": "a database",
    "aws:rds/instance:Instance": "a database",
    "aws:s3/bucket:Bucket": "objects",
    "aws:sagemaker/featureGroup:FeatureGroup": "features",
    "aws:sagemaker/modelPackageGroup:ModelPackageGroup": "versions of a model",
    "aws:secretsmanager/secret:Secret": "a secret",
}
"""Resource type -> what is lost with the resource."""
WATCHES: Final[Mapping[str, str]] = {
    "aws:cfg/recorder:Recorder": "the record of configuration changes",
    "aws:cfg/recorderStatus:RecorderStatus": "the record of configuration changes",
    "aws:cloudwatch/metricAlarm:MetricAlarm": "an alarm",
    "aws:ec2/flowLog:FlowLog": "flow logs",
    "aws:guardduty/detector:Detector": "threat detection",
    "aws:macie2/account:Account": "the search for sensitive data",
    "aws:organizations/policy:Policy": "a guardrail",
    "aws:organizations/policyAttachment:PolicyAttachment": "the attachment of a guardrail",
    "aws:route53/resolverQueryLogConfigAssociation:ResolverQueryLogConfigAssociation": "DNS query logs",
    "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration": "object lock",
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": "the block of public access",
    "aws:s3/bucketVersioning:BucketVersioning": "versioning",
    "aws:backup/vaultLockConfiguration:VaultLockConfiguration": "the lock of a vault",
    "aws:securityhub/account:Account": "Security Hub",
}
"""Resource type -> the protection that ends with the resource."""


CENT: Final = 0.01
"""Dollars; a smaller difference of cost is none."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ResourceChange:
    """A change of one resource."""

    stack: str
    op: str
    type: str
    name: str
    diff: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PolicyChange:
    """Changed statements of a policy document of a resource."""

    change: ResourceChange
    path: str
    statements: Sequence[StatementChange]

    moved: Mapping[str, str]
    """Sid of a statement that only moves -> resource whose document has it after or had it before."""

    @property
    def more(self) -> Sequence[StatementChange]:
        """Statements that may allow more than before; a policy of a new resource changes no rights."""
        if self.change.op == "create":
            return ()
        return [item for item in self.statements if item.allows_more and item.sid not in self.moved]


@dataclass(frozen=True, kw_only=True, slots=True)
class Comparison:
    """Two commits compared; parts that could not be compared are None, with the reason in `problems`."""

    guardrails: GuardrailComparison | None
    network: NetworkComparison | None
    network_source: str
    cost: tuple[float, float] | None
    """Dollars a month before and after."""
    cost_items: Mapping[str, tuple[float, float]]
    """Items whose cost changes."""
    problems: Sequence[str]


def compare(before: Facts, after: Facts) -> Comparison:
    """Compares the facts of two commits."""
    problems = [
        f"{name}: {problem}" for name, each in (("base", before), ("change", after)) for problem in each.problems
    ]
    guardrails = (
        compare_guardrails(before.guardrails, after.guardrails) if before.guardrails and after.guardrails else None
    )
    network = None
    if before.network and after.network:
        if before.network.source == after.network.source:
            network = compare_networks(before.network, after.network)
        else:
            problems.append(
                f"network: base is {before.network.source}, change is {after.network.source}: not comparable"
            )
    items: Mapping[str, tuple[float, float]] = {}
    cost = None
    if before.cost and after.cost and before.cost.source != after.cost.source:
        problems.append(f"cost: base is {before.cost.source}, change is {after.cost.source}: not comparable")
    elif before.cost and after.cost:
        cost = (before.cost.total, after.cost.total)
        names = [*before.cost.items, *(name for name in after.cost.items if name not in before.cost.items)]
        both = {name: (before.cost.items.get(name, 0.0), after.cost.items.get(name, 0.0)) for name in names}
        items = {name: (old, new) for name, (old, new) in both.items() if abs(old - new) >= CENT / 2}
    return Comparison(
        guardrails=guardrails,
        network=network,
        network_source=after.network.source if after.network else "",
        cost=cost,
        cost_items=items,
        problems=problems,
    )


def resource_changes(document: Mapping[str, Any]) -> list[ResourceChange]:
    """The changes of all stacks of a run."""
    return [
        ResourceChange(
            stack=str(stack["name"]),
            op=str(change["op"]),
            type=str(change["type"]),
            name=str(change["urn"]).rpartition("::")[2],
            diff=change["diff"],
        )
        for stack in document["stacks"]
        for change in stack.get("changes", [])
    ]


def policy_changes(changes: Sequence[ResourceChange]) -> list[PolicyChange]:
    """The changes of policy documents, statement by statement; documents whose meaning is the same are left out."""
    changed_policies = [
        (change, str(item["path"]), statements)
        for change in changes
        for item in change.diff
        if (statements := _statements(item))
    ]
    homes = {
        kind: {
            (change.type, canonical_statement(statement.before or statement.after or {})): change.name
            for change, _, statements in changed_policies
            for statement in statements
            if statement.kind == kind
        }
        for kind in ("added", "removed")
    }

    def moved(change: ResourceChange, statement: StatementChange) -> str | None:
        other = {"added": "removed", "removed": "added"}.get(statement.kind, "")
        key = (change.type, canonical_statement(statement.before or statement.after or {}))
        return homes.get(other, {}).get(key)

    return [
        PolicyChange(
            change=change,
            path=path,
            statements=statements,
            moved={statement.sid: home for statement in statements if (home := moved(change, statement)) is not None},
        )
        for change, path, statements in changed_policies
    ]


def _statements(item: Mapping[str, Any]) -> list[StatementChange]:
    """Changed statements of a property; none if it is no policy, or unknown before the deployment."""
    old, new = policy_document(item.get("old")), policy_document(item.get("new"))
    if (old is None and item.get("old") is not None) or (new is None and item.get("new") is not None):
        return []
    return statement_changes(old, new)


def losses(changes: Sequence[ResourceChange]) -> Iterator[tuple[ResourceChange, str]]:
    """Replaced and deleted resources that hold data, then those that protect or watch, each with what is lost."""
    for table, ops in ((HOLDS_DATA, ("replace", "delete")), (WATCHES, ("delete",))):
        for change in changes:
            if change.op in ops and change.type in table:
                yield change, table[change.type]


def causes(change: ResourceChange) -> list[str]:
    """Paths of the properties that force a replacement."""
    return [str(item["path"]) for item in change.diff if str(item.get("kind", "")).endswith("-replace")]

"""Step `list-conflicts`: before a failback, lists the objects that both regions wrote; a person decides about each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from runbooks.content import content_difference
from runbooks.context import Context
from runbooks.documents import BucketPair
from runbooks.errors import StepError
from runbooks.shared_rights import COMPARE_VERSIONS, SEE_REPLICATION
from runbooks.step_definition import Details, EnvironmentStep, Route, StepText
from runbooks.versions import ObjectVersion, recent_versions

_MAXIMUM_LISTED: Final = 1000
"""Objects that one journal entry lists; an item of DynamoDB has at most 400 KB."""


@dataclass(kw_only=True, slots=True)
class _Differences:
    """Objects that the target region wrote on its own."""

    conflicts: list[Mapping[str, str]] = field(default_factory=list[Mapping[str, str]])
    """Objects that the source region wrote as well, with the version id in each region."""
    late: list[str] = field(default_factory=list[str])
    """URIs of objects that the source region did not write."""


def list_conflicts(context: Context, _endpoint: str, _deadline: datetime) -> Details:
    """Compares what both regions wrote since the loss. Both versions of an object are kept.

    Raises:
        StepError: there are conflicts, and the operator did not accept them; the message lists the first ten.
    """
    differences = _Differences()
    for pair in context.zone.pairs:
        _compare(context, pair, differences)
    conflicts, late = differences.conflicts, differences.late
    if conflicts and not context.accept_conflicts:
        raise StepError(
            f"{len(conflicts)} objects were written in both regions; both versions are kept, none is chosen:\n"
            f"  {_listed(conflicts[:10])}\n"
            "decide object by object, then run this again with --accept-conflicts"
        )
    return {
        "conflicts": conflicts[:_MAXIMUM_LISTED],
        "conflict_count": len(conflicts),
        "arrived_late": late[:_MAXIMUM_LISTED],
        "arrived_late_count": len(late),
    }


def _compare(context: Context, pair: BucketPair, differences: _Differences) -> None:
    bucket = pair.bucket(context.target)
    source_versions = {
        version.key: version for version in recent_versions(context, pair, context.source) if _is_original(version)
    }
    for version in recent_versions(context, pair, context.target):
        if not _is_original(version) or version.key == context.zone.heartbeat_key:
            continue
        source_version = source_versions.get(version.key)
        uri = f"s3://{bucket}/{version.key}"
        if source_version is None:
            differences.late.append(uri)
            continue
        difference = content_difference(context, pair, {context.source: source_version, context.target: version})
        if difference:
            differences.conflicts.append(
                {
                    "object": uri,
                    context.target_region: version.id,
                    context.source_region: source_version.id,
                    "content": difference,
                }
            )


def _is_original(version: ObjectVersion) -> bool:
    """Return whether a version was written in its own region."""
    return version.status != "REPLICA"


def _listed(conflicts: Sequence[Mapping[str, str]]) -> str:
    return "\n  ".join(" ".join(f"{name}={value}" for name, value in conflict.items()) for conflict in conflicts)


def _text(_route: Route) -> StepText:
    return StepText(
        title="list objects that both regions wrote, without overwriting any",
        by_hand="compare the versions in both buckets and decide, object by object",
    )


STEP = EnvironmentStep(
    kind="list-conflicts",
    stage="before endpoints",
    operations=("failback",),
    minutes=60,
    text=_text,
    rights=(COMPARE_VERSIONS, SEE_REPLICATION),
    preflight=lambda context, endpoint: list_conflicts(context, endpoint, context.now()),
    change=list_conflicts,
    when_repeated="it only reads: the versions are compared again",
)

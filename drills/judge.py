"""The verdict on a drill: recovery time and point, lost and duplicated objects, and differing predictions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drills.load import PURPOSE, ClientRequest, Load, WrittenObject
from drills.zone import DrillZone


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The figures of one drill; times are in seconds."""

    rto: float
    """Seconds from the loss to the first answer of the recovery region; infinite without an answer."""
    rpo: float
    """Age, at the loss, of the oldest object that was not in the recovery region yet."""
    requests: int
    failed: int
    """Requests without an answer."""
    differing: int
    """Inputs that the two regions answered differently."""
    objects: int
    missing_at_failover: int
    """Objects of the primary region that were not in the recovery region after the failover."""
    lost: int
    """Objects that are missing in one of the regions at the end."""
    duplicated: int
    """Objects with more versions than were written, in either region."""
    writes_delayed: int
    met: bool
    """Whether RTO and RPO are within the zone's targets, and nothing is lost, duplicated or answered differently."""


def stored_versions(load: Load, region: str) -> Mapping[str, int]:
    """Key -> number of versions, of the objects of the drill in a region."""
    zone = load.zone
    versions: dict[str, int] = defaultdict(int)
    client = zone.client("s3", region)
    for page in client.get_paginator("list_object_versions").paginate(
        Bucket=zone.bucket(PURPOSE, region), Prefix=load.prefix
    ):
        for version in page.get("Versions", []):
            versions[version["Key"]] += 1
    return versions


def missing_objects(objects: Sequence[WrittenObject], stored_keys: Mapping[str, int]) -> Sequence[WrittenObject]:
    """The objects whose key is not stored."""
    return [written_object for written_object in objects if written_object.key not in stored_keys]


def judge(zone: DrillZone, load: Load, *, lost_at: float, missing_at_failover: Sequence[WrittenObject]) -> Verdict:
    """Computes the verdict on a drill that has ended.

    Args:
        zone: the rehearsed environment.
        load: the requests and the objects of the drill.
        lost_at: when the region was lost, in seconds since the epoch.
        missing_at_failover: objects that were not in the recovery region after the failover.
    """
    first = [
        answer for answer in load.requests if answer.ok and answer.region == zone.recovery and answer.at >= lost_at
    ]
    rto = min((answer.at + answer.seconds for answer in first), default=float("inf")) - lost_at
    rpo = max((lost_at - written_object.at for written_object in missing_at_failover), default=0.0)
    ends = [stored_versions(load, region) for region in (zone.primary, zone.recovery)]
    lost = sum(any(written_object.key not in versions for versions in ends) for written_object in load.objects)
    doubled = len({key for present_keys in ends for key, versions in present_keys.items() if versions > 1})
    differing = len(_differing(load.requests))
    failed = sum(not answer.ok for answer in load.requests)
    targets = zone.document
    fine = rto <= 60 * targets["rto_minutes"] and rpo <= 60 * targets["rpo_minutes"]
    return Verdict(
        rto=rto,
        rpo=rpo,
        requests=len(load.requests),
        failed=failed,
        differing=differing,
        objects=len(load.objects),
        missing_at_failover=len(missing_at_failover),
        lost=lost,
        duplicated=doubled,
        writes_delayed=load.refused_writes,
        met=bool(fine and not lost and not doubled and not differing and first),
    )


def _differing(answers_in_order: Sequence[ClientRequest]) -> Sequence[int]:
    answers: dict[int, list[Any]] = defaultdict(list)
    for answer in answers_in_order:
        if answer.ok and answer.answer not in answers[answer.case]:
            answers[answer.case].append(answer.answer)
    return [case for case, case_answers in answers.items() if len(case_answers) > 1]

"""What a drill shows: how long nobody answered, what was lost, what came twice, and whether both regions agree."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from drills.load import PURPOSE, Asked, Load, Written
from drills.zone import DrillZone


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The figures of one drill; seconds, counts."""

    rto: float
    """From the loss to the first answer out of the recovery region; infinite without one."""
    rpo: float
    """Age, at the loss, of the oldest object that had not arrived."""
    requests: int
    failed: int
    """Requests without an answer, all of them between loss and recovery."""
    differing: int
    """Inputs that the two regions answered differently."""
    objects: int
    missing_at_failover: int
    """Acknowledged in the primary and not in the recovery region when traffic moved."""
    lost: int
    """Missing in either region at the end."""
    duplicated: int
    """Objects with more versions than were written, in either region."""
    writes_delayed: int
    met: bool
    """Whether RTO and RPO are within the zone's targets, and nothing is lost, duplicated or answered differently."""


def present(load: Load, region: str) -> Mapping[str, int]:
    """Key -> versions of the drill's objects in a region."""
    zone = load.zone
    found: dict[str, int] = defaultdict(int)
    client = zone.client("s3", region)
    for page in client.get_paginator("list_object_versions").paginate(
        Bucket=zone.bucket(PURPOSE, region), Prefix=load.prefix
    ):
        for one in page.get("Versions", []):
            found[one["Key"]] += 1
    return found


def missing(written: Sequence[Written], there: Mapping[str, int]) -> Sequence[Written]:
    """What was acknowledged and is not there."""
    return [one for one in written if one.key not in there]


def verdict(zone: DrillZone, load: Load, *, lost_at: float, missing_then: Sequence[Written]) -> Verdict:
    """Judges a drill when it is over."""
    first = [one for one in load.asked if one.ok and one.region == zone.recovery and one.at >= lost_at]
    rto = min((one.at + one.seconds for one in first), default=float("inf")) - lost_at
    rpo = max((lost_at - one.at for one in missing_then), default=0.0)
    ends = [present(load, region) for region in (zone.primary, zone.recovery)]
    lost = sum(any(one.key not in there for there in ends) for one in load.written)
    doubled = len({key for there in ends for key, versions in there.items() if versions > 1})
    differing = len(_differing(load.asked))
    failed = sum(not one.ok for one in load.asked)
    targets = zone.document
    fine = rto <= 60 * targets["rto_minutes"] and rpo <= 60 * targets["rpo_minutes"]
    return Verdict(
        rto=rto,
        rpo=rpo,
        requests=len(load.asked),
        failed=failed,
        differing=differing,
        objects=len(load.written),
        missing_at_failover=len(missing_then),
        lost=lost,
        duplicated=doubled,
        writes_delayed=load.refused,
        met=bool(fine and not lost and not doubled and not differing and first),
    )


def _differing(asked: Sequence[Asked]) -> Sequence[int]:
    answers: dict[int, list[Any]] = defaultdict(list)
    for one in asked:
        if one.ok and one.answer not in answers[one.case]:
            answers[one.case].append(one.answer)
    return [case for case, found in answers.items() if len(found) > 1]

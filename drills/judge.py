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
    versions: dict[str, int] = defaultdict(int)
    client = zone.client("s3", region)
    for page in client.get_paginator("list_object_versions").paginate(
        Bucket=zone.bucket(PURPOSE, region), Prefix=load.prefix
    ):
        for version in page.get("Versions", []):
            versions[version["Key"]] += 1
    return versions


def missing(written: Sequence[Written], there: Mapping[str, int]) -> Sequence[Written]:
    """What was acknowledged and is not there."""
    return [written_object for written_object in written if written_object.key not in there]


def verdict(zone: DrillZone, load: Load, *, lost_at: float, missing_then: Sequence[Written]) -> Verdict:
    """Judges a drill when it is over."""
    first = [answer for answer in load.asked if answer.ok and answer.region == zone.recovery and answer.at >= lost_at]
    rto = min((answer.at + answer.seconds for answer in first), default=float("inf")) - lost_at
    rpo = max((lost_at - written_object.at for written_object in missing_then), default=0.0)
    ends = [present(load, region) for region in (zone.primary, zone.recovery)]
    lost = sum(any(written_object.key not in versions for versions in ends) for written_object in load.written)
    doubled = len({key for present_keys in ends for key, versions in present_keys.items() if versions > 1})
    differing = len(_differing(load.asked))
    failed = sum(not answer.ok for answer in load.asked)
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


def _differing(answers_in_order: Sequence[Asked]) -> Sequence[int]:
    answers: dict[int, list[Any]] = defaultdict(list)
    for answer in answers_in_order:
        if answer.ok and answer.answer not in answers[answer.case]:
            answers[answer.case].append(answer.answer)
    return [case for case, case_answers in answers.items() if len(case_answers) > 1]

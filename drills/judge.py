"""The verdict on a drill: recovery time and point, lost and duplicated objects, and differing predictions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from drills.content import altered_objects
from drills.load import PURPOSE, ClientRequest, Load, WrittenObject
from drills.zone import DrillZone


@dataclass(frozen=True, kw_only=True, slots=True)
class Verdict:
    """The figures of one drill; times are in seconds."""

    rto: float
    """Seconds from the loss to the first answer of the recovery region; infinite without an answer."""
    rpo: float
    """Age, at the loss, of the oldest object that was not in the recovery region yet."""
    longest_outage: float
    """The longest time without any answer between the loss and the end of the drill, in seconds."""
    availability: float
    """Share of the requests that were answered, between the loss and the end of the drill."""
    availability_after: float
    """The same share after the first answer of the recovery region."""
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
    altered: int
    """Objects whose content in one of the regions is not what was written, at the end."""
    duplicated: int
    """Objects with more versions than were written, in either region."""
    writes_delayed: int
    met: bool
    """Whether RTO, RPO and every outage are within the zone's targets, `AVAILABILITY` is kept after the first answer,
    and nothing is lost, altered, duplicated or answered differently."""


AVAILABILITY: Final = 0.99
"""Share of the requests that have to be answered after the first answer of the recovery region, failback included."""


def stored_versions(load: Load, region: str) -> Mapping[str, int]:
    """Key -> number of versions, of the objects of the drill in a region."""
    zone = load.zone
    versions: dict[str, int] = defaultdict(int)
    client = zone.client("s3", region)
    for page in client.get_paginator("list_object_versions").paginate(
        Bucket=zone.bucket(PURPOSE, region), Prefix=f"{load.prefix}/"
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
    altered = len({item.key for region in (zone.primary, zone.recovery) for item in altered_objects(load, region)})
    window = [request for request in load.requests if request.at >= lost_at]
    recovered = [request for request in window if request.at >= lost_at + rto]
    outage = _longest_outage(window, lost_at)
    targets = zone.document
    fine = max(rto, outage) <= 60 * targets["rto_minutes"] and rpo <= 60 * targets["rpo_minutes"]
    after = _answered(recovered)
    return Verdict(
        rto=rto,
        rpo=rpo,
        longest_outage=outage,
        availability=_answered(window),
        availability_after=after,
        requests=len(load.requests),
        failed=failed,
        differing=differing,
        objects=len(load.objects),
        missing_at_failover=len(missing_at_failover),
        lost=lost,
        altered=altered,
        duplicated=doubled,
        writes_delayed=load.refused_writes,
        met=bool(
            fine and after >= AVAILABILITY and not lost and not altered and not doubled and not differing and first
        ),
    )


def _answered(requests: Sequence[ClientRequest]) -> float:
    return sum(request.ok for request in requests) / len(requests) if requests else 1.0


def _longest_outage(requests: Sequence[ClientRequest], lost_at: float) -> float:
    """The longest time between two answers in which requests failed; until the last failure if no answer follows."""
    longest, last_answer, has_failed = 0.0, lost_at, False
    for request in sorted(requests, key=lambda item: item.at + item.seconds):
        end = request.at + request.seconds
        has_failed = has_failed or not request.ok
        if has_failed:
            longest = max(longest, end - last_answer)
        if request.ok:
            last_answer, has_failed = end, False
    return longest


def _differing(answers_in_order: Sequence[ClientRequest]) -> Sequence[int]:
    answers: dict[int, list[Any]] = defaultdict(list)
    for answer in answers_in_order:
        if answer.ok and answer.answer not in answers[answer.case]:
            answers[answer.case].append(answer.answer)
    return [case for case, case_answers in answers.items() if len(case_answers) > 1]

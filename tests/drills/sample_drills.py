"""Sample drills: requests, objects and steps around a loss at a fixed time."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, cast

from botocore.exceptions import ClientError

from drills.drill import Drill, TimelineEvent
from drills.judge import Verdict, judge
from drills.load import ClientRequest, Load, WrittenObject
from drills.zone import DrillZone
from rehearsal.cloud import Credentials

EAST, WEST = "us-east-1", "us-west-2"
LOST_AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC).timestamp()
TARGETS: Mapping[str, Any] = {
    "rto_minutes": 15,
    "rpo_minutes": 10,
    "pairs": [{"purpose": "deidentified", "primary": "east", "recovery": "west", "heartbeat": True}],
}


class Versions:
    """A client of S3 that lists and reads the objects of one region; the content of an object is its key."""

    def __init__(self, keys: Sequence[str], altered: Sequence[str]) -> None:
        self.keys = keys
        self.altered = altered

    def get_object(self, **arguments: str) -> Mapping[str, Any]:
        key = arguments["Key"]
        if key not in self.keys:
            raise ClientError({"Error": {"Code": "NoSuchKey"}}, "GetObject")
        return {"Body": BytesIO(b"altered" if key in self.altered else key.encode())}

    def get_paginator(self, operation: str) -> "Versions":
        assert operation == "list_object_versions"
        return self

    def paginate(self, **arguments: str) -> Iterator[Mapping[str, Any]]:
        """Yields an empty page, then one page per object."""
        assert arguments["Bucket"] in ("east", "west")
        yield {}
        for key in self.keys:
            if key.startswith(arguments["Prefix"]):
                yield {"Versions": [{"Key": key}]}


class Zone(DrillZone):
    """A zone whose regions hold given objects; a repeated key has several versions."""

    def store(self, **keys: Sequence[str]) -> None:
        self.document = {**self.document, "stored": keys}

    def client(self, service: str, region: str, credentials: Credentials | None = None) -> Any:
        del credentials
        assert service == "s3"
        stored = self.document["stored"]
        return Versions(stored["east" if region == EAST else "west"], stored["altered"] if region == WEST else ())


def zone(*, east: Sequence[str] = (), west: Sequence[str] = (), altered: Sequence[str] = ()) -> Zone:
    nothing = cast("Any", None)
    drill_zone = Zone(
        environment="prod",
        state=Path(),
        primary=EAST,
        recovery=WEST,
        account="111122223333",
        document=TARGETS,
        endpoint={"name": "readmission-prod"},
        cloud=nothing,
        principals=nothing,
        application=nothing,
        team=nothing,
        heartbeat=nothing,
        on_call=nothing,
        approver=None,
    )
    drill_zone.store(east=east, west=west, altered=altered)
    return drill_zone


def request(after: float, region: str, answer: Any = 0.25, *, case: int = 0, seconds: float = 0.5) -> ClientRequest:
    """A request, the given number of seconds after the loss; there is no answer if the region is empty."""
    ok = bool(region)
    return ClientRequest(
        at=LOST_AT + after, region=region, ok=ok, seconds=seconds, case=case, answer=answer if ok else None
    )


def stored_object(after: float, key: str, region: str = EAST) -> WrittenObject:
    return WrittenObject(at=LOST_AT + after, region=region, key=key, digest=hashlib.sha256(key.encode()).hexdigest())


WELL: Sequence[ClientRequest] = (
    request(-3, EAST),
    request(1, ""),
    request(4, WEST),
    request(9, WEST),
    request(30, EAST),
)
"""Answers before the loss, one request without answer, and the first answer of the other region after 4.5 seconds."""


def verdict_on(
    requests: Sequence[ClientRequest] = WELL,
    objects: Sequence[str] = ("d/a", "d/b"),
    *,
    east: Sequence[str] = ("d/a", "d/b"),
    west: Sequence[str] = ("d/a", "d/b"),
    altered: Sequence[str] = (),
    missing_at_failover: Sequence[WrittenObject] = (),
    refused: int = 0,
) -> Verdict:
    """The verdict on requests, on written objects, and on the objects in each region at the end."""
    drill_zone = zone(east=east, west=west, altered=altered)
    load = Load(
        drill_zone,
        prefix="d",
        requests=list(requests),
        objects=[stored_object(-2, key) for key in objects],
        refused_writes=refused,
    )
    return judge(drill_zone, load, lost_at=LOST_AT, missing_at_failover=missing_at_failover)


def drill(drill_verdict: Verdict, *, lost_region_requests: Sequence[str] | None = ()) -> Drill:
    """A drill with a verdict, steps of both runbooks and two events."""

    def step(name: str, after: float) -> Mapping[str, Any]:
        return {"step": name, "seconds": 2.0, "ended": datetime.fromtimestamp(LOST_AT + after, UTC).isoformat()}

    return Drill(
        variant="region",
        lost_at=LOST_AT,
        events=[
            TimelineEvent(at=LOST_AT, description=f"{EAST} lost"),
            TimelineEvent(at=LOST_AT + 6, description=f"{WEST} serves"),
        ],
        failover_steps=[step("move-traffic#readmission-prod", 4.0), {"step": "notify", "seconds": None}],
        failback_steps=[step("stand-down#readmission-prod", 28.0)],
        verdict=drill_verdict,
        requests_to_lost_region=lost_region_requests,
        load=Load(zone(), requests=list(WELL)),
    )

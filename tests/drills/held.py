"""A drill that was held, made up: requests, objects and steps around a loss at a known moment."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from drills.drill import Drill, Moment
from drills.judge import Verdict, verdict
from drills.load import Asked, Load, Written
from drills.zone import DrillZone

EAST, WEST = "us-east-1", "us-west-2"
LOST_AT = datetime(2026, 11, 24, 3, 0, tzinfo=UTC).timestamp()
TARGETS: Mapping[str, Any] = {
    "rto_minutes": 15,
    "rpo_minutes": 10,
    "pairs": [{"purpose": "deidentified", "primary": "east", "recovery": "west"}],
}


class Versions:
    """What S3 says of one region's objects."""

    def __init__(self, keys: Sequence[str]) -> None:
        self.keys = keys

    def get_paginator(self, operation: str) -> "Versions":
        assert operation == "list_object_versions"
        return self

    def paginate(self, **asked: str) -> Iterator[Mapping[str, Any]]:
        """A page an object, and one without any, as S3 may answer."""
        assert asked["Bucket"] in ("east", "west")
        yield {}
        for key in self.keys:
            if key.startswith(asked["Prefix"]):
                yield {"Versions": [{"Key": key}]}


class Zone(DrillZone):
    """A zone whose regions hold given objects; a key that stands there twice has two versions."""

    def hold(self, **keys: Sequence[str]) -> None:
        self.document = {**self.document, "held": keys}

    def client(self, service: str, region: str) -> Any:
        assert service == "s3"
        return Versions(self.document["held"]["east" if region == EAST else "west"])


def zone(*, east: Sequence[str] = (), west: Sequence[str] = ()) -> Zone:
    nothing = cast("Any", None)
    made = Zone(
        environment="prod",
        state=Path(),
        primary=EAST,
        recovery=WEST,
        account="111122223333",
        document=TARGETS,
        endpoint={"name": "readmission-prod"},
        cloud=nothing,
        endpoints=nothing,
        credentials=nothing,
    )
    made.hold(east=east, west=west)
    return made


def asked(after: float, region: str, answer: Any = 0.25, *, case: int = 0, seconds: float = 0.5) -> Asked:
    """A request so many seconds after the loss; without a region nobody answered."""
    ok = bool(region)
    return Asked(at=LOST_AT + after, region=region, ok=ok, seconds=seconds, case=case, answer=answer if ok else None)


def written(after: float, key: str, region: str = EAST) -> Written:
    return Written(at=LOST_AT + after, region=region, key=key, digest="")


WELL: Sequence[Asked] = (asked(-3, EAST), asked(1, ""), asked(4, WEST), asked(9, WEST), asked(30, EAST))
"""Answers before the loss, one request without, and the first answer out of the other region after 4.5 seconds."""


def judged(
    requests: Sequence[Asked] = WELL,
    objects: Sequence[str] = ("d/a", "d/b"),
    *,
    east: Sequence[str] = ("d/a", "d/b"),
    west: Sequence[str] = ("d/a", "d/b"),
    missing_then: Sequence[Written] = (),
    refused: int = 0,
) -> Verdict:
    """The verdict on what was asked and written, and on what either region holds at the end."""
    place = zone(east=east, west=west)
    load = Load(place, prefix="d", asked=list(requests), written=[written(-2, key) for key in objects], refused=refused)
    return verdict(place, load, lost_at=LOST_AT, missing_then=missing_then)


def drill(one: Verdict, *, dead: Sequence[str] | None = ()) -> Drill:
    """A drill with a verdict, a step of either runbook and two moments."""

    def step(name: str, after: float) -> Mapping[str, Any]:
        return {"step": name, "seconds": 2.0, "ended": datetime.fromtimestamp(LOST_AT + after, UTC).isoformat()}

    return Drill(
        variant="region",
        lost_at=LOST_AT,
        moments=[Moment(at=LOST_AT, what=f"{EAST} lost"), Moment(at=LOST_AT + 6, what=f"{WEST} serves")],
        steps=[step("move-traffic#readmission-prod", 4.0), {"step": "notify", "seconds": None}],
        back=[step("stand-down#readmission-prod", 28.0)],
        verdict=one,
        asked_of_the_dead=dead,
        load=Load(zone(), asked=list(WELL)),
    )

"""Clients and writers while it happens: real requests to the name, objects written where writing is allowed."""

import hashlib
import json
import random
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from drills.zone import DrillZone
from rehearsal.cloud import CloudError, resolve
from workloads.readmission import cohort
from workloads.readmission.schema import FIELDS

CLIENTS: Final = 2
WRITERS: Final = 2
PAUSE: Final = 0.1
"""Seconds between two requests of a client, and two objects of a writer."""
PURPOSE: Final = "deidentified"
PREFIX: Final = "cardiology/readmissions/drills"
"""Where writers write: below the prefix of a data set, a folder a drill."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Asked:
    """One request of a client."""

    at: float
    """Seconds since the epoch."""
    region: str
    ok: bool
    seconds: float
    case: int
    answer: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class Written:
    """One object that S3 acknowledged."""

    at: float
    region: str
    key: str
    digest: str


@dataclass(slots=True)
class Load:
    """Everything that was asked and written."""

    zone: DrillZone
    prefix: str = field(default_factory=lambda: f"{PREFIX}/{time.time():.0f}")
    """Of this drill's objects: another drill's must not be taken for them."""
    asked: list[Asked] = field(default_factory=list[Asked])
    written: list[Written] = field(default_factory=list[Written])
    refused: int = 0
    """Objects that a writer could not write: it kept them, and wrote them when it could."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Begins."""
        table = cohort.generate(64, seed=11).table.tolist()
        inputs = [[dict(zip(FIELDS, row, strict=True))] for row in table]
        jobs = [(self._client, inputs)] * CLIENTS
        for number, (work, argument) in enumerate(jobs):
            self._run(work, number, argument)
        for number in range(WRITERS):
            self._run(self._writer, number, None)
        self._run(self._heart, 0, None)

    def stop(self) -> None:
        """Ends, when what is under way is done."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self, work: Any, number: int, argument: Any) -> None:
        thread = threading.Thread(target=work, args=(number, argument), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _client(self, number: int, inputs: list[list[Mapping[str, Any]]]) -> None:
        """Resolves the name, signs for the region that it leads to, asks; as the application's client does."""
        chance = random.Random(number)  # noqa: S311 - which input is asked next is no secret
        while not self._stop.wait(PAUSE):
            case = chance.randrange(len(inputs))
            started = time.time()
            region, answer = self._ask(inputs[case])
            asked = Asked(
                at=started,
                region=region,
                ok=answer is not None,
                seconds=time.time() - started,
                case=case,
                answer=answer,
            )
            with self._lock:
                self.asked.append(asked)

    def _ask(self, instances: list[Mapping[str, Any]]) -> tuple[str, Any]:
        zone = self.zone
        try:
            region = random.choice(resolve(zone.cloud, zone.account, str(zone.endpoint["record"]))).split(".")[2]  # noqa: S311 - as above
            answer = zone.client("sagemaker-runtime", region).invoke_endpoint(
                EndpointName=zone.endpoint["name"],
                ContentType="application/json",
                Body=json.dumps({"instances": instances}),
            )
            return region, json.loads(answer["Body"].read())["predictions"]
        except (ClientError, BotoCoreError, CloudError):
            return "", None

    def _writer(self, number: int, _given: Any) -> None:
        """Asks before each object which region may write; keeps what it could not write for the next time."""
        count = 0
        while not self._stop.wait(PAUSE):
            body = f"{number}-{count}".encode()
            key = f"{self.prefix}/{number}/{count:06d}.json"
            region = self._writable()
            if region is None or not self._put(region, key, body):
                self.refused += 1
                continue
            count += 1

    def _put(self, region: str, key: str, body: bytes) -> bool:
        try:
            self.zone.client("s3", region).put_object(Bucket=self.zone.bucket(PURPOSE, region), Key=key, Body=body)
        except (ClientError, BotoCoreError):
            return False
        digest = hashlib.sha256(body).hexdigest()
        with self._lock:
            self.written.append(Written(at=time.time(), region=region, key=key, digest=digest))
        return True

    def _writable(self) -> str | None:
        """The region that may write, as whichever region answers says; the recovery region is asked first."""
        for region in (self.zone.recovery, self.zone.primary):
            try:
                parameter = self.zone.client("ssm", region).get_parameter(Name=self.zone.document["writer_parameter"])
                value = str(parameter["Parameter"]["Value"])
            except (ClientError, BotoCoreError):
                continue
            return None if value == "none" else value
        return None

    def _heart(self, _number: int, _given: Any) -> None:
        """The scheduler's heartbeat, every second instead of every minute; the emulator runs no schedules."""
        while not self._stop.wait(1.0):
            beat = {"written": datetime.now(UTC).isoformat()}
            for pair in self.zone.document["pairs"]:
                try:
                    self.zone.client("s3", self.zone.primary).put_object(
                        Bucket=pair["primary"], Key=self.zone.document["heartbeat_key"], Body=b"", Metadata=beat
                    )
                except (ClientError, BotoCoreError):
                    break

"""The load of a drill: clients that send requests to the endpoint's name, and writers that write objects."""

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

from drills.principals import TEAM
from drills.zone import DrillZone
from rehearsal.cloud import CloudError, resolve
from workloads.readmission import cohort
from workloads.readmission.schema import FIELDS

CLIENTS: Final = 2
WRITERS: Final = 2
PAUSE: Final = 0.1
"""Seconds between two requests of a client, and two objects of a writer."""
PURPOSE: Final = "deidentified"
PREFIX: Final = f"{TEAM}/readmissions/drills"
"""Prefix of a data set, below which each drill has a folder of its own."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ClientRequest:
    """A request of a client."""

    at: float
    """When it was sent, in seconds since the epoch."""
    region: str
    """The region that it was sent to; empty if the name could not be resolved or there was no answer."""
    ok: bool
    """Whether there was an answer."""
    seconds: float
    """Duration."""
    case: int
    """Index of the input."""
    answer: Any = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WrittenObject:
    """An object that S3 acknowledged."""

    at: float
    region: str
    key: str
    digest: str


@dataclass(slots=True)
class Load:
    """Clients and writers, with their requests and objects."""

    zone: DrillZone
    prefix: str = field(default_factory=lambda: f"{PREFIX}/{time.time():.0f}")
    """Prefix of the objects of this drill."""
    requests: list[ClientRequest] = field(default_factory=list[ClientRequest])
    objects: list[WrittenObject] = field(default_factory=list[WrittenObject])
    refused_writes: int = 0
    """Attempts to write an object that failed; the writer repeats them."""
    _stop: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list[threading.Thread])
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self) -> None:
        """Starts clients, writers and the heartbeat, each in a thread."""
        table = cohort.generate(64, seed=11).table.tolist()
        inputs = [[dict(zip(FIELDS, row, strict=True))] for row in table]
        jobs = [(self._client, inputs)] * CLIENTS
        for number, (work, argument) in enumerate(jobs):
            self._run(work, number, argument)
        for number in range(WRITERS):
            self._run(self._writer, number, None)
        self._run(self._write_heartbeats, 0, None)

    def stop(self) -> None:
        """Stops the threads and waits for them."""
        self._stop.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self, work: Any, number: int, argument: Any) -> None:
        thread = threading.Thread(target=work, args=(number, argument), daemon=True)
        thread.start()
        self._threads.append(thread)

    def _client(self, number: int, inputs: list[list[Mapping[str, Any]]]) -> None:
        """Resolves the name, signs for the region of the result, and sends a request, as an application does."""
        chance = random.Random(number)  # noqa: S311 - which input is asked next is no secret
        while not self._stop.wait(PAUSE):
            case = chance.randrange(len(inputs))
            started = time.time()
            region, answer = self._ask(inputs[case])
            request = ClientRequest(
                at=started,
                region=region,
                ok=answer is not None,
                seconds=time.time() - started,
                case=case,
                answer=answer,
            )
            with self._lock:
                self.requests.append(request)

    def _ask(self, instances: list[Mapping[str, Any]]) -> tuple[str, Any]:
        zone = self.zone
        try:
            region = random.choice(resolve(zone.cloud, zone.account, str(zone.endpoint["record"]))).split(".")[2]  # noqa: S311 - as above
            answer = zone.client("sagemaker-runtime", region, zone.application).invoke_endpoint(
                EndpointName=zone.endpoint["name"],
                ContentType="application/json",
                Body=json.dumps({"instances": instances}),
            )
            return region, json.loads(answer["Body"].read())["predictions"]
        except (ClientError, BotoCoreError, CloudError):
            return "", None

    def _writer(self, number: int, _argument: Any) -> None:
        """Writes objects to the region that the writers' parameter names; repeats failed attempts."""
        count = 0
        while not self._stop.wait(PAUSE):
            body = f"{number}-{count}".encode()
            key = f"{self.prefix}/{number}/{count:06d}.json"
            region = self._writer_region()
            if region is None or not self._put(region, key, body):
                self.refused_writes += 1
                continue
            count += 1

    def write_conflict(self, region: str, body: bytes) -> str:
        """Writes an object that both regions are to write, beside those of the drill, and returns its key."""
        key = f"{self.prefix}-conflict.json"
        self.zone.client("s3", region, self.zone.team).put_object(
            Bucket=self.zone.bucket(PURPOSE, region), Key=key, Body=body
        )
        return key

    def _put(self, region: str, key: str, body: bytes) -> bool:
        try:
            self.zone.client("s3", region, self.zone.team).put_object(
                Bucket=self.zone.bucket(PURPOSE, region), Key=key, Body=body
            )
        except (ClientError, BotoCoreError):
            return False
        digest = hashlib.sha256(body).hexdigest()
        with self._lock:
            self.objects.append(WrittenObject(at=time.time(), region=region, key=key, digest=digest))
        return True

    def _writer_region(self) -> str | None:
        """The value of the writers' parameter in the first region that answers; None if nobody may write."""
        for region in (self.zone.recovery, self.zone.primary):
            try:
                parameter = self.zone.client("ssm", region, self.zone.application).get_parameter(
                    Name=self.zone.document["writer_parameter"]
                )
                value = str(parameter["Parameter"]["Value"])
            except (ClientError, BotoCoreError):
                continue
            return None if value == "none" else value
        return None

    def _write_heartbeats(self, _number: int, _argument: Any) -> None:
        """Writes the heartbeat every second, since the emulated AWS runs no schedules."""
        while not self._stop.wait(1.0):
            beat = {"written": datetime.now(UTC).isoformat()}
            for pair in (pair for pair in self.zone.document["pairs"] if pair["heartbeat"]):
                try:
                    self.zone.client("s3", self.zone.primary, self.zone.heartbeat).put_object(
                        Bucket=pair["primary"], Key=self.zone.document["heartbeat_key"], Body=b"", Metadata=beat
                    )
                except (ClientError, BotoCoreError):
                    break

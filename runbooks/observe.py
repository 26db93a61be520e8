"""How things are: both regions as far as they answer, seen by reading alone."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks.aws import Aws, Failures, code
from runbooks.discovery import discover
from runbooks.documents import BucketPair, EndpointDocument, RecoveryDocument, Side
from runbooks.journal import Journal
from runbooks.plan import Seen, Snapshot

SIDES: Final[tuple[Side, Side]] = ("primary", "recovery")
_ABSENT: Final = frozenset({"ValidationException", "NotFoundException", "ResourceNotFound", "404", "NoSuchKey"})


def snapshot(aws: Aws, zone: RecoveryDocument, journal: Journal, now: datetime) -> Snapshot:
    """Both regions as they are; one that does not answer is asked for nothing more."""
    with ThreadPoolExecutor() as pool:
        answers = list(pool.map(aws.answers, (zone.region(side) for side in SIDES)))
        reachable: dict[Side, bool] = {"primary": answers[0], "recovery": answers[1]}
        pairs: list[tuple[EndpointDocument, Side]] = [
            (endpoint_document, side) for endpoint_document in zone.endpoints for side in SIDES if reachable[side]
        ]
        states = list(pool.map(lambda pair: _as_far_as_it_tells(aws, pair[0], zone.region(pair[1])), pairs))
    states_by_endpoint: dict[str, dict[Side, Seen]] = {
        endpoint_document.name: {} for endpoint_document in zone.endpoints
    }
    for (endpoint_document, side), state in zip(pairs, states, strict=True):
        states_by_endpoint[endpoint_document.name][side] = state
    return Snapshot(
        now=now,
        reachable=reachable,
        positions={
            endpoint_document.name: journal.position(endpoint_document.name) for endpoint_document in zone.endpoints
        },
        endpoints=states_by_endpoint,
        open_operation=journal.open(),
    )


def _as_far_as_it_tells(aws: Aws, endpoint_document: EndpointDocument, region: str) -> Seen:
    """An endpoint; where SageMaker alone is broken, what it answers instead."""
    try:
        return endpoint(aws, endpoint_document, region)
    except Failures as error:
        return Seen(exists=False, status=code(error))


def endpoint(aws: Aws, endpoint_document: EndpointDocument, region: str) -> Seen:
    """An endpoint in a region, with the version and image that it serves."""
    client = aws.client("sagemaker", region)
    try:
        description = client.describe_endpoint(EndpointName=endpoint_document.name)
        variants = description.get("ProductionVariants", [])
        variant = next((item for item in variants if item["VariantName"] == endpoint_document.variant), variants[0])
        config = description["EndpointConfigName"]
        described = client.describe_endpoint_config(EndpointConfigName=config)
        model = client.describe_model(ModelName=described["ProductionVariants"][0]["ModelName"])
    except ClientError as error:
        if code(error) in _ABSENT:
            return Seen(exists=False)
        raise
    container = model.get("PrimaryContainer") or model["Containers"][0]
    return Seen(
        exists=True,
        status=description["EndpointStatus"],
        instances=int(variant.get("CurrentInstanceCount") or variant.get("DesiredInstanceCount") or 0),
        config=config,
        model_version=container.get("Environment", {}).get("MODEL_VERSION", ""),
        image_digest=container["Image"].rpartition("@")[2],
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Arrived:
    """How far a bucket's replica is: the last heartbeat that arrived in it."""

    purpose: str
    heartbeat: datetime | None

    def rpo(self, lost_at: datetime) -> timedelta | None:
        """What was written in that time before the loss may be missing; None when nothing ever arrived."""
        return None if self.heartbeat is None else max(timedelta(0), lost_at - self.heartbeat)


def arrived(aws: Aws, zone: RecoveryDocument, side: Side) -> Sequence[Arrived]:
    """The last heartbeat in every replica of a side."""
    client = aws.client("s3", zone.region(side))
    return [Arrived(purpose=pair.purpose, heartbeat=_heartbeat(client, pair, side, zone)) for pair in zone.pairs]


def _heartbeat(client: Any, pair: BucketPair, side: Side, zone: RecoveryDocument) -> datetime | None:
    try:
        metadata = client.head_object(Bucket=pair.bucket(side), Key=zone.heartbeat_key)
        return datetime.fromisoformat(metadata["Metadata"]["written"]).astimezone(UTC)
    except ClientError as error:
        if code(error) in _ABSENT:
            return None
        raise
    except (ValueError, KeyError):
        return None


def alarm_state(aws: Aws, zone: RecoveryDocument, endpoint_document: EndpointDocument) -> str:
    """OK: traffic goes to the primary; ALARM: to the recovery region; empty when there is no such alarm."""
    return state_of(aws, endpoint_document.alarm, zone.recovery)


def state_of(aws: Aws, alarm: str, region: str) -> str:
    """An alarm's state; empty when there is none of that name."""
    alarms = aws.client("cloudwatch", region).describe_alarms(AlarmNames=[alarm])["MetricAlarms"]
    return str(alarms[0]["StateValue"]) if alarms else ""


def views(
    aws: Aws, zone: RecoveryDocument, reachable: Mapping[Side, bool], *, prefix: str
) -> dict[Side, RecoveryDocument]:
    """The zone as each region that answers knows it: names of buckets and configurations differ."""
    documents: dict[Side, RecoveryDocument] = {}
    for side in SIDES:
        if reachable[side]:
            try:
                documents[side] = discover(aws, prefix=prefix, environment=zone.environment, region=zone.region(side))
            except Failures:
                continue
    return documents

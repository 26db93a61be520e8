"""The schema of the recovery documents: what the stacks write to Parameter Store and the runbooks read.

Each region has `/<prefix>/recovery/<environment>/zone`, one document `endpoints/<name>` per critical endpoint, and the
parameter `state/writer-region`, each with the names that are valid in that region. This module imports nothing but the
standard library, so that the stacks, the runbooks and the tests share it.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Final, Literal, Self

from runbooks.errors import BadInputError

Mode = Literal["pilot-light", "warm", "active-active"]
"""Standby of an endpoint in the recovery region: configuration only, one instance, or active."""
Side = Literal["primary", "recovery"]
SIDES: Final[tuple[Side, Side]] = ("primary", "recovery")

ZONE: Final = "zone"
"""Name of the environment's document, relative to the root."""
ENDPOINTS: Final = "endpoints/"
"""Prefix of the names of the endpoints' documents."""
STATE: Final = "state/"
"""Prefix of the names of parameters that runbooks change."""
APPROVALS: Final = "approvals/"
"""Prefix of the names of approvals, followed by operation and person."""
WRITER: Final = f"{STATE}writer-region"
"""Name of the parameter that holds the region whose pipelines may write data, or `none`."""


class DocumentError(ValueError):
    """A document does not have the fields of its schema; the message names the field."""


def root(prefix: str, environment: str) -> str:
    """Path in Parameter Store below which the documents of an environment are."""
    return f"/{prefix}/recovery/{environment}"


@dataclass(frozen=True, kw_only=True, slots=True)
class BucketPair:
    """Two buckets that replicate into each other."""

    purpose: str
    """Purpose of both buckets, for example `artifacts`."""
    primary: str
    """Name of the bucket in the primary region."""
    recovery: str
    """Name of the bucket in the recovery region."""
    heartbeat: bool
    """Whether the heartbeat is written in the bucket; false for buckets with object lock."""

    def bucket(self, side: Side) -> str:
        """The bucket of one side."""
        return self.primary if side == "primary" else self.recovery

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Reads an entry of `RecoveryDocument.pairs`.

        Raises:
            DocumentError: a field is missing or has another type.
        """
        return cls(**_checked(cls, values))


@dataclass(frozen=True, kw_only=True, slots=True)
class EndpointDocument:
    """A critical endpoint, with the names that are valid in one region."""

    name: str
    """Name of the SageMaker endpoint, the same in both regions."""
    mode: Mode
    record: str
    """Private DNS name."""
    variant: str
    """Name of the production variant."""
    instances: int
    """Number of instances while the endpoint serves."""
    standby_instances: int
    """Number of instances while the endpoint stands by; 0 for a pilot light."""
    config: str
    """Name of the endpoint configuration in this region."""
    model_version: str
    artifact_bucket: str
    """Name of the bucket of the model artifact in this region."""
    artifact_key: str
    artifact_sha256: str
    """SHA-256 of the model artifact, 64 hexadecimal digits."""
    image_repository: str
    """Name of the ECR repository."""
    image_digest: str
    """`sha256:` and 64 hexadecimal digits."""
    smoke_bucket: str
    """Name of the bucket of the recorded answers in this region."""
    smoke_key: str
    """Key of the recorded inputs and the answers that the primary gave to them."""
    alarm: str
    """Alarm in the recovery region: while it is in ALARM, Route 53 sends traffic to the recovery region."""
    withdrawal_alarm: str
    """Alarm in the primary region: while it is in ALARM, traffic goes to the primary region alone. Empty unless the
    mode is `active-active`."""
    metric_namespace: str
    """CloudWatch namespace of the metric that `alarm` watches."""
    metric_name: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """Reads the document of an endpoint.

        Raises:
            DocumentError: a field is missing or has another type.
        """
        return cls(**_checked(cls, values))


@dataclass(frozen=True, kw_only=True, slots=True)
class RecoveryDocument:
    """An environment, with the names that are valid in one region."""

    environment: str
    """Name of the environment, for example `prod`."""
    primary: str
    """The primary region."""
    recovery: str
    """The recovery region."""
    journal_table: str
    """Name of the DynamoDB table of the journal, in the recovery region."""
    topics: Mapping[str, str]
    """Region -> ARN of the SNS topic that is notified of operations."""
    record_buckets: Mapping[str, str]
    """Region -> name of the bucket that incident records are written to."""
    writer_parameter: str
    """Name of the parameter that holds the region whose pipelines may write data."""
    pairs: Sequence[BucketPair]
    heartbeat_key: str
    """Key of the object that is rewritten every minute in the primary region, in the pairs with `heartbeat`: the age of
    its replica is the recovery point."""
    key_ids: Sequence[str]
    """Ids of the multi-Region keys that a failover promotes."""
    rto_minutes: int
    rpo_minutes: int
    drill_days: int
    """Days after which a drill is out of date."""
    two_people: bool
    """Whether an operator confirms changes twice."""
    approver_role: str
    """ARN of the role of the people who approve operations that others carry out; empty: no approval is needed."""
    endpoints: Sequence[EndpointDocument]
    """The critical endpoints, by name; each has a document of its own in Parameter Store."""

    @classmethod
    def parse(cls, values: Mapping[str, Any], endpoints: Sequence[EndpointDocument]) -> Self:
        """Reads the document of an environment.

        Raises:
            DocumentError: a field is missing or has another type.
        """
        checked = _checked(cls, values, apart=("endpoints",))
        pairs = [BucketPair.parse(pair) for pair in checked.pop("pairs")]
        return cls(**checked, pairs=pairs, endpoints=endpoints)

    def region(self, side: Side) -> str:
        """The region of a side."""
        return self.primary if side == "primary" else self.recovery

    def endpoint(self, name: str) -> EndpointDocument:
        """An endpoint by its name.

        Raises:
            BadInputError: the environment has no such endpoint.
        """
        for endpoint in self.endpoints:
            if endpoint.name == name:
                return endpoint
        names = ", ".join(endpoint.name for endpoint in self.endpoints) or "none"
        raise BadInputError(f"no endpoint {name!r} in {self.environment}; endpoints: {names}")

    def texts(self) -> Mapping[str, str]:
        """Name relative to the root -> JSON text of every document, as the stacks write it."""
        values = {name: value for name, value in asdict(self).items() if name != "endpoints"}
        return {
            ZONE: json.dumps(values),
            **{f"{ENDPOINTS}{endpoint.name}": json.dumps(asdict(endpoint)) for endpoint in self.endpoints},
        }


def zone_values(**values: Any) -> Mapping[str, Any]:
    """The document of an environment to write, whose values may be known only during the deployment.

    Args:
        **values: the fields of `RecoveryDocument`, except `endpoints`.

    Returns:
        The fields in the order of the schema.

    Raises:
        DocumentError: a field is missing, or is not in the schema.
    """
    return _ordered(RecoveryDocument, values, apart=("endpoints",))


def pair_values(**values: Any) -> Mapping[str, Any]:
    """An entry of `pairs` to write; as `zone_values`, with the fields of `BucketPair`."""
    return _ordered(BucketPair, values)


def endpoint_values(**values: Any) -> Mapping[str, Any]:
    """The document of an endpoint to write; as `zone_values`, with the fields of `EndpointDocument`."""
    return _ordered(EndpointDocument, values)


_TYPES: Final[Mapping[Any, type | tuple[type, ...]]] = {
    str: str,
    int: int,
    bool: bool,
    Mode: str,
    Mapping[str, str]: Mapping,
    Sequence[str]: list,
    Sequence[BucketPair]: list,
}
"""Type of a field -> type of its value in JSON."""


def _checked(schema: type, values: Mapping[str, Any], apart: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a schema; other fields are ignored, since a newer stack may write more."""
    checked: dict[str, Any] = {}
    for field in fields(schema):
        if field.name in apart:
            continue
        if field.name not in values:
            raise DocumentError(f"{field.name!r} is missing")
        value, expected = values[field.name], _TYPES[field.type]
        if not isinstance(value, expected) or (field.type is int and isinstance(value, bool)):
            raise DocumentError(f"{field.name!r} has the value {value!r}, which is not of the type {field.type}")
        checked[field.name] = value
    return checked


def _ordered(schema: type, values: Mapping[str, Any], apart: Sequence[str] = ()) -> Mapping[str, Any]:
    names = [field.name for field in fields(schema) if field.name not in apart]
    if differing := sorted(set(names) ^ values.keys()):
        raise DocumentError(f"{schema.__name__}: missing or unknown fields: {', '.join(differing)}")
    return {name: values[name] for name in names}

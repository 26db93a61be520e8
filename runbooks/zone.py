"""What there is to recover, discovered in one region alone: documents that the stacks left in Parameter Store there.

`/<prefix>/recovery/<environment>/zone` and `…/endpoints/<name>` below it, in both regions, each with the names that
hold in its own region.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from botocore.exceptions import ClientError

from runbooks.aws import Aws, Unreachable, denied
from runbooks.errors import BadInputError, RunbookError

Mode = Literal["pilot-light", "warm", "active-active"]
Side = Literal["primary", "recovery"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Pair:
    """Two buckets that replicate into each other."""

    purpose: str
    primary: str
    recovery: str

    def bucket(self, side: Side) -> str:
        """The bucket of one side."""
        return self.primary if side == "primary" else self.recovery

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """From the document of the zone."""
        return cls(purpose=values["purpose"], primary=values["primary"], recovery=values["recovery"])


@dataclass(frozen=True, kw_only=True, slots=True)
class Endpoint:
    """A critical endpoint, as one region knows it."""

    name: str
    mode: Mode
    record: str
    """Its private DNS name."""
    variant: str
    instances: int
    """While it serves."""
    standby_instances: int
    """While it stands by; 0 for a pilot light."""
    config: str
    """Endpoint configuration that serves, in this region."""
    model_version: str
    artifact_bucket: str
    artifact_key: str
    artifact_sha256: str
    image_repository: str
    image_digest: str
    smoke_bucket: str
    smoke_key: str
    """Known inputs and the answers that the primary gave to them."""
    alarm: str
    """In the recovery region: while it is in ALARM, Route 53 sends traffic to the recovery region."""
    withdrawal_alarm: str
    """In the primary region, where both serve: while it is in ALARM, traffic goes to the primary alone."""
    metric_namespace: str
    metric_name: str

    @classmethod
    def parse(cls, values: Mapping[str, Any]) -> Self:
        """From its document."""
        return cls(**{name: values[name] for name in cls.__dataclass_fields__})


@dataclass(frozen=True, kw_only=True, slots=True)
class Zone:
    """One environment, as the region that was asked knows it."""

    environment: str
    primary: str
    recovery: str
    journal_table: str
    topics: Mapping[str, str]
    """Region -> SNS topic of the people to tell."""
    record_buckets: Mapping[str, str]
    """Region -> bucket that incident records are written to."""
    writer_parameter: str
    """Parameter whose value is the region that may write data: pipelines ask it before they write."""
    pairs: Sequence[Pair]
    heartbeat_key: str
    """Object that the primary rewrites every minute in every replicated bucket: its age there tells the RPO."""
    key_ids: Sequence[str]
    """Multi-Region keys."""
    rto_minutes: int
    rpo_minutes: int
    drill_days: int
    """A drill older than that is stale."""
    two_people: bool
    """Whether changes want a second confirmation."""
    endpoints: Sequence[Endpoint]

    def region(self, side: Side) -> str:
        """The region of a side."""
        return self.primary if side == "primary" else self.recovery

    def endpoint(self, name: str) -> Endpoint:
        """An endpoint by its name.

        Raises:
            BadInputError: there is none.
        """
        for one in self.endpoints:
            if one.name == name:
                return one
        raise BadInputError(f"no endpoint {name!r} in {self.environment}; endpoints: {self._names()}")

    def _names(self) -> str:
        return ", ".join(one.name for one in self.endpoints) or "none"


def discover(aws: Aws, *, prefix: str, environment: str, region: str) -> Zone:
    """Reads the zone's documents from one region.

    Raises:
        BadInputError: the region has no such environment.
        RunbookError: the region does not answer, or a document is not what it should be.
    """
    root = f"/{prefix}/recovery/{environment}"
    client = aws.client("ssm", region)
    try:
        found = {
            one["Name"].removeprefix(f"{root}/"): one["Value"]
            for page in client.get_paginator("get_parameters_by_path").paginate(Path=root, Recursive=True)
            for one in page["Parameters"]
        }
        if "zone" not in found:
            raise BadInputError(_nothing(client, prefix, environment, region))
    except Unreachable as error:
        raise RunbookError(f"{region} does not answer: {error}. Name the region that does with --region") from None
    except ClientError as error:
        if denied(error):
            raise BadInputError(
                f"{root} in {region} may not be read as this role: either there is no environment {environment!r}, or "
                "the role is another one's. Each environment's runbooks have a role of their own"
            ) from None
        raise RunbookError(f"cannot read {root} in {region}: {error}") from None
    documents = {name: _json(f"{root}/{name}", text) for name, text in found.items() if not name.startswith("state/")}
    try:
        endpoints = [
            Endpoint.parse(document) for name, document in sorted(documents.items()) if name.startswith("endpoints/")
        ]
        return _zone(documents["zone"], endpoints)
    except (KeyError, TypeError) as error:
        raise RunbookError(
            f"{root} in {region}: a document lacks {error}: deploy recovery-{environment} again"
        ) from None


def _zone(values: Mapping[str, Any], endpoints: Sequence[Endpoint]) -> Zone:
    plain = {name: values[name] for name in Zone.__dataclass_fields__ if name not in ("pairs", "endpoints")}
    return Zone(**plain, pairs=[Pair.parse(one) for one in values["pairs"]], endpoints=endpoints)


def _json(name: str, text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        raise RunbookError(f"the parameter {name} is not JSON") from None
    if not isinstance(found, dict):
        raise RunbookError(f"the parameter {name} is not a JSON object")
    return found


def _nothing(client: Any, prefix: str, environment: str, region: str) -> str:
    """What there is instead; a runbook's own role may see its own environment alone."""
    root, said = f"/{prefix}/recovery", f"no environment {environment!r} in {region}"
    try:
        names = {
            one["Name"].removeprefix(f"{root}/").partition("/")[0]
            for page in client.get_paginator("get_parameters_by_path").paginate(Path=root, Recursive=True)
            for one in page["Parameters"]
        }
    except ClientError as error:
        if denied(error):
            return said
        raise
    return f"{said}; " + (
        f"environments there: {', '.join(sorted(names))}" if names else "no environment was deployed there"
    )

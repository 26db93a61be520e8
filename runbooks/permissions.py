"""Whether whoever runs a runbook may do what it will do, asked before the first change.

IAM's own simulation lives in us-east-1, which may be what failed. So each call is made in a form that AWS must refuse
for another reason: permissions are judged first, and any answer but "denied" means that the call itself is allowed
(IAM User Guide, "Policy evaluation logic").
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from runbooks.aws import Aws, Unreachable, denied
from runbooks.zone import Endpoint, Zone

ABSENT: Final = "-absent"
"""Ends names of what cannot be there, within what the role's policy names."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Probe:
    """One call, in a form that changes nothing."""

    service: str
    operation: str
    arguments: Callable[[Zone, Endpoint, str], dict[str, Any]]


PROBES: Final[Sequence[Probe]] = (
    Probe(
        service="sagemaker",
        operation="create_endpoint",
        arguments=lambda _zone, one, _region: {"EndpointName": one.name, "EndpointConfigName": one.config + ABSENT},
    ),
    Probe(
        service="sagemaker",
        operation="update_endpoint_weights_and_capacities",
        arguments=lambda _zone, one, _region: {
            "EndpointName": one.name + ABSENT,
            "DesiredWeightsAndCapacities": [{"VariantName": one.variant, "DesiredInstanceCount": 1}],
        },
    ),
    Probe(
        service="sagemaker",
        operation="describe_endpoint",
        arguments=lambda _zone, one, _region: {"EndpointName": one.name},
    ),
    Probe(
        service="sagemaker-runtime",
        operation="invoke_endpoint",
        arguments=lambda _zone, one, _region: {"EndpointName": one.name + ABSENT, "Body": b"{}"},
    ),
    Probe(
        service="cloudwatch",
        operation="put_metric_data",
        arguments=lambda _zone, one, _region: {
            "Namespace": one.metric_namespace,
            "MetricData": [{"MetricName": "PermissionProbe", "Value": 0.0}],
        },
    ),
    Probe(
        service="ssm",
        operation="put_parameter",
        # It is there, and is not to be overwritten.
        arguments=lambda zone, _one, _region: {
            "Name": zone.writer_parameter,
            "Value": "probe",
            "Type": "String",
            "Overwrite": False,
        },
    ),
    Probe(
        service="sns",
        operation="publish",
        # Said to be JSON for each protocol, and is none.
        arguments=lambda zone, _one, region: {
            "TopicArn": zone.topics[region],
            "MessageStructure": "json",
            "Message": "probe",
        },
    ),
    Probe(
        service="s3",
        operation="put_object",
        arguments=lambda zone, _one, region: {
            "Bucket": zone.record_buckets[region],
            "Key": "incidents/permission-probe.json",
            "Body": json.dumps({"probe": True}).encode(),
        },
    ),
)


def missing(aws: Aws, zone: Zone, endpoints: Sequence[Endpoint], region: str) -> Sequence[str]:
    """The calls that would be refused in a region, as `service:Operation (message)`."""
    found: list[str] = []
    for probe in PROBES:
        for one in endpoints[:1]:  # permissions are the same for every endpoint of an environment
            try:
                getattr(aws.client(probe.service, region), probe.operation)(**probe.arguments(zone, one, region))
            except ClientError as error:
                if denied(error):
                    found.append(f"{probe.service}:{probe.operation} ({error})")
            except Unreachable as error:
                found.append(f"{probe.service}:{probe.operation} ({region} does not answer: {error})")
    return found

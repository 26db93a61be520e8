"""Compliant switches, standbys and logs of served models, and the smallest change that each policy must catch."""

import json
from collections.abc import Sequence
from dataclasses import replace

from policies import ml, recovery, tokens
from tests.policies.examples import KEY_ARN, Case, Change, Example

CHECK = Example(
    type=recovery.HEALTH_CHECK,
    name="check",
    props={
        "type": "CLOUDWATCH_METRIC",
        "cloudwatchAlarmName": "failed-over",
        "cloudwatchAlarmRegion": "us-west-2",
        "insufficientDataHealthStatus": "Healthy",
    },
)
PRIMARY = Example(
    type=recovery.RECORD,
    name="primary",
    of="check",
    by="healthCheckId",
    props={
        "name": "risk.prod.ml.internal",
        "type": "CNAME",
        "ttl": 10,
        "records": ["runtime.sagemaker.us-east-1.amazonaws.com"],
        "setIdentifier": "primary",
        "failoverRoutingPolicies": [{"type": "PRIMARY"}],
        "healthCheckId": "check",
    },
)
ALONE = replace(PRIMARY, of=None)
WEIGHTED = Example(
    type=recovery.RECORD,
    props={
        "name": "risk.prod.ml.internal",
        "type": "CNAME",
        "ttl": 60,
        "setIdentifier": "primary",
        "weightedRoutingPolicies": [{"weight": 50}],
    },
)


def alarm(metric: str, missing: str) -> Example:
    return Example(
        type=recovery.ALARM,
        props={"namespace": "hipaa-ml/Recovery", "metricName": metric, "treatMissingData": missing},
    )


SCHEDULE = Example(
    type=recovery.SCHEDULE,
    props={
        "scheduleExpression": "rate(1 minute)",
        "target": {"retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 1}},
    },
)
ENDPOINT = Example(
    type=ml.ENDPOINT,
    props={
        "endpointConfigName": "c",
        "deploymentConfig": {"blueGreenUpdatePolicy": {"trafficRoutingConfiguration": {"type": "CANARY"}}},
    },
)
IMAGE = f"111122223333.dkr.ecr.us-east-1.amazonaws.com/risk@sha256:{'a' * 64}"
TAGGED = "111122223333.dkr.ecr.us-east-1.amazonaws.com/risk:1"
MODEL = Example(type=ml.MODEL, props={"primaryContainer": {"image": IMAGE}})
PIPELINE = Example(type=ml.MODEL, props={"containers": [{"image": IMAGE}]})
STANDBY = Example(
    type=ml.ENDPOINT_CONFIGURATION,
    props={
        "kmsKeyArn": KEY_ARN,
        "tags": {"standby": "warm"},
        "productionVariants": [{"variantName": "a", "modelName": "m", "initialInstanceCount": 1}],
    },
)
LOG = Example(
    type=tokens.LOG_GROUP, name="log", props={"name": "/aws/sagemaker/Endpoints/risk-prod", "retentionInDays": 2192}
)


def masking(audited: Sequence[str], masked: Sequence[str]) -> str:
    statements = [{"DataIdentifier": list(audited), "Operation": {"Audit": {"FindingsDestination": {}}}}]
    if masked:
        statements.append({"DataIdentifier": list(masked), "Operation": {"Deidentify": {"MaskConfig": {}}}})
    return json.dumps({"Name": "mask", "Version": "2021-06-01", "Statement": statements})


MASK = Example(
    type=recovery.MASKING,
    name="mask",
    of="log",
    by="logGroupName",
    props={"logGroupName": "/aws/sagemaker/Endpoints/risk-prod", "policyDocument": masking(["Name"], ["Name"])},
)
COPIES = Example(
    type=recovery.IMAGE_COPIES,
    props={"replicationConfiguration": {"rules": [{"destinations": [{"region": "us-west-2", "registryId": "1"}]}]}},
)


def case(policy: str, *compliant: Example, changes: list[Change | str]) -> Case:
    return Case(policy=policy, compliant=compliant, changes=changes)


CASES = [
    case("health-check-follows-alarm", CHECK, changes=[(0, "type", "HTTPS")]),
    case("health-check-says-healthy", CHECK, changes=[(0, "insufficientDataHealthStatus", "Unhealthy")]),
    case("failover-alarm-elsewhere", CHECK, PRIMARY, changes=[(0, "cloudwatchAlarmRegion", "us-east-1")]),
    case("failover-record-checked", ALONE, changes=[(0, "healthCheckId", None)]),
    case("failover-record-short", ALONE, changes=[(0, "ttl", 300)]),
    case("failover-record-short", WEIGHTED, changes=[(0, "ttl", None)]),
    case(
        "recovery-alarm-silence",
        alarm("DrillAgeDays", "breaching"),
        changes=[(0, "treatMissingData", None), (0, "treatMissingData", "ignore")],
    ),
    case("recovery-alarm-silence", alarm("FailedOver", "ignore"), changes=[(0, "treatMissingData", "breaching")]),
    case("recovery-alarm-silence", alarm("Withdrawn", "ignore"), changes=[(0, "treatMissingData", "breaching")]),
    case(
        "schedule-not-late",
        SCHEDULE,
        changes=[(0, "target.retryPolicy", None), (0, "target.retryPolicy.maximumEventAgeInSeconds", 86400)],
    ),
    case(
        "sagemaker-endpoint-canary",
        ENDPOINT,
        changes=[
            (0, "deploymentConfig", None),
            (0, "deploymentConfig.blueGreenUpdatePolicy.trafficRoutingConfiguration.type", "ALL_AT_ONCE"),
        ],
    ),
    case("sagemaker-image-digest", MODEL, changes=[(0, "primaryContainer.image", TAGGED)]),
    case("sagemaker-image-digest", PIPELINE, changes=[(0, "containers.0.image", TAGGED)]),
    case(
        "sagemaker-endpoint-instances",
        STANDBY,
        changes=[(0, "tags", None), (0, "tags.standby", "cold"), (0, "productionVariants.0.initialInstanceCount", 0)],
    ),
    case("log-group-masked", LOG, MASK, changes=[recovery.MASKING]),
    case(
        "log-masking-complete",
        replace(MASK, of=None),
        changes=[
            (0, "policyDocument", masking(["Name"], [])),
            (0, "policyDocument", masking(["Name", "Address"], ["Name"])),
            (0, "policyDocument", "{}"),
        ],
    ),
    case(
        "ecr-replication-home",
        COPIES,
        changes=[(0, "replicationConfiguration.rules.0.destinations.0.region", "eu-west-1")],
    ),
]

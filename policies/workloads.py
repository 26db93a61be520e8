"""Containers, workflows, messages and alarms, 45 CFR 164.312(a)(1), (b) and (c)."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from controls.rules import UNKNOWN, Problem, Props, Undecided
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import all_of, equals, present
from controls.rules.values import items, lookup
from policies.checks import Checks, on


def _containers(props: Props) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Container definitions are JSON text in Pulumi."""
    text = lookup(props, "containerDefinitions")
    try:
        parsed = json.loads(text) if isinstance(text, str) else []
    except json.JSONDecodeError:
        parsed = []
    for one in parsed:
        yield str(one.get("name", "?")), one


def _hardened_containers(props: Props) -> Iterator[Problem]:
    if lookup(props, "containerDefinitions") is UNKNOWN:
        yield Undecided.at("containerDefinitions")
    for name, one in _containers(props):
        if one.get("privileged"):
            yield Problem(f"container {name} is privileged")
        if not one.get("readonlyRootFilesystem"):
            yield Problem(f"container {name} may write to its root file system")
        if str(one.get("user", "root")).partition(":")[0] in ("", "0", "root"):
            yield Problem(f"container {name} runs as root")


def _logged_containers(props: Props) -> Iterator[Problem]:
    if lookup(props, "containerDefinitions") is UNKNOWN:
        yield Undecided.at("containerDefinitions")
    for name, one in _containers(props):
        if not one.get("logConfiguration"):
            yield Problem(f"container {name} has no logConfiguration")


def _container_insights(props: Props) -> Iterator[Problem]:
    values = {one.get("name"): one.get("value") for one in items(lookup(props, "settings")) if one is not UNKNOWN}
    if values.get("containerInsights") not in ("enabled", "enhanced", UNKNOWN):
        yield Problem("the setting containerInsights is not enabled")


CHECKS: Checks = {
    "ecr-immutable": on("aws:ecr/repository:Repository", equals("imageTagMutability", "IMMUTABLE", default="MUTABLE")),
    "ecr-key": on(
        "aws:ecr/repository:Repository",
        all_of(
            equals("encryptionConfigurations.encryptionType", "KMS", default="AES256"),
            present("encryptionConfigurations.kmsKey"),
        ),
    ),
    "ecr-scan": on(
        "aws:ecr/repository:Repository", equals("imageScanningConfiguration.scanOnPush", True, default=False)
    ),
    "ecr-kept": on("aws:ecr/repository:Repository", equals("forceDelete", False, default=False)),
    "ecr-not-public": on(
        "aws:ecr/repositoryPolicy:RepositoryPolicy", document("policy", every_allow(no_public_principal))
    ),
    "ecs-insights": on("aws:ecs/cluster:Cluster", _container_insights),
    "ecs-no-public-address": on(
        "aws:ecs/service:Service", equals("networkConfiguration.assignPublicIp", False, default=False)
    ),
    "ecs-no-exec": on("aws:ecs/service:Service", equals("enableExecuteCommand", False, default=False)),
    "ecs-rollback": on("aws:ecs/service:Service", equals("deploymentCircuitBreaker.rollback", True, default=False)),
    "ecs-container-hardened": on("aws:ecs/taskDefinition:TaskDefinition", _hardened_containers),
    "ecs-container-logs": on("aws:ecs/taskDefinition:TaskDefinition", _logged_containers),
    "ecs-own-network": on("aws:ecs/taskDefinition:TaskDefinition", equals("networkMode", "awsvpc")),
    "sfn-logged": on(
        "aws:sfn/stateMachine:StateMachine", equals("loggingConfiguration.level", "ALL", "ERROR", default="OFF")
    ),
    "sfn-no-data-in-logs": on(
        "aws:sfn/stateMachine:StateMachine", equals("loggingConfiguration.includeExecutionData", False, default=False)
    ),
    "sfn-key": on(
        "aws:sfn/stateMachine:StateMachine",
        all_of(
            equals("encryptionConfiguration.type", "CUSTOMER_MANAGED_KMS_KEY"),
            present("encryptionConfiguration.kmsKeyId"),
        ),
    ),
    "alarm-acts": on(
        ("aws:cloudwatch/metricAlarm:MetricAlarm", "aws:cloudwatch/compositeAlarm:CompositeAlarm"),
        all_of(
            present("alarmActions"), present("insufficientDataActions"), equals("actionsEnabled", True, default=True)
        ),
    ),
    "sns-subscription-tls": on(
        "aws:sns/topicSubscription:TopicSubscription",
        equals("protocol", "https", "sqs", "lambda", "email", "email-json", "sms", "application", "firehose"),
    ),
    "sqs-not-public": on(
        ("aws:sqs/queuePolicy:QueuePolicy", "aws:sqs/queue:Queue"), document("policy", every_allow(no_public_principal))
    ),
    "event-bus-not-public": on(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy", document("policy", every_allow(no_public_principal))
    ),
}

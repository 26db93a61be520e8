"""Compliant resources of the subject `workloads`, and the smallest change to each that its policy must catch."""

import json
from typing import Any

from tests.policies.examples import KEY_ARN, OWN_ACCOUNT, PUBLIC, Case, Example

REPOSITORY = Example(
    type="aws:ecr/repository:Repository",
    props={
        "imageTagMutability": "IMMUTABLE",
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
        "imageScanningConfiguration": {"scanOnPush": True},
        "forceDelete": False,
    },
)
REPOSITORY_POLICY = Example(
    type="aws:ecr/repositoryPolicy:RepositoryPolicy", props={"repository": "r", "policy": OWN_ACCOUNT}
)
CLUSTER = Example(
    type="aws:ecs/cluster:Cluster", props={"settings": [{"name": "containerInsights", "value": "enabled"}]}
)
SERVICE = Example(
    type="aws:ecs/service:Service",
    props={
        "networkConfiguration": {"subnets": ["s"], "assignPublicIp": False},
        "enableExecuteCommand": False,
        "deploymentCircuitBreaker": {"enable": True, "rollback": True},
        "platformVersion": "LATEST",
    },
)
TASK_DEFINITION = Example(
    type="aws:ecs/taskDefinition:TaskDefinition",
    props={
        "family": "f",
        "networkMode": "awsvpc",
        "taskRoleArn": "r",
        "executionRoleArn": "e",
        "containerDefinitions": json.dumps(
            [
                {
                    "name": "c",
                    "image": "i",
                    "readonlyRootFilesystem": True,
                    "privileged": False,
                    "user": "1000",
                    "logConfiguration": {"logDriver": "awslogs"},
                }
            ]
        ),
    },
)
STATE_MACHINE = Example(
    type="aws:sfn/stateMachine:StateMachine",
    props={
        "roleArn": "r",
        "definition": "{}",
        "loggingConfiguration": {"level": "ERROR", "includeExecutionData": False, "logDestination": "arn:*"},
        "tracingConfiguration": {"enabled": True},
        "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN},
    },
)
METRIC_ALARM = Example(
    type="aws:cloudwatch/metricAlarm:MetricAlarm",
    props={
        "comparisonOperator": "GreaterThanThreshold",
        "evaluationPeriods": 1,
        "alarmActions": ["arn:aws:sns:us-east-1:111122223333:t"],
        "insufficientDataActions": ["arn:aws:sns:us-east-1:111122223333:t"],
    },
)
TOPIC_SUBSCRIPTION = Example(
    type="aws:sns/topicSubscription:TopicSubscription",
    props={"topic": "t", "protocol": "https", "endpoint": "https://x"},
)
QUEUE_POLICY = Example(type="aws:sqs/queuePolicy:QueuePolicy", props={"queueUrl": "q", "policy": OWN_ACCOUNT})
EVENT_BUS_POLICY = Example(type="aws:cloudwatch/eventBusPolicy:EventBusPolicy", props={"policy": OWN_ACCOUNT})

ONE: list[tuple[str, Example, str, Any]] = [
    ("ecr-immutable", REPOSITORY, "imageTagMutability", None),
    ("ecr-key", REPOSITORY, "encryptionConfigurations", None),
    ("ecr-scan", REPOSITORY, "imageScanningConfiguration.scanOnPush", False),
    ("ecr-kept", REPOSITORY, "forceDelete", True),
    ("ecr-not-public", REPOSITORY_POLICY, "policy", PUBLIC),
    ("ecs-insights", CLUSTER, "settings", []),
    ("ecs-no-public-address", SERVICE, "networkConfiguration.assignPublicIp", True),
    ("ecs-no-exec", SERVICE, "enableExecuteCommand", True),
    ("ecs-rollback", SERVICE, "deploymentCircuitBreaker", None),
    (
        "ecs-container-hardened",
        TASK_DEFINITION,
        "containerDefinitions",
        json.dumps(
            [
                {
                    "name": "c",
                    "image": "i",
                    "privileged": True,
                    "readonlyRootFilesystem": True,
                    "user": "1000",
                    "logConfiguration": {},
                }
            ]
        ),
    ),
    (
        "ecs-container-hardened",
        TASK_DEFINITION,
        "containerDefinitions",
        json.dumps([{"name": "c", "image": "i", "user": "1000", "logConfiguration": {}}]),
    ),
    (
        "ecs-container-logs",
        TASK_DEFINITION,
        "containerDefinitions",
        json.dumps([{"name": "c", "image": "i", "readonlyRootFilesystem": True, "user": "1000"}]),
    ),
    ("ecs-own-network", TASK_DEFINITION, "networkMode", "host"),
    ("sfn-logged", STATE_MACHINE, "loggingConfiguration.level", "OFF"),
    ("sfn-no-data-in-logs", STATE_MACHINE, "loggingConfiguration.includeExecutionData", True),
    ("sfn-key", STATE_MACHINE, "encryptionConfiguration", None),
    ("alarm-acts", METRIC_ALARM, "alarmActions", []),
    ("alarm-acts", METRIC_ALARM, "insufficientDataActions", []),
    ("alarm-acts", METRIC_ALARM, "actionsEnabled", False),
    ("sns-subscription-tls", TOPIC_SUBSCRIPTION, "protocol", "http"),
    ("sqs-not-public", QUEUE_POLICY, "policy", PUBLIC),
    ("event-bus-not-public", EVENT_BUS_POLICY, "policy", PUBLIC),
]
CASES = [Case(policy=name, compliant=[example], changes=[(0, path, value)]) for name, example, path, value in ONE]

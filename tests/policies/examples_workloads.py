"""Compliant resources of the subject `workloads`, and the smallest change to each that its policy must catch."""

import json
from typing import Any

from examples import KEY_ARN, OWN_ACCOUNT, PUBLIC, Case, Example

ONE: list[tuple[str, str, dict[str, Any], str, Any]] = [
    (
        "ecr-immutable",
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
            "imageScanningConfiguration": {"scanOnPush": True},
            "forceDelete": False,
        },
        "imageTagMutability",
        None,
    ),
    (
        "ecr-key",
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
            "imageScanningConfiguration": {"scanOnPush": True},
            "forceDelete": False,
        },
        "encryptionConfigurations",
        None,
    ),
    (
        "ecr-scan",
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
            "imageScanningConfiguration": {"scanOnPush": True},
            "forceDelete": False,
        },
        "imageScanningConfiguration.scanOnPush",
        False,
    ),
    (
        "ecr-kept",
        "aws:ecr/repository:Repository",
        {
            "imageTagMutability": "IMMUTABLE",
            "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": KEY_ARN}],
            "imageScanningConfiguration": {"scanOnPush": True},
            "forceDelete": False,
        },
        "forceDelete",
        True,
    ),
    (
        "ecr-not-public",
        "aws:ecr/repositoryPolicy:RepositoryPolicy",
        {"repository": "r", "policy": OWN_ACCOUNT},
        "policy",
        PUBLIC,
    ),
    (
        "ecs-insights",
        "aws:ecs/cluster:Cluster",
        {"settings": [{"name": "containerInsights", "value": "enabled"}]},
        "settings",
        [],
    ),
    (
        "ecs-no-public-address",
        "aws:ecs/service:Service",
        {
            "networkConfiguration": {"subnets": ["s"], "assignPublicIp": False},
            "enableExecuteCommand": False,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "platformVersion": "LATEST",
        },
        "networkConfiguration.assignPublicIp",
        True,
    ),
    (
        "ecs-no-exec",
        "aws:ecs/service:Service",
        {
            "networkConfiguration": {"subnets": ["s"], "assignPublicIp": False},
            "enableExecuteCommand": False,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "platformVersion": "LATEST",
        },
        "enableExecuteCommand",
        True,
    ),
    (
        "ecs-rollback",
        "aws:ecs/service:Service",
        {
            "networkConfiguration": {"subnets": ["s"], "assignPublicIp": False},
            "enableExecuteCommand": False,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "platformVersion": "LATEST",
        },
        "deploymentCircuitBreaker",
        None,
    ),
    (
        "ecs-container-hardened",
        "aws:ecs/taskDefinition:TaskDefinition",
        {
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
        "aws:ecs/taskDefinition:TaskDefinition",
        {
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
        "containerDefinitions",
        json.dumps([{"name": "c", "image": "i", "user": "1000", "logConfiguration": {}}]),
    ),
    (
        "ecs-container-logs",
        "aws:ecs/taskDefinition:TaskDefinition",
        {
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
        "containerDefinitions",
        json.dumps([{"name": "c", "image": "i", "readonlyRootFilesystem": True, "user": "1000"}]),
    ),
    (
        "ecs-own-network",
        "aws:ecs/taskDefinition:TaskDefinition",
        {
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
        "networkMode",
        "host",
    ),
    (
        "sfn-logged",
        "aws:sfn/stateMachine:StateMachine",
        {
            "roleArn": "r",
            "definition": "{}",
            "loggingConfiguration": {"level": "ERROR", "includeExecutionData": False, "logDestination": "arn:*"},
            "tracingConfiguration": {"enabled": True},
            "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN},
        },
        "loggingConfiguration.level",
        "OFF",
    ),
    (
        "sfn-no-data-in-logs",
        "aws:sfn/stateMachine:StateMachine",
        {
            "roleArn": "r",
            "definition": "{}",
            "loggingConfiguration": {"level": "ERROR", "includeExecutionData": False, "logDestination": "arn:*"},
            "tracingConfiguration": {"enabled": True},
            "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN},
        },
        "loggingConfiguration.includeExecutionData",
        True,
    ),
    (
        "sfn-key",
        "aws:sfn/stateMachine:StateMachine",
        {
            "roleArn": "r",
            "definition": "{}",
            "loggingConfiguration": {"level": "ERROR", "includeExecutionData": False, "logDestination": "arn:*"},
            "tracingConfiguration": {"enabled": True},
            "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN},
        },
        "encryptionConfiguration",
        None,
    ),
    (
        "alarm-acts",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "alarmActions": ["arn:aws:sns:us-east-1:111122223333:t"],
        },
        "alarmActions",
        [],
    ),
    (
        "alarm-acts",
        "aws:cloudwatch/metricAlarm:MetricAlarm",
        {
            "comparisonOperator": "GreaterThanThreshold",
            "evaluationPeriods": 1,
            "alarmActions": ["arn:aws:sns:us-east-1:111122223333:t"],
        },
        "actionsEnabled",
        False,
    ),
    (
        "sns-subscription-tls",
        "aws:sns/topicSubscription:TopicSubscription",
        {"topic": "t", "protocol": "https", "endpoint": "https://x"},
        "protocol",
        "http",
    ),
    ("sqs-not-public", "aws:sqs/queuePolicy:QueuePolicy", {"queueUrl": "q", "policy": OWN_ACCOUNT}, "policy", PUBLIC),
    ("event-bus-not-public", "aws:cloudwatch/eventBusPolicy:EventBusPolicy", {"policy": OWN_ACCOUNT}, "policy", PUBLIC),
]
CASES = [
    Case(policy=name, compliant=[Example(type=kind, props=props)], changes=[(0, path, value)])
    for name, kind, props, path, value in ONE
]

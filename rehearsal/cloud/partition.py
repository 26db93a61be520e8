"""Which AWS services are global, taken from botocore's own partition data."""

import functools
from typing import Any, Final

from botocore.loaders import Loader

GLOBAL: Final = "global"
"""The name of the listener for global services."""
GLOBAL_REGION: Final = "us-east-1"
"""Signing regions and control-plane regions of global services."""

_SIGNING_NAMES: Final = {
    "access-analyzer": ("accessanalyzer",),
    "aidevops": ("devops-agent",),
    "airflow": ("mwaa",),
    "aoss": ("opensearchserverless",),
    "apigateway": ("apigateway", "apigatewayv2"),
    "application-autoscaling": ("application-autoscaling",),
    "aps": ("amp",),
    "aws-marketplace": ("meteringmarketplace",),
    "bedrock": ("bedrock", "bedrock-runtime", "bedrock-agent"),
    "bedrock-agentcore": ("bedrock-agentcore", "bedrock-agentcore-control"),
    "cloudhsm": ("cloudhsmv2",),
    "connect-campaigns": ("connectcampaigns",),
    "dynamodb": ("dynamodb", "dynamodbstreams"),
    "elasticfilesystem": ("efs",),
    "elasticloadbalancing": ("elbv2", "elb"),
    "elasticmapreduce": ("emr",),
    "email": ("ses", "sesv2"),
    "es": ("es", "opensearch"),
    "execute-api": ("apigatewaymanagementapi",),
    "iotdata": ("iot-data",),
    "kinesisanalytics": ("kinesisanalyticsv2",),
    "kinesisvideo": ("kinesisvideo", "kinesis-video-archived-media"),
    "lex": ("lexv2-models",),
    "mediastore": ("mediastore", "mediastore-data"),
    "mobiletargeting": ("pinpoint",),
    "monitoring": ("cloudwatch",),
    "s3": ("s3", "s3control"),
    "sagemaker": ("sagemaker", "sagemaker-runtime", "sagemaker-metrics"),
    "servicecatalog": ("servicecatalog", "servicecatalog-appregistry"),
    "servicequotas": ("service-quotas",),
    "ses": ("ses", "sesv2"),
    "sso": ("sso-admin",),
    "states": ("stepfunctions",),
    "tagging": ("resourcegroupstaggingapi",),
    "timestream": ("timestream-write", "timestream-query"),
}
"""Signing name -> services of botocore that sign with it, where it is not the name of the only service."""


@functools.cache
def global_services() -> frozenset[str]:
    """Services without regions, by botocore's name: IAM, Organizations, Route 53, Budgets, …."""
    data: Any = Loader().load_data("endpoints")
    services: dict[str, Any] = data["partitions"][0]["services"]
    return frozenset(name for name, entry in services.items() if entry.get("isRegionalized") is False)


def service_names(signing_name: str) -> tuple[str, ...]:
    """The services, by botocore's names, that sign their requests with this name."""
    return _SIGNING_NAMES.get(signing_name, (signing_name,))

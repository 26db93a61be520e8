"""Compliant machine-learning resources, and the smallest change to each that its policy must catch."""

from typing import Any

from policies import ml
from tests.policies.examples import ALLOW_ONE, KEY_ARN, PUBLIC, Case, Example

VPC = {"subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]}
ROLE = "arn:aws:iam::111122223333:role/team/trainer"
DEFINITION: dict[str, Any] = {
    "vpcConfig": VPC,
    "enableNetworkIsolation": True,
    "enableInterContainerTrafficEncryption": True,
    "resourceConfig": {"volumeKmsKeyId": KEY_ARN, "instanceType": "ml.m5.xlarge"},
    "outputDataConfig": {"kmsKeyId": KEY_ARN, "s3OutputPath": "s3://artifacts/models"},
}
MODEL = Example(
    type=ml.MODEL,
    props={"executionRoleArn": ROLE, "vpcConfig": VPC, "enableNetworkIsolation": True},
)
TRAINING = Example(
    type=ml.TRAINING,
    props={"roleArn": ROLE, **DEFINITION, "stoppingCondition": {"maxRuntimeInSeconds": 86400}},
)
TUNING = Example(type=ml.TUNING, props={"trainingJobDefinition": DEFINITION})
DATA_QUALITY = Example(
    type=ml.DATA_QUALITY,
    props={
        "roleArn": ROLE,
        "networkConfig": {
            "vpcConfig": VPC,
            "enableNetworkIsolation": True,
            "enableInterContainerTrafficEncryption": True,
        },
        "jobResources": {"clusterConfig": {"volumeKmsKeyId": KEY_ARN, "instanceCount": 1}},
        "dataQualityJobOutputConfig": {"kmsKeyId": KEY_ARN},
        "stoppingCondition": {"maxRuntimeInSeconds": 3600},
    },
)
MONITORING = Example(
    type=ml.MONITORING,
    props={"monitoringScheduleConfig": {"monitoringJobDefinition": {"networkConfig": {"vpcConfig": VPC}}}},
)
NOTEBOOK = Example(
    type=ml.NOTEBOOK,
    props={
        "instanceType": "ml.t3.medium",
        "roleArn": ROLE,
        "subnetId": "subnet-1",
        "securityGroups": ["sg-1"],
        "kmsKeyId": KEY_ARN,
        "directInternetAccess": "Disabled",
        "rootAccess": "Disabled",
        "platformIdentifier": "notebook-al2-v3",
        "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
    },
)
IDLE = "defaultUserSettings.jupyterLabAppSettings.appLifecycleManagement.idleSettings"
DOMAIN = Example(
    type=ml.DOMAIN,
    props={
        "domainName": "clinical",
        "authMode": "SSO",
        "vpcId": "vpc-1",
        "subnetIds": ["subnet-1"],
        "appNetworkAccessType": "VpcOnly",
        "kmsKeyId": KEY_ARN,
        "defaultUserSettings": {
            "executionRole": ROLE,
            "securityGroups": ["sg-1"],
            "sharingSettings": {"notebookOutputOption": "Allowed", "s3KmsKeyId": KEY_ARN},
            "jupyterLabAppSettings": {
                "appLifecycleManagement": {
                    "idleSettings": {"lifecycleManagement": "ENABLED", "idleTimeoutInMinutes": 120}
                }
            },
        },
    },
)
ENDPOINT_CONFIGURATION = Example(
    type=ml.ENDPOINT_CONFIGURATION,
    props={
        "kmsKeyArn": KEY_ARN,
        "productionVariants": [{"variantName": "a", "modelName": "m", "initialInstanceCount": 2}],
        "dataCaptureConfig": {
            "enableCapture": True,
            "kmsKeyId": KEY_ARN,
            "destinationS3Uri": "s3://capture/",
            "initialSamplingPercentage": 100,
            "captureOptions": [{"captureMode": "Input"}, {"captureMode": "Output"}],
        },
        "asyncInferenceConfig": {"outputConfig": {"s3OutputPath": "s3://results/", "kmsKeyId": KEY_ARN}},
    },
)
ENDPOINT = Example(
    type=ml.ENDPOINT,
    props={
        "endpointConfigName": "c",
        "deploymentConfig": {"autoRollbackConfiguration": {"alarms": [{"alarmName": "errors"}]}},
    },
)
FEATURES = Example(
    type=ml.FEATURE_GROUP,
    props={
        "featureGroupName": "vitals",
        "description": "vital signs an encounter, de-identified",
        "onlineStoreConfig": {"enableOnlineStore": True, "securityConfig": {"kmsKeyId": KEY_ARN}},
        "offlineStoreConfig": {"s3StorageConfig": {"s3Uri": "s3://features/", "kmsKeyId": KEY_ARN}},
    },
)
LABELING = Example(type=ml.LABELING, props={"outputConfig": {"s3OutputPath": "s3://labels/", "kmsKeyId": KEY_ARN}})
WORKFORCE = Example(type=ml.WORKFORCE, props={"workforceName": "w", "sourceIpConfig": {"cidrs": ["192.0.2.0/24"]}})
CARD = Example(type=ml.CARD, props={"modelCardName": "c", "securityConfig": {"kmsKeyId": KEY_ARN}})
FLOW = Example(type=ml.FLOW, props={"outputConfig": {"s3OutputPath": "s3://reviews/", "kmsKeyId": KEY_ARN}})
GROUP = Example(
    type=ml.GROUP,
    props={"modelPackageGroupName": "readmission", "modelPackageGroupDescription": "30-day readmission risk"},
)
GROUP_POLICY = Example(type=ml.GROUP_POLICY, props={"modelPackageGroupName": "g", "resourcePolicy": ALLOW_ONE})
PROFILE = Example(type=ml.PROFILE, props={"userProfileName": "u", "userSettings": {"executionRole": ROLE}})
SPACE = Example(type=ml.SPACE, props={"spaceName": "s", "ownershipSettings": {"ownerUserProfileName": "u"}})
FUNCTION = Example(
    type=ml.FUNCTION,
    props={
        "role": ROLE,
        "vpcConfig": {"subnetIds": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        "environment": {"variables": {"STAGE": "prod"}},
        "kmsKeyArn": KEY_ARN,
        "tracingConfig": {"mode": "Active"},
    },
)
PERMISSION = Example(
    type=ml.PERMISSION,
    props={
        "action": "lambda:InvokeFunction",
        "function": "f",
        "principal": "events.amazonaws.com",
        "sourceArn": "arn:aws:events:us-east-1:111122223333:rule/r",
    },
)
URL = Example(type=ml.FUNCTION_URL, props={"functionName": "f", "authorizationType": "AWS_IAM"})
BUILD = Example(
    type=ml.BUILD,
    props={
        "vpcConfig": {"vpcId": "vpc-1", "subnets": ["subnet-1"], "securityGroupIds": ["sg-1"]},
        "encryptionKey": KEY_ARN,
        "environment": {"privilegedMode": False},
    },
)

ONE: list[tuple[str, Example, str, Any]] = [
    ("sagemaker-model-vpc", MODEL, "vpcConfig.subnets", None),
    ("sagemaker-model-vpc", MODEL, "vpcConfig", None),
    ("sagemaker-training-vpc", TRAINING, "vpcConfig.securityGroupIds", []),
    ("sagemaker-tuning-vpc", TUNING, "trainingJobDefinition.vpcConfig", None),
    ("sagemaker-data-quality-vpc", DATA_QUALITY, "networkConfig.vpcConfig", None),
    ("sagemaker-monitoring-vpc", MONITORING, "monitoringScheduleConfig.monitoringJobDefinition.networkConfig", None),
    ("sagemaker-notebook-vpc", NOTEBOOK, "subnetId", None),
    ("sagemaker-domain-vpc", DOMAIN, "defaultUserSettings.securityGroups", []),
    ("sagemaker-workforce-vpc", WORKFORCE, "sourceIpConfig.cidrs", ["0.0.0.0/0"]),
    ("sagemaker-model-isolation", MODEL, "enableNetworkIsolation", None),
    ("sagemaker-training-isolation", TRAINING, "enableNetworkIsolation", False),
    ("sagemaker-tuning-isolation", TUNING, "trainingJobDefinition.enableNetworkIsolation", False),
    ("sagemaker-data-quality-isolation", DATA_QUALITY, "networkConfig.enableNetworkIsolation", None),
    ("sagemaker-training-traffic", TRAINING, "enableInterContainerTrafficEncryption", None),
    ("sagemaker-tuning-traffic", TUNING, "trainingJobDefinition.enableInterContainerTrafficEncryption", False),
    ("sagemaker-data-quality-traffic", DATA_QUALITY, "networkConfig.enableInterContainerTrafficEncryption", False),
    ("sagemaker-endpoint-key", ENDPOINT_CONFIGURATION, "kmsKeyArn", None),
    ("sagemaker-capture-key", ENDPOINT_CONFIGURATION, "dataCaptureConfig.kmsKeyId", None),
    ("sagemaker-async-key", ENDPOINT_CONFIGURATION, "asyncInferenceConfig.outputConfig.kmsKeyId", None),
    ("sagemaker-training-volume-key", TRAINING, "resourceConfig.volumeKmsKeyId", None),
    ("sagemaker-training-output-key", TRAINING, "outputDataConfig.kmsKeyId", ""),
    ("sagemaker-tuning-keys", TUNING, "trainingJobDefinition.outputDataConfig.kmsKeyId", None),
    ("sagemaker-data-quality-keys", DATA_QUALITY, "dataQualityJobOutputConfig.kmsKeyId", None),
    ("sagemaker-notebook-key", NOTEBOOK, "kmsKeyId", None),
    ("sagemaker-domain-key", DOMAIN, "kmsKeyId", None),
    ("sagemaker-labeling-key", LABELING, "outputConfig.kmsKeyId", None),
    ("sagemaker-card-key", CARD, "securityConfig.kmsKeyId", None),
    ("sagemaker-flow-key", FLOW, "outputConfig.kmsKeyId", None),
    ("sagemaker-sharing-key", DOMAIN, "defaultUserSettings.sharingSettings.s3KmsKeyId", None),
    ("sagemaker-notebook-internet", NOTEBOOK, "directInternetAccess", None),
    ("sagemaker-notebook-root", NOTEBOOK, "rootAccess", "Enabled"),
    ("sagemaker-notebook-metadata", NOTEBOOK, "instanceMetadataServiceConfiguration", None),
    ("sagemaker-notebook-platform", NOTEBOOK, "platformIdentifier", "notebook-al1-v1"),
    ("sagemaker-domain-vpc-only", DOMAIN, "appNetworkAccessType", None),
    ("sagemaker-domain-sso", DOMAIN, "authMode", "IAM"),
    ("sagemaker-domain-idle", DOMAIN, f"{IDLE}.lifecycleManagement", "DISABLED"),
    ("sagemaker-domain-idle", DOMAIN, f"{IDLE}.idleTimeoutInMinutes", 10000),
    ("sagemaker-domain-groups", DOMAIN, "appSecurityGroupManagement", "Service"),
    ("sagemaker-profile-role", PROFILE, "userSettings.executionRole", None),
    ("sagemaker-space-owned", SPACE, "ownershipSettings", None),
    ("sagemaker-training-limit", TRAINING, "stoppingCondition.maxRuntimeInSeconds", 2000000),
    ("sagemaker-training-limit", TRAINING, "stoppingCondition", None),
    ("sagemaker-data-quality-limit", DATA_QUALITY, "stoppingCondition", None),
    ("sagemaker-group-not-public", GROUP_POLICY, "resourcePolicy", PUBLIC),
    ("sagemaker-group-described", GROUP, "modelPackageGroupDescription", None),
    ("sagemaker-training-no-debug", TRAINING, "remoteDebugConfig", {"enableRemoteDebug": True}),
    ("sagemaker-feature-online-key", FEATURES, "onlineStoreConfig.securityConfig", None),
    ("sagemaker-feature-offline-key", FEATURES, "offlineStoreConfig.s3StorageConfig.kmsKeyId", None),
    ("sagemaker-feature-described", FEATURES, "description", None),
    ("sagemaker-capture-on", ENDPOINT_CONFIGURATION, "dataCaptureConfig", None),
    ("sagemaker-endpoint-instances", ENDPOINT_CONFIGURATION, "productionVariants.0.initialInstanceCount", 1),
    ("sagemaker-endpoint-rollback", ENDPOINT, "deploymentConfig", None),
    ("lambda-vpc", FUNCTION, "vpcConfig.subnetIds", []),
    ("lambda-url-authenticated", URL, "authorizationType", "NONE"),
    ("lambda-permission-narrow", PERMISSION, "sourceArn", None),
    ("lambda-permission-narrow", PERMISSION, "principal", "*"),
    ("lambda-key", FUNCTION, "kmsKeyArn", None),
    ("lambda-tracing", FUNCTION, "tracingConfig", None),
    ("codebuild-vpc", BUILD, "vpcConfig", None),
    ("codebuild-key", BUILD, "encryptionKey", None),
    ("codebuild-not-privileged", BUILD, "environment.privilegedMode", True),
]
CASES = [Case(policy=name, compliant=[example], changes=[(0, path, value)]) for name, example, path, value in ONE]

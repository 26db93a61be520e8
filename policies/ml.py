"""Machine learning, 45 CFR 164.312(a)(1), (a)(2)(iv) and (e)(1): SageMaker and what works around it."""

from collections.abc import Iterator
from typing import Final

from controls.rules import Problem, Props, Rule
from controls.rules.documents import document, every_allow, no_public_principal
from controls.rules.predicates import all_of, between, each, equals, matches, present, when
from controls.rules.values import ABSENT, UNKNOWN, items, lookup
from policies.checks import Checks, on

SAGEMAKER: Final = "aws:sagemaker/"
MODEL: Final = f"{SAGEMAKER}model:Model"
TRAINING: Final = f"{SAGEMAKER}trainingJob:TrainingJob"
TUNING: Final = f"{SAGEMAKER}hyperParameterTuningJob:HyperParameterTuningJob"
DATA_QUALITY: Final = f"{SAGEMAKER}dataQualityJobDefinition:DataQualityJobDefinition"
MONITORING: Final = f"{SAGEMAKER}monitoringSchedule:MonitoringSchedule"
NOTEBOOK: Final = f"{SAGEMAKER}notebookInstance:NotebookInstance"
DOMAIN: Final = f"{SAGEMAKER}domain:Domain"
PROFILE: Final = f"{SAGEMAKER}userProfile:UserProfile"
SPACE: Final = f"{SAGEMAKER}space:Space"
ENDPOINT_CONFIGURATION: Final = f"{SAGEMAKER}endpointConfiguration:EndpointConfiguration"
ENDPOINT: Final = f"{SAGEMAKER}endpoint:Endpoint"
FEATURE_GROUP: Final = f"{SAGEMAKER}featureGroup:FeatureGroup"
LABELING: Final = f"{SAGEMAKER}labelingJob:LabelingJob"
WORKFORCE: Final = f"{SAGEMAKER}workforce:Workforce"
CARD: Final = f"{SAGEMAKER}modelCard:ModelCard"
FLOW: Final = f"{SAGEMAKER}flowDefinition:FlowDefinition"
GROUP: Final = f"{SAGEMAKER}modelPackageGroup:ModelPackageGroup"
GROUP_POLICY: Final = f"{SAGEMAKER}modelPackageGroupPolicy:ModelPackageGroupPolicy"
FUNCTION: Final = "aws:lambda/function:Function"
FUNCTION_URL: Final = "aws:lambda/functionUrl:FunctionUrl"
PERMISSION: Final = "aws:lambda/permission:Permission"
BUILD: Final = "aws:codebuild/project:Project"

IN_A_VPC: Final = ("subnets", "securityGroupIds")
ONE_DAY: Final = 24 * 3600


def network(prefix: str) -> Rule:
    """A VPC configuration with subnets and security groups below `prefix`."""
    return present(*(f"{prefix}.{name}" for name in IN_A_VPC))


def given(path: str, inner: Rule) -> Rule:
    """The rule holds where something stands at `path`; nothing there is fine."""

    def rule(props: Props) -> Iterator[Problem]:
        if lookup(props, path) is not ABSENT:
            yield from inner(props)

    return rule


def definitions(inner: Rule) -> Rule:
    """The rule holds for every training job definition of a tuning job."""
    return all_of(each("trainingJobDefinition", inner), each("trainingJobDefinitions", inner))


def _not_everyone(props: Props) -> Iterator[Problem]:
    principal = lookup(props, "principal")
    if principal == "*" and lookup(props, "principalOrgId") is ABSENT:
        yield Problem("principal is * without principalOrgId: everyone may invoke the function")
    if isinstance(principal, str) and principal.endswith(".amazonaws.com"):
        yield from _source_named(props)


def _source_named(props: Props) -> Iterator[Problem]:
    if lookup(props, "sourceArn") is ABSENT and lookup(props, "sourceAccount") is ABSENT:
        yield Problem("a service may invoke the function on anybody's behalf: sourceArn or sourceAccount must be set")


def _reached_from_named_networks(props: Props) -> Iterator[Problem]:
    addresses = items(lookup(props, "sourceIpConfig.cidrs"))
    if lookup(props, "workforceVpcConfig") is ABSENT and (not addresses or "0.0.0.0/0" in addresses):
        yield Problem("neither workforceVpcConfig nor sourceIpConfig with named addresses is set")


def _sharing_is_encrypted(props: Props) -> Iterator[Problem]:
    sharing = "defaultUserSettings.sharingSettings"
    if lookup(props, f"{sharing}.notebookOutputOption") in ("Allowed", UNKNOWN):
        yield from present(f"{sharing}.s3KmsKeyId")(props)


def _instances(props: Props) -> Iterator[Problem]:
    """Two, so that one may fail; one while the configuration stands by for another region and says so by its tag."""
    least = 1 if lookup(props, "tags.standby") == "warm" else 2
    variant = when("serverlessConfig", (ABSENT,), between("initialInstanceCount", least, default=1))
    yield from each("productionVariants", variant)(props)


CHECKS: Checks = {
    "sagemaker-model-vpc": on(MODEL, all_of(present("vpcConfig.subnets"), present("vpcConfig.securityGroupIds"))),
    "sagemaker-training-vpc": on(TRAINING, network("vpcConfig")),
    "sagemaker-tuning-vpc": on(TUNING, definitions(network("vpcConfig"))),
    "sagemaker-data-quality-vpc": on(DATA_QUALITY, network("networkConfig.vpcConfig")),
    "sagemaker-monitoring-vpc": on(
        MONITORING,
        given(
            "monitoringScheduleConfig.monitoringJobDefinition",
            network("monitoringScheduleConfig.monitoringJobDefinition.networkConfig.vpcConfig"),
        ),
    ),
    "sagemaker-notebook-vpc": on(NOTEBOOK, present("subnetId", "securityGroups")),
    "sagemaker-domain-vpc": on(DOMAIN, present("subnetIds", "defaultUserSettings.securityGroups")),
    "sagemaker-workforce-vpc": on(WORKFORCE, _reached_from_named_networks),
    "sagemaker-model-isolation": on(MODEL, equals("enableNetworkIsolation", True, default=False)),
    "sagemaker-training-isolation": on(TRAINING, equals("enableNetworkIsolation", True, default=False)),
    "sagemaker-tuning-isolation": on(TUNING, definitions(equals("enableNetworkIsolation", True, default=False))),
    "sagemaker-data-quality-isolation": on(
        DATA_QUALITY, equals("networkConfig.enableNetworkIsolation", True, default=False)
    ),
    "sagemaker-training-traffic": on(TRAINING, equals("enableInterContainerTrafficEncryption", True, default=False)),
    "sagemaker-tuning-traffic": on(
        TUNING, definitions(equals("enableInterContainerTrafficEncryption", True, default=False))
    ),
    "sagemaker-data-quality-traffic": on(
        DATA_QUALITY, equals("networkConfig.enableInterContainerTrafficEncryption", True, default=False)
    ),
    "sagemaker-endpoint-key": on(ENDPOINT_CONFIGURATION, present("kmsKeyArn")),
    "sagemaker-capture-key": on(
        ENDPOINT_CONFIGURATION, given("dataCaptureConfig", present("dataCaptureConfig.kmsKeyId"))
    ),
    "sagemaker-async-key": on(
        ENDPOINT_CONFIGURATION,
        given("asyncInferenceConfig", present("asyncInferenceConfig.outputConfig.kmsKeyId")),
    ),
    "sagemaker-training-volume-key": on(TRAINING, present("resourceConfig.volumeKmsKeyId")),
    "sagemaker-training-output-key": on(TRAINING, present("outputDataConfig.kmsKeyId")),
    "sagemaker-tuning-keys": on(
        TUNING, definitions(present("resourceConfig.volumeKmsKeyId", "outputDataConfig.kmsKeyId"))
    ),
    "sagemaker-data-quality-keys": on(
        DATA_QUALITY,
        present("jobResources.clusterConfig.volumeKmsKeyId", "dataQualityJobOutputConfig.kmsKeyId"),
    ),
    "sagemaker-notebook-key": on(NOTEBOOK, present("kmsKeyId")),
    "sagemaker-domain-key": on(DOMAIN, present("kmsKeyId")),
    "sagemaker-labeling-key": on(LABELING, present("outputConfig.kmsKeyId")),
    "sagemaker-card-key": on(CARD, present("securityConfig.kmsKeyId")),
    "sagemaker-flow-key": on(FLOW, present("outputConfig.kmsKeyId")),
    "sagemaker-sharing-key": on(DOMAIN, _sharing_is_encrypted),
    "sagemaker-notebook-internet": on(NOTEBOOK, equals("directInternetAccess", "Disabled", default="Enabled")),
    "sagemaker-notebook-root": on(NOTEBOOK, equals("rootAccess", "Disabled", default="Enabled")),
    "sagemaker-notebook-metadata": on(
        NOTEBOOK,
        equals("instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion", "2", default="1"),
    ),
    "sagemaker-notebook-platform": on(
        NOTEBOOK, matches("platformIdentifier", r"^notebook-al(2-v[3-9]|20\d\d)", "notebook-al2-v3 or newer")
    ),
    "sagemaker-domain-vpc-only": on(DOMAIN, equals("appNetworkAccessType", "VpcOnly", default="PublicInternetOnly")),
    "sagemaker-domain-sso": on(DOMAIN, equals("authMode", "SSO")),
    "sagemaker-domain-idle": on(
        DOMAIN,
        all_of(
            equals(
                "defaultUserSettings.jupyterLabAppSettings.appLifecycleManagement.idleSettings.lifecycleManagement",
                "ENABLED",
            ),
            between(
                "defaultUserSettings.jupyterLabAppSettings.appLifecycleManagement.idleSettings.idleTimeoutInMinutes",
                60,
                480,
            ),
        ),
    ),
    "sagemaker-domain-groups": on(DOMAIN, equals("appSecurityGroupManagement", "Customer", default="Customer")),
    "sagemaker-profile-role": on(PROFILE, present("userSettings.executionRole")),
    "sagemaker-space-owned": on(SPACE, present("ownershipSettings.ownerUserProfileName")),
    "sagemaker-training-limit": on(TRAINING, between("stoppingCondition.maxRuntimeInSeconds", 1, 5 * ONE_DAY)),
    "sagemaker-data-quality-limit": on(DATA_QUALITY, between("stoppingCondition.maxRuntimeInSeconds", 1, ONE_DAY)),
    "sagemaker-group-not-public": on(GROUP_POLICY, document("resourcePolicy", every_allow(no_public_principal))),
    "sagemaker-group-described": on(GROUP, present("modelPackageGroupDescription")),
    "sagemaker-training-no-debug": on(TRAINING, equals("remoteDebugConfig.enableRemoteDebug", False, default=False)),
    "sagemaker-feature-online-key": on(
        FEATURE_GROUP, given("onlineStoreConfig", present("onlineStoreConfig.securityConfig.kmsKeyId"))
    ),
    "sagemaker-feature-offline-key": on(
        FEATURE_GROUP, given("offlineStoreConfig", present("offlineStoreConfig.s3StorageConfig.kmsKeyId"))
    ),
    "sagemaker-feature-described": on(FEATURE_GROUP, present("description")),
    "sagemaker-capture-on": on(ENDPOINT_CONFIGURATION, equals("dataCaptureConfig.enableCapture", True, default=False)),
    "sagemaker-endpoint-instances": on(ENDPOINT_CONFIGURATION, _instances),
    "sagemaker-endpoint-rollback": on(ENDPOINT, present("deploymentConfig.autoRollbackConfiguration.alarms")),
    "lambda-vpc": on(FUNCTION, present("vpcConfig.subnetIds", "vpcConfig.securityGroupIds")),
    "lambda-url-authenticated": on(FUNCTION_URL, equals("authorizationType", "AWS_IAM")),
    "lambda-permission-narrow": on(PERMISSION, _not_everyone),
    "lambda-key": on(FUNCTION, given("environment.variables", present("kmsKeyArn"))),
    "lambda-tracing": on(FUNCTION, equals("tracingConfig.mode", "Active", default="PassThrough")),
    "codebuild-vpc": on(BUILD, present("vpcConfig.vpcId")),
    "codebuild-key": on(BUILD, present("encryptionKey")),
    "codebuild-not-privileged": on(BUILD, equals("environment.privilegedMode", False, default=False)),
}

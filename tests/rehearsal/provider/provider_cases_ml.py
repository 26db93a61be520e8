"""The lives of the emulated types that a served model and its recovery are made of."""

import json
from collections.abc import Callable
from typing import Any

from rehearsal.cloud import Publication, publish
from rehearsal.provider.values import Values
from tests.rehearsal.provider.provider_bench import CreatedResource
from tests.rehearsal.provider.provider_cases import Case, World, policy
from tests.rehearsal.provider.provider_cases_network import changing, subnet, vpc

SAGEMAKER = "aws:sagemaker/"
DIGEST = "sha256:" + "0" * 64
VARIANT = "sagemaker:variant:DesiredInstanceCount"


def model(world: World) -> Values:
    published = Publication(
        account=world.account,
        region="us-east-1",
        repository=world.once("model-images", "aws:ecr/repository:Repository", dict).outputs["name"],
        digest=DIGEST,
        tag="1",
        bucket=world.bucket("models"),
        key="model/1/model.tar.gz",
    )
    publish(world.cloud, published)
    rights = {"role": world.role.outputs["name"], "policy": policy("s3:GetObject", "ecr:*")}
    world.once("serving-rights", "aws:iam/rolePolicy:RolePolicy", lambda: rights)
    return {
        "executionRoleArn": world.role.outputs["arn"],
        "enableNetworkIsolation": True,
        "primaryContainer": {
            "image": f"{world.account}.dkr.ecr.us-east-1.amazonaws.com/{published.repository}@{DIGEST}",
            "modelDataUrl": f"s3://{published.bucket}/{published.key}",
            "environment": {"MODEL_VERSION": "1"},
        },
        "vpcConfig": {"subnets": ["subnet-1", "subnet-2"], "securityGroupIds": ["sg-1"]},
    }


def state_machine(comment: str) -> Callable[[World], Values]:
    definition = {"Comment": comment, "StartAt": "Done", "States": {"Done": {"Type": "Succeed"}}}
    return lambda world: {"definition": json.dumps(definition), "roleArn": world.role.outputs["arn"]}


def configuration(instances: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        resource = world.once("model", f"{SAGEMAKER}model:Model", lambda: model(world))
        return {
            "kmsKeyArn": world.key.outputs["arn"],
            "dataCaptureConfig": {
                "enableCapture": True,
                "initialSamplingPercentage": 20,
                "destinationS3Uri": "s3://captured/capture",
                "kmsKeyId": world.other_key.outputs["arn"],
                "captureOptions": [{"captureMode": "Input"}, {"captureMode": "Output"}],
            },
            "productionVariants": [
                {
                    "variantName": "primary",
                    "modelName": resource.outputs["name"],
                    "instanceType": "ml.m5.large",
                    "initialInstanceCount": instances,
                    "initialVariantWeight": 1,
                }
            ],
        }

    return inputs


def endpoint(instances: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        resource = world.once(
            f"configuration-{instances}",
            f"{SAGEMAKER}endpointConfiguration:EndpointConfiguration",
            lambda: configuration(instances)(world),
        )
        return {"name": "risk", "endpointConfigName": resource.outputs["name"], "tags": {"a": f"b{instances}"}}

    return inputs


def domain(name: str, tag: str) -> Callable[[World], Values]:
    return lambda world: {
        "domainName": name,
        "authMode": "IAM",
        "appNetworkAccessType": "VpcOnly",
        "vpcId": vpc(world).id,
        "subnetIds": [subnet(world).id],
        "kmsKeyId": world.key.outputs["arn"],
        "defaultUserSettings": {"executionRole": world.role.outputs["arn"]},
        "retentionPolicy": {"homeEfsFileSystem": "Delete"},
        "tags": {"purpose": tag},
    }


def profile(world: World) -> Values:
    of_profiles = world.once("domain", f"{SAGEMAKER}domain:Domain", lambda: domain("of-profiles", "profiles")(world))
    return {"domainId": of_profiles.id, "userProfileName": "scientist"}


def group(world: World) -> str:
    resource = world.once(
        "versions", f"{SAGEMAKER}modelPackageGroup:ModelPackageGroup", lambda: {"modelPackageGroupName": "versions"}
    )
    return resource.id


def group_policy(action: str) -> Callable[[World], Values]:
    return lambda world: {"modelPackageGroupName": group(world), "resourcePolicy": policy(action, Principal="*")}


def repository(mutability: str, *, scan: bool) -> Callable[[World], Values]:
    return lambda world: {
        "name": "hipaa-ml/risk",
        "imageTagMutability": mutability,
        "imageScanningConfiguration": {"scanOnPush": scan},
        "encryptionConfigurations": [{"encryptionType": "KMS", "kmsKey": world.key.outputs["arn"]}],
        "forceDelete": False,
        "tags": {"a": mutability},
    }


def lifecycle(count: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        resource = world.once("images", "aws:ecr/repository:Repository", lambda: {"name": "images"})
        selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": count}
        rule = {"rulePriority": 1, "selection": selection, "action": {"type": "expire"}}
        return {"repository": resource.outputs["name"], "policy": json.dumps({"rules": [rule]})}

    return inputs


def copies(prefix: str) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        rule = {
            "destinations": [{"region": "us-west-2", "registryId": world.account}],
            "repositoryFilters": [{"filter": prefix, "filterType": "PREFIX_MATCH"}],
        }
        return {"replicationConfiguration": {"rules": [rule]}}

    return inputs


def target(most: int) -> Callable[[World], Values]:
    return lambda world: {
        "serviceNamespace": "sagemaker",
        "scalableDimension": VARIANT,
        "resourceId": f"endpoint/{served(world)}/variant/primary",
        "minCapacity": 2,
        "maxCapacity": most,
    }


def served(world: World) -> str:
    inputs = {**endpoint(2)(world), "name": "served"}
    return world.once("served", f"{SAGEMAKER}endpoint:Endpoint", lambda: inputs).id


def scaling(requests: int) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        place = {name: target(8)(world)[name] for name in ("serviceNamespace", "scalableDimension", "resourceId")}
        return {
            **place,
            "name": "requests",
            "policyType": "TargetTrackingScaling",
            "targetTrackingScalingPolicyConfiguration": {
                "targetValue": requests,
                "predefinedMetricSpecification": {"predefinedMetricType": "SageMakerVariantInvocationsPerInstance"},
                "scaleInCooldown": 600,
                "scaleOutCooldown": 60,
            },
        }

    return inputs


def journal(*, recovery: bool, key: str) -> Callable[[World], Values]:
    return lambda world: {
        "name": "journal",
        "billingMode": "PAY_PER_REQUEST",
        "hashKey": "pk",
        "rangeKey": "sk",
        "attributes": [{"name": "pk", "type": "S"}, {"name": "sk", "type": "S"}],
        "serverSideEncryption": {"enabled": True, "kmsKeyArn": getattr(world, key).outputs["arn"]},
        "pointInTimeRecovery": {"enabled": recovery},
        "deletionProtectionEnabled": False,
        "tags": {"a": key},
    }


def beat(minutes: int, state: str) -> Callable[[World], Values]:
    return lambda world: {
        "name": "beat",
        "description": "d",
        "scheduleExpression": f"rate({minutes} minutes)",
        "state": state,
        "flexibleTimeWindow": {"mode": "OFF"},
        "target": {
            "arn": "arn:aws:scheduler:::aws-sdk:s3:putObject",
            "roleArn": world.role.outputs["arn"],
            "input": json.dumps({"Bucket": "b", "Key": "k"}),
            "retryPolicy": {"maximumEventAgeInSeconds": 60, "maximumRetryAttempts": 1},
        },
    }


def check(alarm: str, status: str) -> Callable[[World], Values]:
    return lambda world: {
        "type": "CLOUDWATCH_METRIC",
        "cloudwatchAlarmName": alarm,
        "cloudwatchAlarmRegion": "us-west-2",
        "insufficientDataHealthStatus": status,
        "tags": {"a": alarm},
    }


def zone(world: World) -> str:
    return world.once("names", "aws:route53/zone:Zone", lambda: {"name": "prod.ml.internal", "comment": ""}).id


def switched(role: str, ttl: int) -> Callable[[World], Values]:
    return lambda world: {
        "zoneId": zone(world),
        "name": "risk.prod.ml.internal",
        "type": "CNAME",
        "ttl": ttl,
        "records": ["runtime.sagemaker.us-east-1.amazonaws.com"],
        "setIdentifier": role.lower(),
        "failoverRoutingPolicies": [{"type": role}],
        **(
            {
                "healthCheckId": world.once(
                    "check", "aws:route53/healthCheck:HealthCheck", lambda: check("up", "Healthy")(world)
                ).id
            }
            if role == "PRIMARY"
            else {}
        ),
    }


def weighted(weight: int) -> Callable[[World], Values]:
    return lambda world: {
        "zoneId": zone(world),
        "name": "half.prod.ml.internal",
        "type": "CNAME",
        "ttl": 10,
        "records": ["runtime.sagemaker.us-east-1.amazonaws.com"],
        "setIdentifier": "primary",
        "weightedRoutingPolicies": [{"weight": weight}],
    }


def drift_record(world: World, resource: CreatedResource) -> None:
    names = {"Name": resource.inputs["name"], "Type": "CNAME", "SetIdentifier": resource.inputs["setIdentifier"]}
    elsewhere = [{"Value": "elsewhere.example.org"}]
    changed = {**names, "TTL": 5, "Failover": "SECONDARY", "ResourceRecords": elsewhere}
    change = {"Action": "UPSERT", "ResourceRecordSet": changed}
    world.boto("route53").change_resource_record_sets(
        HostedZoneId=resource.inputs["zoneId"], ChangeBatch={"Changes": [change]}
    )


def association(world: World) -> Values:
    existing = [{"vpcId": vpc(world).id, "vpcRegion": "us-east-1"}]
    private = {"name": "private.ml.internal", "comment": "", "vpcs": existing}
    resource = world.once("private", "aws:route53/zone:Zone", lambda: private)
    client = world.boto("ec2", "us-west-2")
    [default] = client.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    return {"zoneId": resource.id, "vpcId": default["VpcId"], "vpcRegion": "us-west-2"}


def masking(*identifiers: str) -> Callable[[World], Values]:
    def inputs(world: World) -> Values:
        arns = [f"arn:aws:dataprotection::aws:data-identifier/{identifier}" for identifier in identifiers]
        operations: list[dict[str, Any]] = [
            {"Audit": {"FindingsDestination": {}}},
            {"Deidentify": {"MaskConfig": {}}},
        ]
        statements = [{"DataIdentifier": arns, "Operation": operation} for operation in operations]
        document = {"Name": "mask", "Version": "2021-06-01", "Statement": statements}
        return {"logGroupName": world.log_group.id, "policyDocument": json.dumps(document)}

    return inputs


CASES = (
    Case(
        type="aws:sfn/stateMachine:StateMachine",
        inputs=state_machine("first"),
        change=state_machine("second"),
        drift=lambda w, m: w.boto("stepfunctions").delete_state_machine(stateMachineArn=m.id),
    ),
    changing(f"{SAGEMAKER}model:Model", model, drift=lambda w, m: w.boto("sagemaker").delete_model(ModelName=m.id)),
    changing(
        f"{SAGEMAKER}endpointConfiguration:EndpointConfiguration",
        configuration(2),
        drift=lambda w, m: w.boto("sagemaker").delete_endpoint_config(EndpointConfigName=m.id),
    ),
    Case(
        type=f"{SAGEMAKER}endpoint:Endpoint",
        inputs=endpoint(2),
        change=endpoint(3),
        drift=lambda w, m: w.boto("sagemaker").update_endpoint(
            EndpointName=m.id, EndpointConfigName=endpoint(2)(w)["endpointConfigName"]
        ),
        drifted="endpointConfigName",
    ),
    changing(
        f"{SAGEMAKER}modelPackageGroup:ModelPackageGroup",
        lambda w: {"modelPackageGroupName": "hipaa-ml-risk", "modelPackageGroupDescription": "d"},
        drift=lambda w, m: w.boto("sagemaker").delete_model_package_group(ModelPackageGroupName=m.id),
    ),
    Case(
        type=f"{SAGEMAKER}modelPackageGroupPolicy:ModelPackageGroupPolicy",
        inputs=group_policy("sagemaker:DescribeModelPackage"),
        change=group_policy("sagemaker:DescribeModelPackageGroup"),
        drift=lambda w, m: w.boto("sagemaker").put_model_package_group_policy(
            ModelPackageGroupName=m.id, ResourcePolicy=policy("*", Principal="*")
        ),
        drifted="resourcePolicy",
    ),
    Case(
        type=f"{SAGEMAKER}domain:Domain",
        inputs=domain("studio", "first"),
        change=domain("studio", "second"),
        drift=lambda w, m: w.boto("sagemaker").delete_domain(
            DomainId=m.id, RetentionPolicy={"HomeEfsFileSystem": "Delete"}
        ),
    ),
    Case(
        type=f"{SAGEMAKER}userProfile:UserProfile",
        inputs=profile,
        drift=lambda w, m: w.boto("sagemaker").delete_user_profile(
            DomainId=m.outputs["domainId"], UserProfileName=m.outputs["userProfileName"]
        ),
    ),
    Case(
        type="aws:ecr/repository:Repository",
        inputs=repository("MUTABLE", scan=False),
        change=repository("IMMUTABLE", scan=True),
        drift=lambda w, m: w.boto("ecr").put_image_tag_mutability(repositoryName=m.id, imageTagMutability="MUTABLE"),
        drifted="imageTagMutability",
    ),
    Case(
        type="aws:ecr/lifecyclePolicy:LifecyclePolicy",
        inputs=lifecycle(50),
        change=lifecycle(60),
        drift=lambda w, m: w.boto("ecr").put_lifecycle_policy(
            repositoryName=m.id, lifecyclePolicyText=lifecycle(1)(w)["policy"]
        ),
        drifted="policy",
    ),
    Case(
        type="aws:ecr/replicationConfiguration:ReplicationConfiguration",
        inputs=copies("hipaa-ml/"),
        change=copies("other/"),
        drift=lambda w, m: w.boto("ecr").put_replication_configuration(replicationConfiguration={"rules": []}),
    ),
    Case(
        type="aws:appautoscaling/target:Target",
        inputs=target(8),
        change=target(12),
        drift=lambda w, m: w.boto("application-autoscaling").register_scalable_target(
            ServiceNamespace="sagemaker",
            ScalableDimension=VARIANT,
            ResourceId=m.inputs["resourceId"],
            MinCapacity=1,
            MaxCapacity=12,
        ),
        drifted="minCapacity",
    ),
    Case(
        type="aws:appautoscaling/policy:Policy",
        inputs=scaling(2000),
        change=scaling(1000),
        drift=lambda w, m: w.boto("application-autoscaling").delete_scaling_policy(
            PolicyName="requests",
            ServiceNamespace="sagemaker",
            ScalableDimension=VARIANT,
            ResourceId=m.inputs["resourceId"],
        ),
    ),
    Case(
        type="aws:dynamodb/table:Table",
        inputs=journal(recovery=False, key="key"),
        change=journal(recovery=True, key="other_key"),
        drift=lambda w, m: w.boto("dynamodb").update_continuous_backups(
            TableName=m.id, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
        ),
        drifted="pointInTimeRecovery",
    ),
    Case(
        type="aws:scheduler/schedule:Schedule",
        inputs=beat(5, "ENABLED"),
        change=beat(10, "DISABLED"),
        drift=lambda w, m: w.boto("scheduler").delete_schedule(Name="beat", GroupName="default"),
    ),
    Case(
        type="aws:route53/healthCheck:HealthCheck",
        inputs=check("one", "Healthy"),
        change=check("two", "LastKnownStatus"),
        drift=lambda w, m: w.boto("route53").update_health_check(
            HealthCheckId=m.id, AlarmIdentifier={"Name": "two", "Region": "us-east-1"}
        ),
        drifted="cloudwatchAlarmRegion",
    ),
    Case(
        type="aws:route53/record:Record",
        inputs=switched("PRIMARY", 10),
        change=switched("PRIMARY", 20),
        drift=drift_record,
        drifted="failoverRoutingPolicies",
    ),
    Case(type="aws:route53/record:Record", inputs=switched("SECONDARY", 10), change=switched("SECONDARY", 20)),
    Case(type="aws:route53/record:Record", inputs=weighted(50), change=weighted(0)),
    Case(
        type="aws:route53/zoneAssociation:ZoneAssociation",
        inputs=association,
        drift=lambda w, m: w.boto("route53").disassociate_vpc_from_hosted_zone(
            HostedZoneId=m.inputs["zoneId"], VPC={"VPCId": m.inputs["vpcId"], "VPCRegion": "us-west-2"}
        ),
    ),
    Case(
        type="aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
        inputs=masking("Name"),
        change=masking("Name", "Address"),
        drift=lambda w, m: w.boto("logs").delete_data_protection_policy(logGroupIdentifier=m.id),
    ),
)

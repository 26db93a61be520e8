"""The condition keys of single services, each computed from the request's parameters or headers.

Source: the Service Authorization Reference, table "Condition keys" of each service.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from moto.dynamodb.models import dynamodb_backends
from moto.ec2.models import ec2_backends
from moto.kms.models import kms_backends

from rehearsal.cloud.authorization import studio
from rehearsal.cloud.authorization.entities import entity_by_arn, parse_arn
from rehearsal.cloud.requests import ParsedRequest

Values = Sequence[str]
Rule = Callable[[ParsedRequest, str], Values | None]
"""Values of a key, from the request and the resource's ARN; None when the request does not carry the key."""


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _values(value: Any) -> Values | None:
    if value is None:
        return None
    entries = value if isinstance(value, (list, tuple)) else [value]
    return [_text(entry) for entry in entries]


def _at(path: str) -> Rule:
    """The value at a path of members, such as `VpcConfig.Subnets`."""

    def rule(request: ParsedRequest, _arn: str) -> Values | None:
        value: Any = request.parameters
        for member in path.split("."):
            if not isinstance(value, Mapping):
                return None
            value = value.get(member)
        return _values(value)

    return rule


def _first(*paths: str) -> Rule:
    """The value at the first path that has one."""
    rules = [_at(path) for path in paths]

    def rule(request: ParsedRequest, arn: str) -> Values | None:
        return next((values for values in (rule_(request, arn) for rule_ in rules) if values is not None), None)

    return rule


def _everywhere(*members: str) -> Rule:
    """The values of members wherever they are in the request."""

    def rule(request: ParsedRequest, _arn: str) -> Values | None:
        values = [_text(entry) for entry in _search(request.parameters, frozenset(members))]
        return list(dict.fromkeys(values)) or None

    return rule


def _search(value: Any, members: frozenset[str]) -> Iterator[Any]:
    if isinstance(value, Mapping):
        for name, entry in value.items():
            if name in members and not isinstance(entry, Mapping):
                yield from entry if isinstance(entry, (list, tuple)) else [entry]
            else:
                yield from _search(entry, members)
    elif isinstance(value, (list, tuple)):
        for entry in value:
            yield from _search(entry, members)


def _header(name: str) -> Rule:
    return lambda request, _arn: _values(request.headers.get(name))


def _absent(_request: ParsedRequest, _arn: str) -> Values | None:
    """Sent only with calls that a service makes on behalf of somebody; those state the key themselves."""
    return None


def _default(rule: Rule, value: str) -> Rule:
    """A key that AWS sends with its default when the request leaves it out."""
    return lambda request, arn: rule(request, arn) or [value]


def _vpcs_of_subnets(request: ParsedRequest, arn: str) -> Values | None:
    """The VPCs of the subnets of a request; a subnet that does not exist has none."""
    parts = parse_arn(arn)
    subnet_ids = _everywhere("SubnetIds")(request, arn)
    if parts is None or subnet_ids is None:
        return None
    zones = ec2_backends[parts.account][parts.region].subnets.values()
    subnets = [zone[subnet_id] for zone in zones for subnet_id in subnet_ids if subnet_id in zone]
    return list(dict.fromkeys(str(subnet.vpc_id) for subnet in subnets)) or None


def _models(request: ParsedRequest, arn: str) -> Values | None:
    """The ARNs of the models of a request."""
    parts = parse_arn(arn)
    names = _everywhere("ModelName")(request, arn)
    if parts is None or names is None:
        return None
    return [f"arn:aws:sagemaker:{parts.region}:{parts.account}:model/{name}" for name in names]


def _aliases(_request: ParsedRequest, arn: str) -> Values | None:
    parts = parse_arn(arn)
    if parts is None or not parts.resource.startswith("key/"):
        return None
    key = kms_backends[parts.account][parts.region].keys.get(parts.resource.removeprefix("key/"))
    return list(key.aliases) or None if key is not None else None


def _boundary(request: ParsedRequest, arn: str) -> Values | None:
    """The boundary of the request, or that of the existing role or user which the request changes."""
    named = request.parameters.get("PermissionsBoundary")
    if named:
        return [str(named)]
    boundary = getattr(entity_by_arn(arn), "permissions_boundary_arn", None)
    return [str(boundary)] if boundary else None


def _leading_keys(request: ParsedRequest, arn: str) -> Values | None:
    """The partition keys of the items that a request names."""
    parts = parse_arn(arn)
    if parts is None or not parts.resource.startswith("table/"):
        return None
    table = dynamodb_backends[parts.account][parts.region].tables.get(parts.resource.split("/")[1])
    item = request.parameters.get("Key") or request.parameters.get("Item")
    if table is None or not item or table.hash_key_attr not in item:
        return None
    return [str(value) for value in item[table.hash_key_attr].values()]


def _image_owner(_request: ParsedRequest, arn: str) -> Values | None:
    """The owner of an image: `amazon`, `aws-marketplace` or an account; an image that does not exist has none."""
    parts = parse_arn(arn)
    if parts is None or not parts.resource.startswith("image/"):
        return None
    image_id = parts.resource.removeprefix("image/")
    # The ARN of an image has no account: every account that uses EC2 in the region is searched.
    backends = [regions[parts.region] for regions in ec2_backends.values() if parts.region in regions]
    images = [backend.amis[image_id] for backend in backends if image_id in backend.amis]
    return [str(images[0].owner_alias or images[0].owner_id)] if images else None


def _endpoint_service_owner(request: ParsedRequest, _arn: str) -> Values | None:
    """The owner of an endpoint service: `amazon` for AWS's services; services of customers are named by an id."""
    name = str(request.parameters.get("ServiceName", ""))
    third_party = name.startswith("com.amazonaws.vpce.") or not name.startswith(("com.amazonaws.", "aws."))
    return ["other" if third_party else "amazon"]


def _public_address_of_tasks(request: ParsedRequest, arn: str) -> Values | None:
    """`true` or `false` for `ENABLED` or `DISABLED`; a request without network configuration carries no key."""
    values = _at("networkConfiguration.awsvpcConfiguration.assignPublicIp")(request, arn)
    return None if values is None else [_text(values == ["ENABLED"])]


PASSED_TO: Final[Mapping[str, str]] = {
    "application-autoscaling": "application-autoscaling.amazonaws.com",
    "athena": "athena.amazonaws.com",
    "backup": "backup.amazonaws.com",
    "batch": "batch.amazonaws.com",
    "cloudtrail": "cloudtrail.amazonaws.com",
    "config": "config.amazonaws.com",
    "ec2": "vpc-flow-logs.amazonaws.com",
    "ecs": "ecs-tasks.amazonaws.com",
    "events": "events.amazonaws.com",
    "firehose": "firehose.amazonaws.com",
    "glue": "glue.amazonaws.com",
    "lakeformation": "lakeformation.amazonaws.com",
    "lambda": "lambda.amazonaws.com",
    "logs": "logs.amazonaws.com",
    "rds": "monitoring.rds.amazonaws.com",
    "s3": "s3.amazonaws.com",
    "s3control": "batchoperations.s3.amazonaws.com",
    "sagemaker": "sagemaker.amazonaws.com",
    "scheduler": "scheduler.amazonaws.com",
    "ssm": "ssm.amazonaws.com",
    "stepfunctions": "states.amazonaws.com",
}
"""Botocore's service -> the principal that a role is passed to."""

SERVICE_KEYS: Final[Mapping[str, Rule]] = {
    "account:targetregion": _at("RegionName"),
    "cloudwatch:namespace": _at("Namespace"),
    "codebuild:vpcconfig.vpcid": _at("vpcConfig.vpcId"),
    "dynamodb:leadingkeys": _leading_keys,
    "ec2:associatepublicipaddress": _everywhere("AssociatePublicIpAddress"),
    "ec2:attribute/httptokens": _at("HttpTokens"),
    "ec2:createaction": _absent,
    "ec2:encrypted": _default(_everywhere("Encrypted"), "false"),
    "ec2:metadatahttptokens": _at("MetadataOptions.HttpTokens"),
    "ec2:region": lambda request, _arn: [request.region],
    "ec2:vpceservicename": _at("ServiceName"),
    "ec2:owner": _image_owner,
    "ec2:vpceserviceowner": _endpoint_service_owner,
    "ecs:auto-assign-public-ip": _public_address_of_tasks,
    "ecs:enable-execute-command": _default(_at("enableExecuteCommand"), "false"),
    "ecs:privileged": _default(_everywhere("privileged"), "false"),
    "ecs:subnet": _at("networkConfiguration.awsvpcConfiguration.subnets"),
    "elasticfilesystem:encrypted": _default(_at("Encrypted"), "false"),
    "elasticloadbalancing:listenerprotocol": _everywhere("Protocol"),
    "elasticloadbalancing:scheme": _at("Scheme"),
    "elasticloadbalancing:securitypolicy": _at("SslPolicy"),
    "glue:vpcids": _everywhere("VpcId"),
    "iam:awsservicename": _at("AWSServiceName"),
    "iam:associatedresourcearn": _absent,
    "iam:passedtoservice": lambda request, _arn: _values(PASSED_TO.get(request.service)),
    "iam:permissionsboundary": _boundary,
    "iam:policyarn": _at("PolicyArn"),
    "kms:bypasspolicylockoutsafetycheck": _default(_at("BypassPolicyLockoutSafetyCheck"), "false"),
    "kms:granteeprincipal": _at("GranteePrincipal"),
    "kms:grantisforawsresource": _default(_absent, "false"),
    "kms:grantoperations": _at("Operations"),
    "kms:replicaregion": _at("ReplicaRegion"),
    "kms:resourcealiases": _aliases,
    "kms:schedulekeydeletionpendingwindowindays": _default(_at("PendingWindowInDays"), "30"),
    "kms:viaservice": _absent,
    "lambda:functionurlauthtype": _first("AuthType", "FunctionUrlAuthType"),
    "lambda:principal": _at("Principal"),
    "lambda:subnetids": _at("VpcConfig.SubnetIds"),
    "lambda:vpcids": _vpcs_of_subnets,
    "ram:allowsexternalprincipals": _at("allowExternalPrincipals"),
    "ram:requestedallowsexternalprincipals": _default(_at("allowExternalPrincipals"), "true"),
    "rds:managemasteruserpassword": _at("ManageMasterUserPassword"),
    "rds:publiclyaccessible": _at("PubliclyAccessible"),
    "rds:storageencrypted": _default(_at("StorageEncrypted"), "false"),
    "s3:authtype": lambda _request, _arn: ["REST-HEADER"],
    "s3:dataaccesspointarn": lambda request, _arn: (
        [str(request.parameters["Bucket"])] if str(request.parameters.get("Bucket", "")).startswith("arn:") else None
    ),
    "s3:delimiter": _at("Delimiter"),
    "s3:if-match": _header("if-match"),
    "s3:if-none-match": _header("if-none-match"),
    "s3:locationconstraint": _at("CreateBucketConfiguration.LocationConstraint"),
    "s3:max-keys": _at("MaxKeys"),
    "s3:prefix": _at("Prefix"),
    "s3:resourceaccount": lambda _request, arn: [arn.split(":")[4]] if arn.split(":")[4] else None,
    "s3:signatureversion": lambda _request, _arn: ["AWS4-HMAC-SHA256"],
    "s3:tlsversion": lambda _request, _arn: ["1.3"],
    "s3:versionid": _at("VersionId"),
    "s3:x-amz-acl": _header("x-amz-acl"),
    "s3:x-amz-content-sha256": _header("x-amz-content-sha256"),
    "s3:x-amz-copy-source": _header("x-amz-copy-source"),
    "s3:x-amz-server-side-encryption": _header("x-amz-server-side-encryption"),
    "s3:x-amz-server-side-encryption-aws-kms-key-id": _header("x-amz-server-side-encryption-aws-kms-key-id"),
    "s3:x-amz-server-side-encryption-customer-algorithm": _header("x-amz-server-side-encryption-customer-algorithm"),
    "s3:x-amz-storage-class": _header("x-amz-storage-class"),
    "sagemaker:appnetworkaccesstype": _at("AppNetworkAccessType"),
    "sagemaker:customermetadatapropertiestoremove": _at("CustomerMetadataPropertiesToRemove"),
    "sagemaker:directinternetaccess": _default(_at("DirectInternetAccess"), "Enabled"),
    "sagemaker:enableremotedebug": _default(_at("RemoteDebugConfig.EnableRemoteDebug"), "false"),
    "sagemaker:featuregroupenableonlinestore": _default(_at("OnlineStoreConfig.EnableOnlineStore"), "false"),
    "sagemaker:featuregroupofflinestorekmskey": _at("OfflineStoreConfig.S3StorageConfig.KmsKeyId"),
    "sagemaker:featuregroupofflinestorekmskeyarn": _at("OfflineStoreConfig.S3StorageConfig.KmsKeyId"),
    "sagemaker:featuregrouponlinestorekmskey": _at("OnlineStoreConfig.SecurityConfig.KmsKeyId"),
    "sagemaker:featuregrouponlinestorekmskeyarn": _at("OnlineStoreConfig.SecurityConfig.KmsKeyId"),
    "sagemaker:instancetypes": _everywhere("InstanceType"),
    "sagemaker:intercontainertrafficencryption": _everywhere("EnableInterContainerTrafficEncryption"),
    "sagemaker:maxruntimeinseconds": _everywhere("MaxRuntimeInSeconds"),
    "sagemaker:modelapprovalstatus": _at("ModelApprovalStatus"),
    "sagemaker:modelarn": _models,
    "sagemaker:networkisolation": _everywhere("EnableNetworkIsolation"),
    "sagemaker:outputkmskey": _first("OutputDataConfig.KmsKeyId", "ProcessingOutputConfig.KmsKeyId"),
    "sagemaker:outputkmskeyarn": _first("OutputDataConfig.KmsKeyId", "ProcessingOutputConfig.KmsKeyId"),
    "sagemaker:owneruserprofilearn": studio.owner,
    "sagemaker:rootaccess": _default(_at("RootAccess"), "Enabled"),
    "sagemaker:volumekmskey": _first(
        "ResourceConfig.VolumeKmsKeyId",
        "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "TransformResources.VolumeKmsKeyId",
        "KmsKeyId",
        "HomeEfsFileSystemKmsKeyId",
    ),
    "sagemaker:volumekmskeyarn": _first(
        "ResourceConfig.VolumeKmsKeyId",
        "ProcessingResources.ClusterConfig.VolumeKmsKeyId",
        "TransformResources.VolumeKmsKeyId",
        "KmsKeyId",
        "HomeEfsFileSystemKmsKeyId",
    ),
    "sagemaker:vpcsecuritygroupids": _everywhere("SecurityGroupIds", "SecurityGroups", "DefaultSecurityGroupIds"),
    "sagemaker:vpcsubnets": _everywhere("Subnets", "SubnetIds", "SubnetId"),
    "secretsmanager:addreplicaregions": _everywhere("Region"),
    "secretsmanager:blockpublicpolicy": _at("BlockPublicPolicy"),
    "secretsmanager:forcedeletewithoutrecovery": _default(_at("ForceDeleteWithoutRecovery"), "false"),
    "securityhub:asffsyntaxpath/workflow.status": _at("Workflow.Status"),
    "sns:endpoint": _at("Endpoint"),
    "sns:protocol": _at("Protocol"),
    "sts:externalid": _at("ExternalId"),
    "sts:rolesessionname": _at("RoleSessionName"),
    "sts:sourceidentity": _at("SourceIdentity"),
    "sts:transitivetagkeys": _at("TransitiveTagKeys"),
}
"""Condition key in lower case -> how its values are computed."""

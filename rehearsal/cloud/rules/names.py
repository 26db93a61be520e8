"""Names that are taken: image tags, service-linked roles, secrets scheduled for deletion; replicas of tables."""

from typing import Any, Final

import boto3
from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.dynamodb.models import dynamodb_backends
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.secretsmanager.models import secretsmanager_backends

from rehearsal.cloud.refusal import Refusal
from rehearsal.cloud.rules.rule import Rule, Situation

IMMUTABLE: Final = "IMMUTABLE"
_WRITES: Final = "dynamodb:table:WriteCapacityUnits"
"""Dimension of Application Auto Scaling."""


def _immutable_tag(situation: Situation) -> Refusal | None:
    parameters = situation.parameters
    registry = str(parameters.get("registryId") or situation.account)
    repository: Any = ecr_backends[registry][situation.region].repositories.get(str(parameters.get("repositoryName")))
    tag = parameters.get("imageTag")
    if repository is None or repository.image_tag_mutability != IMMUTABLE or not tag:
        return None
    for image in repository.images:
        if tag in (image.image_tags or ()) and image.image_manifest != parameters.get("imageManifest"):
            return Refusal(
                code="ImageTagAlreadyExistsException",
                message=f"The image tag '{tag}' already exists in the '{repository.name}' repository and cannot be "
                "overwritten because the tag is immutable.",
            )
    return None


def _linked_role(situation: Situation) -> Refusal | None:
    service = situation.parameters.get("AWSServiceName")
    prefix = f"/aws-service-role/{service}/"
    for role in iam_backends[situation.account]["aws"].roles.values():
        if role.path == prefix and not situation.parameters.get("CustomSuffix"):
            return Refusal(
                code="InvalidInput",
                message=f"Service role name {role.name} has been taken in this account, please try a different suffix.",
            )
    return None


def _deleted_secret(situation: Situation) -> Refusal | None:
    secret: Any = secretsmanager_backends[situation.account][situation.region].secrets.get(
        str(situation.parameters.get("Name"))
    )
    if secret is not None and secret.is_deleted():
        return Refusal(
            code="InvalidRequestException",
            message="You can't create this secret because a secret with this name is already scheduled for deletion.",
        )
    return None


def _replica_region(situation: Situation) -> Refusal | None:
    regions = set(boto3.session.Session().get_available_regions("dynamodb"))
    for update in situation.parameters.get("ReplicaUpdates") or ():
        region = (update.get("Create") or {}).get("RegionName")
        if region is not None and region not in regions:
            return Refusal(code="ValidationException", message=f"The region {region} does not exist or is not enabled.")
    return None


def _replica_capacity(situation: Situation) -> Refusal | None:
    """A replica takes the writes of every region, so the write capacity of its table is not fixed."""
    parameters = situation.parameters
    name = str(parameters.get("TableName") or "").rpartition("/")[2]
    table: Any = dynamodb_backends[situation.account][situation.region].tables.get(name)
    creates = any(update.get("Create") for update in parameters.get("ReplicaUpdates") or ())
    if table is None or not creates:
        return None
    if (parameters.get("BillingMode") or table.billing_mode) == "PAY_PER_REQUEST":
        return None
    scaling: Any = applicationautoscaling_backends[situation.account][situation.region]
    if f"table/{name}" in scaling.targets.get(_WRITES, {}):
        return None
    return Refusal(
        code="ValidationException",
        message="Table write capacity should either be Pay-Per-Request or AutoScaled.",
    )


RULES: Final = (
    Rule(
        service="ecr",
        operations=("PutImage",),
        check=_immutable_tag,
        states="an immutable tag is not moved to another image",
        source="ECR API Reference, PutImage",
    ),
    Rule(
        service="iam",
        operations=("CreateServiceLinkedRole",),
        check=_linked_role,
        states="an account has one service-linked role per service and suffix",
        source="IAM API Reference, CreateServiceLinkedRole",
    ),
    Rule(
        service="secretsmanager",
        operations=("CreateSecret",),
        check=_deleted_secret,
        states="the name of a secret that is scheduled for deletion is taken",
        source="Secrets Manager API Reference, CreateSecret",
    ),
    Rule(
        service="dynamodb",
        operations=("UpdateTable",),
        check=_replica_region,
        states="the region of a replica exists",
        source="DynamoDB API Reference, UpdateTable",
    ),
    Rule(
        service="dynamodb",
        operations=("UpdateTable",),
        check=_replica_capacity,
        states="a table with replicas is on demand, or its write capacity scales automatically",
        source="DynamoDB Developer Guide, Using DynamoDB auto scaling with global tables",
    ),
)

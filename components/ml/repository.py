"""The repository of the images of a model: immutable tags, scans on push, and no access from other accounts."""

import json
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_aws import ecr

from components.documents import Statement
from components.tokens import type_token

UNTAGGED_DAYS: Final = 14
KEPT_IMAGES: Final = 50
"""Versions that a rollback can reach."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageRepositoryArgs:
    """A repository."""

    repository: str
    key_arn: pulumi.Input[str]


class ImageRepository(pulumi.ComponentResource):
    """`hipaa-ml:ml:ImageRepository`: the repository of the container images of a model.

    Creates an `aws.ecr.Repository`, protected and retained, and its `LifecyclePolicy`.
    """

    def __init__(self, name: str, args: ImageRepositoryArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        repository = ecr.Repository(
            f"{name}-repository",
            name=args.repository,
            image_tag_mutability="IMMUTABLE",
            image_scanning_configuration=ecr.RepositoryImageScanningConfigurationArgs(scan_on_push=True),
            encryption_configurations=[
                ecr.RepositoryEncryptionConfigurationArgs(encryption_type="KMS", kms_key=args.key_arn)
            ],
            opts=pulumi.ResourceOptions(parent=self, protect=True, retain_on_delete=True),
        )
        ecr.LifecyclePolicy(
            f"{name}-lifecycle",
            repository=repository.name,
            policy=json.dumps({"rules": [_untagged(1), _counted(2)]}),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.arn = repository.arn
        self.url = repository.repository_url
        self.name = repository.name
        self.register_outputs({"arn": self.arn, "url": self.url})


def _untagged(priority: int) -> dict[str, object]:
    return {
        "rulePriority": priority,
        "description": "images that no tag names any more",
        "selection": {
            "tagStatus": "untagged",
            "countType": "sinceImagePushed",
            "countUnit": "days",
            "countNumber": UNTAGGED_DAYS,
        },
        "action": {"type": "expire"},
    }


def _counted(priority: int) -> dict[str, object]:
    return {
        "rulePriority": priority,
        "description": "the oldest beyond what a rollback needs",
        "selection": {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": KEPT_IMAGES},
        "action": {"type": "expire"},
    }


def image_pull(repository_arn: pulumi.Input[str]) -> list[Statement]:
    """Statements that let the role of a job or an endpoint pull images of one repository (ECR User Guide)."""
    return [
        {
            "Sid": "Pull",
            "Effect": "Allow",
            "Action": ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"],
            "Resource": repository_arn,
        },
        {
            "Sid": "Token",
            "Effect": "Allow",
            # It names no resource: the token opens what the statement above allows.
            "Action": "ecr:GetAuthorizationToken",
            "Resource": "*",
        },
    ]


@dataclass(frozen=True, kw_only=True, slots=True)
class ImageReplicationArgs:
    """Copies of every image in another region of the same account."""

    account_id: pulumi.Input[str]
    region: str
    """Region that images are replicated to."""
    prefix: str
    """Repositories whose names begin so."""


class ImageReplication(pulumi.ComponentResource):
    """`hipaa-ml:ml:ImageReplication`: the replication of container images to the other region.

    Creates an `aws.ecr.ReplicationConfiguration`.
    """

    def __init__(self, name: str, args: ImageReplicationArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__(type_token(type(self)), name, None, opts)
        destination = ecr.ReplicationConfigurationReplicationConfigurationRuleDestinationArgs(
            region=args.region, registry_id=args.account_id
        )
        ecr.ReplicationConfiguration(
            f"{name}-configuration",
            replication_configuration=ecr.ReplicationConfigurationReplicationConfigurationArgs(
                rules=[
                    ecr.ReplicationConfigurationReplicationConfigurationRuleArgs(
                        destinations=[destination],
                        repository_filters=[
                            ecr.ReplicationConfigurationReplicationConfigurationRuleRepositoryFilterArgs(
                                filter=args.prefix, filter_type="PREFIX_MATCH"
                            )
                        ],
                    )
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.register_outputs({})

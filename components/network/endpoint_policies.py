"""Endpoint policies: principals of the organisation with resources of the organisation, and listed resources of AWS.

AWS whitepaper "Building a data perimeter on AWS": an endpoint that lets a stranger's credentials through, or ours to a
stranger's bucket, is a way out that no firewall sees.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import pulumi

from components.documents import Statement

IMAGES: Final = "763104351884"
"""Account of AWS with the deep learning containers in the United States (AWS Deep Learning Containers, "Images")."""

AWS_OWNED: Final[Mapping[str, Callable[[str], Mapping[str, Sequence[str]]]]] = {
    # Layers of every image that ECR serves lie in a bucket of AWS's (ECR User Guide, "Amazon ECR interface VPC
    # endpoints").
    "s3": lambda region: {f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*": ("s3:GetObject",)},
    "ecr": lambda region: {
        f"arn:aws:ecr:{region}:{IMAGES}:repository/*": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    },
    "ssm": lambda region: {
        f"arn:aws:ssm:{region}::parameter/aws/service/*": ("ssm:GetParameter", "ssm:GetParameters"),
        f"arn:aws:ssm:{region}::document/AWS-*": ("ssm:DescribeDocument", "ssm:GetDocument"),
    },
}
"""Prefix of actions -> resources of AWS that are reached through the endpoint, with their actions, in a region."""


def statements(actions: str, region: str, organization_id: pulumi.Input[str]) -> Sequence[Statement]:
    """The policy of a service's endpoint.

    Args:
        actions: prefix of the service's IAM actions.
        region: of the endpoint.
        organization_id: this organisation.
    """
    inside: Statement = {
        "Sid": "OwnPrincipalsOwnResources",
        "Effect": "Allow",
        "Principal": "*",
        "Action": f"{actions}:*",
        "Resource": "*",
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": organization_id, "aws:ResourceOrgID": organization_id},
        },
    }
    exceptions: list[Statement] = [
        {
            "Sid": f"AwsOwned{number}",
            "Effect": "Allow",
            "Principal": "*",
            "Action": list(allowed),
            "Resource": resource,
            "Condition": {"StringEquals": {"aws:PrincipalOrgID": organization_id}},
        }
        for number, (resource, allowed) in enumerate(AWS_OWNED.get(actions, _nothing)(region).items(), start=1)
    ]
    return [inside, *exceptions]


def _nothing(_region: str) -> Mapping[str, Sequence[str]]:
    return {}

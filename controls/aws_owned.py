"""Resources of AWS's own accounts that are reached through VPC endpoints, with the actions that endpoints allow."""

from collections.abc import Mapping, Sequence
from typing import Final

IMAGES: Final = "763104351884"
"""Account of AWS with the deep learning containers in the United States (AWS Deep Learning Containers, "Images")."""


def aws_owned(actions: str, region: str) -> Mapping[str, Sequence[str]]:
    """Resource of AWS -> the actions on it that the zone needs.

    Args:
        actions: prefix of the service's IAM actions.
        region: of the endpoint.
    """
    owned: Mapping[str, Mapping[str, Sequence[str]]] = {
        # Layers of every image that ECR serves lie in a bucket of AWS's (ECR User Guide, "Amazon ECR interface VPC
        # endpoints").
        "s3": {f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*": ("s3:GetObject",)},
        "ecr": {f"arn:aws:ecr:{region}:{IMAGES}:repository/*": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")},
        "ssm": {
            f"arn:aws:ssm:{region}::parameter/aws/service/*": ("ssm:GetParameter", "ssm:GetParameters"),
            f"arn:aws:ssm:{region}::document/AWS-*": ("ssm:DescribeDocument", "ssm:GetDocument"),
        },
    }
    return owned.get(actions, {})

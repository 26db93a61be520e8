"""Resources of AWS's own accounts that are reached through VPC endpoints, with the actions that endpoints allow."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

IMAGES: Final = "763104351884"
"""Account of AWS with the deep learning containers in the United States (AWS Deep Learning Containers, "Images")."""


PACKAGES: Final[Mapping[str, str]] = {
    "ap-northeast-1": "660291247815",
    "ap-south-1": "681137435769",
    "ap-southeast-1": "421485864821",
    "ap-southeast-2": "860415559748",
    "eu-central-1": "769407342218",
    "eu-north-1": "611884512288",
    "eu-south-1": "484130244270",
    "eu-west-1": "438097961670",
    "eu-west-2": "247805302724",
    "eu-west-3": "762466490029",
    "us-east-1": "193858265520",
    "us-east-2": "250872398865",
    "us-west-2": "787052242323",
}
"""Region -> account of the bucket of package assets (CodeArtifact User Guide, "Create the Amazon S3 gateway endpoint").
"""


_LAYERS: Final = re.compile(r"arn:aws:s3:::prod-[a-z]{2}(-[a-z]+)+-\d-starport-layer-bucket/")


def presigned(actions: str, region: str) -> Sequence[str]:
    """Objects of AWS's buckets that are read with presigned URLs of another service, whoever signs these.

    Layers of every image that ECR serves (ECR User Guide, "Amazon ECR interface VPC endpoints"), and assets of every
    package that CodeArtifact serves: the service signs the URL, so that the request has no principal of the
    organisation.

    Args:
        actions: prefix of the service's IAM actions.
        region: of the endpoint.
    """
    if actions != "s3":
        return ()
    layers = f"arn:aws:s3:::prod-{region}-starport-layer-bucket/*"
    if region not in PACKAGES:
        return (layers,)
    return (layers, f"arn:aws:s3:::assets-{PACKAGES[region]}-{region}/*")


def is_presigned(action: str, resource: str) -> bool:
    """Whether an action on a resource is the read of an object with a presigned URL of one of AWS's services."""
    if action.lower() != "s3:getobject":
        return False
    packages = {f"arn:aws:s3:::assets-{account}-{region}/" for region, account in PACKAGES.items()}
    return resource.startswith(tuple(packages)) or _LAYERS.match(resource) is not None


def aws_owned(actions: str, region: str) -> Mapping[str, Sequence[str]]:
    """Resource of AWS -> the actions on it that the zone needs.

    Args:
        actions: prefix of the service's IAM actions.
        region: of the endpoint.
    """
    owned: Mapping[str, Mapping[str, Sequence[str]]] = {
        "ecr": {f"arn:aws:ecr:{region}:{IMAGES}:repository/*": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")},
        "ssm": {
            f"arn:aws:ssm:{region}::parameter/aws/service/*": ("ssm:GetParameter", "ssm:GetParameters"),
            f"arn:aws:ssm:{region}::document/AWS-*": ("ssm:DescribeDocument", "ssm:GetDocument"),
        },
    }
    return owned.get(actions, {})

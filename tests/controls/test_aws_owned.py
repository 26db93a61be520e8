"""Resources of AWS's own accounts: presigned reads of image layers and packages, and nothing else."""

import pytest

from controls.aws_owned import PACKAGES, aws_owned, is_presigned, presigned

LAYERS = "arn:aws:s3:::prod-us-east-1-starport-layer-bucket"


def test_reads_of_layers_and_packages_are_presigned() -> None:
    assert presigned("s3", "us-east-1") == (f"{LAYERS}/*", "arn:aws:s3:::assets-193858265520-us-east-1/*")
    assert presigned("s3", "ca-central-1") == ("arn:aws:s3:::prod-ca-central-1-starport-layer-bucket/*",)
    assert presigned("ecr", "us-east-1") == ()


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", f"{LAYERS}/sha256", True),
        ("S3:getobject", f"{LAYERS}/sha256", True),
        ("s3:GetObject", "arn:aws:s3:::prod-ap-southeast-2-starport-layer-bucket/sha256", True),
        ("s3:GetObject", f"arn:aws:s3:::assets-{PACKAGES['eu-west-1']}-eu-west-1/wheel", True),
        ("s3:GetObject", f"arn:aws:s3:::assets-{PACKAGES['eu-west-1']}-us-east-1/wheel", False),
        ("s3:GetObject", "arn:aws:s3:::assets-999999999999-us-east-1/wheel", False),
        ("s3:GetObject", f"{LAYERS}-of-a-stranger/sha256", False),
        ("s3:GetObject", "arn:aws:s3:::mine/prod-us-east-1-starport-layer-bucket/x", False),
        ("s3:PutObject", f"{LAYERS}/sha256", False),
        ("s3:ListBucket", f"{LAYERS}/", False),
    ],
)
def test_presigned_read_is_recognised(action: str, resource: str, expected: bool) -> None:
    assert is_presigned(action, resource) is expected


def test_services_read_images_parameters_and_documents_of_aws() -> None:
    assert aws_owned("ecr", "us-west-2") == {
        "arn:aws:ecr:us-west-2:763104351884:repository/*": ("ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
    }
    assert set(aws_owned("ssm", "us-west-2")) == {
        "arn:aws:ssm:us-west-2::parameter/aws/service/*",
        "arn:aws:ssm:us-west-2::document/AWS-*",
    }
    assert not aws_owned("s3", "us-west-2")

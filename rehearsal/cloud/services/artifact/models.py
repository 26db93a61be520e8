"""The agreements of an account with AWS."""

from typing import Final

from moto.core.base_backend import BackendDict, BaseBackend


class ArtifactBackend(BaseBackend):
    """The agreements of an account; AWS Artifact has its endpoint in us-east-1."""


artifact_backends: Final = BackendDict(
    ArtifactBackend, "artifact", use_boto3_regions=False, additional_regions=["us-east-1"]
)

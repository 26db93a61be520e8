"""What SageMaker reads as the execution role of a model before a container starts: the image and the model artifact.

Source: SageMaker Developer Guide, "How to use SageMaker execution roles", CreateModel API; API Reference,
`ContainerDefinition`.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from botocore.exceptions import ClientError

from rehearsal.cloud.authorization.dependent import Needed
from rehearsal.cloud.authorization.entities import stored_bucket
from rehearsal.cloud.authorization.resources import Resource
from rehearsal.cloud.hosting import HostingError
from rehearsal.cloud.service_calls import SERVICE_CALLS, NoRoleError, ServiceAction

SESSION: Final = "SageMaker"
_REGISTRY: Final = re.compile(r"(\d{12})\.dkr\.ecr\.([a-z0-9-]+)\.amazonaws\.com/([^@:]+)")
_PULLING: Final = ("BatchCheckLayerAvailability", "GetDownloadUrlForLayer", "BatchGetImage")


@dataclass(frozen=True, kw_only=True, slots=True)
class ModelReader:
    """Reads as the execution role of a model.

    Attributes:
        role_arn: ARN of the role.
        region: region of the endpoint.
        endpoint_id: gateway endpoint of S3 in the VPC of the model; empty without a VPC.
    """

    role_arn: str
    region: str
    endpoint_id: str

    def require(self, container: Mapping[str, Any]) -> None:
        """Check that the role may pull the image of a container and read its model artifact.

        Args:
            container: the container, as `CreateModel` takes it.

        Raises:
            HostingError: a right is missing, or the artifact does not exist.
        """
        image = str(container.get("Image") or "")
        for region, operation, needed in self._pulling(image):
            action = ServiceAction(
                role_arn=self.role_arn,
                session=SESSION,
                region=region,
                service="ecr",
                operation=operation,
                parameters={},
                needed=[needed],
            )
            denial = SERVICE_CALLS.denied(action)
            if denial is not None:
                raise HostingError(
                    f"The role {self.role_arn} does not have the right ecr:{operation}, which pulling the image "
                    f"{image} needs: {denial}"
                )
        location = str(container.get("ModelDataUrl") or "")
        if location:
            self.artifact(location)

    def artifact(self, location: str) -> bytes:
        """Read a model artifact: `s3:GetObject`, and `kms:Decrypt` where a KMS key encrypts it.

        Args:
            location: `s3://` URI of the artifact.

        Raises:
            HostingError: it does not exist, is in another region, or the role may not read it.
        """
        name, _, key = location.removeprefix("s3://").partition("/")
        bucket = stored_bucket(name)
        if bucket is None or bucket.keys.get(key) is None:
            raise HostingError(f"Could not find model data at {location}.")
        if bucket.region_name != self.region:
            raise HostingError(f"Could not access model data at {location}: the bucket is in {bucket.region_name}.")
        try:
            client = SERVICE_CALLS.client("s3", self.region, self.role_arn, SESSION, self.endpoint_id)
            return bytes(client.get_object(Bucket=name, Key=key)["Body"].read())
        except (ClientError, NoRoleError) as error:
            raise HostingError(
                f'Failed to download model data from URL: "{location}". Please ensure that there is an object located '
                f"at the URL and that the role passed to CreateModel has permissions to download the model: {error}"
            ) from error

    def _pulling(self, image: str) -> Iterator[tuple[str, str, Needed]]:
        """Yield region, operation and action for what pulling an image of ECR needs; none for other registries."""
        match = _REGISTRY.match(image)
        if match is None:
            return
        owner, region, repository = match.groups()
        own = Resource(arn="*", account=self.role_arn.split(":")[4])
        yield region, "GetAuthorizationToken", ("ecr:GetAuthorizationToken", own, {})
        arn = f"arn:aws:ecr:{region}:{owner}:repository/{repository}"
        for operation in _PULLING:
            yield region, operation, (f"ecr:{operation}", Resource(arn=arn, account=owner, type="repository"), {})

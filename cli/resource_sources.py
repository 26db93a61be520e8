"""Where deployed resources are read from: AWS (the emulated one, or AWS itself), or exported state."""

from collections.abc import Mapping
from typing import Any

from inspection.aws import Aws
from inspection.resources.declared import DeclaredResource, DeployedResource, UnreadResourceError
from rehearsal.provider.readback import ReadBack, ReadBackError, ResourceReader, readable_types


class AwsResources:
    """Reads resources with boto3, in the account and region of each.

    Args:
        aws: gives the clients.
        without: types that cannot be read there, of those that the provider can read.
    """

    def __init__(self, aws: Aws, without: frozenset[str] = frozenset()) -> None:
        self._aws = aws
        self._types = readable_types() - without
        self._reader = ResourceReader(self._client)

    def readable(self, type_: str) -> bool:
        """Whether there is a reading operation for a type."""
        return type_ in self._types

    def read(self, resource: DeclaredResource) -> DeployedResource | None:
        """A resource as AWS describes it; None if AWS has none of its id.

        Raises:
            UnreadResourceError: AWS refuses, or does not answer.
        """
        try:
            result = self._reader.read(
                resource.type,
                id_=resource.id,
                account=resource.account,
                region=resource.region,
                declared=resource.declared or {},
                recorded=resource.recorded,
                default_tags=resource.default_tags,
            )
        except ReadBackError as error:
            raise UnreadResourceError(str(error)) from None
        return _deployed(result)

    def _client(self, service: str, account: str, region: str) -> Any:
        return self._aws.client(service, account=account or None, region=region or None)


class ExportedResources:
    """Takes resources from the outputs in exported state; AWS is not asked."""

    def __init__(self) -> None:
        self._reader = ResourceReader(_no_client)

    def readable(self, type_: str) -> bool:
        """Every type is in the state."""
        return bool(type_)

    def read(self, resource: DeclaredResource) -> DeployedResource | None:
        """A resource as the state has it.

        Raises:
            UnreadResourceError: the state has a type that the SDK does not have.
        """
        if resource.declared is None:
            return DeployedResource(properties={})
        try:
            return _deployed(self._reader.projected(resource.type, resource.declared, resource.recorded))
        except ReadBackError as error:
            raise UnreadResourceError(str(error)) from None


def _deployed(result: ReadBack | None) -> DeployedResource | None:
    if result is None:
        return None
    return DeployedResource(properties=result.inputs, others=result.others, inner=result.inner)


def _no_client(service: str, account: str, region: str) -> Mapping[str, Any]:
    raise UnreadResourceError(f"{service} in {account} {region} is not asked: the source is exported state")

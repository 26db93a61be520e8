"""Reads deployed resources back with boto3, for any AWS: the emulated one, or AWS itself with read-only credentials."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.provider import driver, reading
from rehearsal.provider.errors import NotEmulatedError, RefusedError
from rehearsal.provider.schema import schema
from rehearsal.provider.services import SPECS
from rehearsal.provider.spec import EmulatedResource
from rehearsal.provider.values import Values

ClientFactory = Callable[[str, str, str], Any]
"""Service, account and region -> boto3 client."""


class ReadBackError(Exception):
    """AWS refused a reading operation, or did not answer; the message has the error code."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ReadBack:
    """A resource as AWS describes it."""

    inputs: Values
    """The declared properties with AWS's values, in the notation of the declaration where both mean the same."""
    others: Values = field(default_factory=dict)
    """Properties that could have been declared and were not, with AWS's values."""
    inner: Mapping[str, Any] = field(default_factory=dict)
    """Path of a member of a declared property that could have been declared and was not -> AWS's value."""


def readable_types() -> frozenset[str]:
    """The resource types that can be read back."""
    return frozenset(SPECS)


class ResourceReader:
    """Reads resources of the types in `readable_types`."""

    def __init__(self, client: ClientFactory) -> None:
        self._endpoints = _Endpoints(client)

    def read(
        self,
        token: str,
        *,
        id_: str,
        account: str,
        region: str,
        declared: Mapping[str, Any],
        recorded: Mapping[str, Any],
        default_tags: Mapping[str, str],
    ) -> ReadBack | None:
        """Read a resource.

        Args:
            token: resource type, one of `readable_types`.
            id_: its id.
            account: the account's id.
            region: the region.
            declared: declared inputs, whose notation the result keeps.
            recorded: outputs of the last deployment, from which requests take what the id does not contain.
            default_tags: the provider's default tags.

        Returns:
            The resource; None if AWS has none of this id.

        Raises:
            ReadBackError: it cannot be read.
        """
        type_ = schema(token)
        spec = SPECS.get(token)
        if type_ is None or spec is None:
            raise ReadBackError(f"{token} cannot be read back")
        resource = EmulatedResource(
            spec=spec,
            schema=type_,
            endpoints=self._endpoints,
            credentials=Credentials(access_key=account, secret_key=""),
            account=account,
            region=region,
            show=lambda _message: None,
            id=id_,
            inputs=dict(declared),
            old=dict(recorded),
            default_tags=default_tags,
        )
        try:
            values = driver.read_values(resource)
        except (ClientError, BotoCoreError, RefusedError, NotEmulatedError, KeyError) as error:
            raise ReadBackError(_reason(error)) from error
        if values is None:
            return None
        others = {
            name: value
            for name, value in values.items()
            if name in type_.inputs and name not in declared and name not in ("tags", "tagsAll", "region")
        }
        inner = {
            path: value
            for name, property_ in type_.inputs.items()
            if name in declared and name in values
            for path, value in reading.undeclared(declared[name], values[name], property_.type, name)
        }
        return ReadBack(inputs=reading.inputs(resource, values, frozenset()), others=others, inner=inner)

    def projected(self, token: str, declared: Mapping[str, Any], recorded: Mapping[str, Any]) -> ReadBack:
        """Take a resource from the outputs of the last deployment instead of from AWS.

        Args:
            token: resource type.
            declared: declared inputs, whose notation the result keeps.
            recorded: the outputs.

        Raises:
            ReadBackError: the SDK has no such type.
        """
        type_ = schema(token)
        if type_ is None:
            raise ReadBackError(f"the AWS provider has no resource type {token}")
        return ReadBack(inputs=reading.projected(type_, declared, recorded))


class _Endpoints(Endpoints):
    """Gives the clients of a factory; the access key of the credentials is the account's id."""

    def __init__(self, client: ClientFactory) -> None:
        super().__init__({})
        self._client = client

    def client(self, service: str, region: str, credentials: Credentials | None = None) -> Any:
        return self._client(service, credentials.access_key if credentials is not None else "", region)


def _reason(error: Exception) -> str:
    if isinstance(error, ClientError):
        details: Any = error.response.get("Error", {})
        return f"{details.get('Code', 'error')} ({error.operation_name})"
    return f"{type(error).__name__}: {error}" if isinstance(error, KeyError) else str(error)

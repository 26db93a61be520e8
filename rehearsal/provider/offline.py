"""The provider without an AWS behind it: checks and compares resources, and refuses every operation that needs one."""

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pulumi.runtime.proto import provider_pb2

from rehearsal.cloud import Endpoints
from rehearsal.provider.config import Configured, decoded
from rehearsal.provider.errors import RefusedError
from rehearsal.provider.ledger import NAME, Ledger
from rehearsal.provider.server import Servicer, serve_with
from rehearsal.provider.values import Values, read


class OfflineServicer(Servicer):
    """Plans a stack: a provider configuration is taken as it is, without signing in."""

    def Configure(self, request: Any, context: Any) -> Any:
        """Take account and region from the configuration; nothing is asked."""
        variables = {key.rpartition(":")[2]: value for key, value in request.variables.items()}
        self._configured[context.peer()] = configured_offline({**variables, **read(request.args)})
        return provider_pb2.ConfigureResponse(
            acceptSecrets=False, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )


def configured_offline(inputs: Mapping[str, Any]) -> Configured:
    """Account, region and default tags of a provider's configuration, as far as it states them.

    Args:
        inputs: the configuration.

    Returns:
        The configuration; the account is empty if neither a role nor an allowed account names it.
    """
    values: Values = decoded(inputs)
    roles = values.get("assumeRoles") or []
    arns = [str(role.get("roleArn") or "") for role in roles if isinstance(role, Mapping)]
    named = [arn.split(":")[4] for arn in arns if arn.count(":") >= 5]  # noqa: PLR2004 - parts of an ARN
    allowed = [str(account) for account in values.get("allowedAccountIds") or []]
    tags = (values.get("defaultTags") or {}).get("tags") or {}
    return Configured(
        account=named[-1] if named else allowed[0] if len(allowed) == 1 else "",
        region=str(values.get("region") or "us-east-1"),
        credentials=None,
        default_tags={str(key): str(value) for key, value in tags.items()},
    )


class NoEndpoints(Endpoints):
    """Endpoints of no AWS: a client is refused."""

    def __init__(self) -> None:
        super().__init__({})

    def client(self, service: str, region: str, credentials: object = None) -> Any:
        """Refuse.

        Raises:
            RefusedError: always.
        """
        del region, credentials
        raise RefusedError(f"{service} is asked while a stack is planned without an AWS")


@contextmanager
def offline_provider(folder: Path) -> Generator[str]:
    """Serves the provider without an AWS.

    Args:
        folder: an empty folder for its ledger.

    Yields:
        Its address, `host:port`.
    """
    ledger = Ledger(folder / NAME)
    ledger.follow("offline")
    server, port = serve_with(OfflineServicer(NoEndpoints(), ledger))
    try:
        yield f"127.0.0.1:{port}"
    finally:
        server.stop(grace=2).wait()
        ledger.close()

"""A provider configuration: region, accounts, roles, default tags; checked by name, proved before anything is done."""

import difflib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from rehearsal.cloud import Credentials, Endpoints
from rehearsal.provider.errors import InvalidError, RefusedError
from rehearsal.provider.schema import Property, Type, fields
from rehearsal.provider.values import Values, any_unknown

_ENGINE: Final = frozenset({"version", "pluginDownloadURL", "__internal"})
_STRUCTURED: Final = frozenset({"list", "map", "object", "boolean", "number"})
REPLACING: Final = ("region", "accessKey", "profile", "allowedAccountIds", "endpoints")
"""Settings whose change replaces the provider's resources. Another role in the same account replaces nothing."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Configured:
    """A configuration in force: who acts, where, and the tags that everything gets."""

    account: str
    region: str
    credentials: Credentials | None
    default_tags: Mapping[str, str] = field(default_factory=dict)


def known() -> Mapping[str, Property]:
    """The properties of the SDK's own provider class."""
    from pulumi_aws.provider import ProviderArgs  # noqa: PLC0415 - slow to load

    return fields(ProviderArgs)


def problems(inputs: Mapping[str, Any]) -> list[tuple[str, str]]:
    """What is wrong with a configuration, as (property, reason)."""
    problems_: list[tuple[str, str]] = []
    allowed = known()
    for name in inputs:
        if name not in allowed and name not in _ENGINE:
            matches = difflib.get_close_matches(name, allowed, n=3)
            hint = (
                f"did you mean {' or '.join(map(repr, matches))}?"
                if matches
                else f"allowed: {', '.join(sorted(allowed))}"
            )
            problems_.append((name, f"the AWS provider has no setting {name!r}; {hint}"))
    try:
        values = decoded({name: value for name, value in inputs.items() if name in allowed})
    except InvalidError as error:
        return [*problems_, (error.property, error.reason)]
    if "allowedAccountIds" in values and "forbiddenAccountIds" in values:
        problems_.append(("forbiddenAccountIds", "allowedAccountIds and forbiddenAccountIds exclude each other"))
    for index, role in enumerate(values.get("assumeRoles") or []):
        if isinstance(role, dict):
            members = allowed["assumeRoles"].type.element
            names = members.fields if members is not None else {}
            problems_ += [
                (f"assumeRoles[{index}].{name}", f"there is no {name!r} here; allowed: {', '.join(sorted(names))}")
                for name in role
                if names and name not in names
            ]
    return problems_


def decoded(inputs: Mapping[str, Any]) -> Values:
    """A configuration with its values as they are: on the wire what is no string is JSON in a string."""
    settings: Values = {}
    allowed = known()
    for name, value in inputs.items():
        setting = allowed.get(name)
        if (
            isinstance(value, str)
            and setting is not None
            and setting.type.kind in _STRUCTURED
            and not any_unknown(value)
        ):
            try:
                settings[name] = _camel(setting.type, json.loads(value))
            except ValueError as error:
                raise InvalidError(name, f"expected JSON of a {setting.type.kind}") from error
        else:
            settings[name] = value
    return settings


def _camel(kind: Type, value: Any) -> Any:
    """Nested settings reach the wire as the program spelled them, Pulumi's way or Terraform's: both count."""
    if kind.kind == "list" and kind.element is not None and isinstance(value, list):
        return [_camel(kind.element, item) for item in value]
    if kind.kind != "object" or not isinstance(value, dict):
        return value
    converted: Values = {}
    for key, item in value.items():
        head, *rest = str(key).split("_")
        name = head + "".join(word.capitalize() for word in rest)
        converted[name] = _camel(kind.fields[name].type, item) if name in kind.fields else item
    return converted


def configure(
    inputs: Mapping[str, Any],
    endpoints: Endpoints,
    start: Callable[[str], Credentials | None] = lambda _region: None,
) -> Configured:
    """Assume the roles, one from another, and make sure of the account.

    Args:
        inputs: the configuration.
        endpoints: the emulated AWS.
        start: returns, for a region, the credentials that the first role is assumed with; None for those of the
            management account.

    Raises:
        RefusedError: a role cannot be assumed, or the account is not an allowed one.
    """
    values = decoded(inputs)
    region = str(values.get("region") or "us-east-1")
    credentials = start(region)
    roles = values.get("assumeRoles") or []
    for role in roles if isinstance(roles, list) else [roles]:
        credentials = _assume(role, endpoints, region, credentials)
    try:
        account = str(endpoints.client("sts", region, credentials).get_caller_identity()["Account"])
    except (ClientError, BotoCoreError) as error:
        raise RefusedError(f"the AWS provider cannot tell whose account it acts in: {error}") from error
    allowed = [str(allowed_account_id) for allowed_account_id in values.get("allowedAccountIds") or []]
    forbidden = [str(forbidden_account_id) for forbidden_account_id in values.get("forbiddenAccountIds") or []]
    if allowed and account not in allowed:
        raise RefusedError(
            f"AWS account ID not allowed: the credentials are of {account}; allowed: {', '.join(allowed)}"
        )
    if account in forbidden:
        raise RefusedError(f"AWS account ID not allowed: {account} is forbidden by forbiddenAccountIds")
    tags = (values.get("defaultTags") or {}).get("tags") or {}
    return Configured(
        account=account,
        region=region,
        credentials=credentials,
        default_tags={str(key): str(value) for key, value in tags.items()},
    )


def _assume(role: Mapping[str, Any], endpoints: Endpoints, region: str, by: Credentials | None) -> Credentials:
    arn = str(role.get("roleArn") or "")
    parameters = {
        "RoleArn": arn,
        "RoleSessionName": str(role.get("sessionName") or "pulumi-rehearsal"),
        "ExternalId": role.get("externalId"),
        "Policy": role.get("policy"),
        "SourceIdentity": role.get("sourceIdentity"),
    }
    try:
        session = endpoints.client("sts", region, by).assume_role(**{k: v for k, v in parameters.items() if v})[
            "Credentials"
        ]
    except (ClientError, BotoCoreError) as error:
        raise RefusedError(f"the AWS provider cannot assume the role {arn}: {error}") from error
    return Credentials.of(session)

"""The deployed network for the commands that ask about it: from the stacks' state, from exports, or from AWS."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import UsageError
from cli.own_aws import OwnAws
from cli.rehearsed_aws import RehearsedAws
from cli.workspace import Workspace
from inspection.network import live, state
from inspection.network.model import Network
from rehearsal.cloud import Cloud, Endpoints
from zone.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """Where the network is read from."""

    endpoint: str | None = None
    live: bool = False
    """The emulated cloud, through boto3 alone."""
    aws: bool = False
    """AWS itself, with the credentials of the environment."""
    exports: Sequence[Path] = ()
    """Files that `pulumi stack export` or `rehearse export` wrote."""


def network(source: Source, settings: Settings) -> Network:
    """The deployed network.

    Raises:
        UsageError: nothing is deployed, an export that is none, more than one source.
    """
    if source.exports and (source.live or source.aws):
        raise UsageError("give either --export or --live or --aws, not several")
    workspace = Workspace.find(source.endpoint)
    if source.aws:
        found = _from_aws(workspace, settings)
    elif source.live:
        # The emulator has no Route 53 Profiles: which VPCs see a zone by one, only the state knows.
        zones = state.network(_recorded(workspace)).zones
        seen = {key: zone.vpcs for key, zone in zones.items()} if settings.network.dns == "profiles" else {}
        aws = _rehearsed(workspace, settings)
        found = live.network(aws, _accounts(workspace, settings), settings.regions.all, seen)
    else:
        found = state.network(_exported(source.exports) if source.exports else _recorded(workspace))
    if not found.vpcs:
        raise UsageError("no VPC is deployed: `rehearse up --all` brings the zone up first")
    return found


def _from_aws(workspace: Workspace, settings: Settings) -> Network:
    try:
        aws = OwnAws(role=settings.account_access_role)
        return live.network(aws, _accounts(workspace, settings), settings.regions.all)
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"AWS cannot be asked: {error}") from None


def _recorded(workspace: Workspace) -> Iterator[Mapping[str, Any]]:
    store = workspace.store()
    for stack in store.stacks():
        yield from store.resources(stack)


def _exported(files: Sequence[Path]) -> Iterator[Mapping[str, Any]]:
    for file in files:
        try:
            yield from json.loads(file.read_text(encoding="utf-8"))["deployment"]["resources"]
        except OSError as error:
            raise UsageError(f"{file}: {error.strerror}") from None
        except (json.JSONDecodeError, KeyError, TypeError):
            raise UsageError(f"{file} is no stack export: `pulumi stack export --file FILE` writes one") from None


def _accounts(workspace: Workspace, settings: Settings) -> Sequence[str]:
    """Ids of the accounts that have networks: from the organisation's outputs, or as configured."""
    store = workspace.store()
    outputs = store.outputs("organization") if "organization" in store.stacks() else {}
    ids: Mapping[str, str] = outputs.get("account_ids", {})
    named = {name: ids.get(name) or one.id for name, one in settings.accounts.items() if one.networks}
    missing = [name for name, one in named.items() if not one]
    if missing:
        raise UsageError(
            f"the id of {missing[0]!r} is not known: bring `organization` up, or give accounts.{missing[0]}.id"
        )
    return [one for one in named.values() if one]


def _rehearsed(workspace: Workspace, settings: Settings) -> RehearsedAws:
    if workspace.endpoint is not None:
        endpoints = Endpoints.single(workspace.endpoint)
    else:
        cloud = Cloud.attach(workspace.state)
        if cloud is None:
            raise UsageError("the emulated cloud is not up: `rehearse up --all` brings the zone up first")
        endpoints = cloud.endpoints()
    return RehearsedAws(
        endpoints,
        management_account=settings.management_account_id,
        access_role=settings.account_access_role,
        region=settings.regions.primary,
    )

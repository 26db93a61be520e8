"""The deployed network for `reach`, `graph` and `cost`: from the stacks' state, from exports, or from AWS."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from cli.errors import UsageError
from cli.exported_stacks import read_export
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.network import live, state
from inspection.network.declared import Declaration
from inspection.network.identity import identified
from inspection.network.model import Network
from inspection.network.reach import Reach
from zone.settings import Settings


@dataclass(frozen=True, kw_only=True, slots=True)
class Source:
    """The source that the network is read from."""

    endpoint: str | None = None
    live: bool = False
    """The emulated AWS, through boto3 alone."""
    aws: bool = False
    """AWS, with the credentials of the environment."""
    exports: Sequence[Path] = ()
    """Files that `pulumi stack export` or `zone export` wrote."""


def network(source: Source, settings: Settings) -> Network:
    """The deployed network.

    Raises:
        UsageError: nothing is deployed, an export that is none, more than one source.
    """
    if sum([bool(source.exports), source.live, source.aws]) > 1:
        raise UsageError("Give one of --export, --live and --aws.")
    workspace = Workspace.find(source.endpoint)
    if source.aws:
        deployed = _from_aws(workspace, settings)
    elif source.live:
        aws = rehearsed_aws(workspace, settings)
        deployed = live.network(aws, _accounts(workspace, settings), settings.regions.all)
    else:
        deployed = state.network(_exported(source.exports) if source.exports else _recorded(workspace))
    if not deployed.vpcs:
        raise UsageError("No VPC is deployed. Deploy the zone with `zone up --all`.")
    return deployed


def deployed_reach(source: Source, settings: Settings, declared: Declaration) -> Reach:
    """The reachability in the deployed network, whose VPCs have the names of the declared ones.

    Raises:
        UsageError: as `network`.
    """
    primary = settings.regions.primary
    return Reach(identified(network(source, settings), declared, primary), primary)


def _from_aws(workspace: Workspace, settings: Settings) -> Network:
    try:
        aws = OwnAws(role=settings.account_access_role)
        return live.network(aws, _accounts(workspace, settings), settings.regions.all)
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"AWS could not be read: {error}") from None


def _recorded(workspace: Workspace) -> Iterator[Mapping[str, Any]]:
    store = workspace.store()
    for stack in store.stacks():
        yield from store.resources(stack)


def _exported(files: Sequence[Path]) -> Iterator[Mapping[str, Any]]:
    for file in files:
        yield from read_export(file)["deployment"].get("resources") or ()


def _accounts(workspace: Workspace, settings: Settings) -> Sequence[str]:
    """Ids of the accounts that have networks: from the organisation's outputs, or as configured."""
    store = workspace.store()
    outputs = store.outputs("organization") if "organization" in store.stacks() else {}
    ids: Mapping[str, str] = outputs.get("account_ids", {})
    named = {name: ids.get(name) or account.id for name, account in settings.accounts.items() if account.networks}
    missing = [name for name, account_id in named.items() if not account_id]
    if missing:
        raise UsageError(
            f"the id of {missing[0]!r} is not known: bring `organization` up, or give accounts.{missing[0]}.id"
        )
    return [account_id for account_id in named.values() if account_id]

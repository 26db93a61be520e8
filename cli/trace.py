"""`zone trace`: the encryption key, replicas and readers of an S3 object."""

from typing import Annotated

import typer
from botocore.exceptions import BotoCoreError, ClientError
from rich.table import Table
from rich.text import Text

from cli.errors import UsageError, console
from cli.options import INCOMPLETE, Endpoint, FromAws, ReadingRole
from cli.own_aws import OwnAws
from cli.rehearsed_aws import rehearsed_aws
from cli.workspace import Workspace
from inspection.trace import Copy, Journey, Replica, TraceError
from inspection.trace import trace as traced


def trace(
    uri: Annotated[str, typer.Argument(metavar="s3://BUCKET/KEY", help="Object in any account of the zone.")],
    every: Annotated[
        bool, typer.Option("--all", help="List the principals that cannot read it as well, with the reason.")
    ] = False,
    aws: FromAws = False,
    role: ReadingRole = None,
    endpoint: Endpoint = None,
) -> None:
    """Show encryption key, versions, replicas, replication lag and readers of an S3 object, with boto3 alone.

    Reads the running emulated AWS, or AWS with --aws; stack exports have no objects. Exit code 3: a part could not be
    read.
    """
    if role is not None and not aws:
        raise UsageError("--role is for --aws only.")
    if endpoint is not None and aws:
        raise UsageError("Give one of --endpoint and --aws.")
    scheme, _, rest = uri.partition("://")
    bucket, _, key = rest.partition("/")
    if scheme != "s3" or not bucket or not key:
        raise UsageError(f"{uri!r} is not s3://BUCKET/KEY")
    workspace = Workspace.find(endpoint)
    settings = workspace.settings()
    source = OwnAws(role=role or settings.account_access_role) if aws else rehearsed_aws(workspace, settings)
    try:
        journey = traced(source, bucket, key)
    except TraceError as error:
        raise UsageError(str(error)) from None
    except (BotoCoreError, ClientError) as error:
        raise UsageError(f"s3://{bucket}/{key} could not be read: {error}") from None
    _show(journey, every=every)
    if journey.unread:
        for entry in journey.unread:
            place = " ".join(filter(None, (entry.account, entry.region)))
            console.print(f"not read    {place}: {entry.what}: {entry.error}", style="yellow", soft_wrap=True)
        raise typer.Exit(INCOMPLETE)


def _show(journey: Journey, *, every: bool) -> None:
    console.print(f"s3://{journey.original.bucket}/{journey.key}  account {journey.account}", soft_wrap=True)
    _place("written to", journey.original)
    for replica in journey.replicas:
        _replica(replica)
    kinds = ", ".join(f"{version} ({kind})" for version, kind in journey.versions)
    console.print(f"versions    {len(journey.versions)}: {kinds}", soft_wrap=True)
    table = Table(title="\nWho reads it, through an endpoint of the organisation", title_justify="left", box=None)
    for heading in ("role", "reads", "because"):
        table.add_column(heading, overflow="fold")
    for reader in journey.readers:
        if reader.reads or every:
            style = "green" if reader.reads else "red"
            table.add_row(reader.role, Text("yes" if reader.reads else "no", style=style), reader.why)
    console.print(table)
    hidden = sum(not reader.reads for reader in journey.readers)
    if hidden and not every:
        console.print(f"{hidden} other roles of the account do not; --all says why", style="dim")


def _place(title: str, copy: Copy) -> None:
    console.print(f"{title:11} {copy.region}  {copy.bucket}", soft_wrap=True)
    console.print(f"            version {copy.version}, {copy.size} bytes, {copy.written:%Y-%m-%d %H:%M:%S}Z")
    names = ", ".join(copy.key_aliases)
    kind = "replica of a multi-Region key" if copy.key_is_replica else "key"
    lock = f"; locked until {copy.locked_until}" if copy.locked_until else ""
    console.print(f"            {copy.encryption} under the {kind} {names} {copy.key_arn}{lock}", soft_wrap=True)
    console.print(f"            replication: {copy.status}")


def _replica(replica: Replica) -> None:
    if replica.copy is None:
        late = f"not there yet, {replica.behind:.1f} s behind"
        console.print(f"replica     {replica.region}  {replica.bucket}: {late}", style="yellow", soft_wrap=True)
    else:
        _place("replica in", replica.copy)

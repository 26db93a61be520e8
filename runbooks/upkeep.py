"""The commands `record-answers` and `withdraw`."""

from pathlib import Path
from typing import Annotated

import typer

from runbooks import answers, confirm, display
from runbooks import withdraw as withdrawal
from runbooks.aws import Aws
from runbooks.discovery import discover
from runbooks.display import console
from runbooks.documents import EndpointDocument, RecoveryDocument
from runbooks.options import PREFIX, Environment, Execute, Poll, Prefix, Region

EndpointName = Annotated[str, typer.Option("--endpoint", help="Name of the endpoint.")]


def record_answers(
    environment: Environment,
    region: Region,
    endpoint: EndpointName,
    inputs: Annotated[Path, typer.Option("--inputs", help='Synthetic inputs: {"cases": [{"instances": […]}, …]}.')],
    execute: Execute = False,
    prefix: Prefix = PREFIX,
) -> None:
    """Record the predictions of the primary for given inputs after a release; a failover compares with them."""
    cases = answers.read_inputs(inputs)
    aws, zone, endpoint_document = _primary(environment, region, prefix, endpoint)
    answers.refuse_other_version(aws, zone, endpoint_document)
    uri = f"s3://{endpoint_document.smoke_bucket}/{endpoint_document.smoke_key}"
    if not execute:
        console.print(
            f"{endpoint_document.name} in {zone.primary} would be invoked with {len(cases)} cases "
            f"and its answers recorded in {uri}."
        )
        console.print("No changes were made. Add --execute to run it.")
        return
    recorded = answers.record_answers(aws, zone, endpoint_document, cases)
    console.print(f"Recorded {len(recorded)} answers of version {endpoint_document.model_version} in {uri}.")


def withdraw(
    environment: Environment,
    region: Region,
    endpoint: EndpointName,
    back: Annotated[bool, typer.Option("--back", help="Add the region again.")] = False,
    execute: Execute = False,
    prefix: Prefix = PREFIX,
    poll: Poll = 5.0,
) -> None:
    """Remove a lost recovery region from an active-active endpoint's record, or add it again with --back."""
    aws, zone, endpoint_document = _primary(environment, region, prefix, endpoint)
    withdrawal.refuse_other_modes(endpoint_document)
    regions = f"{zone.primary} and {zone.recovery}" if back else f"{zone.primary} only"
    console.print(
        f"{endpoint_document.record} will lead to {regions}, by the alarm {endpoint_document.withdrawal_alarm} in "
        f"{zone.primary}."
    )
    if not execute:
        console.print("No changes were made. Add --execute to run it.")
        return
    confirm.typed(zone, "withdraw", zone.primary, display.prompt)
    withdrawal.set_withdrawal(aws, zone, endpoint_document, back=back, poll=poll)
    console.print(f"{endpoint_document.record} leads to [bold green]{regions}[/].")


def _primary(
    environment: str, region: str, prefix: str, endpoint: str
) -> tuple[Aws, RecoveryDocument, EndpointDocument]:
    """Reads the recovery document of the primary region, and the document of the endpoint in it."""
    aws = Aws(on_message=display.show_message)
    document = discover(aws, prefix=prefix, environment=environment, region=region)
    if region != document.primary:
        document = discover(aws, prefix=prefix, environment=environment, region=document.primary)
    return aws, document, document.endpoint(endpoint)

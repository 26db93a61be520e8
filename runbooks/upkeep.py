"""Commands beside failover and failback: known answers after a release, and one region of two taken out."""

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

One = Annotated[str, typer.Option("--endpoint", help="The endpoint.")]


def record_answers(
    environment: Environment,
    region: Region,
    endpoint: One,
    inputs: Annotated[Path, typer.Option("--inputs", help='Synthetic inputs: {"cases": [{"instances": […]}, …]}.')],
    execute: Execute = False,
    prefix: Prefix = PREFIX,
) -> None:
    """After a release: ask the primary known inputs, and keep its answers for every failover to compare with."""
    cases = answers.read_inputs(inputs)
    aws, zone, endpoint_document = _primary(environment, region, prefix, endpoint)
    answers.refuse_other_version(aws, zone, endpoint_document)
    where = f"s3://{endpoint_document.smoke_bucket}/{endpoint_document.smoke_key}"
    if not execute:
        console.print(
            f"would ask {endpoint_document.name} in {zone.primary} {len(cases)} cases and keep its answers in {where}"
        )
        console.print("No changes were made. Add --execute to run it.")
        return
    kept = answers.record_answers(aws, zone, endpoint_document, cases)
    console.print(f"{len(kept)} answers of version {endpoint_document.model_version} are kept in {where}")


def withdraw(
    environment: Environment,
    region: Region,
    endpoint: One,
    back: Annotated[bool, typer.Option("--back", help="Take it in again.")] = False,
    execute: Execute = False,
    prefix: Prefix = PREFIX,
    poll: Poll = 5.0,
) -> None:
    """Where both regions serve and the recovery one is lost: the primary answers alone, or with --back both again."""
    aws, zone, endpoint_document = _primary(environment, region, prefix, endpoint)
    withdrawal.refuse_other_modes(endpoint_document)
    who = f"{zone.primary} and {zone.recovery}" if back else f"{zone.primary} alone"
    console.print(
        f"{endpoint_document.record} is to lead to {who}, by the alarm {endpoint_document.withdrawal_alarm} in "
        f"{zone.primary}"
    )
    if not execute:
        console.print("No changes were made. Add --execute to run it.")
        return
    confirm.typed(zone, "withdraw", zone.primary, display.prompt)
    withdrawal.move(aws, zone, endpoint_document, back=back, poll=poll)
    console.print(f"[bold green]{who}[/] answer{'' if back else 's'} for {endpoint_document.record}")


def _primary(
    environment: str, region: str, prefix: str, endpoint: str
) -> tuple[Aws, RecoveryDocument, EndpointDocument]:
    """An endpoint as the primary region knows it, which is asked and no other."""
    aws = Aws(on_message=display.show_message)
    document = discover(aws, prefix=prefix, environment=environment, region=region)
    if region != document.primary:
        document = discover(aws, prefix=prefix, environment=environment, region=document.primary)
    return aws, document, document.endpoint(endpoint)

"""The commands `record-answers` and `withdraw`."""

from argparse import Namespace

from runbooks import answers, confirm, display
from runbooks import withdraw as withdrawal
from runbooks.aws import Aws
from runbooks.discovery import discover
from runbooks.display import console
from runbooks.documents import EndpointDocument, RecoveryDocument


def record_answers(arguments: Namespace) -> int:
    """Record the predictions of the primary for given inputs after a release; a failover compares with them."""
    cases = answers.read_inputs(arguments.inputs)
    aws, zone, endpoint_document = _primary(arguments)
    answers.refuse_other_version(aws, zone, endpoint_document)
    uri = f"s3://{endpoint_document.smoke_bucket}/{endpoint_document.smoke_key}"
    if not arguments.execute:
        console.print(
            f"{endpoint_document.name} in {zone.primary} would be invoked with {len(cases)} cases "
            f"and its answers recorded in {uri}."
        )
        console.print("No changes were made. Add --execute to run it.")
        return 0
    recorded = answers.record_answers(aws, zone, endpoint_document, cases)
    console.print(f"Recorded {len(recorded)} answers of version {endpoint_document.model_version} in {uri}.")
    return 0


def withdraw(arguments: Namespace) -> int:
    """Remove a lost recovery region from an active-active endpoint's record, or add it again with --back."""
    back = arguments.back
    aws, zone, endpoint_document = _primary(arguments)
    withdrawal.refuse_other_modes(endpoint_document)
    regions = f"{zone.primary} and {zone.recovery}" if back else f"{zone.primary} only"
    console.print(
        f"{endpoint_document.record} will lead to {regions}, by the alarm {endpoint_document.withdrawal_alarm} in "
        f"{zone.primary}."
    )
    if not arguments.execute:
        console.print("No changes were made. Add --execute to run it.")
        return 0
    effect = f"{regions} serve {zone.environment}" if back else f"{zone.primary} serves {zone.environment}"
    confirm.typed(zone, "withdraw", effect, display.prompt)
    withdrawal.set_withdrawal(aws, zone, endpoint_document, back=back, poll=arguments.poll)
    console.print(f"{endpoint_document.record} leads to [bold green]{regions}[/].")
    return 0


def _primary(arguments: Namespace) -> tuple[Aws, RecoveryDocument, EndpointDocument]:
    """Reads the recovery document of the primary region, and the document of the endpoint in it."""
    aws = Aws(on_message=display.show_message)
    prefix, environment = arguments.prefix, arguments.environment
    document = discover(aws, prefix=prefix, environment=environment, region=arguments.region)
    if arguments.region != document.primary:
        document = discover(aws, prefix=prefix, environment=environment, region=document.primary)
    return aws, document, document.endpoint(arguments.endpoint)
